// Evaluates indexing.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

class Indexing : public Part {
public:
  using Part::Part;
  Value evaluate(const ast::IndexExpr *e, const Scope &scope);

private:
  /// Which of `n` elements an index selects; a negative one counts from the end. `of` names their
  /// owner: "an axis", "a list".
  bool positionOf(const Value &v, int64_t n, llvm::StringRef of, int64_t &at, Range range);
  /// The first and the last element of a range.
  bool positionsOf(const ast::RangeOfExpr *range, int64_t n, llvm::StringRef of, int64_t &from,
                   int64_t &to, const Scope &scope);
  /// One or several items of a list. If the index is not known before the run, sets `known` to
  /// false and returns the index.
  Value indexList(const Value &list, const ast::Expr *index, const Scope &scope, bool &known);
  /// The item of a list at an index that is computed from drawn constants: DrawnUse.
  Value drawnItem(const Value &list, const Value &i, const ast::IndexExpr *e, const Scope &scope);
  /// The elements of x as a tensor.
  Value elementOf(Value x, const ast::IndexExpr *e, const Scope &scope);
  /// The elements of x at `i` along an axis. The axes of i replace that axis.
  Value taken(const Value &x, const Value &i, int64_t axis);
};

} // namespace nnc
