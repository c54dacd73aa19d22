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

MemoryRange rangeOf(kern::PlaceAttr place, Type type) {
  bool counted = place.getMemory() != kern::Memory::field &&
                 place.getMemory() != kern::Memory::result &&
                 place.getMemory() != kern::Memory::scalar;
  return {place.getMemory(), place.getOffset(),
          place.getOffset() + (counted ? kern::bytesOf(type) : 1)};
}

Accesses accessesOf(kern::FusedOp kernel) {
  Accesses accesses;
  for (Value input : kernel.getInputs())
    accesses.reads.push_back(rangeOf(placeOf(input), input.getType()));
  for (Value output : kernel.getOutputs())
    accesses.writes.push_back(rangeOf(placeOf(output), output.getType()));
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

bool BarrierTracker::isNeededBefore(Accesses next) {
  bool needed = llvm::any_of(sinceBarrier, [&](const Accesses &done) {
    return !(done.serial && next.serial) &&
           (overlap(done.writes, next.reads) || overlap(done.writes, next.writes) ||
            overlap(done.reads, next.writes));
  });
  if (needed)
    sinceBarrier.clear();
  sinceBarrier.push_back(std::move(next));
  return needed;
}

} // namespace nnc
