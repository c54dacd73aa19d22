// Generates train statements: the step function, the functions that belong to it, and the settings
// of the run.
#include "compiler/irgen/train/Train.h"

#include "compiler/irgen/statements/Report.h"
#include "compiler/irgen/train/Averages.h"
#include "compiler/irgen/train/Quantities.h"
#include "compiler/irgen/train/TrainFunctions.h"
#include "compiler/irgen/train/Updates.h"
#include "compiler/sema/runs/TrainSettings.h"

#include "runtime/program/statements.h"

using namespace nnc;

bool TrainGenerator::begin(TrainStatement &train) {
  const ast::TrainStmt *s = train.statement;
  train.updates = updatesOf(ctx, train);
  for (const StepUpdate &update : train.updates)
    if (!update.entries.loss || (!update.entries.optimizer && update.entries.parts.empty()))
      return false; // sema has said so
  for (const ast::Path &target : s->targets)
    train.row.target += (train.row.target.empty() ? "" : ", ") + target.text();
  train.row.where = ctx.where(s->range);
  train.row.model = models.indexOf(ctx.findModel(s->target));
  train.row.data = dataSets.indexOf(train.data);
  train.row.fields = dataSets.fieldRows(train.data);
  if (const std::string name = sema::lossNames(*s).front(); name != nnrt::lossName)
    train.row.loss = name;
  settings.enter();
  if (train.entries.accumulate) {
    train.row.accumulate =
        settings.number(train.entries.accumulate, "`accumulate`", 1, 1e9, /*whole=*/true);
    const nn_number &count = train.row.accumulate;
    train.addsGradients = (count.slot >= 0 || count.value > 1) && !ctx.options.formulas;
  }
  if (train.entries.average)
    train.row.average = settings.number(train.entries.average, "`average`", 0, 1 - 0x1p-53);
  for (StepUpdate &update : train.updates)
    if (update.entries.times)
      update.times = settings.number(update.entries.times, "`times`", 1, 1e6, /*whole=*/true);
  return true;
}

void TrainGenerator::generate(const ast::TrainStmt *s) {
  const ast::DataDecl *data = ctx.findData(s->data);
  bool found = data != nullptr;
  for (const ast::Path &target : s->targets)
    found = ctx.findModel(target) && found;
  if (!found)
    return;
  TrainStatement train{s,  data, TrainEntries(s->entries), "train" + std::to_string(count), {}, {},
                       {}, {}};
  if (!begin(train))
    return;
  trained.last = {s, count++, {}};
  trained.ofBlock.push_back(s);
  for (const ast::Path &target : s->targets)
    if (target.parts.size() == 1)
      trained.byModel[ctx.findModel(target)] = s;

  MetricGenerator metrics(ctx, dataSets, data, train.entries.metrics);
  if (!generateSteps(train, metrics) || !generateOptimizerState(train))
    return;
  noteModels(train);
  for (const TensorInfo &info : train.trained)
    train.row.trained.push_back(ctx.tensorRow(info.name));
  if (train.entries.average)
    for (const TensorInfo &info : train.trained)
      train.row.averages.push_back(ctx.tensorRow(averageOf(train, info)));
  generateEval(train, metrics);
  metrics.finish(train.prefix, train.row.metrics);
  for (StepUpdate &update : train.updates)
    generateTrace(ctx, losses, train, update);
  finishUpdates(train);
  for (const MetricT &metric : train.row.metrics)
    trained.last.metrics.push_back({metric.name, metric.shape.empty()});
  if (ctx.monitors())
    generateMonitor(ctx, losses, train);
  generateFit(ctx, losses, train);
  generateDuration(train);
  generateWatches(train);
  ctx.add(std::move(train.row));
}

