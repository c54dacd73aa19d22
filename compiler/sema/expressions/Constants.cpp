// Computes numbers that are known without elaborating a program: literals, lets bound to them, and
// arithmetic.
#include "compiler/sema/expressions/Constants.h"

#include <cmath>

using llvm::dyn_cast;

namespace nnc::sema {
using namespace ast;

std::optional<double> ConstantEvaluator::value(const Expr *expr) const {
  // The bound also stops lets that need each other (CycleFinder reports them) and lets whose size
  // doubles at each step.
  unsigned budget = 1000;
  return value(expr, false, budget);
}

std::optional<double> ConstantEvaluator::value(const Expr *expr, bool prelude,
                                               unsigned &budget) const {
  if (!expr || budget == 0)
    return std::nullopt;
  --budget;
  if (auto *n = dyn_cast<NumberExpr>(expr))
    return n->unit == Unit::None ? std::optional<double>(n->value) : std::nullopt;
  if (auto *u = dyn_cast<UnaryExpr>(expr)) {
    auto v = value(u->operand, prelude, budget);
    return v && u->op == UnaryOp::Neg ? std::optional<double>(-*v) : std::nullopt;
  }
  if (auto *name = dyn_cast<NameExpr>(expr)) {
    const Local *local =
        shared.block && !prelude ? shared.block->findHere(name->name.text) : nullptr;
    const Decl *d = local ? local->decl : symbols.find(name->name.text, prelude);
    auto *let = llvm::dyn_cast_or_null<LetDecl>(d);
    return let && !let->drawn ? value(let->value, prelude || shared.preludeSet.count(d), budget)
                              : std::nullopt;
  }
  auto *b = dyn_cast<BinaryExpr>(expr);
  if (!b)
    return std::nullopt;
  auto l = value(b->lhs, prelude, budget), r = value(b->rhs, prelude, budget);
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

std::optional<std::vector<int64_t>> ConstantEvaluator::shape(const Shape &shape) const {
  std::vector<int64_t> dims;
  for (const Expr *e : shape.dims) {
    auto v = value(e);
    if (!v || !(*v >= 1) || *v > 1e9 || *v != std::floor(*v))
      return std::nullopt;
    dims.push_back(int64_t(*v));
  }
  return dims;
}

} // namespace nnc::sema
