// Generates `clip value c` and `clip norm c`.
#include "compiler/irgen/train/Clip.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Format.h"

#include <cmath>

using namespace nnc;

Value ClipGenerator::limit() {
  Elaborator::RangeGuard guard(ctx.elab, entry.range);
  Value limit = ctx.elab.evaluate(entry.limit, Scope());
  if (limit.isKnown() && !(limit.number >= 0)) {
    llvm::SmallString<16> found;
    llvm::raw_svector_ostream(found) << llvm::format("%g", limit.number);
    ctx.diags.error(entry.limit->range,
                    "the limit of `clip` must be at least 0, not " + found.str());
    return Value::error();
  }
  if (!limit.isKnown() && !limit.isHostScalar() && !limit.isError()) {
    Value t = ctx.elab.fn->emit.toTensor(limit, entry.limit->range);
    if (t.isTensor() && (isBatched(t.tensor) || !exampleShape(t.tensor).empty()))
      return ctx.elab.fn->emit.shapeError(entry.limit->range, "the limit of `clip` is one number",
                                          t, entry.limit->range);
    return t;
  }
  return limit;
}

mlir::Value ClipGenerator::isBelowZero(const Value &limit) {
  const Range at = entry.limit->range;
  Emitter &emit = ctx.elab.fn->emit;
  // Not `limit < 0`, because NaN is not a valid limit either.
  Value fine = emit.elementwise<nn::GeOp>({limit, Value::of(0)}, {at, at}, at);
  return emit.toTensor(emit.elementwise<nn::EqOp>({fine, Value::of(0)}, {at, at}, at), at).tensor;
}

mlir::Value ClipGenerator::lossUnlessBelowZero(mlir::Value loss, const Value &limit) {
  if (limit.isKnown())
    return loss;
  Emitter &emit = ctx.elab.fn->emit;
  return emit.elementwise<nn::SelectOp>({isBelowZero(limit), emit.constant(NAN), loss});
}

void ClipGenerator::apply(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads) {
  Elaborator::RangeGuard guard(ctx.elab, entry.range);
  if (entry.by == ast::ClipKind::Value)
    byValue(limit, grads);
  else if (ctx.options.formulas)
    byPlainNorm(limit, grads);
  else
    byNorm(limit, grads);
}

void ClipGenerator::byValue(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads) {
  const Range at = entry.range;
  Emitter &emit = ctx.elab.fn->emit;
  Value low = ctx.elab.negate(limit, at);
  for (mlir::Value &g : grads) {
    Value v = emit.elementwise<nn::MaxOp>({Value::of(g), low}, {at, at}, at);
    g = emit.elementwise<nn::MinOp>({v, limit}, {at, at}, at).tensor;
  }
}

void ClipGenerator::byPlainNorm(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads) {
  const Range at = entry.range;
  Emitter &emit = ctx.elab.fn->emit;
  Value total;
  for (mlir::Value g : grads) {
    Value square = emit.reduceAll<nn::ReduceSumOp>(Value::of(emit.elementwise<nn::MulOp>({g, g})));
    total = total.isTensor() ? emit.elementwise<nn::AddOp>({total, square}, {at, at}, at) : square;
  }
  Value norm = emit.elementwise<nn::MaxOp>(
      {emit.elementwise<nn::SqrtOp>(total, at, at), Value::of(1e-30)}, {at, at}, at);
  Value scale = emit.elementwise<nn::MinOp>(
      {Value::of(1), emit.elementwise<nn::DivOp>({limit, norm}, {at, at}, at)}, {at, at}, at);
  for (mlir::Value &g : grads)
    g = emit.elementwise<nn::MulOp>({Value::of(g), scale}, {at, at}, at).tensor;
}

void ClipGenerator::byNorm(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads) {
  const Range at = entry.range;
  Emitter &emit = ctx.elab.fn->emit;
  // All gradients are scaled by min(1, limit / ‖g‖), where ‖g‖ is the norm of all of them together.
  // Computed in f64, because the norm of f32 numbers and the scale may be outside the range of f32.
  Value norm = emit.norm(grads);
  Value wide = limit;
  if (limit.isTensor() && limit.tensor.getType() != norm.tensor.getType())
    wide = Value::ofHost(emit.cast(limit.tensor, emit.b.getF64Type()));
  else if (limit.isTensor())
    wide = Value::ofHost(limit.tensor);
  Value scale = emit.elementwise<nn::DivOp>({wide, norm}, {at, at}, at);
  scale = emit.elementwise<nn::MinOp>({Value::of(1), scale}, {at, at}, at);
  // A gradient of 0 has no direction and stays unchanged.
  Value none = emit.elementwise<nn::EqOp>({norm, Value::of(0)}, {at, at}, at);
  scale = emit.elementwise<nn::SelectOp>({none, Value::of(1), scale}, {at, at, at}, at);
  for (mlir::Value &g : grads) {
    mlir::Value x = emit.cast(g, emit.b.getF64Type());
    auto type = llvm::cast<mlir::RankedTensorType>(x.getType());
    x = emit.elementwise<nn::MulOp>({x, emit.broadcast(emit.toHost(scale), type, {})});
    g = emit.cast(x, emit.element);
  }
}