bool TrainGenerator::generateSteps(TrainStatement &train, MetricGenerator &metrics) {
  for (StepUpdate &update : train.updates)
    if (!steps.generate(train, update, metrics))
      return false;
  std::set<std::string> seen;
  for (const StepUpdate &update : train.updates) {
    for (const TensorInfo &info : update.trained)
      if (seen.insert(info.name).second)
        train.trained.push_back(info);
    if (!update.number)
      train.row.first_trained = int32_t(train.trained.size());
  }
  for (const ast::Path &target : train.statement->targets) {
    const std::string place = ctx.placeText(target);
    if (llvm::none_of(train.trained,
                      [&](const TensorInfo &p) { return ctx.elab.belongsTo(p.name, place); })) {
      ctx.diags.error(target.range,
                      "nothing in this block trains a parameter of `" + target.text() + "`");
      return false;
    }
  }
  return true;
}

void TrainGenerator::noteModels(TrainStatement &train) {
  const ast::TrainStmt *s = train.statement;
  for (const ast::Path &target : s->targets.drop_front())
    train.row.also.push_back(models.indexOf(ctx.findModel(target)));
  for (const ast::Path &target : s->targets) {
    const ast::ModelDecl *model = ctx.findModel(target);
    // Of several models, one that gets something else than the data's input predicts from that.
    const DataT &data = ctx.out.data[train.row.data];
    const bool reads =
        train.applied.count(model) && !data.fields.empty() &&
        ctx.out.models[models.indexOf(model)].in_shape == data.fields[nnrt::inputField(data)].shape;
    if (s->targets.size() == 1 || reads)
      models.noteData(model, train.row.data);
  }
}

void TrainGenerator::finishUpdates(TrainStatement &train) {
  const std::vector<std::string> names = sema::lossNames(*train.statement);
  for (StepUpdate &update : train.updates) {
    if (!update.number) {
      train.row.step = update.step;
      train.row.apply = update.apply;
      train.row.trace = update.trace;
      train.row.trace_points = std::move(update.tracePoints);
      train.row.times = update.times;
      train.row.computed = std::move(update.computed);
      continue;
    }
    UpdateT row;
    row.where = ctx.where(update.range);
    row.step = update.step;
    row.apply = update.apply;
    row.trace = update.trace;
    row.trace_points = std::move(update.tracePoints);
    row.times = update.times;
    row.computed = std::move(update.computed);
    for (const TensorInfo &info : update.trained)
      row.trained.push_back(ctx.tensorRow(info.name));
    train.row.later.push_back(std::move(row));
    MetricT loss;
    loss.name = names[update.number];
    loss.total_sizes = {1};
    loss.direction = NN_LOWEST;
    loss.update = int32_t(update.number) - 1;
    train.row.metrics.push_back(std::move(loss));
  }
}

bool TrainGenerator::generateOptimizerState(TrainStatement &train) {
  train.row.optimizer_tensors = nn_range{int32_t(ctx.out.tensors.size()), 0};
  if (!ctx.elab.optimizerStates.empty()) {
    Function init(ctx.diags, ctx.module, train.prefix + "_init", ctx.element);
    init.initializing = true;
    ctx.elab.fn = &init;
    auto states = ctx.elab.optimizerStates;
    for (auto &[name, state] : states) {
      const std::optional<double> number = ctx.elab.knownNumber(state.start);
      if (!number) {
        ctx.diags.error(state.range, "an optimizer's state starts as a number");
        return false;
      }
      mlir::Value start = ctx.elab.initialValue(Value::of(*number), state.info, state.range);
      init.assign(state.info, start);
      TensorT t;
      t.name = t.key = name;
      t.shape = state.info.shape;
      t.kind = NN_OPTIMIZER_STATE;
      ctx.out.tensors.push_back(std::move(t));
    }
    train.row.init = ctx.finish(init);
  }
  train.row.optimizer_tensors.count = ctx.out.tensors.size() - train.row.optimizer_tensors.first;
  return true;
}

