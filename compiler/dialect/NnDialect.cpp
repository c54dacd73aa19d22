// Registers the dialect, and builds ops with checked shapes.
#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

#include "compiler/dialect/Interfaces.cpp.inc"
#include "compiler/dialect/NnDialect.cpp.inc"

namespace nnc::nn {

void NnDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "compiler/dialect/NnOps.cpp.inc"
      >();
}

Operation *NnDialect::materializeConstant(OpBuilder &b, Attribute value, Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!elements || !tensor || elements.getShapedType() != type)
    return nullptr;
  return b.create<ConstantOp>(loc, elements);
}

namespace {
/// The properties of an op made from its attributes, for type inference. Lives as long as the
/// inference.
class Properties {
public:
  Properties(OperationName name, DictionaryAttr attributes, Location loc) : name(name) {
    size_t size = name.getOpPropertyByteSize();
    if (!size)
      return;
    storage.resize((size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
    name.initOpProperties(get(), nullptr);
    valid = succeeded(name.setOpPropertiesFromAttribute(name, get(), attributes,
                                                        [loc]() { return emitError(loc); }));
  }
  ~Properties() {
    if (!storage.empty())
      name.destroyOpProperties(get());
  }
  OpaqueProperties get() { return storage.empty() ? nullptr : storage.data(); }
  bool valid = true;

private:
  OperationName name;
  std::vector<std::max_align_t> storage;
};
} // namespace

FailureOr<Operation *> createChecked(OpBuilder &b, Location loc, StringRef name,
                                     ValueRange operands, ArrayRef<NamedAttribute> attributes,
                                     TypeRange resultTypes) {
  OperationName opName(name, b.getContext());
  if (!opName.isRegistered())
    return emitError(loc) << "there is no operation '" << name << "'";
  SmallVector<Type> types(resultTypes);
  auto *inference = opName.getInterface<InferTypeOpInterface>();
  if (inference && types.empty()) {
    auto dictionary = b.getDictionaryAttr(attributes);
    Properties properties(opName, dictionary, loc);
    if (!properties.valid ||
        failed(inference->inferReturnTypes(b.getContext(), loc, operands, dictionary,
                                           properties.get(), {}, types)))
      return failure();
  }
  OperationState state(loc, opName);
  state.addOperands(operands);
  state.addTypes(types);
  state.addAttributes(attributes);
  Operation *op = b.create(state);
  if (failed(verify(op))) {
    op->erase();
    return failure();
  }
  return op;
}

Value movedBy(Operation *op) {
  if (!op || op->getNumOperands() == 0)
    return {};
  if (auto marker = dyn_cast<AutodiffMarkerOp>(op))
    return marker.getForwarded();
  auto elementOf = [](Value v) { return getElementTypeOrSelf(v.getType()); };
  if (op->getNumOperands() == 1 && elementOf(op->getOperand(0)) != elementOf(op->getResult(0)))
    return op->getOperand(0);
  return isa<PullOp>(op) && !isa<ScalarBodyOp>(op) ? op->getOperand(0) : Value();
}

std::optional<double> getSplatConstant(Value v) {
  if (auto broadcast = v.getDefiningOp<BroadcastOp>())
    return getSplatConstant(broadcast.getX());
  DenseFPElementsAttr constant;
  if (!matchPattern(v, m_Constant(&constant)) || !constant.isSplat())
    return std::nullopt;
  return constant.getSplatValue<APFloat>().convertToDouble();
}

} // namespace nnc::nn
