// Evaluates indexing: `z[i]`, `z[1, 2 .. 4]`, `z[label]`.
#include "compiler/irgen/eval/Elaborator.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/BuiltinTypes.h"

#include <cmath>

using namespace nnc;

/// Elements [from, to) of an example axis. `drop` removes the axis, which then has one element.
static Value sliceAxis(Emitter &emit, const Value &x, size_t axis, int64_t from, int64_t to,
                       bool drop) {
  auto shape = exampleShape(x.tensor);
  const bool batch = isBatched(x.tensor);
  llvm::SmallVector<int64_t> start, limit, stride, sizes(shape);
  if (batch) {
    start.push_back(0);
    limit.push_back(-1);
    stride.push_back(1);
  }
  for (size_t i = 0; i < shape.size(); ++i) {
    start.push_back(i == axis ? from : 0);
    limit.push_back(i == axis ? to : shape[i]);
    stride.push_back(1);
  }
  sizes[axis] = to - from;
  Value part = Value::of(
      emit.make<nn::SliceOp>(emit.typeOf(sizes, batch), x.tensor, start, limit, stride), x.axes);
  if (!drop)
    return part;
  sizes.erase(sizes.begin() + axis);
  Value rest = emit.reshape(part, sizes);
  for (size_t i = 0; i < shape.size(); ++i)
    if (i != axis)
      rest.axes.push_back(x.axisAt(i));
  return rest;
}

Value Indexing::taken(const Value &x, const Value &i, int64_t axis) {
  Emitter &emit = fn->emit;
  const bool batch = isBatched(x.tensor) || isBatched(i.tensor);
  mlir::Value from = batch ? emit.batched(x.tensor) : x.tensor,
              index = batch ? emit.batched(i.tensor) : i.tensor;
  auto shape = exampleShape(x.tensor), places = exampleShape(i.tensor);
  // The pick has the form [before, n, places, after]. x is repeated along `places`, and the index
  // along everything else.
  llvm::SmallVector<int64_t> result(shape.begin(), shape.begin() + axis), whole(result), xDims,
      indexDims;
  result.append(places.begin(), places.end());
  result.append(shape.begin() + axis + 1, shape.end());
  whole.push_back(shape[axis]);
  whole.append(result.begin() + axis, result.end());
  for (int64_t d = 0; d < int64_t(shape.size()) + batch; ++d)
    xDims.push_back(d <= axis + batch ? d : d + int64_t(places.size()));
  if (batch)
    indexDims.push_back(0);
  for (size_t d = 0; d < places.size(); ++d)
    indexDims.push_back(axis + batch + int64_t(d));
  from = emit.broadcast(from, emit.typeOf(whole, batch), xDims);
  auto type = emit.typeOf(result, batch);
  index = emit.broadcast(index, type, indexDims);
  std::vector<std::string> axes;
  for (size_t d = 0; d < shape.size(); ++d)
    if (int64_t(d) != axis)
      axes.push_back(x.axisAt(d));
    else
      for (size_t place = 0; place < places.size(); ++place)
        axes.push_back(i.axisAt(place));
  return Value::of(emit.make<nn::PickOp>(type, from, index, axis + batch), axes);
}

bool Indexing::positionOf(const Value &v, int64_t n, llvm::StringRef of, int64_t &at, Range range) {
  if (!elab.integerOf(v, at, range, "an index"))
    return false;
  if (at < -n || at >= n) {
    auto report =
        diags.error(range, "index " + llvm::Twine(at) + " of " + of + " of " + llvm::Twine(n));
    report.note("indices are 0 to " + llvm::Twine(n - 1) + ", or -" + llvm::Twine(n) +
                " to -1 from the end");
    return false;
  }
  at = at < 0 ? at + n : at;
  return true;
}

bool Indexing::positionsOf(const ast::RangeOfExpr *range, int64_t n, llvm::StringRef of,
                           int64_t &from, int64_t &to, const Scope &scope) {
  const Value first = elab.evaluate(range->first, scope), last = elab.evaluate(range->last, scope);
  if (!positionOf(first, n, of, from, range->first->range) ||
      !positionOf(last, n, of, to, range->last->range))
    return false;
  if (from <= to)
    return true;
  diags
      .error(range->range, "a range from element " + llvm::Twine(from) + " to element " +
                               llvm::Twine(to) + " of " + of + " of " + llvm::Twine(n) +
                               " is empty")
      .note("both ends of `a .. b` are included, and a comes first; `reverse(z, over = 0)` turns "
            "the order round");
  return false;
}

