// What code generation must know of the machine. The codegen room fills it in from the host's
// feature bits.
#pragma once

#include "mlir/IR/Types.h"

namespace nnc {

struct LoweringTarget {
  int64_t vectorBytes = 64; // a vector register: 64 with AVX-512, 32 with AVX2, 16 with SSE or NEON
  int64_t registers = 32;   // vector registers
  bool fma = true;          // multiply-adds in one instruction; without it they round twice
  bool rounding = true;     // floor in one instruction
  double loadSlots = 2; // what a vector's load costs in multiply-adds: 2 on Ice Lake, 1 where loads
                        // go beside them (Zen)
  int64_t l1Bytes = 32 << 10; // data cache of one core
  int64_t l2Bytes = 1 << 20;

  /// Bytes of a row of the widest register tile: four vectors beside six rows of accumulators where
  /// there are 32 registers, two beside six where there are 16.
  int64_t blockBytes() const { return vectorBytes * (registers >= 32 ? 4 : 2); }

  /// Elements of `type` in one vector register.
  int64_t lanesOf(mlir::Type type) const { return vectorBytes * 8 / type.getIntOrFloatBitWidth(); }
};

} // namespace nnc