void TrainGenerator::generateEval(TrainStatement &train, MetricGenerator &metrics) {
  Function eval(ctx.diags, ctx.module, train.prefix + "_eval", ctx.element);
  ctx.elab.fn = &eval;
  eval.batched = eval.inPieces = true;
  losses.setClock(eval, train);
  Scope scope;
  std::vector<mlir::Value> raw;
  dataSets.addFields(eval, train.data, scope, /*augment=*/false, &raw);
  losses.addPartInput(eval, train, scope);
  llvm::SmallVector<mlir::Value> values;
  ctx.elab.comparedTargets.clear();
  for (const StepUpdate &update : train.updates)
    values.push_back(losses.mean(update.entries.loss, scope));
  if (train.updates.size() == 1 && train.statement->target.parts.size() == 1)
    train.row.predicted = dataSets.predictedField(train.data, raw, ctx.elab.comparedTargets);
  if (values.front())
    eval.addResult("loss", values.front());
  metrics.addTotals(eval, scope, nullptr);
  for (auto [i, value] : llvm::enumerate(llvm::drop_begin(values)))
    if (value)
      eval.addResult("loss" + std::to_string(i + 2), value);
  train.row.eval = ctx.finish(eval);
}

/// The rows of a batch, or 0 if they are not known before the run.
static int64_t expectedRows(const nn_number &batch, const DataT &data) {
  if (batch.slot >= 0)
    return 0;
  if (batch.value > 0)
    return int64_t(batch.value);
  // All of the data, which may be in the program itself.
  const SourceT &source = *data.source;
  return source.kind == NN_ROWS && !data.has_split && source.row_width > 0
             ? int64_t(source.values.size()) / source.row_width
             : 0;
}

void TrainGenerator::generateDuration(TrainStatement &train) {
  settings.enter();
  train.row.batch = constantNumber(32);
  if (train.entries.batch) {
    auto *name = llvm::dyn_cast<ast::NameExpr>(train.entries.batch);
    train.row.batch = name && name->name.text == sema::nameOf(sema::AmbientKind::All)
                          ? constantNumber(0)
                          : settings.number(train.entries.batch, "`batch`", 1, 1e9, /*whole=*/true);
  }
  if (train.addsGradients && train.row.batch.slot < 0 && train.row.batch.value == 0)
    ctx.diags.error(train.entries.accumulate->range,
                    "with `batch = all` there is one batch, and no others to add up");
  // A hint for code generation. The code is correct for every batch size.
  for (const StepUpdate &update : train.updates)
    if (auto step = ctx.module.lookupSymbol(update.name);
        int64_t rows = expectedRows(train.row.batch, ctx.out.data[train.row.data]))
      step->setAttr("nn.rows", mlir::Builder(step->getContext()).getI64IntegerAttr(rows));
  if (ctx.reports())
    noteEntries(train.statement->entries, train.row);
  train.row.epochs =
      train.entries.epochs ? settings.epochs(train.entries.epochs, "`epochs`") : constantNumber(0);
  train.row.steps = train.entries.steps
                        ? settings.number(train.entries.steps, "`steps`", 1, 1e15, /*whole=*/true)
                        : constantNumber(0);
}

void TrainGenerator::generateWatches(TrainStatement &train) {
  if (train.entries.stop) {
    train.row.has_stop = watch(ctx, train.entries.stop->quantity, train.row.metrics,
                               nnrt::lossOf(train.row), train.row.stop);
    train.row.stop_patience = settings.epochs(train.entries.stop->patience, "the patience");
  }
  if (train.entries.keep) {
    train.row.has_keep = watch(ctx, train.entries.keep->quantity, train.row.metrics,
                               nnrt::lossOf(train.row), train.row.keep);
    if (train.entries.keep->which != ast::KeepKind::Best)
      train.row.keep.direction =
          train.entries.keep->which == ast::KeepKind::Highest ? NN_HIGHEST : NN_LOWEST;
    else if (train.row.keep.direction == NN_NO_DIRECTION)
      ctx.diags.error(train.entries.keep->quantity.range,
                      "whether high or low is good of this metric is not "
                      "known: say `keep highest` or `keep lowest`");
  }
  if (train.entries.checkpoint) {
    settings.textOf(train.entries.checkpoint->file, train.row.checkpoint, "a checkpoint");
    train.row.checkpoint_every =
        settings.epochs(train.entries.checkpoint->every, "the time between checkpoints");
    noteOrigins(ctx.program, *train.statement, train.row);
  }
}
