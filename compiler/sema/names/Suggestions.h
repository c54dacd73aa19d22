// Reports unknown names, with suggestions of the kind that is needed.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

/// What kind of thing a name must denote in its context, for suggestions.
enum class Wanted {
  Value,    // an operand
  Function, // what is called
  Stage,    // what follows `|>`, and the parts of `seq`: a layer, or a function of a tensor
  Argument, // anything that may be given: a value, a function, a schedule or a layer
};

class NameSuggester : Checker {
public:
  using Checker::Checker;

  void unknownName(const Ident &name, const Scope &scope, Wanted wanted);
  /// True if an unknown name deserves an error: it has not been reported before and is not a
  /// consequence of another error.
  bool firstReport(const Ident &name, const Scope &scope,
                   llvm::ArrayRef<llvm::StringRef> candidates);
  std::vector<llvm::StringRef> declaredNames(ast::StmtKind kind, const Scope &scope) const;

private:
  bool isWanted(const ast::Decl &decl, Wanted wanted, const Scope &scope, bool isArgument) const;
  std::vector<llvm::StringRef> visibleNames(const Scope &scope, Wanted wanted,
                                            bool isArgument) const;
};

/// Whether the values of a function depend on the step of a run.
bool isSchedule(const ast::FnDecl &fn);

} // namespace nnc::sema
