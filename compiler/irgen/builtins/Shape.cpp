// Builtin functions about shapes: size, input_shape, reshape, range.
#include "compiler/irgen/builtins/Arguments.h"
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

Value nnc::buildRange(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  int64_t n;
  if (!elab.integerOf(call.positional(0)->value, n, call.at, "the length of a range"))
    return Value::error();
  if (n < 1 || n > (1 << 30)) {
    elab.diags.error(call.at, "a range of " + llvm::Twine(n) + " numbers");
    return Value::error();
  }
  return Value::of(emit.make<nn::IotaOp>(emit.typeOf({n}), llvm::ArrayRef<int64_t>{0}));
}

Value nnc::buildSize(Elaborator &elab, const BuiltinCall &call) {
  // The sizes of a number: it has no axes.
  if (const Value &v = call.positional(0)->value;
      v.kind == Value::Kind::List && v.items.empty() && call.positional(1))
    return Value::of(0);
  Value x = movedTensor(elab, call);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  const int64_t rank = shape.size();
  if (!call.positional(1)) {
    Value list = Value::ofKind(Value::Kind::List);
    for (int64_t n : shape)
      list.items.push_back(Value::of(double(n)));
    return list;
  }
  int64_t axis;
  if (!axisOf(elab, call.positional(1), 0, rank, axis))
    return Value::error();
  return Value::of(double(shape[axis]));
}

Value nnc::buildInputShape(Elaborator &elab, const BuiltinCall &call) {
  const Arg *model = call.positional(0);
  const Value &v = model->value;
  if (v.kind != Value::Kind::Applicable || v.target->kind != Applicable::Kind::Model) {
    elab.diags.error(model->range, "`input_shape` is of a model, and this is " + v.describe());
    return Value::error();
  }
  auto known = elab.inputShapes.find(v.target->decl);
  if (known == elab.inputShapes.end())
    return Value::error(); // it was reported where the model is generated
  Value list = Value::ofKind(Value::Kind::List);
  for (int64_t n : known->second)
    list.items.push_back(Value::of(double(n)));
  return list;
}

Value nnc::buildReshape(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  const Arg *xa = call.positional(0);
  Value x = movedTensor(elab, call);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  const Arg *to = call.positional(1);
  llvm::SmallVector<int64_t> result;
  int64_t open = -1, known = 1, all = 1;
  for (int64_t n : shape)
    all *= n;
  for (const Value &item : flatItemsOf(to->value)) {
    int64_t n;
    if (!elab.integerOf(item, n, to->range, "the size of an axis"))
      return Value::error();
    if (n == -1 && open < 0)
      open = result.size();
    else if (n < 1) {
      elab.diags.error(to->range, "an axis of size " + llvm::Twine(n));
      return Value::error();
    } else
      known *= n;
    result.push_back(n);
  }
  if (open >= 0 && all % known == 0)
    result[open] = all / known;
  if (open >= 0 ? all % known != 0 : known != all)
    return emit.shapeError(call.at,
                           "`reshape` keeps the number of elements: " + llvm::Twine(all) +
                               " do not fill " + shapeText(result),
                           x, xa->range);
  return emit.reshape(x, result);
}
