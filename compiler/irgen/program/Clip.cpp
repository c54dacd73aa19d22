// Generates `clip value c` and `clip norm c` (LANGUAGE.md 8.1), which limit the gradients before
// the optimizer uses them.
#include "compiler/irgen/program/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Format.h"

#include <cmath>

using namespace nnc;

Value ProgramGenerator::clipLimit(const ast::ClipEntry *entry) {
  Elaborator::RangeGuard guard(elab, entry->range);
  Value limit = elab.evaluate(entry->limit, Scope());
  if (limit.isKnown() && !(limit.number >= 0)) {
    llvm::SmallString<16> found;
    llvm::raw_svector_ostream(found) << llvm::format("%g", limit.number);
    diags.error(entry->limit->range, "the limit of `clip` must be at least 0, not " + found.str());
    return Value::error();
  }
  if (!limit.isKnown() && !limit.isHostScalar() && !limit.isError()) {
    Value t = elab.fn->emit.toTensor(limit, entry->limit->range);
    if (t.isTensor() && (isBatched(t.tensor) || !exampleShape(t.tensor).empty()))
      return elab.fn->emit.shapeError(entry->limit->range, "the limit of `clip` is one number", t,
                                      entry->limit->range);
    return t;
  }
  return limit;
}

mlir::Value ProgramGenerator::isBelowZero(const Value &limit, Range at) {
  Emitter &emit = elab.fn->emit;
  // Not `limit < 0`, because NaN is not a valid limit either.
  Value fine = emit.elementwise("ge", {limit, Value::of(0)}, {at, at}, at);
  return emit.toTensor(emit.elementwise("eq", {fine, Value::of(0)}, {at, at}, at), at).tensor;
}

mlir::Value ProgramGenerator::lossUnlessBelowZero(mlir::Value loss, const Value &limit, Range at) {
  if (limit.isKnown())
    return loss;
  Emitter &emit = elab.fn->emit;
  return emit.elementwise("select", {isBelowZero(limit, at), emit.constant(NAN), loss});
}

bool ProgramGenerator::clip(const ast::ClipEntry *entry, const Value &limit,
                            llvm::MutableArrayRef<mlir::Value> grads) {
  Range at = entry->range;
  Elaborator::RangeGuard guard(elab, at);
  Emitter &emit = elab.fn->emit;
  if (entry->by == ast::ClipKind::Value) {
    Value low = elab.negate(limit, at);
    for (mlir::Value &g : grads) {
      Value v = emit.elementwise("max", {Value::of(g), low}, {at, at}, at);
      g = emit.elementwise("min", {v, limit}, {at, at}, at).tensor;
    }
    return true;
  }
  if (options.formulas) {
    Value total;
    for (mlir::Value g : grads) {
      Value square = emit.reduceAll("reduce_sum", Value::of(emit.elementwise("mul", {g, g})));
      total = total.isTensor() ? emit.elementwise("add", {total, square}, {at, at}, at) : square;
    }
    Value norm = emit.elementwise(
        "max", {emit.elementwise("sqrt", total, at, at), Value::of(1e-30)}, {at, at}, at);
    Value scale = emit.elementwise(
        "min", {Value::of(1), emit.elementwise("div", {limit, norm}, {at, at}, at)}, {at, at}, at);
    for (mlir::Value &g : grads)
      g = emit.elementwise("mul", {Value::of(g), scale}, {at, at}, at).tensor;
    return true;
  }
  // All gradients are scaled by min(1, limit / ‖g‖), where ‖g‖ is the norm of all of them together.
  // Computed in f64, because the norm of f32 numbers and the scale may be outside the range of f32.
  Value norm = emit.norm(grads);
  Value wide = limit;
  if (limit.isTensor() && limit.tensor.getType() != norm.tensor.getType())
    wide = Value::ofHost(emit.cast(limit.tensor, emit.b.getF64Type()));
  else if (limit.isTensor())
    wide = Value::ofHost(limit.tensor);
  auto two = [&](llvm::StringRef op, const Value &x, const Value &y) {
    return emit.elementwise(op, {x, y}, {at, at}, at);
  };
  Value scale = two("min", Value::of(1), two("div", wide, norm));
  // A gradient of 0 has no direction and stays unchanged.
  scale = emit.elementwise("select", {two("eq", norm, Value::of(0)), Value::of(1), scale},
                           {at, at, at}, at);
  for (mlir::Value &g : grads) {
    mlir::Value x = emit.cast(g, emit.b.getF64Type());
    auto type = llvm::cast<mlir::RankedTensorType>(x.getType());
    x = emit.elementwise("mul", {x, emit.broadcast(emit.toHost(scale), type, {})});
    g = emit.cast(x, emit.element);
  }
  return true;
}
