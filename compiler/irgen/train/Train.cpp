// Generates train statements: the step function, the functions that belong to it, and the settings
// of the run.
#include "compiler/irgen/train/Train.h"

#include "compiler/irgen/statements/Report.h"
#include "compiler/irgen/train/Quantities.h"
#include "compiler/irgen/train/TrainFunctions.h"
#include "compiler/sema/runs/TrainSettings.h"

using namespace nnc;

TrainEntries::TrainEntries(llvm::ArrayRef<ast::Entry *> entries) {
  for (const ast::Entry *e : entries) {
    if (auto *set = llvm::dyn_cast<ast::SettingEntry>(e)) {
      if (const auto setting = sema::findTrainSetting(set->name.text))
        switch (*setting) {
        case sema::TrainSetting::Loss:
          loss = set->value;
          break;
        case sema::TrainSetting::Optimizer:
          optimizer = set->value;
          break;
        case sema::TrainSetting::Batch:
          batch = set->value;
          break;
        case sema::TrainSetting::Epochs:
          epochs = set->value;
          break;
        case sema::TrainSetting::Steps:
          steps = set->value;
          break;
        }
    } else if (auto *m = llvm::dyn_cast<ast::MetricEntry>(e)) {
      metrics.push_back(m);
    } else if (auto *c = llvm::dyn_cast<ast::ClipEntry>(e)) {
      clip = c;
    } else if (auto *c = llvm::dyn_cast<ast::ConstrainEntry>(e)) {
      constraints.push_back(c);
    } else if (auto *s = llvm::dyn_cast<ast::StopEntry>(e)) {
      stop = s;
    } else if (auto *k = llvm::dyn_cast<ast::KeepEntry>(e)) {
      keep = k;
    } else if (auto *c = llvm::dyn_cast<ast::CheckpointEntry>(e)) {
      checkpoint = c;
    }
  }
}

void TrainGenerator::generate(const ast::TrainStmt *s) {
  const ast::ModelDecl *model = ctx.findModel(s->target);
  const ast::DataDecl *data = ctx.findData(s->data);
  if (!model || !data)
    return;
  TrainEntries entries(s->entries);
  if (!entries.loss || !entries.optimizer)
    return; // sema has said so
  trained.last = {s, count++, {}};
  TrainStatement train{s,  data, std::move(entries), "train" + std::to_string(trained.last.number),
                       {}, {}};
  train.row.where = ctx.where(s->range);
  train.row.target = s->target.text();
  train.row.model = models.indexOf(model);
  train.row.data = dataSets.indexOf(data);
  models.noteData(model, train.row.data);
  trained.ofBlock.push_back(s);
  if (s->target.parts.size() == 1)
    trained.byModel[model] = s;
  train.row.fields = dataSets.fieldRows(data);

  MetricGenerator metrics(ctx, dataSets, data, train.entries.metrics);
  if (!steps.generate(train, metrics))
    return;
  for (const TensorInfo &info : train.trained)
    train.row.trained.push_back(ctx.tensorRow(info.name));
  if (!generateOptimizerState(train))
    return;
  generateEval(train, metrics);
  metrics.finish(train.prefix, train.row.metrics);
  for (const MetricT &metric : train.row.metrics)
    trained.last.metrics.push_back({metric.name, metric.shape.empty()});
  generateTrace(ctx, losses, train);
  if (ctx.monitors())
    generateMonitor(ctx, losses, train);
  generateFit(ctx, losses, train);
  generateDuration(train);
  generateWatches(train);
  ctx.add(std::move(train.row));
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
  dataSets.addFields(eval, train.data, scope, /*augment=*/false, nullptr);
  losses.addPartInput(eval, train, scope);
  mlir::Value loss = losses.mean(train.entries.loss, scope);
  if (loss)
    eval.addResult("loss", loss);
  metrics.addTotals(eval, scope, nullptr);
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
  // A hint for code generation. The code is correct for every batch size.
  if (auto step = ctx.module.lookupSymbol(train.prefix + "_step"))
    if (int64_t rows = expectedRows(train.row.batch, ctx.out.data[train.row.data]))
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
    train.row.has_stop =
        watch(ctx, train.entries.stop->quantity, train.row.metrics, train.row.stop);
    train.row.stop_patience = settings.epochs(train.entries.stop->patience, "the patience");
  }
  if (train.entries.keep) {
    train.row.has_keep =
        watch(ctx, train.entries.keep->quantity, train.row.metrics, train.row.keep);
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
