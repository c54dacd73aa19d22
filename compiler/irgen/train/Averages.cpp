// Generates the means of parameters.
#include "compiler/irgen/train/Averages.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

std::string nnc::averageOf(const TrainStatement &train, const TensorInfo &parameter) {
  return train.prefix + ".average/" + parameter.name;
}

bool nnc::continueAverages(ProgramContext &ctx, const TrainStatement &train,
                           const StepUpdate &update) {
  Function &fn = *ctx.elab.fn;
  Emitter &emit = fn.emit;
  const ast::Expr *written = train.entries.average;
  Elaborator::RangeGuard guard(ctx.elab, written->range);
  const Range at = written->range, two[] = {at, at}, three[] = {at, at, at};
  const Value share = ctx.elab.evaluate(written, Scope());
  if (!share.isKnown() && !share.isHostScalar())
    return false; // the settings have said so
  const Value rest = emit.elementwise<nn::SubOp>({Value::of(1), share}, two, at),
              isFirst = emit.elementwise<nn::EqOp>(
                  {*fn.ambientOf(sema::AmbientKind::T), Value::of(1)}, two, at);
  for (const TensorInfo &p : update.trained) {
    TensorInfo mean;
    mean.name = averageOf(train, p);
    mean.shape = p.shape;
    mean.kind = NN_OPTIMIZER_STATE;
    mean.range = at;
    ctx.elab.optimizerStates.insert(
        {mean.name, Elaborator::OptimizerState{mean, Value::of(0), at}});
    // mean + (1 - share) (theta - mean); after the first update theta itself.
    const Value theta = Value::of(fn.tensor(p).tensor), old = Value::of(fn.tensor(mean).tensor);
    Value apart = emit.elementwise<nn::SubOp>({theta, old}, two, at);
    Value part = emit.elementwise<nn::MulOp>({apart, rest}, two, at);
    Value next = emit.elementwise<nn::AddOp>({old, part}, two, at);
    next = emit.elementwise<nn::SelectOp>({isFirst, theta, next}, three, at);
    fn.assign(mean, next.tensor);
  }
  return true;
}
