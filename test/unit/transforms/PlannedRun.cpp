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
      write(placeOf(argument), tensor);
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
  void write(kern::PlaceAttr place, const Tensor &tensor) {
    auto [memory, at] = find(place, tensor.data.size());
    llvm::copy(tensor.data, memory->begin() + at);
  }
  Tensor read(Value value) {
    Tensor tensor(reference::shapeOf(value.getType(), batch));
    auto [memory, at] = find(placeOf(value), tensor.data.size());
    std::copy_n(memory->begin() + at, tensor.data.size(), tensor.data.begin());
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
    Block &block = op.getRegion(0).front();
    return (*loop)({&op, operands, batch, [&](ArrayRef<Tensor> arguments) {
                      // Invariants are where they were.
                      for (auto [argument, tensor] :
                           llvm::zip_equal(block.getArguments(), arguments))
                        if (!cast<nn::LoopOp>(op).getInvariant(argument.getArgNumber()))
                          write(placeOf(argument), tensor);
                      return run(block);
                    }});
  }

  Outcome run(Block &block) {
    for (Operation &op : block.without_terminator()) {
      if (isa<kern::ViewOp, kern::GuardOp>(op))
        continue;
      Outcome outcome = runOp(op);
      if (!outcome.error.empty())
        return outcome;
      for (auto [result, tensor] : llvm::zip_equal(op.getResults(), outcome.results))
        write(placeOf(result), tensor);
    }
    return {readAll(block.getTerminator()->getOperands()), ""};
  }

  int64_t batch;
  std::map<std::pair<kern::Memory, int64_t>, std::vector<double>> pools;
};

} // namespace

Outcome runPlanned(func::FuncOp function, ArrayRef<Tensor> arguments, int64_t batch) {
  return PlannedRun(batch).run(function, arguments);
}

} // namespace nnc::test
