// Scopes: the names that an expression can see in its block and the surrounding blocks, and its
// context.
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/sema/Builtins.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace nnc::sema {

struct DataInfo;

enum class LocalKind {
  Value,       // a parameter, an input or a let
  Axis,        // the n of `x: [n]`, a number in the body
  Param,       // a layer's `param`
  State,       // a `state`
  Column,      // a raw column, in a data block
  Field,       // a field of the data set of a run
  Declaration, // a declaration in the block of `search` or `compare`
  Result,      // a name that `search`, `compare` or `ensemble` gives to its result
};

struct Local {
  llvm::StringRef name;
  LocalKind kind = LocalKind::Value;
  Range where;
  const ast::Decl *decl = nullptr; // Declaration
};

/// The context of an expression.
struct Context {
  unsigned at = AtTop;  // one At bit
  bool prelude = false; // prelude code sees prelude names only
  const ast::Decl *owner =
      nullptr; // the declaration whose value needs what the expression names; null: a run
  const DataInfo *data = nullptr; // whose columns (AtColumns) or fields are in scope
  bool open = false; // some names are unknown because of an error that was reported: report nothing
};

/// The names of a block. Inner ones hide outer ones.
class Scope {
public:
  Scope(const Scope *parent, const Context &context) : parent(parent), where(&context) {}
  Scope(const Scope &) = delete;

  const Context &context() const { return *where; }

  const Local *find(llvm::StringRef name) const {
    for (const Scope *s = this; s; s = s->parent)
      if (const Local *l = s->findHere(name))
        return l;
    return nullptr;
  }
  const Local *findHere(llvm::StringRef name) const {
    if (locals.size() > few) {
      auto it = index.find(name);
      return it == index.end() ? nullptr : &locals[it->second];
    }
    for (const Local &l : locals)
      if (l.name == name)
        return &l;
    return nullptr;
  }
  void add(Local local) {
    locals.push_back(local);
    if (locals.size() > few)
      for (; indexed < locals.size(); ++indexed)
        index.try_emplace(locals[indexed].name, indexed);
  }

  template <typename F> void forEach(F visit) const {
    for (const Scope *s = this; s; s = s->parent)
      for (const Local &l : s->locals)
        visit(l);
  }

private:
  const Scope *parent;
  const Context *where; // outlives the scope
  llvm::SmallVector<Local, 8> locals;
  static constexpr size_t few = 16; // up to this size a linear search costs less than a hash
  llvm::DenseMap<llvm::StringRef, unsigned>
      index; // for a long scope: a table may have thousands of columns
  unsigned indexed = 0;
};

} // namespace nnc::sema
