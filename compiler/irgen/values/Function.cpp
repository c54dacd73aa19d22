// Creates the arguments of a function on demand, and ends it with its results.
#include "compiler/irgen/values/Function.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace nnc;

static mlir::func::FuncOp makeFunc(mlir::ModuleOp module, llvm::StringRef name) {
  mlir::OpBuilder b(module.getContext());
  b.setInsertionPointToEnd(module.getBody());
  auto func = b.create<mlir::func::FuncOp>(mlir::UnknownLoc::get(module.getContext()), name,
                                           b.getFunctionType({}, {}));
  func.addEntryBlock();
  return func;
}

static mlir::OpBuilder bodyBuilder(mlir::func::FuncOp func) {
  return mlir::OpBuilder::atBlockEnd(&func.getBody().front());
}

Function::Function(Diagnostics &diags, mlir::ModuleOp module, llvm::StringRef name,
                   mlir::Type element)
    : emit(diags, mlir::OpBuilder(module.getContext()), element), element(element),
      func(makeFunc(module, name)) {
  emit.b = bodyBuilder(func);
}

mlir::Value Function::addArgument(mlir::Type type, llvm::StringRef kind, llvm::StringRef name) {
  argumentAttrs.emplace_back(kind.str(), name.str());
  return func.getBody().front().addArgument(type, emit.loc());
}

Value Function::addField(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, bool isBatched,
                         mlir::Type element) {
  mlir::RankedTensorType type = emit.typeOf(shape, isBatched);
  if (element)
    type = mlir::RankedTensorType::get(type.getShape(), element);
  return Value::of(addArgument(type, "nn.field", name));
}

mlir::Value Function::scalar(llvm::StringRef name) {
  mlir::Value &v = scalars[name];
  if (!v)
    v = addArgument(mlir::RankedTensorType::get({}, emit.b.getF64Type()), "nn.scalar", name);
  return v;
}

Value Function::standIn(llvm::ArrayRef<int64_t> shape, Range at) {
  Value zeros =
      emit.argument(Value::of(emit.broadcast(emit.constant(0), emit.typeOf(shape), {})), at);
  standIns.insert(zeros.tensor);
  return zeros;
}

Value Function::tensor(const TensorInfo &info) {
  Slot &slot = tensors[info.name];
  if (!slot.current) {
    slot.info = info;
    slot.argument = slot.current =
        addArgument(mlir::RankedTensorType::get(info.shape, element), "nn.tensor", info.name);
    emit.noteOrigin(slot.current, info.range);
  }
  return Value::of(emit.cast(slot.current, emit.element), info.axes);
}

void Function::assign(const TensorInfo &info, mlir::Value value) {
  Slot &slot = tensors[info.name];
  if (slot.info.name.empty())
    slot.info = info;
  if (journaling)
    journal.push_back({info.name, slot.current});
  slot.current = emit.cast(value, element);
}

void Function::forget(mlir::Block &block) {
  auto forgetValue = [&](mlir::Value v) {
    sums.erase(v);
    standIns.erase(v);
    emit.forget(v);
  };
  llvm::for_each(block.getArguments(), forgetValue);
  block.walk([&](mlir::Operation *op) {
    llvm::for_each(op->getResults(), forgetValue);
    for (mlir::Region &region : op->getRegions())
      for (mlir::Block &inner : region)
        llvm::for_each(inner.getArguments(), forgetValue);
  });
}

mlir::func::FuncOp Function::finish() {
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<mlir::Type> types;
  llvm::SmallVector<std::pair<llvm::StringRef, std::string>> attrs;
  for (auto &[name, value] : results) {
    values.push_back(value);
    attrs.emplace_back("nn.result", name);
  }
  for (auto &[name, slot] : tensors) {
    if (!slot.current || slot.current == slot.argument)
      continue;
    values.push_back(slot.current);
    attrs.emplace_back("nn.update", name);
  }
  for (mlir::Value v : values)
    types.push_back(v.getType());
  mlir::OpBuilder &b = emit.b;
  b.create<mlir::func::ReturnOp>(emit.loc(), values);
  func.setType(b.getFunctionType(func.getBody().front().getArgumentTypes(), types));
  // Set all attributes at once. MLIR keeps each list forever, so setting them one by one would use
  // memory quadratic in the number of arguments.
  auto dictionaryOf = [&](const auto &attr) {
    return b.getDictionaryAttr(b.getNamedAttr(attr.first, b.getStringAttr(attr.second)));
  };
  func.setAllArgAttrs(llvm::map_to_vector(argumentAttrs, dictionaryOf));
  func.setAllResultAttrs(llvm::map_to_vector(attrs, dictionaryOf));
  return func;
}
