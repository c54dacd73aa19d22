// Scopes: the names that an expression can see in its block and the surrounding blocks, and its
// context.
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/sema/Builtins.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
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
  OfStep,      // a name of a scan's block, where its states start: it has no value there
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

/// What is known of a scan while its block is checked.
struct ScanBlock {
  llvm::SmallVector<llvm::StringRef, 4> assigned; // its states that the block assigns
};

/// The names of a block. Inner ones hide outer ones.
class Scope {
public:
  Scope(const Scope *parent, const Context &context) : parent(parent), where(&context) {}
  /// The names of a scan's block.
  Scope(const Scope &outer, ScanBlock &scan) : parent(&outer), where(outer.where), scan(&scan) {}
  Scope(const Scope &) = delete;

  const Context &context() const { return *where; }
  /// If this is the block of a scan itself, and not a block in it: the scan. Otherwise null.
  ScanBlock *ownScan() const { return scan; }
  /// The innermost scan around, or null.
  ScanBlock *scanAround() const {
    const Scope *s = this;
    while (s && !s->scan)
      s = s->parent;
    return s ? s->scan : nullptr;
  }
  /// The scan whose own block has that name, if it is the innermost thing of that name; or null.
  ScanBlock *scanWith(llvm::StringRef name) const {
    const Scope *s = this;
    while (s && !s->findHere(name))
      s = s->parent;
    return s ? s->scan : nullptr;
  }
  /// Whether the innermost scan around, or a block in it, has that name.
  bool isInScan(llvm::StringRef name) const {
    for (const Scope *s = this; s; s = s->parent)
      if (s->findHere(name))
        return true;
      else if (s->scan)
        return false;
    return false;
  }

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

  template <typename F> void forEachHere(F visit) const { llvm::for_each(locals, visit); }

private:
  const Scope *parent;
  const Context *where; // outlives the scope
  ScanBlock *scan = nullptr;
  llvm::SmallVector<Local, 8> locals;
  static constexpr size_t few = 16; // up to this size a linear search costs less than a hash
  llvm::DenseMap<llvm::StringRef, unsigned>
      index; // for a long scope: a table may have thousands of columns
  unsigned indexed = 0;
};

} // namespace nnc::sema
