// Builtin functions that reduce axes: sum, max, min, argmax, count.
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

namespace {
/// How a builtin reduces.
struct Reduction {
  Value (Emitter::*reduce)(const Value &x, llvm::ArrayRef<int64_t> dims, bool keep);
  /// Combines the results for several tensors. `argmax` has none: its result is an index.
  std::optional<nn::ElementwiseOp> combine;
};
} // namespace

static Value reduction(Elaborator &elab, const Reduction &by, const BuiltinCall &call) {
  const Arg *x = call.positional(0), *over = call.named("over"), *keep = call.named("keep");
  if (keep && !elab.knownNumber(keep->value)) {
    elab.diags.error(keep->range, "`keep` must be true or false");
    return Value::error();
  }
  const bool keeps = keep && keep->value.number != 0;
  Value v = x->value;
  if (v.kind == Value::Kind::Place)
    v = elab.readPlace(v, x->range);
  if (v.kind == Value::Kind::Weights) {
    if (over) {
      elab.diags.error(
          over->range,
          "the weights of a model have different axes; they can only be reduced over all of them");
      return Value::error();
    }
    if (!by.combine) {
      elab.diags.error(call.at, "this reduction is not defined over several tensors");
      return Value::error();
    }
    Value total = Value::of(0);
    bool first = true;
    for (const Value &item : v.items) {
      bool ok;
      Value one =
          (elab.fn->emit.*by.reduce)(item, elab.axes.resolve(item, nullptr, call.at, ok), false);
      total =
          first ? one
                : elab.fn->emit.elementwise(*by.combine, {total, one}, {call.at, call.at}, call.at);
      first = false;
    }
    return total;
  }
  v = elab.fn->emit.toTensor(v, x->range);
  if (!v.isTensor())
    return v;
  bool ok;
  llvm::SmallVector<int64_t> dims = elab.axes.resolve(v, over, x->range, ok);
  if (!ok)
    return Value::error();
  const bool isIndex = !by.combine;
  if (isIndex) {
    double count = 1;
    for (int64_t d : dims)
      if (auto type = llvm::cast<mlir::RankedTensorType>(v.tensor.getType()); !type.isDynamicDim(d))
        count *= double(type.getDimSize(d));
    if (!elab.fn->emit.canCount(count, call.at, "`argmax`"))
      return Value::error();
  }
  if (isIndex && dims.empty())
    return Value::of(elab.fn->emit.broadcast(elab.fn->emit.constant(0),
                                             llvm::cast<mlir::RankedTensorType>(v.tensor.getType()),
                                             {}),
                     v.axes);
  return (elab.fn->emit.*by.reduce)(v, dims, keeps);
}

Value nnc::buildSum(Elaborator &elab, const BuiltinCall &call) {
  return reduction(elab, {&Emitter::reduce<nn::ReduceSumOp>, nn::ElementwiseOp::of<nn::AddOp>()},
                   call);
}

Value nnc::buildMax(Elaborator &elab, const BuiltinCall &call) {
  return reduction(elab, {&Emitter::reduce<nn::ReduceMaxOp>, nn::ElementwiseOp::of<nn::MaxOp>()},
                   call);
}

Value nnc::buildMin(Elaborator &elab, const BuiltinCall &call) {
  return reduction(elab, {&Emitter::reduce<nn::ReduceMinOp>, nn::ElementwiseOp::of<nn::MinOp>()},
                   call);
}

Value nnc::buildArgmax(Elaborator &elab, const BuiltinCall &call) {
  return reduction(elab, {&Emitter::reduce<nn::ArgmaxOp>, std::nullopt}, call);
}

Value nnc::buildCount(Elaborator &elab, const BuiltinCall &call) {
  Value v = elab.fn->emit.toTensor(call.positional(0)->value, call.at);
  if (!v.isTensor())
    return v;
  bool ok;
  double n = 1;
  bool batch = false;
  for (int64_t d : elab.axes.resolve(v, call.named("over"), call.at, ok)) {
    auto type = llvm::cast<mlir::RankedTensorType>(v.tensor.getType());
    if (type.isDynamicDim(d))
      batch = true;
    else
      n *= double(type.getDimSize(d));
  }
  if (!ok)
    return Value::error();
  if (!batch)
    return Value::of(n);
  mlir::Value rows = elab.fn->emit.make<nn::BatchSizeOp>();
  return elab.fn->emit.elementwise<nn::MulOp>({Value::ofHost(rows), Value::of(n)},
                                              {call.at, call.at}, call.at);
}
