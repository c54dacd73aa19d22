// The loops of the nn dialect.
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "test/interpreter/Interpreter.h"

using namespace mlir;

namespace nnc::reference {

/// The dim of a sequence of this type along which its elements are: after the batch.
static int64_t stepDim(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getRank() > 0 && tensor.isDynamicDim(0) ? 1 : 0;
}

/// The index in the sequence of the value that has `index` in element t.
static Shape indexIn(Shape index, int64_t dim, int64_t t) {
  index.insert(index.begin() + dim, t);
  return index;
}

static Tensor elementOf(const Tensor &sequence, int64_t dim, int64_t t) {
  Shape shape = sequence.shape;
  shape.erase(shape.begin() + dim);
  return generate(shape, [&](const Shape &index) { return sequence(indexIn(index, dim, t)); });
}

// scan: for t = 0, 1, …: (s, y_t, …) = block(s, x_t, …, w, …);  the results are the last s, and all
// y_t
static Outcome scan(const LoopCall &call) {
  const int64_t length = call.op->getAttrOfType<IntegerAttr>("length").getInt();
  const bool backward = call.op->hasAttr("backward");
  auto counts = call.op->getAttrOfType<DenseI32ArrayAttr>("operandSegmentSizes").asArrayRef();
  const size_t states = counts[0], sequences = counts[1];
  std::vector<Tensor> arguments = call.operands, results;
  for (Type type : call.op->getResultTypes())
    results.emplace_back(shapeOf(type, call.batch));
  for (int64_t run = 0; run < length; ++run) {
    const int64_t t = backward ? length - 1 - run : run;
    for (size_t i = states; i < states + sequences; ++i)
      arguments[i] = elementOf(call.operands[i], stepDim(call.op->getOperand(i).getType()), t);
    Outcome outcome = call.runBlock(arguments);
    if (!outcome.error.empty())
      return outcome;
    for (size_t i = 0; i < results.size(); ++i) {
      if (i < states) {
        results[i] = arguments[i] = outcome.results[i];
        continue;
      }
      const int64_t dim = stepDim(call.op->getResult(i).getType());
      forEachIndex(outcome.results[i].shape, [&](const Shape &index) {
        results[i](indexIn(index, dim, t)) = outcome.results[i](index);
      });
    }
  }
  return {std::move(results), ""};
}

void addLoops(LoopTable &table) { table["nn.scan"] = scan; }

} // namespace nnc::reference
