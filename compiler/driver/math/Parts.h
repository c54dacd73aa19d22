// Parts: names the values that several formulas share or that a line has no room for, and writes
// the lines of a block. A loop is written with the lines of its own block below it.
#pragma once

#include "compiler/driver/math/Writer.h"

#include "compiler/dialect/NnDialect.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <vector>

namespace nnc::math {

/// `left = right`, and a remark in words; or the heading of a block of lines.
struct Line {
  std::string left, sign, right, remark;
  std::vector<Line> block = {};
};

/// Sorts results of the ops of one block by their order there.
void sortInBlock(llvm::SmallVectorImpl<mlir::Value> &values);

class Parts {
public:
  explicit Parts(Writer &writer) : writer(writer) {}

  /// The names of values that may need one, what a definition has to the left of its sign if not
  /// the name alone, and remarks.
  llvm::DenseMap<mlir::Value, Formula> preferred;
  llvm::DenseMap<mlir::Value, std::string> lefts, remarks;

  using Values = llvm::ArrayRef<mlir::Value>;
  /// The values of `block` among the roots and those from which they are computed, in its order.
  llvm::SmallVector<mlir::Value> reachable(mlir::Block &block, Values roots) const;
  /// Names the loops' results among the values of a block, and the parts of these loops' blocks.
  void nameLoops(Values values);
  /// Names what nameLoops() does, and all that the formulas of the roots have in parts.
  void name(mlir::Block &block, Values roots);
  /// Gives these names their numbers, in the order of the ops below `whole`.
  void number(mlir::Operation *whole, llvm::function_ref<Formula(mlir::Value)> nextName);

  /// Appends the definition of a named value; for the first result of a loop also the loop.
  void write(mlir::Value v, std::vector<Line> &lines);
  bool isWritten(mlir::Value v) const { return written.contains(v); }

private:
  using States = llvm::SmallVector<unsigned>;

  using Loops = llvm::SmallVector<nn::LoopOp>;

  void nameOne(mlir::Value v);
  /// Names the loops' results among the values, and returns the loops whose blocks have no names.
  Loops nameResults(Values values);
  void nameBlocks(const Loops &loops);
  void cut(mlir::Value v);
  /// Whether the formula of `v` shows the state, not only a value with a name of its own.
  bool shows(mlir::Value v, mlir::Value state) const;
  /// The numbers of a loop's states in an order in which they can change one after the other.
  /// Those which cannot are left in `together`.
  States ordered(nn::LoopOp loop, States &together) const;
  std::vector<Line> linesOf(nn::LoopOp loop);
  /// What the block yields, without ops that a formula does not show. For a state that only sums
  /// up, the summand.
  llvm::SmallVector<mlir::Value> yieldedBy(nn::LoopOp loop) const;

  // Loops whose runs have numbers: Timed.cpp.
  /// Names the states, the results, what the block yields and the sequences.
  void nameTimed(nn::LoopOp loop);
  /// Gives a value of the block the name of `owner` with the number of the run, unless it has one.
  bool own(mlir::Value v, mlir::Value owner, nn::LoopOp loop);
  /// The name that the program gives to a state, with a number if it is taken.
  Formula variable(mlir::BlockArgument state);
  Formula elementAt(mlir::Value sequence, const std::string &time) const;
  /// Adds the numbers of runs to the names of a block's values.
  void setTimes(nn::LoopOp loop);
  std::vector<Line> timedLinesOf(nn::LoopOp loop);
  void writeTimed(nn::LoopOp loop, std::vector<Line> &lines);

  Writer &writer;
  llvm::SetVector<mlir::Value> unnumbered;
  llvm::DenseSet<mlir::Value> lastValues; // results that have the name of their state
  llvm::DenseSet<mlir::Value> written;
  /// The states, or stacked results, whose names values of a block have in their run.
  llvm::DenseMap<mlir::Value, mlir::Value> owners;
  /// Results that stack a next state, and those that stack a state before each run.
  llvm::DenseMap<mlir::Value, mlir::BlockArgument> stackedStates, statesBefore;
  llvm::DenseMap<mlir::Value, Formula> bases; // of states, without a time
  llvm::DenseSet<mlir::Value> numbered, sequences;
  llvm::DenseSet<mlir::Operation *> named, writtenLoops;
};

} // namespace nnc::math
