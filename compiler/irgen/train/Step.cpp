// Generates the step function of a train statement.
#include "compiler/irgen/train/Step.h"

#include "compiler/irgen/program/Targets.h"
#include "compiler/irgen/train/Clip.h"
#include "compiler/irgen/train/Constrain.h"

using namespace nnc;

bool StepGenerator::generate(TrainStatement &train, MetricGenerator &metrics) {
  Function fn(ctx.diags, ctx.module, train.prefix + "_step", ctx.element);
  losses.beginStep(fn, train);
  ctx.elab.optimizerStates.clear();
  ctx.elab.bounds.clear();
  const bool ok = build(train, metrics, fn);
  train.row.step = ctx.finish(fn); // the function must be well formed in any case
  return ok;
}

bool StepGenerator::build(TrainStatement &train, MetricGenerator &metrics, Function &fn) {
  const TrainEntries &entries = train.entries;
  Scope scope;
  TrainedStep record{train.statement, train.data, dataSets.indexOf(train.data), fn.op(), {},
                     nullptr,         {}};
  Value limit;
  mlir::Value loss = forward(train, metrics, fn, scope, record, limit);
  if (!loss || !findTrained(train, fn))
    return false;
  fn.emit.range = entries.loss->range;
  llvm::SmallVector<mlir::Value> grads = LossGenerator::gradientsOf(fn, loss, train.trained);
  if (entries.clip)
    ClipGenerator(ctx, *entries.clip).apply(limit, grads);
  std::shared_ptr<const Applicable> optimizer = update(train, fn, scope, grads);
  if (!optimizer)
    return false;
  for (const ast::ConstrainEntry *entry : entries.constraints)
    if (!constrain(ctx, *entry, train.trained))
      return false;
  train.row.reads_val_loss = fn.takes("val_loss");
  fn.op()->setAttr("nn.guard", fn.emit.b.getStringAttr("loss"));
  record.optimizer = optimizer;
  ctx.elaborated.steps.push_back(std::move(record));
  return true;
}

mlir::Value StepGenerator::forward(TrainStatement &train, MetricGenerator &metrics, Function &fn,
                                   Scope &scope, TrainedStep &record, Value &limit) {
  const ast::ClipEntry *clip = train.entries.clip;
  std::vector<mlir::Value> raw;
  fn.applications = &record.applications;
  if (!dataSets.addFields(fn, train.data, scope, /*augment=*/true, &raw) ||
      !losses.addPartInput(fn, train, scope))
    return {};
  mlir::Value loss = losses.mean(train.entries.loss, scope);
  if (!loss)
    return {};
  fn.applications = nullptr;
  record.turnedMeetings = fn.emit.turnedMeetings;
  if (clip && (limit = ClipGenerator(ctx, *clip).limit()).isError())
    return {};
  // The value that the guard checks. A limit below 0 stops the run like a loss that is not finite,
  // and the trace function tells which it was.
  fn.addResult("loss", clip ? ClipGenerator(ctx, *clip).lossUnlessBelowZero(loss, limit) : loss);
  ctx.elab.metricUses = &record.applications;
  const bool measured = metrics.addTotals(fn, scope, &train.row.metrics);
  ctx.elab.metricUses = nullptr;
  if (!measured)
    return {};

  // Labels that index scores, and targets of losses, are checked on the data before the run.
  train.row.bounds = boundsOf(ctx, raw);
  train.row.computed = computedTargets(ctx, dataSets, train.prefix, train.data, raw);
  return loss;
}

bool StepGenerator::findTrained(TrainStatement &train, Function &fn) {
  const std::string target = ctx.placeText(train.statement->target);
  bool anyFrozen = false;
  for (auto &[name, slot] : fn.slots())
    if (slot.info.kind == NN_PARAMETER && ctx.elab.belongsTo(name, target)) {
      if (ctx.elab.isFrozen(name))
        anyFrozen = true;
      else
        train.trained.push_back(slot.info);
    }
  if (!train.trained.empty())
    return true;
  ctx.diags.error(train.entries.loss->range,
                  anyFrozen ? "every parameter of `" + target + "` is frozen"
                            : "this loss does not depend on any parameter of `" + target + "`");
  return false;
}

std::shared_ptr<const Applicable> StepGenerator::update(const TrainStatement &train, Function &fn,
                                                        const Scope &scope,
                                                        llvm::ArrayRef<mlir::Value> grads) {
  Emitter &emit = fn.emit;
  const ast::Expr *written = train.entries.optimizer;
  emit.range = written->range;
  fn.setAmbient(sema::AmbientKind::T, emit.elementwise<nn::AddOp>(
                                          {Value::ofHost(fn.scalar(nn::stepScalar)), Value::of(1)},
                                          {emit.range, emit.range}, emit.range));
  Value optimizer = ctx.elab.evaluate(written, scope);
  if (optimizer.isError())
    return nullptr;
  if (optimizer.kind != Value::Kind::Applicable ||
      optimizer.target->kind != Applicable::Kind::Optimizer) {
    ctx.diags.error(written->range, "expected an optimizer, such as `adam(lr = 1e-3)`; this is " +
                                        optimizer.describe());
    return nullptr;
  }
  if (!optimizer.target->instantiated) {
    optimizer = ctx.elab.call(optimizer, {}, written->range);
    if (optimizer.isError())
      return nullptr;
  }
  for (auto [p, g] : llvm::zip(train.trained, grads))
    if (!ctx.elab.runOptimizer(*optimizer.target, p, g, written->range))
      return nullptr;
  return optimizer.target;
}
