// Builds guarded gradients; see Guarded.h.
#include "compiler/transforms/Guarded.h"

using namespace mlir;

namespace nnc {

std::shared_ptr<Condition> Guards::conditionOf(Value v) {
  std::shared_ptr<Condition> &condition = conditions[v];
  if (!condition)
    condition = std::make_shared<Condition>(Condition{v, {}});
  return condition;
}

Value Guards::valueOf(Condition &condition) {
  if (!condition.value)
    condition.value = condition.build();
  return condition.value;
}

Value Guards::truth(ArrayRef<Literal> where, RankedTensorType type, Location loc) {
  nn::Expr all(nn::buildSplat(b, loc, type, 1), b, loc);
  for (const Literal &l : llvm::reverse(where)) {
    nn::Expr condition = all.with(valueOf(*l.condition));
    all = l.holds ? select(condition, all, 0.0) : select(condition, 0.0, all);
  }
  return all;
}

Value Guards::whole(Gradient &g) {
  if (!g.exact) {
    nn::Expr value = expr(g.value);
    for (const Literal &l : llvm::reverse(g.where)) {
      nn::Expr condition = value.with(valueOf(*l.condition));
      value = l.holds ? select(condition, value, 0.0) : select(condition, 0.0, value);
    }
    g.value = value;
    g.exact = true;
  }
  return g.value;
}

Value Guards::add(SmallVector<Value> parts, Location loc) {
  while (parts.size() > 1) {
    SmallVector<Value> sums;
    for (size_t i = 0; i + 1 < parts.size(); i += 2)
      sums.push_back(nn::Expr(parts[i], b, loc) + nn::Expr(parts[i + 1], b, loc));
    if (parts.size() % 2)
      sums.push_back(parts.back());
    parts = std::move(sums);
  }
  return parts.front();
}

/// If `a` and `b` have the same literals except one that is opposite: that literal of `a`.
/// Otherwise null.
static const Literal *opposite(const Gradient &a, const Gradient &b) {
  if (a.where.size() != b.where.size())
    return nullptr;
  const Literal *found = nullptr;
  for (const Literal &l : a.where) {
    if (llvm::is_contained(b.where, l))
      continue;
    if (found || !llvm::is_contained(b.where, Literal{l.condition, !l.holds}))
      return nullptr;
    found = &l;
  }
  return found;
}

Gradient Guards::sum(ArrayRef<Gradient> parts, Location loc) {
  // Add gradients with the same conditions directly.
  SmallVector<Gradient> groups;
  SmallVector<SmallVector<Value>> values;
  for (const Gradient &part : parts) {
    auto *group = llvm::find_if(groups, [&](const Gradient &g) { return g.where == part.where; });
    if (group == groups.end()) {
      groups.push_back(part);
      values.push_back({part.value});
      continue;
    }
    group->exact &= part.exact;
    values[group - groups.begin()].push_back(part.value);
  }
  for (auto [group, summands] : llvm::zip_equal(groups, values))
    group.value = add(summands, loc);
  // Merge the two sides of a choice.
  for (bool merged = true; merged;) {
    merged = false;
    for (size_t i = 0; i < groups.size() && !merged; ++i)
      for (size_t k = i + 1; k < groups.size() && !merged; ++k)
        if (const Literal *l = opposite(groups[i], groups[k])) {
          Gradient both;
          for (const Literal &other : groups[i].where)
            if (!(other == *l))
              both.where.push_back(other);
          both.exact = both.where.empty() || (groups[i].exact && groups[k].exact);
          nn::Expr value = expr(groups[i].value);
          Value condition = valueOf(*l->condition);
          both.value = l->holds ? select(value.with(condition), value, value.with(groups[k].value))
                                : select(value.with(condition), value.with(groups[k].value), value);
          groups.erase(groups.begin() + k);
          groups[i] = both;
          // It may now have the same conditions as another group.
          for (size_t other = 0; other < groups.size(); ++other)
            if (other != i && groups[other].where == both.where) {
              groups[i].value = add({groups[i].value, groups[other].value}, loc);
              groups[i].exact &= groups[other].exact;
              groups.erase(groups.begin() + other);
              break;
            }
          merged = true;
        }
  }
  if (groups.size() == 1)
    return groups.front();
  Gradient all;
  SmallVector<Value> summands;
  for (Gradient &group : groups)
    summands.push_back(whole(group));
  all.value = add(summands, loc);
  if (llvm::none_of(groups, [](const Gradient &g) { return g.where.empty(); }))
    all.where.push_back({anyOf(groups), true});
  return all;
}

std::shared_ptr<Condition> Guards::anyOf(ArrayRef<Gradient> parts) {
  SmallVector<Gradient> all(parts);
  return std::make_shared<Condition>(
      Condition{{}, [this, all] {
                  auto type = cast<RankedTensorType>(all.front().value.getType());
                  Location loc = all.front().value.getLoc();
                  nn::Expr any(truth(all.front().where, type, loc), b, loc);
                  for (const Gradient &g : ArrayRef(all).drop_front())
                    any = select(any.with(truth(g.where, type, loc)), 1.0, any);
                  return Value(any);
                }});
}

SmallVector<nn::OperandGradient> Guards::applyRule(Operation *op, Value gradient,
                                                   ArrayRef<bool> wanted) {
  SmallVector<nn::OperandGradient> gradients(op->getNumOperands());
  nn::Derivation derivation(b, op, gradient, wanted, gradients);
  cast<nn::DifferentiableOp>(op).backward(derivation);
  return gradients;
}

Value Guards::partIn(nn::ContractionOp op, unsigned i, Value counts) {
  auto type = cast<RankedTensorType>(op->getOperand(i).getType());
  AffineMap map = i == 0 ? op.getLeftMap() : op.getRightMap(), out = op.getOutMap();
  // The dims that operand and result share, if they are in the same order in both. Along all other
  // dims, any element counts.
  SmallVector<int64_t> dims, summed;
  SmallVector<bool> kept(out.getNumResults(), false);
  int64_t last = -1;
  for (auto [position, e] : llvm::enumerate(map.getResults())) {
    if (!isa<AffineDimExpr>(e))
      continue;
    auto at = out.getResultPosition(e);
    if (!at || int64_t(*at) <= last)
      continue;
    last = *at;
    kept[last] = true;
    dims.push_back(position);
  }
  for (auto [position, isKept] : llvm::enumerate(kept))
    if (!isKept)
      summed.push_back(position);
  return nn::buildBroadcast(b, op.getLoc(), type, nn::buildSum(b, op.getLoc(), counts, summed),
                            dims);
}

std::shared_ptr<Condition> Guards::through(Operation *op, unsigned i, ArrayRef<Literal> where) {
  SmallVector<Literal, 1> all(where);
  return std::make_shared<Condition>(Condition{
      {}, [this, op, i, all] {
        auto type = cast<RankedTensorType>(op->getResult(0).getType());
        Value counts = truth(all, type, op->getLoc());
        if (auto contraction = dyn_cast<nn::ContractionOp>(op))
          return partIn(contraction, i, counts);
        // Every other op moves, repeats or adds elements, and its rule does the same with the truth
        // value.
        SmallVector<bool> wanted(op->getNumOperands(), false);
        wanted[i] = true;
        nn::OperandGradient part = applyRule(op, counts, wanted)[i];
        nn::Expr value = expr(part.value);
        if (!part.where)
          return part.value;
        nn::Expr condition = value.with(part.where);
        return Value(part.holds ? select(condition, value, 0.0) : select(condition, 0.0, value));
      }});
}

Operation *Guards::harmless(Operation *op, ArrayRef<Literal> where) {
  if (where.empty() || !isa<nn::ContractionOp>(op))
    return op;
  Operation *copy = nullptr;
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    if (ranges.of(operand).isFinite())
      continue;
    nn::Expr value(operand, b, op->getLoc());
    Value safe = select(value.with(valueOf(*through(op, i, where))), value, 0.0);
    copy = copy ? copy : b.clone(*op);
    copy->setOperand(i, safe);
  }
  return copy ? copy : op;
}

