// Generates train statements: the step function (forward, gradients, penalties, clipping, update,
// metrics) and the functions that belong to it.
#include "compiler/irgen/program/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

struct ProgramGenerator::TrainEntries {
  const ast::Expr *loss = nullptr, *optimizer = nullptr, *batch = nullptr, *epochs = nullptr,
                  *steps = nullptr;
  const ast::ClipEntry *clip = nullptr;
  const ast::StopEntry *stop = nullptr;
  const ast::KeepEntry *keep = nullptr;
  const ast::CheckpointEntry *checkpoint = nullptr;
  llvm::SmallVector<const ast::MetricEntry *> metrics;
  llvm::SmallVector<const ast::ConstrainEntry *> constraints;

  explicit TrainEntries(llvm::ArrayRef<ast::Entry *> entries) {
    for (const ast::Entry *e : entries) {
      if (auto *set = llvm::dyn_cast<ast::SettingEntry>(e)) {
        const llvm::StringRef key = set->name.text;
        if (key == "loss")
          loss = set->value;
        else if (key == "optimizer")
          optimizer = set->value;
        else if (key == "batch")
          batch = set->value;
        else if (key == "epochs")
          epochs = set->value;
        else if (key == "steps")
          steps = set->value;
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
};

bool ProgramGenerator::addFields(Function &fn, const ast::DataDecl *data, Scope &scope,
                                 bool augment, std::vector<mlir::Value> *raw) {
  std::vector<Field> &fields = fieldsOf[data];
  if (auto info = symbols.data.find(data); info != symbols.data.end())
    for (const sema::FieldInfo &f : info->second.fields)
      scope.names[f.name] = Value::error(); // fields that could not be computed were reported there
  for (const Field &f : fields) {
    Value v = fn.addField(f.name, f.shape);
    v.classes = f.classes;
    if (raw)
      raw->push_back(v.tensor);
    scope.names[f.name] = v;
  }
  if (!augment)
    return true;
  std::map<const ast::Expr *, Value> joint; // expressions that augment several fields, evaluated
                                            // once
  for (const Field &f : fields) {
    if (!f.augment)
      continue;
    Placement site;
    site.path = (data->name.text + "." + f.name).str();
    fn.placement = &site;
    auto [known, fresh] = joint.try_emplace(f.augment);
    if (fresh)
      known->second = elab.evaluate(f.augment, scope);
    Value v = known->second;
    const size_t parts =
        llvm::count_if(fields, [&](const Field &g) { return g.augment == f.augment; });
    if (f.augmentPart >= 0 && !v.isError()) {
      if (v.kind != Value::Kind::List || v.items.size() != parts) {
        elab.diags.error(f.augment->range, "this augments " + llvm::Twine(parts) +
                                               " fields, so it must be a list of as many tensors");
        fn.placement = nullptr;
        return false;
      }
      v = v.items[f.augmentPart];
    }
    v = fn.emit.toTensor(v, f.augment->range);
    fn.placement = nullptr;
    if (!v.isTensor())
      return false;
    if (exampleShape(v.tensor) != llvm::ArrayRef<int64_t>(f.shape)) {
      fn.emit.shapeError(f.augment->range,
                         "an augmentation keeps the shape of its field, " + shapeText(f.shape), v,
                         f.augment->range);
      return false;
    }
    v.axes.clear();
    scope.names[f.name] = v;
  }
  return true;
}

mlir::Value ProgramGenerator::meanLoss(const ast::Expr *e, const Scope &scope) {
  // Terms are averaged one by one, so that a penalty is not repeated for each example.
  if (auto *sum = llvm::dyn_cast<ast::BinaryExpr>(e))
    if (sum->op == ast::BinaryOp::Add || sum->op == ast::BinaryOp::Sub) {
      mlir::Value a = meanLoss(sum->lhs, scope), b = a ? meanLoss(sum->rhs, scope) : mlir::Value();
      if (!b)
        return {};
      Elaborator::RangeGuard guard(elab, e->range);
      const bool adds = sum->op == ast::BinaryOp::Add;
      mlir::Value both = elab.fn->emit.elementwise(adds ? "add" : "sub", {a, b});
      elab.fn->addsUp(both, {a, b});
      return both;
    }
  Value v = elab.evaluate(e, scope);
  if (v.isError())
    return {};
  Elaborator::RangeGuard guard(elab, e->range);
  Emitter &emit = elab.fn->emit;
  v = emit.toTensor(v, e->range);
  if (!v.isTensor())
    return {};
  auto shape = exampleShape(v.tensor);
  int64_t elements = 1;
  for (int64_t n : shape)
    elements *= n;
  if (elements != 1) {
    emit.shapeError(e->range,
                    "a loss is one number for each example, and this is " + shapeText(shape) +
                        "; a `mean(…)` or `sum(…)` makes one of it",
                    v, e->range);
    return {};
  }
  if (!shape.empty())
    v = emit.reshape(v, {});
  mlir::Value mean = emit.batchMean(v.tensor);
  elab.fn->addsUp(mean, v.tensor);
  return mean;
}

void ProgramGenerator::beginStep(Function &fn, const ast::TrainStmt *s, llvm::StringRef prefix,
                                 const ast::DataDecl *data) {
  elab.fn = &fn;
  fn.isStep = fn.training = fn.batched = true;
  fn.trained = {placeText(s->target)};
  setClock(fn, prefix, data);
}

llvm::SmallVector<mlir::Value>
ProgramGenerator::gradientsOf(Function &fn, mlir::Value loss,
                              llvm::ArrayRef<TensorInfo> parameters) {
  llvm::SmallVector<mlir::Value> values;
  for (const TensorInfo &p : parameters)
    values.push_back(fn.tensor(p).tensor);
  return fn.emit.gradients(loss, values);
}

mlir::Value ProgramGenerator::lossAsInStep(Function &fn, const ast::TrainStmt *s,
                                           llvm::StringRef prefix, const ast::Expr *loss,
                                           const ast::DataDecl *data, bool augment,
                                           std::vector<Application> *applications) {
  beginStep(fn, s, prefix, data);
  Scope scope;
  addFields(fn, data, scope, augment, nullptr);
  fn.applications = applications;
  addPartInput(fn, s, scope);
  mlir::Value value = meanLoss(loss, scope);
  fn.applications = nullptr;
  return value;
}

void ProgramGenerator::setClock(Function &fn, llvm::StringRef prefix, const ast::DataDecl *data) {
  fn.hasClock = true;
  fn.statePrefix = (prefix + ".").str();
  const sema::DataInfo &info = symbols.data.find(data)->second;
  fn.unvalidated = info.hasVal ? llvm::StringRef() : data->name.text;
}

bool ProgramGenerator::watch(const ast::Path &path, llvm::ArrayRef<MetricT> metrics,
                             nn_watch &watched) {
  llvm::StringRef split = path.parts.size() > 1 ? path.parts[0].text : "train",
                  name = path.back().text;
  watched.split = split == "val" ? NN_SPLIT_VAL : NN_SPLIT_TRAIN;
  watched.metric = -1;
  watched.direction = NN_LOWEST;
  if (name == "loss")
    return true;
  for (auto [i, m] : llvm::enumerate(metrics))
    if (name == m.name) {
      watched.metric = i;
      watched.direction = m.direction;
      return true;
    }
  diags.error(path.back().range, "this run has no metric `" + name + "`");
  return false;
}

bool ProgramGenerator::addPartInput(Function &fn, const ast::TrainStmt *s, Scope &scope) {
  if (s->target.parts.size() == 1)
    return true;
  const ast::ModelDecl *model = findModel(s->target);
  const std::string part = placeText(s->target), name = model->inputs[0].name.text.str();
  auto field = scope.names.find(name);
  if (field == scope.names.end()) {
    diags.error(s->data.range, "`" + model->name.text + "` is given `" + name +
                                   "` on its way to `" + part +
                                   "`, and the data have no field of that name");
    return false;
  }
  Range at = s->target.range;
  if (elab.call(elab.declared(model, false), Elaborator::Arg{"", field->second, at}, at).isError())
    return false;
  auto input = fn.inputs.find(part);
  if (input == fn.inputs.end()) {
    diags.error(at, "`" + part + "` is not a layer of one input");
    return false;
  }
  fn.ambient["input"] = input->second;
  return true;
}

bool ProgramGenerator::genStep(const ast::TrainStmt *s, llvm::StringRef prefix,
                               const TrainEntries &entries, TrainT &row, const ast::DataDecl *data,
                               std::vector<TensorInfo> &parameters) {
  Function fn(diags, module, (prefix + "_step").str(), element);
  beginStep(fn, s, prefix, data);
  elab.optimizerStates.clear();
  elab.bounds.clear();
  struct Close { // the function must be well formed in any case
    ProgramGenerator &g;
    Function &fn;
    nn_fn &step;
    ~Close() { step = g.finish(fn); }
  } close{*this, fn, row.step};

  Scope scope;
  std::vector<mlir::Value> raw;
  TrainedStep record{s, data, dataIndex[data], fn.op(), {}, nullptr, {}};
  fn.applications = &record.applications;
  if (!addFields(fn, data, scope, /*augment=*/true, &raw) || !addPartInput(fn, s, scope))
    return false;
  mlir::Value loss = meanLoss(entries.loss, scope);
  if (!loss)
    return false;
  fn.applications = nullptr;
  record.turnedMeetings = fn.emit.turnedMeetings;
  Value limit;
  if (entries.clip && (limit = clipLimit(entries.clip)).isError())
    return false;
  // The value that the guard checks. A limit below 0 stops the run like a loss that is not finite,
  // and genTrace tells which it was.
  fn.addResult("loss",
               entries.clip ? lossUnlessBelowZero(loss, limit, entries.clip->limit->range) : loss);
  elab.metricUses = &record.applications;
  const bool measured = addMetrics(fn, entries.metrics, scope, &row.metrics);
  elab.metricUses = nullptr;
  if (!measured)
    return false;

  // Labels that index scores, and targets of losses, are checked on the data before the run.
  row.bounds = boundsOf(raw);
  row.computed = computedTargets(prefix, data, raw);

  // The trained parameters: those of the model on which the loss depends.
  const std::string target = placeText(s->target);
  bool anyFrozen = false;
  for (auto &[name, slot] : fn.slots())
    if (slot.info.kind == NN_PARAMETER && elab.belongsTo(name, target)) {
      if (elab.isFrozen(name))
        anyFrozen = true;
      else
        parameters.push_back(slot.info);
    }
  if (parameters.empty()) {
    diags.error(entries.loss->range,
                anyFrozen ? "every parameter of `" + target + "` is frozen"
                          : "this loss does not depend on any parameter of `" + target + "`");
    return false;
  }
  Emitter &emit = fn.emit;
  emit.range = entries.loss->range;
  llvm::SmallVector<mlir::Value> grads = gradientsOf(fn, loss, parameters);

  if (entries.clip && !clip(entries.clip, limit, grads))
    return false;

  emit.range = entries.optimizer->range;
  fn.ambient["t"] = emit.elementwise("add", {Value::ofHost(fn.scalar("step")), Value::of(1)},
                                     {emit.range, emit.range}, emit.range);
  Value optimizer = elab.evaluate(entries.optimizer, scope);
  if (optimizer.isError())
    return false;
  if (optimizer.kind != Value::Kind::Applicable ||
      optimizer.target->kind != Applicable::Kind::Optimizer) {
    diags.error(entries.optimizer->range,
                "expected an optimizer, such as `adam(lr = 1e-3)`; this is " +
                    optimizer.describe());
    return false;
  }
  if (!optimizer.target->instantiated) {
    optimizer = elab.call(optimizer, {}, entries.optimizer->range);
    if (optimizer.isError())
      return false;
  }
  const std::string statePrefix = (prefix + ".").str();
  for (auto [p, g] : llvm::zip(parameters, grads))
    if (!elab.runOptimizer(*optimizer.target, p, statePrefix, g, entries.optimizer->range))
      return false;
  for (const ast::ConstrainEntry *entry : entries.constraints)
    if (!constrain(entry, parameters))
      return false;
  row.reads_val_loss = fn.takes("val_loss");
  fn.op()->setAttr("nn.guard", emit.b.getStringAttr("loss"));
  record.optimizer = optimizer.target;
  result.elaborated->steps.push_back(std::move(record));
  return true;
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

void ProgramGenerator::genTrain(const ast::TrainStmt *s) {
  const ast::ModelDecl *model = findModel(s->target);
  const ast::DataDecl *data = findData(s->data);
  if (!model || !data)
    return;
  TrainEntries entries(s->entries);
  if (!entries.loss || !entries.optimizer)
    return; // sema has said so
  lastTrain = {s, trainCount++, {}};
  const std::string prefix = "train" + std::to_string(lastTrain.number);
  TrainT row;
  row.where = where(s->range);
  row.target = s->target.text();
  row.model = modelIndex[model];
  row.data = dataIndex[data];
  noteData(model, row.data);
  trainsOfBlock.push_back(s);
  if (s->target.parts.size() == 1)
    trainedBy[model] = s;
  for (const Field &f : fieldsOf[data])
    row.fields.push_back(f.row);

  std::vector<TensorInfo> trained;
  if (!genStep(s, prefix, entries, row, data, trained))
    return;
  for (const TensorInfo &info : trained)
    row.trained.push_back(tensorRow(info.name));

  // The optimizer's state.
  row.optimizer_tensors = nn_range{int32_t(out.tensors.size()), 0};
  if (!elab.optimizerStates.empty()) {
    Function init(diags, module, prefix + "_init", element);
    init.initializing = true;
    elab.fn = &init;
    auto states = elab.optimizerStates;
    for (auto &[name, state] : states) {
      if (!state.start.isKnown()) {
        diags.error(state.range, "an optimizer's state starts as a number");
        return;
      }
      mlir::Value start = elab.initialValue(state.start, state.info, state.range);
      init.assign(state.info, start);
      TensorT t;
      t.name = t.key = name;
      t.shape = state.info.shape;
      t.kind = NN_OPTIMIZER_STATE;
      out.tensors.push_back(std::move(t));
    }
    row.init = finish(init);
  }
  row.optimizer_tensors.count = out.tensors.size() - row.optimizer_tensors.first;

  Function eval(diags, module, prefix + "_eval", element);
  elab.fn = &eval;
  eval.batched = eval.inPieces = true;
  setClock(eval, prefix, data);
  Scope scope;
  addFields(eval, data, scope, /*augment=*/false, nullptr);
  addPartInput(eval, s, scope);
  mlir::Value loss = meanLoss(entries.loss, scope);
  if (loss)
    eval.addResult("loss", loss);
  addMetrics(eval, entries.metrics, scope, nullptr);
  row.eval = finish(eval);

  finishMetrics(prefix, entries.metrics, data, row.metrics);
  for (const MetricT &metric : row.metrics)
    lastTrain.metrics.push_back({metric.name, metric.shape.empty()});
  genTrace(s, prefix, entries.loss, entries.clip, row, data);
  if (monitors())
    genMonitor(s, prefix, entries.loss, row, data, trained);
  genFit(s, prefix, entries.loss, trained, row, data);

  elab.fn = settings.get();
  row.batch = constantNumber(32);
  if (entries.batch) {
    auto *name = llvm::dyn_cast<ast::NameExpr>(entries.batch);
    row.batch = name && name->name.text == "all"
                    ? constantNumber(0)
                    : number(entries.batch, "`batch`", 1, 1e9, /*whole=*/true);
  }
  // A hint for code generation. The code is correct for every batch size.
  if (auto step = module.lookupSymbol(prefix + "_step"))
    if (int64_t rows = expectedRows(row.batch, out.data[row.data]))
      step->setAttr("nn.rows", mlir::Builder(step->getContext()).getI64IntegerAttr(rows));
  if (reports())
    noteEntries(s->entries, row);
  row.epochs = entries.epochs ? epochs(entries.epochs, "`epochs`") : constantNumber(0);
  row.steps =
      entries.steps ? number(entries.steps, "`steps`", 1, 1e15, /*whole=*/true) : constantNumber(0);
  if (entries.stop) {
    row.has_stop = watch(entries.stop->quantity, row.metrics, row.stop);
    row.stop_patience = epochs(entries.stop->patience, "the patience");
  }
  if (entries.keep) {
    row.has_keep = watch(entries.keep->quantity, row.metrics, row.keep);
    if (entries.keep->which != ast::KeepKind::Best)
      row.keep.direction = entries.keep->which == ast::KeepKind::Highest ? NN_HIGHEST : NN_LOWEST;
    else if (row.keep.direction == NN_NO_DIRECTION)
      diags.error(entries.keep->quantity.range, "whether high or low is good of this metric is not "
                                                "known: say `keep highest` or `keep lowest`");
  }
  if (entries.checkpoint) {
    textOf(entries.checkpoint->file, row.checkpoint, "a checkpoint");
    row.checkpoint_every = epochs(entries.checkpoint->every, "the time between checkpoints");
    noteOrigins(*s, row);
  }
  addStatement(std::move(row));
}
