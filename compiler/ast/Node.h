// Common parts of all AST nodes: names, paths, shapes, parameters, and the arena that owns the
// nodes.
#pragma once
#include "compiler/support/Source.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/Casting.h"
#include <algorithm>
#include <string>
#include <type_traits>

namespace nnc::ast {

/// Owns the nodes, lists and strings of one Program. Nothing in it has a destructor, so a tree of
/// any depth is freed in one loop over the slabs.
class Arena {
public:
  template <typename T> T *make() {
    static_assert(std::is_trivially_destructible_v<T>, "the arena runs no destructors");
    return new (slabs.Allocate<T>()) T();
  }
  template <typename T> llvm::ArrayRef<T> copy(llvm::ArrayRef<T> list) {
    static_assert(std::is_trivially_destructible_v<T>, "the arena runs no destructors");
    if (list.empty())
      return {};
    T *data = slabs.Allocate<T>(list.size());
    std::uninitialized_copy(list.begin(), list.end(), data);
    return {data, list.size()};
  }
  template <typename T, unsigned n> llvm::ArrayRef<T> copy(const llvm::SmallVector<T, n> &list) {
    return copy(llvm::ArrayRef<T>(list));
  }
  llvm::StringRef copy(llvm::StringRef text) { return text.copy(slabs); }

private:
  llvm::BumpPtrAllocator slabs;
};

/// A name as written in the source. `text` has no backquotes; empty means "no name given".
struct Ident {
  llvm::StringRef text;
  Range range;
  bool quoted = false; ///< written in backquotes: `petal width (cm)`

  bool empty() const { return text.empty(); }
  explicit operator bool() const { return !text.empty(); }
};

/// A dotted path: `classifier.dense1.w`, `val.loss`, `digits.test`. At least one part.
struct Path {
  llvm::ArrayRef<Ident> parts;
  Range range;

  bool empty() const { return parts.empty(); }
  const Ident &front() const { return parts.front(); }
  const Ident &back() const { return parts.back(); }
  /// The path as written, without its first `skip` parts.
  std::string text(size_t skip = 0) const {
    std::string all;
    for (const Ident &part : parts.drop_front(skip))
      all += (all.empty() ? "" : ".") + part.text.str();
    return all;
  }
};

struct Expr;

/// A shape as written in declarations: `[c, h, w]`, `[784]`, `[c, ...]`. A dimension is an
/// expression over constants and axis names, or an EllipsisExpr (any further axes).
struct Shape {
  llvm::ArrayRef<Expr *> dims;
  Range range;
};

/// A parameter of a function, a layer, a model…: `eps = 1e-5`, `x: [c, ...]`, `z`.
struct Parameter {
  Ident name;
  Shape *shape = nullptr;       ///< null: none given
  Expr *defaultValue = nullptr; ///< null: must be given
  Range range;
};

/// An argument of a call: `e`, `k = e`, or in `rows(…)` a field `x: [2]`. Exactly one of value and
/// shape is set.
struct Argument {
  Ident name; ///< empty: positional
  Expr *value = nullptr;
  Shape *shape = nullptr;
  Range range;
};

} // namespace nnc::ast
