// OverSteps: computes outside of a loop, for all runs at once, what its block computes in each.
#pragma once

#include "compiler/transforms/loops/LoopForm.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace nnc {

/// What the values of a loop's block depend on.
class Levels {
public:
  enum Level {
    Invariant, // on what is the same in every run
    Sequence,  // also on elements of sequences, by ops that can be computed for all runs at once
    State,     // on anything else
  };
  explicit Levels(LoopForm &form);
  Level of(mlir::Value v) const { return levels.lookup(v); }
  /// Keeps `op` in the loop: what depends on it depends on the run.
  void fix(mlir::Operation *op) { levels[op->getResult(0)] = State; }
  /// The level of an op's results, from those of its operands.
  Level levelOf(mlir::Operation *op) const;
  void update(mlir::Operation *op);

private:
  llvm::DenseMap<mlir::Value, Level> levels;
};

class OverSteps {
public:
  struct Whole {
    mlir::Value value;
    bool stacked = false;
  };
  /// Inserts at b's insertion point. Knows the elements and invariants of `form`.
  OverSteps(mlir::OpBuilder b, LoopForm &form);
  void set(mlir::Value inside, Whole whole) { known[inside] = whole; }
  /// What `inside` is in all runs: built, with whatever it depends on, unless it is known. It must
  /// not depend on states, unless what it depends on is known.
  Whole of(mlir::Value inside);
  mlir::Value stackOf(mlir::Value inside);
  /// The sum of `inside` over all runs: of a stack that is known; or else of an op that has such a
  /// sum, or is linear in operands of which all this is true.
  mlir::Value sumOf(mlir::Value inside, const Levels &levels);

private:
  llvm::SmallVector<bool> operandsOf(mlir::Operation *op, llvm::SmallVector<mlir::Value> &wholes);

  mlir::OpBuilder b;
  int64_t runs;
  llvm::DenseMap<mlir::Value, Whole> known;
};

/// Whether the value of `op` is better made where it is read than kept in memory: a constant, or
/// what repeats a smaller value.
bool isMadeInside(mlir::Operation *op);

/// Whether an op is computed in a kernel of its own, and reads each operand from memory: a
/// contraction, or another op that is no fusion of elements.
bool isExpensive(mlir::Operation *op);

} // namespace nnc
