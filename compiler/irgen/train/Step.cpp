// Generates the step function of an update.
#include "compiler/irgen/train/Step.h"

#include "compiler/irgen/program/Targets.h"
#include "compiler/irgen/train/Averages.h"
#include "compiler/irgen/train/Clip.h"
#include "compiler/irgen/train/Constrain.h"
#include "compiler/irgen/train/Optimizers.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

bool StepGenerator::generate(TrainStatement &train, StepUpdate &update, MetricGenerator &metrics) {
  Function fn(ctx.diags, ctx.module, update.name, ctx.element);
  losses.beginStep(fn, train, update);
  if (!update.number)
    ctx.elab.optimizerStates.clear();
  ctx.elab.bounds.clear();
  TrainedStep record{
      train.statement, train.data, dataSets.indexOf(train.data), fn.op(), {}, {}, {}};
  bool ok = build(train, update, metrics, fn, record);
  update.step = ctx.finish(fn); // the function must be well formed in any case
  if (ok && train.addsGradients)
    ok = generateApply(train, update, record);
  if (ok)
    ctx.elaborated.steps.push_back(std::move(record));
  return ok;
}

bool StepGenerator::build(TrainStatement &train, StepUpdate &update, MetricGenerator &metrics,
                          Function &fn, TrainedStep &record) {
  Value limit;
  mlir::Value loss = forward(train, update, metrics, fn, record, limit);
  if (!loss || !findTrained(update, fn))
    return false;
  fn.emit.range = update.entries.loss->range;
  llvm::SmallVector<mlir::Value> grads = LossGenerator::gradientsOf(fn, loss, update.trained);
  if (train.addsGradients)
    addUp(update, fn, grads);
  else if (!apply(train, update, limit, grads, record))
    return false;
  train.row.reads_val_loss |= fn.takes("val_loss");
  fn.op()->setAttr("nn.guard", fn.emit.b.getStringAttr("loss"));
  return true;
}

mlir::Value StepGenerator::forward(TrainStatement &train, StepUpdate &update,
                                   MetricGenerator &metrics, Function &fn, TrainedStep &record,
                                   Value &limit) {
  // The function that applies sums has the limit of its own.
  const ast::ClipEntry *clip = train.addsGradients ? nullptr : update.entries.clip;
  Scope scope;
  std::vector<mlir::Value> raw;
  fn.applications = &record.applications;
  if (!dataSets.addFields(fn, train.data, scope, /*augment=*/true, &raw) ||
      !losses.addPartInput(fn, train, scope))
    return {};
  mlir::Value loss = losses.mean(update.entries.loss, scope);
  if (!loss)
    return {};
  fn.applications = nullptr;
  record.turnedMeetings = fn.emit.turnedMeetings;
  noteApplied(train, fn, raw);
  if (clip && (limit = ClipGenerator(ctx, *clip).limit()).isError())
    return {};
  // The value that the guard checks. A limit below 0 stops the run like a loss that is not finite,
  // and the trace function tells which it was.
  fn.addResult("loss", clip ? ClipGenerator(ctx, *clip).lossUnlessBelowZero(loss, limit) : loss);
  if (!update.number) {
    ctx.elab.metricUses = &record.applications;
    const bool measured = metrics.addTotals(fn, scope, &train.row.metrics);
    ctx.elab.metricUses = nullptr;
    if (!measured)
      return {};
  }

  // Labels that index scores, and targets of losses, are checked on the data before the run.
  for (BoundT &bound : boundsOf(ctx, raw))
    train.row.bounds.push_back(std::move(bound));
  const std::string prefix =
      train.prefix + (update.number ? "_" + std::to_string(update.number + 1) : "");
  update.computed = computedTargets(ctx, dataSets, prefix, train.data, raw);
  return loss;
}

bool StepGenerator::findTrained(StepUpdate &update, Function &fn) {
  bool anyFrozen = false;
  for (auto &[name, slot] : fn.slots())
    if (slot.info.kind == NN_PARAMETER &&
        llvm::any_of(update.places, [&, &n = name](const std::string &place) {
          return ctx.elab.belongsTo(n, place);
        })) {
      if (ctx.elab.isFrozen(name))
        anyFrozen = true;
      else
        update.trained.push_back(slot.info);
    }
  if (!update.trained.empty())
    return true;
  ctx.diags.error(update.entries.loss->range,
                  anyFrozen
                      ? "every parameter of `" + update.text + "` is frozen"
                      : "this loss does not depend on any parameter of `" + update.text + "`");
  return false;
}

