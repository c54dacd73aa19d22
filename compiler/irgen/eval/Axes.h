// Evaluates what names axes.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

class Axes : public Part {
public:
  using Part::Part;
  /// The value of `over`: axis names and positions, `batch` and `...`.
  Value evaluate(const ast::Expr *e, const Scope &scope);
  /// The dims of x's MLIR tensor that `over` names, ascending.
  llvm::SmallVector<int64_t> resolve(const Value &x, const Arg *over, Range at, bool &ok);

private:
  /// Appends an item of the list of axes. Returns false after an error.
  bool addItem(const ast::Expr *item, const Scope &scope, Value &axes);
  /// Appends the dims that one name of `over` denotes. Returns false after an error.
  bool addDims(const Value &x, llvm::StringRef name, Range over, Range at,
               llvm::SmallVectorImpl<int64_t> &dims);
  /// The position of the example axis of that name, or nothing after an error.
  std::optional<int64_t> axisCalled(const Value &x, llvm::StringRef name, Range over);
};

} // namespace nnc
