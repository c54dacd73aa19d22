// Registers the kern dialect and verifies its ops.
#include "compiler/dialect/kern/Kern.h"
#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "compiler/dialect/KernDialect.cpp.inc"
#include "compiler/dialect/KernEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/dialect/KernAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "compiler/dialect/KernOps.cpp.inc"

using namespace mlir;

namespace nnc::kern {

void KernDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compiler/dialect/KernAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "compiler/dialect/KernOps.cpp.inc"
      >();
}

OperandRange FusedOp::getYielded() {
  return cast<YieldOp>(getBody().front().getTerminator()).getValues();
}

RankedTensorType FusedOp::getSpace() { return cast<RankedTensorType>(getOutputs()[0].getType()); }

PlaceAttr FusedOp::getPlace(unsigned i) { return cast<PlaceAttr>((*getPlaces())[i]); }

SmallVector<Operation *> FusedOp::getRoots() {
  SmallVector<Operation *> roots;
  for (Operation &op : getBody().front().without_terminator())
    if (isa<nn::ReductionOp, nn::ContractionOp>(op))
      roots.push_back(&op);
  return roots;
}

LogicalResult FusedOp::verify() {
  Block &body = getBody().front();
  if (body.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("has block arguments of other types than its inputs");
  if (getYielded().getTypes() != getOutputs().getTypes())
    return emitOpError("yields other types than it returns");
  if (getOutputs().empty())
    return emitOpError("has no results");
  for (Value output : getOutputs())
    if (cast<ShapedType>(output.getType()).getShape() != getSpace().getShape())
      return emitOpError("has results of different shapes: ")
             << output.getType() << " and " << getSpace();
  if (getPlaces() && getPlaces()->size() != getOutputs().size())
    return emitOpError("has ") << getOutputs().size() << " results but " << getPlaces()->size()
                               << " places";
  bool isContraction = getKind() == Kind::contraction;
  unsigned reductions = 0, contractions = 0;
  for (Operation &op : body.without_terminator()) {
    reductions += isa<nn::ReductionOp>(op);
    contractions += isa<nn::ContractionOp>(op);
    if (!isa<nn::ReductionOp, nn::ContractionOp, nn::PullOp>(op))
      return emitOpError("cannot hold ") << op.getName();
    if (isa<nn::ContractionOp>(op) &&
        !llvm::all_of(op.getOperands(), [](Value v) { return isa<BlockArgument>(v); }))
      return emitOpError("has a contraction of values computed inside the kernel");
  }
  if (contractions != isContraction || (reductions != 0) != (getKind() == Kind::reduction))
    return emitOpError("of kind ") << stringifyKind(getKind()) << " holds " << contractions
                                   << " contractions and " << reductions << " reductions";
  return success();
}

LogicalResult ViewOp::verify() {
  auto from = cast<RankedTensorType>(getSource().getType()),
       to = cast<RankedTensorType>(getResult().getType());
  if (from.getElementType() != to.getElementType() || bytesOf(from) != bytesOf(to) ||
      nn::batchDims(from) != nn::batchDims(to))
    return emitOpError("cannot view ") << from << " as " << to;
  return success();
}

int64_t bytesOf(Type type, int64_t rows) {
  auto tensor = cast<RankedTensorType>(type);
  int64_t bytes = tensor.getElementTypeBitWidth() / 8;
  for (int64_t size : tensor.getShape())
    bytes *= ShapedType::isDynamic(size) ? rows : size;
  return bytes;
}

Memory scratchMemory(unsigned power) {
  constexpr Memory byPower[scratchMemories] = {Memory::fixed, Memory::row, Memory::square};
  return byPower[power];
}

std::optional<unsigned> scratchPower(Memory memory) {
  for (unsigned power = 0; power < scratchMemories; ++power)
    if (scratchMemory(power) == memory)
      return power;
  return std::nullopt;
}

PlaceAttr elementPlace(PlaceAttr whole, Type sequence, unsigned depth) {
  const auto type = cast<RankedTensorType>(sequence);
  if (type.getDimSize(nn::stepDim(type)) == 1)
    return whole;
  SmallVector<int64_t> steps(whole.getSteps());
  steps.resize(depth, 0);
  steps.push_back(bytesOf(nn::elementOf(type)));
  int64_t pitch = whole.getPitch();
  if (pitch == 0 && nn::isBatched(type))
    pitch = bytesOf(type);
  return PlaceAttr::get(whole.getContext(), whole.getMemory(), whole.getOffset(), steps, pitch);
}

Value buildCopy(OpBuilder &b, Value source) {
  Location loc = source.getLoc();
  auto kernel = b.create<FusedOp>(loc, source.getType(), Kind::pointwise, source, ArrayAttr());
  Block *block = b.createBlock(&kernel.getBody());
  b.create<YieldOp>(loc, block->addArgument(source.getType(), loc));
  b.setInsertionPointAfter(kernel);
  return kernel.getOutputs()[0];
}

Value memoryOf(Value value) {
  while (auto view = value.getDefiningOp<ViewOp>())
    value = view.getSource();
  return value;
}

} // namespace nnc::kern
