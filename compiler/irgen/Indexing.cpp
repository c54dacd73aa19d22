// `z[i]`, `z[1, 2 .. 4]`, `z[label]`.
#include "compiler/irgen/Elaborator.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// Elements [from, to) of an example axis; with `drop` the axis, then of one element, goes.
static Value sliceAxis(Emitter &emit, const Value &x, size_t axis, int64_t from, int64_t to, bool drop) {
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
  Value part = Value::of(emit.create("nn.slice", x.tensor, emit.typeOf(sizes, batch),
                                     {emit.attr("start", start), emit.attr("limit", limit), emit.attr("stride", stride)})
                             ->getResult(0));
  if (!drop)
    return part;
  sizes.erase(sizes.begin() + axis);
  return emit.reshape(part, sizes);
}

Value Elaborator::taken(const Value &x, const Value &i, int64_t axis) {
  Emitter &emit = fn->emit;
  const bool batch = isBatched(x.tensor) || isBatched(i.tensor);
  mlir::Value from = batch ? emit.batched(x.tensor) : x.tensor, index = batch ? emit.batched(i.tensor) : i.tensor;
  auto shape = exampleShape(x.tensor), places = exampleShape(i.tensor);
  // x is picked from in the form [before, n, places, after]: it lacks the places, and the index all but them.
  llvm::SmallVector<int64_t> result(shape.begin(), shape.begin() + axis), whole(result), xDims, indexDims;
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
  return Value::of(emit.create("nn.pick", {from, index}, type, emit.b.getNamedAttr("dim", emit.b.getI64IntegerAttr(axis + batch)))
                       ->getResult(0));
}

Value Elaborator::evaluateIndex(const ast::IndexExpr *e, const Scope &scope) {
  Value x = evaluate(e->base, scope);
  if (x.isError() || x.isUnavailable())
    return x;
  Emitter &emit = fn->emit;
  if (x.kind == Value::Kind::List) {
    int64_t i;
    if (e->indices.size() == 1 && !llvm::isa<ast::RangeOfExpr>(e->indices[0])) {
      if (!evaluateInteger(e->indices[0], scope, i, "the index of a list"))
        return Value::error();
      const int64_t n = x.items.size();
      if (i < -n || i >= n) {
        diags.error(e->indices[0]->range, "index " + llvm::Twine(i) + " of a list of " + llvm::Twine(n));
        return Value::error();
      }
      return x.items[i < 0 ? i + n : i];
    }
  }
  if (x.kind == Value::Kind::Place)
    x = readPlace(x, e->base->range);
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
    if (axis >= shape.size())
      return emit.shapeError(index->range, "there is no axis left for this index", x, e->base->range);
    const int64_t n = shape[axis];
    if (auto *range = llvm::dyn_cast<ast::RangeOfExpr>(index)) {
      int64_t from, to;
      if (!evaluateInteger(range->first, scope, from, "the first of a range") ||
          !evaluateInteger(range->last, scope, to, "the last of a range"))
        return Value::error();
      if (from < 0 || to < from || to >= n)
        return emit.shapeError(index->range, "indices " + llvm::Twine(from) + " .. " + llvm::Twine(to) +
                               " of an axis of " + llvm::Twine(n), x, e->base->range);
      x = sliceAxis(emit, x, axis++, from, to + 1, false);
      continue;
    }
    Value i = evaluate(index, scope);
    if (i.isError() || i.isUnavailable())
      return i;
    if (i.isKnown()) {
      int64_t at;
      if (!integerOf(i, at, index->range, "an index"))
        return Value::error();
      if (at < -n || at >= n)
        return emit.shapeError(index->range, "index " + llvm::Twine(at) + " of an axis of " + llvm::Twine(n), x,
                               e->base->range);
      at = at < 0 ? at + n : at;
      x = sliceAxis(emit, x, axis, at, at + 1, true);
      continue;
    }
    i = emit.toTensor(i, index->range);
    if (i.isError())
      return i;
    mlir::Value given = i.tensor;
    while (auto argument = given.getDefiningOp<nn::ArgumentOp>())
      given = argument.getX();
    if (llvm::isa<mlir::BlockArgument>(given))
      indexBounds.push_back({given, n, diags.callSite.isValid() ? diags.callSite : index->range});
    auto places = exampleShape(i.tensor);
    if (places.size() == 1 && places[0] == 1)
      i = emit.reshape(i, {});
    x = taken(x, i, axis);
    axis += exampleShape(i.tensor).size();
  }
  return x;
}
