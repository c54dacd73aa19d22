// What lowering must know about the target machine. codegen/Target fills it in for the requested
// CPU and target triple; the cache sizes keep their defaults.
#pragma once

#include "mlir/IR/Types.h"

namespace nnc {

struct LoweringTarget {
  int64_t vectorBytes = 64; // bytes of a vector register: 64 with AVX-512, 32 with AVX2, 16 with
                            // SSE or NEON
  int64_t registers = 32;   // number of vector registers
  bool fma = true;          // multiply-adds in one instruction; otherwise they round twice
  bool rounding = true;     // floor in one instruction
  double loadSlots = 2; // cost of loading a vector, in multiply-adds: 2 on Ice Lake, 1 if loads run
                        // beside them (Zen)
  int64_t l1Bytes = 32 << 10; // first-level data cache of one core
  int64_t l2Bytes = 1 << 20;

  /// Bytes in a row of the widest register tile: four vectors wide beside six rows of accumulators
  /// with 32 registers, two beside six with 16.
  int64_t blockBytes() const { return vectorBytes * (registers >= 32 ? 4 : 2); }

  /// The number of elements of `type` in one vector register.
  int64_t lanesOf(mlir::Type type) const { return vectorBytes * 8 / type.getIntOrFloatBitWidth(); }
};

} // namespace nnc
