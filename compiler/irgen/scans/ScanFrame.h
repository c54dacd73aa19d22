// The op of a scan while its block is elaborated.
#pragma once

#include "compiler/irgen/values/Function.h"

#include "compiler/dialect/NnDialect.h"

namespace nnc {

/// While it lives, ops are emitted into the block of a scan. They read values from outside as those
/// are; `close` makes them operands of the op, which is isolated.
class ScanFrame {
public:
  ScanFrame(Function &fn, ScanFrame *outer, int64_t length, mlir::ValueRange starts,
            mlir::ValueRange sequences);
  ScanFrame(const ScanFrame &) = delete;
  /// Drops the op with all that its block has, unless it was closed.
  ~ScanFrame();

  mlir::BlockArgument state(unsigned i) { return op.getStates()[i]; }
  mlir::BlockArgument element(unsigned i) { return op.getElements()[i]; }
  int64_t length() { return op.getLength(); }
  /// The element in the step of one more sequence. `sequence` is from outside.
  mlir::BlockArgument addSequence(mlir::Value sequence);
  /// The sequence whose element `v` is. Null for any other value.
  mlir::Value sequenceOf(mlir::Value v);
  /// Whether `v` is computed in the block, or is an argument of it.
  bool has(mlir::Value v) { return v.getParentBlock() == block; }
  /// Where values are computed before the first step.
  mlir::Operation *here() { return op; }
  /// Ends the block with the next values of the states, and `value`, which is stacked. Returns the
  /// finished op.
  nn::ScanOp close(mlir::ValueRange states, mlir::Value value);

  ScanFrame *const outer; ///< the scan in whose block this one stands; or null

private:
  /// The values from outside that the block reads. Small constants become ops of the block instead.
  llvm::SmallVector<mlir::Value> captureOutside();
  void dropUnusedSequences(unsigned keep);

  Function &fn;
  nn::ScanOp op;
  mlir::Block *block, *around;
  unsigned own; ///< the number of sequences that the program names
};

} // namespace nnc
