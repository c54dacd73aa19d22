// Decides where barriers are needed: before a kernel that accesses memory which another thread may
// have accessed since the last barrier.
#pragma once

#include "compiler/dialect/NnDialect.h"
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
/// The memory of a value; of an element of a sequence, that of all elements.
MemoryRange rangeOf(mlir::Value value);
Accesses accessesOf(kern::FusedOp kernel);

class BarrierTracker {
public:
  /// Whether a barrier must come before something with these accesses. Also records the accesses.
  bool isNeededBefore(Accesses accesses);
  /// Whether a barrier must come before a loop. Nothing before it then matters to its runs, so
  /// another tracker records one of them.
  bool isNeededBeforeLoop(nn::LoopOp loop);
  /// Whether a barrier must come between two runs, which this tracker has recorded.
  bool isNeededBetweenRuns();
  /// Continues after the loop whose runs `run` has recorded.
  void addLoop(const BarrierTracker &run);

private:
  bool conflicts(const Accesses &next) const;
  void meet();

  llvm::SmallVector<Accesses> sinceBarrier, beforeFirst;
  bool met = false; // there is a barrier, and `beforeFirst` comes before the first one
};

} // namespace nnc
