// Builtin functions that sum over a whole split: total, total_spread.
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

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
