// Finds conflicts between kernels by the memory that they access.
#include "compiler/lowering/cpu/Barriers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnc {

/// The place in a list that PlanMemory gave to a loop.
static kern::PlaceAttr placeIn(Operation *loop, StringRef list, unsigned i) {
  return cast<kern::PlaceAttr>(loop->getAttrOfType<ArrayAttr>(list)[i]);
}

kern::PlaceAttr placeOf(Value value) {
  value = kern::memoryOf(value);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Operation *owner = argument.getOwner()->getParentOp();
    if (auto function = dyn_cast<func::FuncOp>(owner))
      return cast<kern::PlaceAttr>(function.getArgAttr(argument.getArgNumber(), "kern.place"));
    return placeIn(owner, "kern.argument_places", argument.getArgNumber());
  }
  auto result = cast<OpResult>(value);
  if (auto kernel = dyn_cast<kern::FusedOp>(result.getOwner()))
    return kernel.getPlace(result.getResultNumber());
  return placeIn(result.getOwner(), "kern.places", result.getResultNumber());
}

/// The bytes of the sequence that `value` is an element of. Of the loops around it, the outermost
/// one that steps through the sequence takes steps of the largest size.
static int64_t bytesOfWhole(kern::PlaceAttr place, Value value) {
  SmallVector<int64_t> runs;
  auto loop = dyn_cast<nn::LoopOp>(value.getParentBlock()->getParentOp());
  for (; loop; loop = loop->getParentOfType<nn::LoopOp>())
    runs.insert(runs.begin(), loop.getRuns());
  for (auto [step, times] : llvm::zip(place.getSteps(), runs))
    if (step)
      return step * times;
  llvm_unreachable("a place with steps outside of loops");
}

MemoryRange rangeOf(Value value) {
  kern::PlaceAttr place = placeOf(value);
  bool counted = place.getMemory() != kern::Memory::field &&
                 place.getMemory() != kern::Memory::result &&
                 place.getMemory() != kern::Memory::scalar;
  int64_t size = 1;
  if (counted)
    size = place.getSteps().empty() ? kern::bytesOf(value.getType()) : bytesOfWhole(place, value);
  return {place.getMemory(), place.getOffset(), place.getOffset() + size};
}

Accesses accessesOf(kern::FusedOp kernel) {
  Accesses accesses;
  for (Value input : kernel.getInputs())
    accesses.reads.push_back(rangeOf(input));
  for (Value output : kernel.getOutputs())
    accesses.writes.push_back(rangeOf(output));
  accesses.serial = kernel.getKind() == kern::Kind::pointwise && kernel.getSpace().getRank() == 0;
  return accesses;
}

static bool overlap(ArrayRef<MemoryRange> a, ArrayRef<MemoryRange> b) {
  return llvm::any_of(a, [&](const MemoryRange &x) {
    return llvm::any_of(b, [&](const MemoryRange &y) {
      return x.memory == y.memory && x.begin < y.end && y.begin < x.end;
    });
  });
}

static bool conflict(const Accesses &done, const Accesses &next) {
  return !(done.serial && next.serial) &&
         (overlap(done.writes, next.reads) || overlap(done.writes, next.writes) ||
          overlap(done.reads, next.writes));
}

bool BarrierTracker::conflicts(const Accesses &next) const {
  return llvm::any_of(sinceBarrier, [&](const Accesses &done) { return conflict(done, next); });
}

void BarrierTracker::meet() {
  if (!std::exchange(met, true))
    beforeFirst = sinceBarrier;
  sinceBarrier.clear();
}

bool BarrierTracker::isNeededBefore(Accesses next) {
  const bool needed = conflicts(next);
  if (needed)
    meet();
  sinceBarrier.push_back(std::move(next));
  return needed;
}

bool BarrierTracker::isNeededBeforeLoop(nn::LoopOp loop) {
  const auto found = loop->walk([&](kern::FusedOp kernel) {
    return conflicts(accessesOf(kernel)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (found.wasInterrupted())
    meet();
  return found.wasInterrupted();
}

bool BarrierTracker::isNeededBetweenRuns() {
  const bool needed = llvm::any_of(met ? beforeFirst : sinceBarrier,
                                   [&](const Accesses &next) { return conflicts(next); });
  if (needed)
    meet();
  return needed;
}

void BarrierTracker::addLoop(const BarrierTracker &run) {
  if (!run.met) {
    sinceBarrier.append(run.sinceBarrier);
    return;
  }
  sinceBarrier.append(run.beforeFirst);
  meet();
  sinceBarrier = run.sinceBarrier;
}

} // namespace nnc