/// Whether a value is computed from one of `fields`.
static bool dependsOn(mlir::Value v, llvm::ArrayRef<mlir::Value> fields) {
  llvm::SmallVector<mlir::Value> open{v};
  llvm::DenseSet<mlir::Value> seen;
  while (!open.empty()) {
    mlir::Value one = open.pop_back_val();
    if (llvm::is_contained(fields, one))
      return true;
    mlir::Operation *op = one.getDefiningOp();
    if (op && seen.insert(one).second)
      llvm::append_range(open, op->getOperands());
  }
  return false;
}

void StepGenerator::noteApplied(TrainStatement &train, const Function &fn,
                                llvm::ArrayRef<mlir::Value> fields) {
  if (train.statement->targets.size() < 2)
    return;
  for (const ast::Path &target : train.statement->targets) {
    const ast::ModelDecl *model = ctx.findModel(target);
    for (const auto &[key, value] : fn.applied)
      if (model && key.first == ctx.elab.placeOf(model) &&
          dependsOn(mlir::Value::getFromOpaquePointer(key.second), fields))
        train.applied.insert(model);
  }
}

/// The sum of the gradients of a parameter, over the batches of a step.
static TensorInfo sumOf(ProgramContext &ctx, const TensorInfo &p, Range at) {
  TensorInfo sum;
  sum.name = ctx.elab.fn->statePrefix + "sum/" + p.name;
  sum.shape = p.shape;
  sum.kind = NN_OPTIMIZER_STATE;
  sum.range = at;
  ctx.elab.optimizerStates.insert({sum.name, Elaborator::OptimizerState{sum, Value::of(0), at}});
  return sum;
}

void StepGenerator::addUp(const StepUpdate &update, Function &fn,
                          llvm::ArrayRef<mlir::Value> grads) {
  Emitter &emit = fn.emit;
  const Range at = update.entries.loss->range, two[] = {at, at};
  const Value share = Value::ofHost(fn.scalar("group_share"));
  for (auto [p, g] : llvm::zip(update.trained, grads)) {
    const TensorInfo sum = sumOf(ctx, p, at);
    Value part = emit.elementwise<nn::MulOp>({Value::of(g), share}, two, at);
    fn.assign(sum, emit.elementwise<nn::AddOp>({fn.tensor(sum).tensor, part.tensor}));
  }
}

bool StepGenerator::generateApply(TrainStatement &train, StepUpdate &update, TrainedStep &record) {
  Function fn(ctx.diags, ctx.module, nameBeside(train, update, "apply"), ctx.element);
  losses.beginStep(fn, train, update, /*ofBatch=*/false);
  const ast::ClipEntry *clip = update.entries.clip;
  const Range at = update.entries.loss->range;
  fn.emit.range = at;
  Value limit;
  bool ok = !clip || !(limit = ClipGenerator(ctx, *clip).limit()).isError();
  llvm::SmallVector<mlir::Value> sums;
  for (const TensorInfo &p : update.trained)
    sums.push_back(fn.tensor(sumOf(ctx, p, at)).tensor);
  if (ok && clip && !limit.isKnown()) {
    fn.addResult("loss", ClipGenerator(ctx, *clip).lossUnlessBelowZero(fn.emit.constant(0), limit));
    fn.op()->setAttr("nn.guard", fn.emit.b.getStringAttr("loss"));
  }
  ok = ok && apply(train, update, limit, sums, record);
  for (const TensorInfo &p : update.trained) {
    const TensorInfo sum = sumOf(ctx, p, at);
    fn.assign(sum, fn.emit.broadcast(fn.emit.constant(0), fn.emit.typeOf(sum.shape), {}));
  }
  train.row.reads_val_loss |= fn.takes("val_loss");
  update.apply = ctx.finish(fn);
  return ok;
}

bool StepGenerator::apply(const TrainStatement &train, const StepUpdate &update, const Value &limit,
                          llvm::MutableArrayRef<mlir::Value> grads, TrainedStep &record) {
  Function &fn = *ctx.elab.fn;
  const TrainEntries &entries = update.entries;
  if (entries.clip)
    ClipGenerator(ctx, *entries.clip).apply(limit, grads);
  const Range at = entries.loss->range;
  const Value counter = Value::ofHost(fn.counter ? fn.counter : fn.scalar(nn::stepScalar));
  fn.setAmbient(sema::AmbientKind::T,
                fn.emit.elementwise<nn::AddOp>({counter, Value::of(1)}, {at, at}, at));
  Optimizers optimizers(ctx, entries);
  if (!optimizers.evaluate())
    return false;
  for (auto [p, g] : llvm::zip(update.trained, grads))
    if (!optimizers.run(p, g))
      return false;
  if (!optimizers.checkUsed())
    return false;
  record.optimizers = optimizers.used();
  for (const ast::ConstrainEntry *entry : entries.constraints)
    if (!constrain(ctx, *entry, update.trained))
      return false;
  return !train.entries.average || continueAverages(ctx, train, update);
}
