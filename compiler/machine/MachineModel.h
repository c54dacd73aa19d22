// MachineModel: all numbers about the machine for which code is generated. Whoever chooses a
// kernel, a tile, a panel or a share of the work asks this model, so each number is stated here
// once, with its source.
//
// Sources:
//   level     a property of the processor level (x86-64-v3) or architecture, or read from the bits
//             that cpuid reports if code is generated for this machine
//   vendor    known only if code is generated for this machine; otherwise the default
//   measured  with bench/kernels or `nnc run --profile`, on Ice Lake and Zen 5 servers unless
//             another machine is named
//   assumed   what every recent server core has at least, or the number for which kernels were
//   tuned
//
// Caches are assumed even if code is generated for this machine. No choice made with them changes
// a result: elements have one order of summation, which depends on shapes and vector width only.
// But they decide tiles, panels and fusion. If they were read from the machine, the code of one
// level would differ between machines, and a program, a profile or a bug report from one machine
// could not be compared with another's. What a roofline needs is read from the machine
// (`nn_measure_roof`).
#pragma once

#include "mlir/IR/Types.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace nnc {

/// The defaults are a server core with AVX-512.
struct MachineModel {
  // Instructions ----------------------------------------------------------------------------------

  /// Bytes of a vector register: 64 with AVX-512, 32 with AVX2, 16 with SSE or NEON. Level.
  int64_t vectorBytes = 64;
  /// Vector registers. Level.
  int64_t registers = 32;
  /// Multiply-adds in one instruction; otherwise they round twice. Level.
  bool fma = true;
  /// floor in one instruction. Level.
  bool rounding = true;

  // Caches of one core ----------------------------------------------------------------------------

  /// A cache line. The same on all machines for which code is generated.
  int64_t lineBytes = 64;
  /// The first-level data cache. Assumed: Zen and Skylake; Ice Lake and later have 48 KiB.
  int64_t l1Bytes = 32 << 10;
  /// The second-level cache. Assumed: Zen 4, Zen 5 and Skylake servers; later Intel servers have
  /// 1.25 and 2 MiB.
  int64_t l2Bytes = 1 << 20;
  /// Lines this many bytes apart are in the same set: 64 sets of the first level, 1024 of the
  /// second. Assumed, but the first is the same on all x86-64 processors, whose pages have 4096
  /// bytes.
  int64_t l1WayBytes = 64 * 64, l2WayBytes = 1024 * 64;

  // Costs in slots: the time of one vector multiply-add, by which the roof is also counted. Both
  // machines start two per cycle. -----------------------------------------------------------------

  /// A dependent multiply-add: four cycles. Measured.
  double latencySlots = 8;
  /// Loading a vector from the first-level cache, or an element into all lanes: 2 on Ice Lake, 1 if
  /// as many loads as multiply-adds start per cycle (AMD, see x86()). Measured; vendor.
  double loadSlots = 2;
  /// In addition if most vectors cross a cache line. Measured.
  double crossingSlots = 1;
  /// The same if the elements of a tile evict each other from the first-level cache. Measured.
  double conflictSlots = 4;
  /// From the second level, in the order of memory or nearly so: 64 bytes at 128 GB/s with 3 GHz (a
  /// triad moves 100 GB/s). Measured.
  double l2LoadSlots = 3;
  /// From beyond the second level: 64 bytes at 19 GB/s with 3 GHz (a triad moves 29 GB/s from the
  /// third level and 16 GB/s from memory). Measured.
  double l3LoadSlots = 20;

  // Costs in vector instructions ------------------------------------------------------------------

  /// Writing a vector and reading it again, if the tensor fits into the first level; if not, and it
  /// fits into the second; or not even that. What can be computed again in as many instructions is
  /// not written. This moves 192 bytes per vector (its line is read before it is written) at 100 or
  /// 20 to 30 GB/s: about 6 or 20 cycles of a core that starts two vector instructions per cycle.
  /// Measured bandwidths; the numbers themselves were chosen by the times of whole steps.
  unsigned l1RereadCost = 3, l2RereadCost = 8, l3RereadCost = 16;

  // Threads ---------------------------------------------------------------------------------------

  /// The number of threads for which a contraction's plan for several threads is chosen. Code runs
  /// on any number of them, and results do not depend on it. Assumed: two is the least that differs
  /// from one, and the number on which the plans were measured.
  int64_t plannedThreads = 2;
  /// Starting a parallel region, or meeting at a barrier: 0.3 to 0.6 µs while the threads spin,
  /// counted at 3 GHz. Measured.
  int64_t barrierCycles = 1500;

  /// The cycles that the units of work take in which generators count. Assumed: they are near what
  /// kernels reach, and each is only as accurate as a threshold must be. A slot counts as a whole
  /// cycle here although two start per cycle, because tiles this small seldom reach half of the
  /// roof.
  double slotCycles = 1;            // of a contraction's plan
  double instructionCycles = 1.25;  // a vector instruction of a pointwise kernel
  double reducedVectorCycles = 2.5; // a vector that a reduction reads
  double rowVectorCycles = 4;       // a vector that a row panel reads or writes

  // What follows from these numbers ---------------------------------------------------------------

  /// One thread does work of fewer cycles than this, 5 µs at 3 GHz: several threads must meet at
  /// least once before and once after it, and with two of them half of the time can be saved.
  int64_t cyclesWorthSharing() const { return 10 * barrierCycles; }
  /// The same in units of work of `cycles` each.
  int64_t unitsWorthSharing(double cycles) const {
    return int64_t(double(cyclesWorthSharing()) / cycles);
  }

  /// The number of elements of `type` in one vector register.
  int64_t lanesOf(mlir::Type type) const { return vectorBytes * 8 / type.getIntOrFloatBitWidth(); }
  /// Bytes in a row of the widest register tile: four vectors wide beside six rows of accumulators
  /// with 32 registers, two beside six with 16.
  int64_t blockBytes() const { return vectorBytes * (registers >= 32 ? 4 : 2); }

  /// What the rows of a row panel may occupy of the first level; the rest is for what they share.
  int64_t rowPanelBytes() const { return l1Bytes / 4 * 3; }
  /// A packed panel of a contraction: it stays in the second level, beside what streams by.
  int64_t packedPanelBytes() const { return l2Bytes / 4; }
  /// The accumulators of a blocked sum that are kept at the same time.
  int64_t accumulatorBytes() const { return l2Bytes / 8; }
  /// The longest strip of vectors that a contraction with packed scalars has on its stack. Plans
  /// make strips for half of the first level; a batch may turn out larger than expected.
  int64_t longestStripBytes() const { return 2 * l1Bytes; }

  /// All numbers as text: equal for equal models. Part of the key of compiled code.
  std::string text() const;

  // Which model a machine has ---------------------------------------------------------------------

  /// An x86-64 processor. `has` tells whether it has a feature, by LLVM's name ("avx2"). Feature
  /// bits, not product names: those are wrong in virtual machines.
  static MachineModel x86(llvm::function_ref<bool(llvm::StringRef)> has);
  /// A 64-bit ARM processor: NEON.
  static MachineModel aarch64();
  /// A level by its name: x86-64, x86-64-v2, x86-64-v3, x86-64-v4. None for another name.
  static std::optional<MachineModel> named(llvm::StringRef level);
};

} // namespace nnc
