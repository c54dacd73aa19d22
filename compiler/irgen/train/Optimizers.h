// The optimizers of an update: one for all parameters, and those that parts have of their own.
#pragma once

#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

class Optimizers {
public:
  Optimizers(ProgramContext &ctx, const TrainEntries &entries) : ctx(ctx), entries(entries) {}

  /// Evaluates the entries. Returns false after an error, as the others do.
  bool evaluate();
  /// Updates a parameter by the optimizer of the most particular part that it belongs to.
  bool run(const TensorInfo &parameter, mlir::Value gradient);
  /// Every part must have had a parameter.
  bool checkUsed();
  std::vector<UsedOptimizer> used() const;

private:
  struct Choice {
    const ast::Expr *written;
    std::shared_ptr<const Applicable> made;
    const ast::OptimizerEntry *part; // null: of all parameters
    std::string place;
    std::optional<sema::PartTensors> many; // which of the place's
    bool matches = false;                  // any parameter

    /// The deeper place comes first; of one place, the one that names some of its tensors.
    std::pair<size_t, bool> rank() const;
    bool has(const ProgramContext &ctx, const TensorInfo &parameter) const;
  };
  bool add(const ast::Expr *written, const ast::OptimizerEntry *part);

  ProgramContext &ctx;
  const TrainEntries &entries;
  std::vector<Choice> choices;
};

} // namespace nnc
