// Runs the checks in order.
#include "compiler/sema/Sema.h"

#include "compiler/sema/Analyzer.h"

using llvm::cast;
using llvm::dyn_cast;

namespace nnc::sema {
using namespace ast;

void Analyzer::run(const Program &program, llvm::ArrayRef<const Program *> prelude) {
  for (const Program *p : prelude)
    collect(*p, true);
  for (const Decl *d : preludeDecls)
    preludeSet.insert(d);
  collect(program, false);

  for (const Decl *d : preludeDecls)
    checkDecl(*d, nullptr, true);

  // The results of runs are in scope beside the declarations.
  Scope top(nullptr, topContext);
  for (const Stmt *s : program.statements) {
    const Ident name = resultOf(s);
    if (const Decl *d = symbols.user.lookup(name.text))
      diags.error(name.range, quoted(name.text) + " is declared twice")
          .note(d->name.range, "first declared here");
    else
      addLocal(name, LocalKind::Result, top);
    if (!name.empty())
      symbols.results.try_emplace(name.text, s);
  }
  for (const Stmt *s : program.statements) {
    current = s;
    if (auto *d = dyn_cast<Decl>(s))
      checkDecl(*d, &top, false);
    else
      checkRun(*s, top);
  }
  reportCycles();
}

bool analyze(Diagnostics &diags, const Program &program, llvm::ArrayRef<const Program *> prelude,
             const Options &options, Symbols &symbols) {
  unsigned before = diags.errorCount();
  Analyzer(diags, options, symbols).run(program, prelude);
  return diags.errorCount() == before;
}

} // namespace nnc::sema
