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

Outcome run(func::FuncOp function, ArrayRef<Tensor> arguments, int64_t batch) {
  Outcome outcome;
  llvm::DenseMap<Value, Tensor> values;
  if (arguments.size() != function.getNumArguments())
    return {{}, "wrong number of arguments"};
  for (auto [parameter, argument] : llvm::zip_equal(function.getArguments(), arguments)) {
    if (argument.shape != shapeOf(parameter.getType(), batch))
      return {{}, "argument " + std::to_string(parameter.getArgNumber()) + " has another shape"};
    values[parameter] = argument;
  }
  for (Operation &op : function.getBody().front()) {
    std::vector<Tensor> operands;
    for (Value operand : op.getOperands())
      operands.push_back(values[operand]);
    if (isa<func::ReturnOp>(op)) {
      outcome.results = operands;
      return outcome;
    }
    auto entry = semantics().find(op.getName().getStringRef());
    if (entry == semantics().end())
      return {{}, "no semantics for " + op.getName().getStringRef().str()};
    Shape shape = shapeOf(op.getResult(0).getType(), batch);
    Tensor result = entry->second(Call{&op, operands, batch, shape});
    if (result.shape != shape)
      return {{}, op.getName().getStringRef().str() + " gives another shape than its type says"};
    values[op.getResult(0)] = std::move(result);
  }
  return {{}, "no return"};
}

} // namespace nnc::reference
