// What a lint sees: a program, one training step of it at a time, and where to report.
#pragma once

#include "compiler/irgen/Irgen.h"
#include "compiler/irgen/values/Applications.h"
#include "compiler/lint/Facts.h"
#include "compiler/lint/Silencers.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

#include <set>

namespace nnc::lint {

class Step;
class Context;

/// A lint: its name, as messages, comments and grammar/LANGUAGE.md have it, and the check. A check
/// may serve several.
struct Lint {
  llvm::StringRef name;
  void (*check)(Context &, const Step &, const Lint &);
};

/// All of them.
llvm::ArrayRef<Lint> lints();

class Context {
public:
  Context(Diagnostics &diags, const ast::Program &program, const sema::Symbols &symbols,
          const IrgenResult &generated, llvm::StringRef dataDir, bool asErrors);

  const ast::Program &program;
  const sema::Symbols &symbols;
  const IrgenResult &generated;
  const std::string dataDir;

  /// Reports at `where`, unless this was said there before, or a comment there silences it, or
  /// `where` is not in the program's text.
  std::optional<DiagnosticBuilder> report(const Lint &lint, Range where,
                                          const llvm::Twine &message);
  /// Whether report() would report; from now on it was said.
  bool isNew(const Lint &lint, Range where);
  /// Comments that silence what is no lint.
  void checkSilencers();

  /// Whether the text is the program's own, not the library's.
  bool isUsers(Range r) const;
  /// Where the program's text asks for an application: the name it is called by, if that is the
  /// program's, else the call around it.
  Range placeOf(const Application &a) const { return isUsers(a.named) ? a.named : a.at; }
  /// Whether a text is, or names, what a `let … ~` of `search` or `compare` draws: it is there to
  /// be tried.
  bool isDrawn(Range r) const;

  /// The prelude's first declaration of that kind that states the fact with that value, for
  /// suggestions; empty: none.
  llvm::StringRef preludeName(ast::StmtKind kind, llvm::StringRef key, llvm::StringRef value) const;

private:
  Diagnostics &diags;
  const bool asErrors;
  Silencers silencers;
  std::vector<const ast::LetDecl *> drawn;
  std::set<std::pair<std::string, const char *>> said;
};

} // namespace nnc::lint
