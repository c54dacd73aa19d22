// Builtin functions that sum over a whole split, or keep its rows: total, total_spread, every,
// total_below.
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// Reports a call outside of a metric.
static bool isInMetric(Elaborator &elab, const BuiltinCall &call, llvm::StringRef name) {
  if (elab.totalMode != Elaborator::TotalMode::None)
    return true;
  elab.diags.error(call.at, "`" + name + "` is about a whole split, which only a metric sees");
  return false;
}

/// A total of the final function, by which `count` totals are passed over.
static Value readTotal(Elaborator &elab, size_t count) {
  if (elab.totalsRead + count > elab.totals.size())
    return Value::ofKind(Value::Kind::Unavailable);
  elab.totalsRead += count;
  return Value::of(elab.totals[elab.totalsRead - count]);
}

/// Keeps the value of each row for the final function.
static mlir::Value keep(Elaborator &elab, mlir::Value v) {
  Emitter &emit = elab.fn->emit;
  mlir::Value rows = emit.cast(elab.fn->batched ? emit.batched(v) : v, emit.element);
  elab.keptRows.push_back(elab.totals.size());
  elab.totals.push_back(rows);
  return rows;
}

/// e of all examples of the split: in the final function these are its batch.
Value nnc::buildEvery(Elaborator &elab, const BuiltinCall &call) {
  const Arg &e = *call.positional(0);
  if (!isInMetric(elab, call, "every"))
    return Value::error();
  if (elab.totalMode == Elaborator::TotalMode::Read)
    return readTotal(elab, 1);
  Value t = elab.fn->emit.toTensor(e.value, e.range);
  return t.isTensor() ? Value::of(keep(elab, t.tensor), t.axes) : t;
}

/// For each element of e, the sum of w over all elements of the split that are less and have the
/// same index along the last axis. The runtime sorts.
Value nnc::buildTotalBelow(Elaborator &elab, const BuiltinCall &call) {
  const Arg &e = *call.positional(0), &w = *call.positional(1);
  if (!isInMetric(elab, call, "total_below"))
    return Value::error();
  if (elab.totalMode == Elaborator::TotalMode::Read)
    return readTotal(elab, 2);
  Emitter &emit = elab.fn->emit;
  Value x = emit.toTensor(e.value, e.range), weights = emit.toTensor(w.value, w.range);
  if (!x.isTensor() || !weights.isTensor())
    return x.isTensor() ? weights : x;
  // A weight for each element of e.
  const Value same = elab.binary(ast::BinaryOp::Eq, x, x, call.at, e.range, e.range);
  weights = emit.elementwise<nn::SelectOp>({same, weights, weights}, {e.range, w.range, w.range},
                                           call.at);
  if (!weights.isTensor())
    return weights;
  auto shape = exampleShape(x.tensor);
  if (exampleShape(weights.tensor) != shape)
    return emit.shapeError(call.at, "`total_below` needs one weight for each element of the first",
                           {x, weights}, {e.range, w.range});
  elab.belows.emplace_back(elab.totals.size(), shape.empty() ? 1 : shape.back());
  mlir::Value kept = keep(elab, x.tensor);
  keep(elab, weights.tensor);
  return Value::of(kept, x.axes);
}

/// Σ over all examples of the split. In the batch function, collects the part of the batch; in the
/// final function, reads the total. The part of a spread consists of the number of examples, their
/// mean, and the squares around that mean. Such parts are merged without a difference of large sums
/// (MetricT).
static Value totalOf(Elaborator &elab, const BuiltinCall &call, bool spread) {
  const Value &x = call.positional(0)->value;
  if (elab.totalMode == Elaborator::TotalMode::None) {
    elab.diags.error(call.at, llvm::Twine(spread ? "`total_spread`" : "`total`") +
                                  " sums over a whole split, which only a metric does");
    return Value::error();
  }
  if (elab.scans.isInBlock()) {
    elab.diags
        .error(call.at, llvm::Twine(spread ? "`total_spread`" : "`total`") +
                            " sums over a whole split, which a step of a scan cannot")
        .note("take it of the scan's value: `total(scan … { … })`");
    return Value::error();
  }
  if (elab.totalMode == Elaborator::TotalMode::Read) {
    elab.totalsRead += spread ? 2 : 0;
    if (elab.totalsRead >= elab.totals.size())
      return Value::ofKind(Value::Kind::Unavailable);
    return Value::of(elab.totals[elab.totalsRead++]);
  }
  Value t = elab.fn->emit.toTensor(x, call.positional(0)->range);
  if (!t.isTensor())
    return Value::error();
  Emitter &emit = elab.fn->emit;
  auto whole = [&](mlir::Value v) { return elab.fn->batched ? emit.batched(v) : v; };
  mlir::Value all = whole(t.tensor), sum = emit.batchSum(all);
  if (!spread) {
    elab.fn->addsUp(sum, all);
    elab.totals.push_back(sum);
    return Value::of(sum);
  }
  auto type = llvm::cast<mlir::RankedTensorType>(sum.getType());
  mlir::Value n = emit.batchSum(whole(emit.constant(1)));
  mlir::Value mean = emit.elementwise<nn::DivOp>({sum, emit.broadcast(n, type, {})});
  mlir::Value apart = emit.elementwise<nn::SubOp>({all, whole(mean)});
  mlir::Value squares = emit.batchSum(emit.elementwise<nn::MulOp>({apart, apart}));
  for (mlir::Value v : {n, mean, squares})
    elab.fn->addsUp(v, all);
  elab.spreads.push_back(elab.totals.size());
  llvm::append_range(elab.totals, llvm::ArrayRef<mlir::Value>{n, mean, squares});
  return Value::of(squares);
}

Value nnc::buildTotal(Elaborator &elab, const BuiltinCall &call) {
  return totalOf(elab, call, /*spread=*/false);
}

Value nnc::buildTotalSpread(Elaborator &elab, const BuiltinCall &call) {
  return totalOf(elab, call, /*spread=*/true);
}
