// Resolves names.
#include "compiler/sema/names/Names.h"

#include "compiler/sema/Text.h"

using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

/// Resolves from the innermost scope outwards: the block and its surroundings, names that this kind
/// of body provides, the program's declarations, names provided everywhere, the prelude,
/// primitives.
Target NameResolver::lookUp(StringRef name, const Scope &scope, bool callee) const {
  const Context &context = scope.context();
  Target t;
  const sema::Local *l = scope.find(name);
  // `date(date)`: a column has values and is not called.
  if (l && !(callee && l->kind == LocalKind::Column && findBuiltin(name))) {
    t.kind = l->kind == LocalKind::Declaration ? Target::Declaration : Target::Local;
    if (l->kind == LocalKind::Result)
      symbols.mentions[shared.current].insert(name.str());
    t.local = l;
    t.decl = l->decl;
    return t;
  }
  // `grad(e, w)` is a function even where `grad` is a value.
  const sema::Ambient *ambient = callee ? nullptr : findAmbient(name);
  if (ambient && !(ambient->where & context.at))
    ambient = nullptr;
  t.kind = Target::Ambient;
  if (ambient && ambient->hides)
    return t;
  t.kind = Target::Declaration;
  if (!context.prelude && (t.decl = symbols.user.lookup(name)))
    return t;
  if (ambient) {
    t.kind = Target::Ambient;
    return t;
  }
  if ((t.decl = symbols.prelude.lookup(name)))
    return t;
  if ((t.builtin = findBuiltin(name))) {
    t.kind = Target::Structural;
    return t;
  }
  if (auto arity = elementwiseArity(name)) {
    t.kind = Target::Elementwise;
    t.arity = *arity;
    return t;
  }
  t.kind = Target::Unknown;
  return t;
}

void NameResolver::use(const Decl *decl, Range where, const Scope &scope) {
  if (const Decl *owner = scope.context().owner)
    shared.uses[owner].push_back({decl, where});
}

void NameResolver::addLocal(const Ident &name, LocalKind kind, Scope &scope) {
  if (name.empty())
    return;
  if (const sema::Local *first = scope.findHere(name.text)) {
    diags.error(name.range, quoted(name.text) + " is declared twice")
        .note(first->where, "first declared here");
    return;
  }
  scope.add({name.text, kind, name.range, nullptr});
}

} // namespace nnc::sema
