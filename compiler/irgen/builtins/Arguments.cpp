// Reads arguments that several builtin functions have: an axis, whole numbers, a shape.
#include "compiler/irgen/builtins/Arguments.h"

#include "compiler/irgen/eval/Elaborator.h"

using namespace nnc;

bool nnc::axisOf(Elaborator &elab, const Arg *arg, int64_t fallback, int64_t rank, int64_t &axis) {
  axis = fallback;
  if (arg && !elab.integerOf(arg->value, axis, arg->range, "the position of an axis"))
    return false;
  if (axis < -rank || axis >= rank) {
    elab.diags.error(arg ? arg->range : elab.fn->emit.range,
                     "there is no axis " + llvm::Twine(axis));
    return false;
  }
  axis = axis < 0 ? axis + rank : axis;
  return true;
}

bool nnc::integers(Elaborator &elab, const Arg *arg, size_t count, int64_t fallback,
                   llvm::SmallVectorImpl<int64_t> &out, llvm::StringRef what, int64_t least) {
  out.assign(count, fallback);
  if (!arg)
    return true;
  if (arg->value.kind == Value::Kind::List) {
    const std::vector<Value> items = flatItemsOf(arg->value);
    if (items.size() != count) {
      elab.diags.error(arg->range, what + " is one number or a list of " + llvm::Twine(count) +
                                       ", one for each axis; this list has " +
                                       llvm::Twine(items.size()));
      return false;
    }
    for (size_t i = 0; i < count; ++i)
      if (!elab.integerOf(items[i], out[i], arg->range, what))
        return false;
  } else {
    int64_t n;
    if (!elab.integerOf(arg->value, n, arg->range, what))
      return false;
    out.assign(count, n);
  }
  for (int64_t n : out)
    if (n < least) {
      elab.diags.error(arg->range, what + " must be at least " + llvm::Twine(least) + ", not " +
                                       llvm::Twine(n));
      return false;
    }
  return true;
}

std::vector<Value> nnc::itemsOf(const Value &v) {
  return v.kind == Value::Kind::List ? v.items : std::vector<Value>{v};
}

std::vector<Value> nnc::flatItemsOf(const Value &v) {
  if (v.kind != Value::Kind::List)
    return {v};
  std::vector<Value> flat;
  for (const Value &item : v.items)
    llvm::append_range(flat, flatItemsOf(item));
  return flat;
}

bool nnc::shapeFrom(Elaborator &elab, const Value &v, std::vector<int64_t> &shape, Range at) {
  for (const Value &item : flatItemsOf(v)) {
    int64_t n;
    if (!elab.integerOf(item, n, at, "the size of an axis"))
      return false;
    if (n < 1 || n > (int64_t(1) << 32)) {
      elab.diags.error(at, "an axis of size " + llvm::Twine(n));
      return false;
    }
    shape.push_back(n);
  }
  return true;
}

Value nnc::movedTensor(Elaborator &elab, const BuiltinCall &call) {
  const Arg *xa = call.positional(0);
  return elab.fn->emit.toTensor(
      xa->value.kind == Value::Kind::Place ? elab.readPlace(xa->value, xa->range) : xa->value,
      xa->range);
}
