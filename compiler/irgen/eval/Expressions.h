// Evaluates expressions, kind by kind.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

/// A column as an expression names it.
struct ColumnName {
  llvm::StringRef name;
  Range at;
};

class Expressions : public Part {
public:
  using Part::Part;
  Value evaluate(const ast::Expr *e, const Scope &scope);
  /// The value of a declared name.
  Value declared(const ast::Decl *decl, bool prelude);
  /// Whether the limit on evaluations was reached. Nothing is evaluated after that.
  bool isTooLarge() const { return tooLarge; }

private:
  /// The value of an expression of any kind, without what is noted about it.
  Value ofKind(const ast::Expr *e, const Scope &scope);
  Value evaluateName(const ast::NameExpr *e, const Scope &scope);
  /// The value of a name that the language provides. Nothing for a name that belongs to one kind of
  /// body, which puts its value into Function::ambient, and for the clock where there is none.
  std::optional<Value> ambientValue(const sema::Ambient &ambient, Range at);
  std::optional<Value> clockValue(const sema::Ambient &ambient, Range at);
  Value evaluateField(const ast::FieldExpr *e, const Scope &scope);
  Value evaluateUnary(const ast::UnaryExpr *e, const Scope &scope);
  Value evaluateBinary(const ast::BinaryExpr *e, const Scope &scope);
  Value evaluateTranspose(const ast::TransposeExpr *e, const Scope &scope);
  Value evaluateIf(const ast::IfExpr *e, const Scope &scope); // Branches.cpp
  Value evaluateList(const ast::ListExpr *e, const Scope &scope);
  /// Appends the columns that a list element names: one, or a range. Returns false if it is not an
  /// unchanged column.
  bool namesColumns(const ast::Expr *e, const Scope &scope, std::vector<ColumnName> &names);
  /// Whether a comparison such as `origin != "usa"` compares a cell with a text.
  bool comparesText(const ast::BinaryExpr *e) const;
  Value compareText(const ast::BinaryExpr *e);
  /// Reports that a name is unknown here. (sema has checked the names, so it is only unknown in
  /// this function.)
  Value unknownName(llvm::StringRef name, Range at);

  /// The largest number of expressions evaluated in one function. 5,000 layers need a tenth of it;
  /// exponential growth reaches it within seconds.
  static constexpr int64_t mostEvaluations = 4'000'000;
  bool tooLarge = false;
  /// Counts an evaluation. Reports once that there are too many.
  bool withinLimit(Range at);
  /// The known numbers of the program's lets.
  std::map<const ast::Decl *, Value> knownLets;
};

} // namespace nnc
