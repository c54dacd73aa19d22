// Writer: writes the formula of an SSA value. It uses the ops' Notation and knows no op by name.
#pragma once

#include "compiler/driver/math/Formula.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace nnc::math {

/// The value without ops that a formula does not show (broadcasts, reshapes, casts). A block
/// argument of a loop that is the same in every run is the value that the loop gets.
mlir::Value visible(mlir::Value v);

/// The block arguments of a loop that each run changes.
llvm::SmallVector<mlir::BlockArgument> statesOf(nn::LoopOp loop);
/// The state whose last value `v` is, if it is the result of a loop; otherwise null.
mlir::BlockArgument stateOf(mlir::Value v);

/// Whether the runs of the loop have numbers in formulas: it takes elements of sequences or stacks
/// values. Its states are then hₜ, computed from hₜ₋₁, and the elements of x are xₜ.
bool isTimed(nn::LoopOp loop);
/// The letter of the number of a run: t, and others in nested loops.
std::string timeOf(nn::LoopOp loop);
/// x with one more index below: hₜ₋₁, z₁,ₜ.
Formula at(const Typography &type, const Formula &x, llvm::StringRef index);
/// What every run adds to state `i`, if the loop with numbered runs does nothing else with it, and
/// it starts as 0; otherwise null. A formula writes the state's last value as a sum over the runs.
mlir::Value summandOf(nn::LoopOp loop, unsigned i);

class Writer {
public:
  explicit Writer(const Typography &type) : type(type) {}

  const Typography &type;
  /// Values that have a name, which is used instead of their formulas.
  llvm::DenseMap<mlir::Value, Formula> names;
  /// The last values of the states of loops with numbered runs.
  llvm::DenseMap<mlir::Value, Formula> lastValues;

  /// `v` as it appears in other formulas: its name, or its formula.
  Formula use(mlir::Value v) const;
  /// v, or the value that it only repeats, reshapes or converts, if need be outside of the loop.
  /// Stops at named values.
  mlir::Value seen(mlir::Value v) const;
  /// The values from which the formula of v's op is built.
  llvm::SmallVector<mlir::Value> parts(mlir::Value v) const;
  /// The right-hand side of v's definition. It shows the names of named values. A loop's result is
  /// its state, which must have a name.
  Formula define(mlir::Value v) const;

  /// Collects the values that define(v) writes out, without v.
  void collectInlined(mlir::Value v, llvm::SetVector<mlir::Value> &inlined) const;
  /// Whether v's formula shows a random draw.
  bool isRandom(mlir::Value v) const;
  /// The number of symbols that v's definition shows.
  unsigned weight(mlir::Value v) const;

private:
  Formula sum(mlir::Operation *op) const;
  Formula times(double n, mlir::Value v) const;
  Formula product(mlir::Operation *op) const;
  Formula reduction(mlir::Operation *op, bool isSum) const;
  Formula contraction(mlir::Operation *op) const;
  Formula einsum(mlir::Operation *op) const;
  Formula constant(mlir::Value v) const;
  Formula cases(mlir::Operation *op) const;
  std::optional<Formula> mean(mlir::Value total, mlir::Value divisor, bool inverse) const;
  /// x[1], x[2:5, 0]: what an op with `start` and `limit` takes of its operand; nothing if it has
  /// none. As in programs, indices begin at 0 and the batch is not shown; but the value of a run,
  /// taken from the stack of all, has the number of the run: h₈.
  std::optional<Formula> part(mlir::Operation *op) const;
  /// The attributes that the operands do not show.
  std::string notShown(mlir::Operation *op) const;
};

/// The letters of a tensor's dims: "i" is the example; "j", "k", … are the axes of one example.
std::string indexLetters(mlir::Value tensor, llvm::ArrayRef<int64_t> dims);

} // namespace nnc::math
