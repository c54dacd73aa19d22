// Checks the metrics of a block, and what `keep` and `stop` watch.
#pragma once

#include "compiler/sema/names/Names.h"

namespace nnc::sema {

/// The metrics of one train or evaluate block.
class MetricChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::MetricEntry &entry, const Scope &scope);
  /// Checks what `keep` and `stop` watch, after the metrics. `data` is null if the data set is
  /// unknown.
  void checkQuantity(const ast::Path &quantity, const DataInfo *data, llvm::StringRef forWhat,
                     const ast::KeepEntry *keep);
  /// The names of the block's losses, which quantities may be.
  std::vector<std::string> losses = {nnrt::lossName};
  bool none() const { return metrics.empty(); }

private:
  /// A metric, which the quantities of the block (`val.accuracy`) may name.
  struct Use {
    Ident name;
    Target target; // what is called; Unknown if the value is another expression
    ast::Direction direction = ast::Direction::None; // given in the entry
    bool given = false;                              // the name is before a `=`
  };
  void checkName(const Ident &name);
  void checkDirection(const Use &metric, const ast::Path &quantity);

  std::vector<Use> metrics;
};

} // namespace nnc::sema
