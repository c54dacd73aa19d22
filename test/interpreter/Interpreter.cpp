// Runs a function op by op, with the implementations from the other files of this folder.
#include "test/interpreter/Interpreter.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace nnc::reference {

Shape Call::list(StringRef attribute) const {
  auto values = op->getAttrOfType<DenseI64ArrayAttr>(attribute).asArrayRef();
  return Shape(values.begin(), values.end());
}

int64_t Call::number(StringRef attribute) const {
  return op->getAttrOfType<IntegerAttr>(attribute).getInt();
}

const Table &semantics() {
  static const Table table = [] {
    Table t;
    addElementwise(t);
    addReductions(t);
    addShapes(t);
    addContraction(t);
    addRandom(t);
    return t;
  }();
  return table;
}

Shape shapeOf(Type type, int64_t batch) {
  Shape shape;
  for (int64_t size : cast<RankedTensorType>(type).getShape())
    shape.push_back(ShapedType::isDynamic(size) ? batch : size);
  return shape;
}

static LoopTable &loops() {
  static LoopTable table = [] {
    LoopTable t;
    addLoops(t);
    return t;
  }();
  return table;
}

void addLoop(StringRef op, LoopSemantics semantics) { loops()[op] = std::move(semantics); }

const LoopSemantics *loopSemantics(StringRef op) {
  auto loop = loops().find(op);
  return loop == loops().end() ? nullptr : &loop->second;
}

/// The results of one op, whose shapes the caller compares with their types.
static Outcome runOp(Operation &op, ArrayRef<Tensor> operands, int64_t batch) {
  StringRef name = op.getName().getStringRef();
  if (const LoopSemantics *loop = loopSemantics(name)) {
    auto block = [&](ArrayRef<Tensor> arguments) {
      Outcome outcome = runBlock(op.getRegion(0).front(), arguments, batch);
      if (!outcome.error.empty())
        outcome.error = "in " + name.str() + ": " + outcome.error;
      return outcome;
    };
    return (*loop)(LoopCall{&op, operands, batch, block});
  }
  auto entry = semantics().find(name);
  if (entry == semantics().end())
    return {{}, "no semantics for " + name.str()};
  Shape shape = shapeOf(op.getResult(0).getType(), batch);
  return {{entry->second(Call{&op, operands, batch, shape})}, ""};
}

Outcome runBlock(Block &block, ArrayRef<Tensor> arguments, int64_t batch) {
  llvm::DenseMap<Value, Tensor> values;
  if (arguments.size() != block.getNumArguments())
    return {{}, "wrong number of arguments"};
  for (auto [parameter, argument] : llvm::zip_equal(block.getArguments(), arguments)) {
    if (argument.shape != shapeOf(parameter.getType(), batch))
      return {{}, "argument " + std::to_string(parameter.getArgNumber()) + " has another shape"};
    values[parameter] = argument;
  }
  for (Operation &op : block) {
    std::vector<Tensor> operands;
    for (Value operand : op.getOperands())
      operands.push_back(values[operand]);
    if (op.hasTrait<OpTrait::IsTerminator>())
      return {std::move(operands), ""};
    Outcome outcome = runOp(op, operands, batch);
    if (!outcome.error.empty())
      return outcome;
    std::string name = op.getName().getStringRef().str();
    if (outcome.results.size() != op.getNumResults())
      return {{}, name + " gives another number of results than it has"};
    for (auto [result, tensor] : llvm::zip_equal(op.getResults(), outcome.results)) {
      if (tensor.shape != shapeOf(result.getType(), batch))
        return {{}, name + " gives another shape than its type says"};
      values[result] = std::move(tensor);
    }
  }
  return {{}, "no return"};
}

Outcome run(func::FuncOp function, ArrayRef<Tensor> arguments, int64_t batch) {
  return runBlock(function.getBody().front(), arguments, batch);
}

} // namespace nnc::reference
