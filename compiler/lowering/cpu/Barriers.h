// Where threads must meet: before a kernel that touches memory which another thread may have
// touched since they last met.
#pragma once

#include "compiler/dialect/kern/Kern.h"

namespace nnc {

/// A stretch of one memory: [begin, end) in the unit of the place's offset.
struct MemoryRange {
  kern::Memory memory;
  int64_t begin, end;
};

/// What a kernel reads and writes.
struct Accesses {
  llvm::SmallVector<MemoryRange> reads, writes;
  bool serial = false; // all of it is done by thread 0
};

/// The place of a function argument or kernel result, through views.
kern::PlaceAttr placeOf(mlir::Value value);
/// The memory of a tensor of `type` at `place`.
MemoryRange rangeOf(kern::PlaceAttr place, mlir::Type type);
Accesses accessesOf(kern::FusedOp kernel);

class BarrierTracker {
public:
  /// Whether a barrier must come before something with these accesses. Remembers it as done.
  bool isNeededBefore(Accesses accesses);

private:
  llvm::SmallVector<Accesses> sinceBarrier;
};

} // namespace nnc