/// Whether element i of the result depends only on element i of each operand.
static bool isElementwise(Operation *op) {
  if (!isa<nn::ScalarBodyOp, nn::AutodiffMarkerOp>(op))
    return false;
  return llvm::all_of(op->getOperandTypes(),
                      [&](Type type) { return type == op->getResult(0).getType(); });
}

SmallVector<Gradient> Guards::backward(Operation *op, Gradient &g, ArrayRef<bool> wanted) {
  const bool elementwise = isElementwise(op);
  Operation *from = op;
  if (!elementwise) {
    whole(g);
    from = harmless(op, g.where);
  }
  Block::iterator end = b.getInsertionPoint();
  Operation *before = end == b.getInsertionBlock()->begin() ? nullptr : &*std::prev(end);
  SmallVector<nn::OperandGradient> parts = applyRule(from, g.value, wanted);
  Operation *fresh = before ? before->getNextNode() : &b.getInsertionBlock()->front();

  SmallVector<Gradient> gradients(parts.size());
  for (auto [i, part] : llvm::enumerate(parts)) {
    Gradient &gradient = gradients[i];
    gradient.value = part.value;
    if (!part.value)
      continue;
    if (elementwise) {
      gradient.where = g.where;
      gradient.exact = g.exact;
      // 0 times a value that may be infinite.
      if (!g.where.empty() && g.exact && !ranges.ofFresh(part.value, fresh, g.value).isFinite())
        gradient.exact = false;
    } else if (!g.where.empty()) {
      gradient.where.push_back({through(op, i, g.where), true});
    }
    if (part.where) {
      Literal literal{conditionOf(part.where), part.holds};
      if (!llvm::is_contained(gradient.where, literal))
        gradient.where.push_back(literal);
      gradient.exact = false;
    }
  }
  if (from != op && from->use_empty())
    from->erase();
  return gradients;
}

} // namespace nnc
