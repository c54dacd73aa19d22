// Computes numbers that are known without elaborating a program: literals, lets bound to them, and
// arithmetic.
#include "compiler/sema/Analyzer.h"

#include <cmath>

using llvm::dyn_cast;

namespace nnc::sema {
using namespace ast;

std::optional<double> Analyzer::constantValue(const Expr *expr) const {
  // The bound also stops lets that need each other (reportCycles reports them) and lets whose size
  // doubles at each step.
  unsigned budget = 1000;
  return constantValue(expr, false, budget);
}

std::optional<double> Analyzer::constantValue(const Expr *expr, bool prelude,
                                              unsigned &budget) const {
  if (!expr || budget == 0)
    return std::nullopt;
  --budget;
  if (auto *n = dyn_cast<NumberExpr>(expr))
    return n->unit == Unit::None ? std::optional<double>(n->value) : std::nullopt;
  if (auto *u = dyn_cast<UnaryExpr>(expr)) {
    auto v = constantValue(u->operand, prelude, budget);
    return v && u->op == UnaryOp::Neg ? std::optional<double>(-*v) : std::nullopt;
  }
  if (auto *name = dyn_cast<NameExpr>(expr)) {
    const Local *local = block && !prelude ? block->findHere(name->name.text) : nullptr;
    const Decl *d = local ? local->decl : symbols.find(name->name.text, prelude);
    auto *let = llvm::dyn_cast_or_null<LetDecl>(d);
    return let && !let->drawn ? constantValue(let->value, prelude || preludeSet.count(d), budget)
                              : std::nullopt;
  }
  auto *b = dyn_cast<BinaryExpr>(expr);
  if (!b)
    return std::nullopt;
  auto l = constantValue(b->lhs, prelude, budget), r = constantValue(b->rhs, prelude, budget);
  if (!l || !r)
    return std::nullopt;
  switch (b->op) {
  case BinaryOp::Add:
    return *l + *r;
  case BinaryOp::Sub:
    return *l - *r;
  case BinaryOp::Mul:
    return *l * *r;
  case BinaryOp::Div:
    return *l / *r;
  case BinaryOp::Pow:
    return std::pow(*l, *r);
  default:
    return std::nullopt;
  }
}

/// The shape, if every dimension is a whole number of at least 1.
std::optional<std::vector<int64_t>> Analyzer::constantShape(const Shape &shape) const {
  std::vector<int64_t> dims;
  for (const Expr *e : shape.dims) {
    auto v = constantValue(e);
    if (!v || !(*v >= 1) || *v > 1e9 || *v != std::floor(*v))
      return std::nullopt;
    dims.push_back(int64_t(*v));
  }
  return dims;
}

} // namespace nnc::sema
