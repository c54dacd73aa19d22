// LoopForm: the parts of a loop as lists, which a pass changes before the loop is built again.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc {

struct LoopForm {
  /// An operand, and the value in the block that it is: that of the loop's argument, or for a new
  /// operand the value that its argument will replace.
  struct Input {
    mlir::Value outside, inside;
  };
  /// A value of the block that is yielded, and the result that it gives; null if that is new.
  struct Output {
    mlir::Value inside, outside;
  };

  explicit LoopForm(nn::LoopOp loop);

  nn::LoopOp loop;
  llvm::SmallVector<Input> states, sequences, invariants;
  llvm::SmallVector<Output> finals; // one for each state
  llvm::SmallVector<Output> stacks;

  mlir::Block &block() { return loop.getBlock(); }
  /// `to` takes the place of `from` in the block and in what it yields.
  void replaceInside(mlir::Value from, mlir::Value to);
  /// Whether `v` is only yielded, and not as the next value of a state.
  bool isOnlyStacked(mlir::Value v);
  /// Builds the loop again, with the ops of its block, and erases the old one; if it would have no
  /// results, only that. Whatever an entry lacks must not be used any more. The results of the new
  /// loop are those of `finals`, then those of `stacks`.
  nn::LoopOp build();
};

/// The loops in `region`, each after those in its block.
llvm::SmallVector<nn::LoopOp> loopsIn(mlir::Region &region);

/// The elements of a tensor of this type; a batch counts as one.
int64_t elementsOfExample(mlir::Type type);

} // namespace nnc