Value Indexing::indexList(const Value &list, const ast::Expr *index, const Scope &scope,
                          bool &known) {
  const int64_t n = list.items.size();
  int64_t from, to;
  if (auto *range = llvm::dyn_cast<ast::RangeOfExpr>(index)) {
    if (!positionsOf(range, n, "a list", from, to, scope))
      return Value::error();
    Value part = Value::ofKind(Value::Kind::List);
    part.items.assign(list.items.begin() + from, list.items.begin() + to + 1);
    return part;
  }
  Value i = elab.evaluate(index, scope);
  if (i.isError() || i.isUnavailable())
    return i;
  known = i.isKnown();
  if (!known)
    return i;
  return positionOf(i, n, "a list", from, index->range) ? list.items[from] : Value::error();
}

Value Indexing::evaluate(const ast::IndexExpr *e, const Scope &scope) {
  Value x = elab.evaluate(e->base, scope);
  if (x.isError() || x.isUnavailable())
    return x;
  if (x.kind == Value::Kind::List && e->indices.size() == 1 &&
      !llvm::isa<ast::EllipsisExpr>(e->indices[0])) {
    bool known = true;
    Value item = indexList(x, e->indices[0], scope, known);
    if (known || item.isError() || item.isUnavailable())
      return item;
    if (item.drawnFrom)
      return drawnItem(x, item, e, scope);
  }
  return elementOf(x, e, scope);
}

Value Indexing::drawnItem(const Value &list, const Value &i, const ast::IndexExpr *e,
                          const Scope &scope) {
  const Diagnostics::Mark mark = diags.mark();
  const Value chosen = elementOf(list, e, scope);
  const double n = list.items.size(), at = i.number < 0 ? i.number + n : i.number;
  if (at < 0 || at >= n || at != std::floor(at))
    return chosen;
  const Value &item = list.items[size_t(at)];
  if (diags.errorCount() != mark.errors) {
    // The items are no numbers, so the code depends on the index.
    diags.rewind(mark);
    elab.need(i);
    return item;
  }
  return item.mayBeKnown() ? DrawnUse::drawnAs(chosen, item.number, {&i, &item}) : chosen;
}

Value Indexing::elementOf(Value x, const ast::IndexExpr *e, const Scope &scope) {
  Emitter &emit = fn->emit;
  if (x.kind == Value::Kind::Place)
    x = elab.readPlace(x, e->base->range);
  x = emit.toTensor(x, e->base->range);
  if (x.isError())
    return x;
  size_t axis = 0;
  for (const ast::Expr *index : e->indices) {
    auto shape = exampleShape(x.tensor);
    if (llvm::isa<ast::EllipsisExpr>(index)) {
      axis = shape.size() - std::min<size_t>(shape.size(), e->indices.size() - 1);
      continue;
    }
    if (axis >= shape.size() && elab.column && shape.empty()) {
      auto report = diags.error(
          e->range,
          "an index takes elements of a row's own value, and this is one number in each row");
      report.note(
          "rows before and after it are not reached by an index: with `series` in the data "
          "block, `lag(1, e)` is the row before, `past(k, e)` and `next(k, e)` are several");
      return Value::error();
    }
    if (axis >= shape.size())
      return emit.shapeError(index->range, "there is no axis left for this index", x,
                             e->base->range);
    const int64_t n = shape[axis];
    if (auto *range = llvm::dyn_cast<ast::RangeOfExpr>(index)) {
      int64_t from, to;
      if (!positionsOf(range, n, "an axis", from, to, scope))
        return Value::error();
      x = sliceAxis(emit, x, axis++, from, to + 1, false);
      continue;
    }
    Value i = elab.evaluate(index, scope);
    if (i.isError() || i.isUnavailable())
      return i;
    if (i.isKnown()) {
      int64_t at;
      if (!positionOf(i, n, "an axis", at, index->range))
        return Value::error();
      x = sliceAxis(emit, x, axis, at, at + 1, true);
      continue;
    }
    if (i.kind == Value::Kind::List) // check known positions now
      for (Value &item : i.items)
        if (int64_t at; item.isKnown()) {
          if (!positionOf(item, n, "an axis", at, index->range))
            return Value::error();
          item = Value::of(double(at));
        }
    i = emit.toTensor(i, index->range);
    if (i.isError())
      return i;
    BoundT bound;
    bound.kind = isBatched(x.tensor) ? NN_SELECTS : NN_LOOKS_UP;
    bound.limit = n;
    elab.noteBound(i.tensor, std::move(bound), index->range);
    if (!emit.canCount(double(n), index->range, "this index"))
      return Value::error();
    x = taken(x, i, axis);
    axis += exampleShape(i.tensor).size();
  }
  return x;
}
