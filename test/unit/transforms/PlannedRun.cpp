// Runs kernels and loops with all tensors at their places.
#include "test/unit/transforms/PlannedRun.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/lowering/cpu/Barriers.h"

#include <limits>
#include <map>

using namespace mlir;
using nnc::reference::Outcome;
using nnc::reference::Tensor;

namespace nnc::test {
namespace {

class PlannedRun {
public:
  explicit PlannedRun(int64_t batch) : batch(batch) {}

  Outcome run(func::FuncOp function, ArrayRef<Tensor> arguments) {
    for (auto [argument, tensor] : llvm::zip_equal(function.getArguments(), arguments))
      write(argument, tensor);
    return run(function.getBody().front());
  }

private:
  /// The elements at a place. Fields, results and scalars have memory of their own; the others are
  /// parts of a pool.
  std::pair<std::vector<double> *, size_t> find(kern::PlaceAttr place, size_t elements) {
    size_t at = place.getOffset() / sizeof(double);
    std::optional<unsigned> power = kern::scratchPower(place.getMemory());
    for (unsigned i = 0; i < power.value_or(0); ++i)
      at *= batch;
    bool numbered = !power && place.getMemory() != kern::Memory::tensor;
    auto &memory = pools[{place.getMemory(), numbered ? place.getOffset() : 0}];
    at = numbered ? 0 : at;
    if (memory.size() < at + elements)
      memory.resize(at + elements, std::numeric_limits<double>::quiet_NaN());
    return {&memory, at};
  }
  /// Calls `body` for each row that is in one piece: with its first element in memory, and the
  /// numbers of its elements in the tensor.
  void forEachPiece(Value value, const Tensor &tensor,
                    llvm::function_ref<void(double *, size_t from, size_t count)> body) {
    kern::PlaceAttr place = placeOf(value);
    const size_t rows = place.getPitch() ? tensor.shape[0] : 1, count = tensor.data.size() / rows;
    size_t first = 0;
    for (auto [step, element] : llvm::zip(place.getSteps(), elements))
      first += step * element;
    for (size_t row = 0; row < rows; ++row) {
      size_t inside = (first + row * place.getPitch()) / sizeof(double);
      auto [memory, at] = find(place, inside + count);
      body(memory->data() + at + inside, row * count, count);
    }
  }
  void write(Value value, const Tensor &tensor) {
    forEachPiece(value, tensor, [&](double *to, size_t from, size_t count) {
      std::copy_n(tensor.data.begin() + from, count, to);
    });
  }
  Tensor read(Value value) {
    Tensor tensor(reference::shapeOf(value.getType(), batch));
    forEachPiece(value, tensor, [&](double *from, size_t to, size_t count) {
      std::copy_n(from, count, tensor.data.begin() + to);
    });
    return tensor;
  }
  std::vector<Tensor> readAll(ValueRange values) {
    std::vector<Tensor> all;
    for (Value value : values)
      all.push_back(read(value));
    return all;
  }

  Outcome runOp(Operation &op) {
    std::vector<Tensor> operands = readAll(op.getOperands());
    if (auto kernel = dyn_cast<kern::FusedOp>(op))
      return reference::runBlock(kernel.getBody().front(), operands, batch);
    const reference::LoopSemantics *loop = reference::loopSemantics(op.getName().getStringRef());
    if (!loop)
      return {{}, "neither a kernel nor a loop: " + op.getName().getStringRef().str()};
    auto form = cast<nn::LoopOp>(op);
    int64_t number = 0;
    return (*loop)({&op, operands, batch, [&](ArrayRef<Tensor>) {
                      // All arguments are in memory: the starts, and what the last run left there.
                      elements.push_back(form.runsBackwards() ? form.getRuns() - 1 - number
                                                              : number);
                      ++number;
                      Outcome outcome = run(form.getBlock());
                      elements.pop_back();
                      return outcome;
                    }});
  }

  Outcome run(Block &block) {
    for (Operation &op : block.without_terminator()) {
      if (isa<kern::ViewOp, kern::GuardOp>(op))
        continue;
      Outcome outcome = runOp(op);
      if (!outcome.error.empty())
        return outcome;
      if (isa<nn::LoopOp>(op))
        continue; // the runs have written the results
      for (auto [result, tensor] : llvm::zip_equal(op.getResults(), outcome.results))
        write(result, tensor);
    }
    return {readAll(block.getTerminator()->getOperands()), ""};
  }

  int64_t batch;
  SmallVector<int64_t> elements; // of the loops that are running
  std::map<std::pair<kern::Memory, int64_t>, std::vector<double>> pools;
};

} // namespace

Outcome runPlanned(func::FuncOp function, ArrayRef<Tensor> arguments, int64_t batch) {
  return PlannedRun(batch).run(function, arguments);
}

} // namespace nnc::test
