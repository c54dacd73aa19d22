// The input and output of a lint: the program, one training step at a time, and the functions that
// report.
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

/// A lint: its name (in messages, comments and grammar/LANGUAGE.md) and its check. Several lints
/// may share a check.
struct Lint {
  llvm::StringRef name;
  void (*check)(Context &, const Step &, const Lint &);
};

/// All lints.
llvm::ArrayRef<Lint> lints();

class Context {
public:
  Context(Diagnostics &diags, const ast::Program &program, const sema::Symbols &symbols,
          const IrgenResult &generated, llvm::StringRef dataDir, bool asErrors);

  const ast::Program &program;
  const sema::Symbols &symbols;
  const IrgenResult &generated;
  const std::string dataDir;

  /// Reports at `where`, unless the lint was already reported there, a comment there silences it,
  /// or `where` is not in the program's text.
  std::optional<DiagnosticBuilder> report(const Lint &lint, Range where,
                                          const llvm::Twine &message);
  /// Whether report() would report. Records the lint as reported there.
  bool isNew(const Lint &lint, Range where);
  /// Reports `nolint` comments that name no lint.
  void checkSilencers();

  /// Whether the range is in the text of the program, not of the library.
  bool isUsers(Range r) const;
  /// The place of an application in the program's text: the name by which it is called, if that is
  /// in the program; otherwise the surrounding call.
  Range placeOf(const Application &a) const { return isUsers(a.named) ? a.named : a.at; }
  /// Whether a range is inside, or its text names, a drawn constant (`let … ~`) of `search` or
  /// `compare`. Such values are there to be tried.
  bool isDrawn(Range r) const;

  /// The first declaration of that kind in the prelude that states the fact with that value, for
  /// suggestions. Empty if there is none.
  llvm::StringRef preludeName(ast::StmtKind kind, llvm::StringRef key, llvm::StringRef value) const;

private:
  Diagnostics &diags;
  const bool asErrors;
  Silencers silencers;
  std::vector<const ast::LetDecl *> drawn;
  std::set<std::pair<std::string, const char *>> said;
};

} // namespace nnc::lint
