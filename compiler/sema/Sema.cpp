// Runs the checks in order.
#include "compiler/sema/Sema.h"

#include "compiler/sema/Declarations.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/names/Cycles.h"
#include "compiler/sema/names/Names.h"
#include "compiler/sema/runs/Runs.h"

using llvm::dyn_cast;

namespace nnc::sema {
using namespace ast;

static void checkProgram(Analysis &shared, const Program &program,
                         llvm::ArrayRef<const Program *> prelude) {
  Diagnostics &diags = shared.diags;
  Symbols &symbols = shared.symbols;
  for (const Program *p : prelude)
    DeclChecker(shared).collect(*p, true);
  for (const Decl *d : shared.preludeDecls)
    shared.preludeSet.insert(d);
  DeclChecker(shared).collect(program, false);

  for (const Decl *d : shared.preludeDecls)
    DeclChecker(shared).check(*d, nullptr, true);

  // The results of runs are in scope beside the declarations.
  Scope top(nullptr, shared.topContext);
  for (const Stmt *s : program.statements) {
    const Ident name = resultOf(s);
    if (const Decl *d = symbols.user.lookup(name.text))
      diags.error(name.range, quoted(name.text) + " is declared twice")
          .note(d->name.range, "first declared here");
    else
      NameResolver(shared).addLocal(name, LocalKind::Result, top);
    if (!name.empty())
      symbols.results.try_emplace(name.text, s);
  }
  for (const Stmt *s : program.statements) {
    shared.current = s;
    if (auto *d = dyn_cast<Decl>(s))
      DeclChecker(shared).check(*d, &top, false);
    else
      RunChecker(shared).check(*s, top);
  }
  CycleFinder(shared).report();
}

bool analyze(Diagnostics &diags, const Program &program, llvm::ArrayRef<const Program *> prelude,
             const Options &options, Symbols &symbols) {
  unsigned before = diags.errorCount();
  Analysis shared(diags, options, symbols);
  checkProgram(shared, program, prelude);
  return diags.errorCount() == before;
}

} // namespace nnc::sema
