// Builtin functions that move elements: concat, stack, transpose, slice, reverse.
#include "compiler/irgen/builtins/Arguments.h"
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

Value nnc::buildStack(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  Value list = Value::ofKind(Value::Kind::List);
  for (const Arg &a : call.args)
    if (a.name.empty())
      list.items.push_back(a.value);
  Value t = emit.toTensor(list, call.at); // along a new first axis
  if (!t.isTensor())
    return t;
  auto shape = exampleShape(t.tensor);
  int64_t axis;
  if (!axisOf(elab, call.named("axis"), 0, shape.size(), axis))
    return Value::error();
  if (axis == 0)
    return t;
  const bool batch = isBatched(t.tensor);
  llvm::SmallVector<int64_t> perm, result;
  std::vector<std::string> axes;
  if (batch)
    perm.push_back(0);
  for (int64_t i = 0; i < int64_t(shape.size()); ++i) {
    const int64_t from = i < axis ? i + 1 : i == axis ? 0 : i;
    perm.push_back(from + batch);
    result.push_back(shape[from]);
    axes.push_back(t.axisAt(from));
  }
  return Value::of(emit.make<nn::TransposeOp>(emit.typeOf(result, batch), t.tensor, perm), axes);
}

Value nnc::buildConcat(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  llvm::SmallVector<Value> parts;
  bool batch = false;
  const bool single = !call.positional(1); // the argument is a list of the parts
  for (const Arg &a : call.args) {
    if (!a.name.empty())
      continue;
    for (const Value &item : single ? itemsOf(a.value) : std::vector<Value>{a.value}) {
      parts.push_back(emit.toTensor(item, a.range));
      if (!parts.back().isTensor())
        return Value::error();
      batch |= isBatched(parts.back().tensor);
    }
  }
  int64_t axis;
  llvm::SmallVector<int64_t> result(exampleShape(parts[0].tensor));
  if (!axisOf(elab, call.named("axis"), 0, result.size(), axis))
    return Value::error();
  int64_t total = 0;
  llvm::SmallVector<mlir::Value> values;
  for (const Value &p : parts) {
    llvm::SmallVector<int64_t> shape(exampleShape(p.tensor));
    if (shape.size() != result.size())
      return emit.shapeError(call.at, "`concat` joins tensors with equally many axes", parts,
                             llvm::SmallVector<Range>(parts.size(), call.at));
    total += shape[axis];
    shape[axis] = result[axis];
    if (shape != result)
      return emit.shapeError(call.at, "`concat` joins tensors that differ in the joined axis only",
                             parts, llvm::SmallVector<Range>(parts.size(), call.at));
    values.push_back(batch ? emit.batched(p.tensor) : p.tensor);
  }
  result[axis] = total;
  std::vector<std::string> axes = Emitter::commonAxes(parts);
  if (parts.size() > 1)
    axes[axis].clear();
  return Value::of(emit.make<nn::ConcatOp>(emit.typeOf(result, batch), values, axis + batch), axes);
}

Value nnc::buildTranspose(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  const Arg *xa = call.positional(0);
  Value x = movedTensor(elab, call);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  const int64_t rank = shape.size();
  const bool batch = isBatched(x.tensor);
  const Arg *by = call.positional(1);
  if (!by)
    return emit.transposed(x, call.at);
  llvm::SmallVector<int64_t> perm, result;
  std::vector<std::string> axes;
  if (batch)
    perm.push_back(0);
  for (const Value &item : itemsOf(by->value)) {
    int64_t axis;
    Arg one{"", item, by->range};
    if (!axisOf(elab, &one, 0, rank, axis))
      return Value::error();
    perm.push_back(axis + batch);
    result.push_back(shape[axis]);
    axes.push_back(x.axes.size() == size_t(rank) ? x.axes[axis] : "");
  }
  llvm::SmallVector<int64_t> sorted(perm);
  llvm::sort(sorted);
  for (size_t i = 0; i < sorted.size(); ++i)
    if (sorted.size() != size_t(rank + batch) || sorted[i] != int64_t(i))
      return emit.shapeError(by->range, "`transpose` needs every axis once", x, xa->range);
  Value turned =
      Value::of(emit.make<nn::TransposeOp>(emit.typeOf(result, batch), x.tensor, perm), axes);
  turned.turned = Value::Turned::ByCall;
  return turned;
}

Value nnc::buildSlice(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  const Arg *xa = call.positional(0);
  Value x = movedTensor(elab, call);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  const int64_t rank = shape.size();
  const bool batch = isBatched(x.tensor);
  int64_t axis, from, to, step = 1;
  if (!axisOf(elab, call.named("axis"), 0, rank, axis) ||
      !elab.integerOf(call.positional(1)->value, from, call.positional(1)->range,
                      "the start of a slice") ||
      !elab.integerOf(call.positional(2)->value, to, call.positional(2)->range,
                      "the end of a slice"))
    return Value::error();
  if (const Arg *s = call.named("stride"))
    if (!elab.integerOf(s->value, step, s->range, "the stride"))
      return Value::error();
  if (from < 0 || to > shape[axis] || from >= to || step < 1)
    return emit.shapeError(call.at,
                           "a slice from " + llvm::Twine(from) + " to " + llvm::Twine(to) +
                               " of an axis of " + llvm::Twine(shape[axis]),
                           x, xa->range);
  llvm::SmallVector<int64_t> start(rank, 0), limit(shape), stride(rank, 1), result(shape);
  start[axis] = from;
  limit[axis] = to;
  stride[axis] = step;
  result[axis] = (to - from + step - 1) / step;
  if (batch) {
    start.insert(start.begin(), 0);
    limit.insert(limit.begin(), -1);
    stride.insert(stride.begin(), 1);
  }
  return Value::of(
      emit.make<nn::SliceOp>(emit.typeOf(result, batch), x.tensor, start, limit, stride), x.axes);
}

Value nnc::buildReverse(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  Value x = movedTensor(elab, call);
  if (!x.isTensor())
    return x;
  bool ok;
  llvm::SmallVector<int64_t> dims = elab.axes.resolve(x, call.named("over"), call.at, ok);
  if (!ok)
    return Value::error();
  return Value::of(emit.make<nn::ReverseOp>(x.tensor.getType(), x.tensor, dims), x.axes);
}
