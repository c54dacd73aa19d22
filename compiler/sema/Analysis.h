// What the checks of a program share, and the base of the classes that perform them. Each such
// class checks one part of the language and is made where it is needed:
// `CallChecker(shared).check(…)`.
#pragma once

#include "compiler/sema/Scope.h"
#include "compiler/sema/Sema.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"

#include <map>
#include <optional>
#include <vector>

namespace nnc::sema {

using ast::Ident;

/// The program so far, and the place of the check in it.
struct Analysis {
  Analysis(Diagnostics &diags, const Options &options, Symbols &symbols)
      : diags(diags), options(options), symbols(symbols), syntaxErrors(diags.hasErrors()) {}

  /// True if there are far more errors than are printed. More errors and suggestions would only
  /// cost time.
  bool enough() const { return diags.errorCount() > 5 * Diagnostics::maxPrinted; }

  Diagnostics &diags;
  const Options &options;
  Symbols &symbols;
  const bool syntaxErrors; // the text may have declarations that are missing here
  const Context topContext;

  std::vector<const ast::Decl *> userDecls,
      preludeDecls; // in source order, for suggestions
  llvm::SmallPtrSet<const ast::Decl *, 16> preludeSet;
  llvm::StringSet<> reported; // unknown names

  /// What the value of each declaration needs, for the search for cycles.
  struct Use {
    const ast::Decl *decl;
    Range where;
  };
  llvm::MapVector<const ast::Decl *, std::vector<Use>> uses;

  const ast::Stmt *current = nullptr;        // the top-level statement that is being checked
  const Scope *block = nullptr;              // of the `search` or `compare` that is being checked
  const ast::TrainStmt *lastTrain = nullptr; // above the statement that is being checked
  bool inMetric = false;                     // the value of a `metric` entry is being checked
  const ast::Expr *argument =
      nullptr; // the argument being checked, and the kind of declaration that it must be
  std::optional<ast::StmtKind> kindOfArgument;
};

struct Target;

/// The base of the checks: the shared state, and what nearly all of them need.
class Checker {
public:
  explicit Checker(Analysis &shared)
      : shared(shared), diags(shared.diags), symbols(shared.symbols) {}

protected:
  void checkExpr(const ast::Expr *expr, const Scope &scope);
  Target resolve(llvm::StringRef name, const Scope &scope, bool callee = false) const;
  std::optional<double> constantValue(const ast::Expr *expr) const;
  /// Reports a setting or an entry that is among those `seen`, and returns false then.
  bool once(std::map<llvm::StringRef, Range> &seen, llvm::StringRef key, Range where);

  Analysis &shared;
  Diagnostics &diags;
  Symbols &symbols;
};

} // namespace nnc::sema
