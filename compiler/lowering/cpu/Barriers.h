// Decides where barriers are needed: before a kernel that accesses memory which another thread may
// have accessed since the last barrier.
#pragma once

#include "compiler/dialect/kern/Kern.h"

namespace nnc {

/// A range of one memory: [begin, end) in the unit of the place's offset.
struct MemoryRange {
  kern::Memory memory;
  int64_t begin, end;
};

/// The memory that a kernel reads and writes.
struct Accesses {
  llvm::SmallVector<MemoryRange> reads, writes;
  bool serial = false; // thread 0 does everything
};

/// The place of a block argument, or of a result of a kernel or loop. Looks through views.
kern::PlaceAttr placeOf(mlir::Value value);
/// The memory of a tensor of `type` at `place`.
MemoryRange rangeOf(kern::PlaceAttr place, mlir::Type type);
Accesses accessesOf(kern::FusedOp kernel);

class BarrierTracker {
public:
  /// Whether a barrier must come before something with these accesses. Also records the accesses.
  bool isNeededBefore(Accesses accesses);

private:
  llvm::SmallVector<Accesses> sinceBarrier;
};

} // namespace nnc
