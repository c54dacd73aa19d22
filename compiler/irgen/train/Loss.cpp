// Elaborates the loss of a train statement: its inputs, its terms and its mean over the batch.
#include "compiler/irgen/train/Loss.h"

using namespace nnc;

/// What numbers the draws of an update that a step makes several times, and is its number where an
/// optimizer asks. Null: the step itself.
static mlir::Value counterOf(ProgramContext &ctx, Function &fn, const StepUpdate &update) {
  const ast::Expr *written = update.entries.times;
  if (!written || ctx.options.formulas)
    return {};
  const Value times = ctx.elab.evaluate(written, Scope());
  if (times.isError() || (times.isKnown() && times.number == 1))
    return {};
  const Range at = written->range, two[] = {at, at};
  Value made =
      fn.emit.elementwise<nn::MulOp>({Value::ofHost(fn.scalar(nn::stepScalar)), times}, two, at);
  return fn.emit.toHost(
      fn.emit.elementwise<nn::AddOp>({made, Value::ofHost(fn.scalar("repetition"))}, two, at));
}

/// Whether a call is the first of those that a step makes of the function.
static mlir::Value onceOf(Function &fn) {
  const Range two[2] = {};
  Value once;
  for (llvm::StringRef scalar : {"repetition", "first_row"}) {
    if (scalar == "repetition" ? !fn.counter : !fn.addsGradients)
      continue;
    Value first =
        fn.emit.elementwise<nn::EqOp>({Value::ofHost(fn.scalar(scalar)), Value::of(0)}, two, {});
    once = once.isHostScalar() ? fn.emit.elementwise<nn::MulOp>({once, first}, two, {}) : first;
  }
  return once.isHostScalar() ? fn.emit.toHost(once) : mlir::Value();
}

void LossGenerator::beginStep(Function &fn, const TrainStatement &train, const StepUpdate &update,
                              bool ofBatch) {
  ctx.elab.fn = &fn;
  fn.isStep = fn.training = true;
  fn.batched = ofBatch;
  fn.trained = update.places;
  fn.applied.clear();
  fn.schedules.clear();
  fn.randomSites = 0;
  fn.drawsAs = update.name;
  fn.draws = update.number ? "*" + std::to_string(update.number + 1) : "";
  fn.addsGradients = train.addsGradients && ofBatch;
  setClock(fn, train);
  if (update.number)
    fn.statePrefix += std::to_string(update.number + 1) + ".";
  fn.counter = counterOf(ctx, fn, update);
  fn.once = onceOf(fn);
}

void LossGenerator::setClock(Function &fn, const TrainStatement &train) {
  fn.hasClock = true;
  fn.statePrefix = train.prefix + ".";
  const sema::DataInfo &info = ctx.symbols.data.find(train.data)->second;
  fn.unvalidated = info.hasVal ? llvm::StringRef() : train.data->name.text;
}

bool LossGenerator::addPartInput(Function &fn, const TrainStatement &train, Scope &scope) {
  if (train.statement->targets.size() != 1 || train.statement->target.parts.size() == 1)
    return true;
  const ast::ModelDecl *model = ctx.findModel(train.statement->target);
  const std::string part = ctx.placeText(train.statement->target),
                    name = model->inputs[0].name.text.str();
  auto field = scope.names.find(name);
  if (field == scope.names.end()) {
    ctx.diags.error(train.statement->data.range, "`" + model->name.text + "` is given `" + name +
                                                     "` on its way to `" + part +
                                                     "`, and the data have no field of that name");
    return false;
  }
  Range at = train.statement->target.range;
  if (ctx.elab.call(ctx.elab.declared(model, false), Elaborator::Arg{"", field->second, at}, at)
          .isError())
    return false;
  auto input = fn.inputs.find(part);
  if (input == fn.inputs.end()) {
    ctx.diags.error(at, "`" + part + "` is not a layer of one input")
        .note("a part that is trained by itself has one input, and is not in the block of a scan, "
              "where it has another one in every step");
    return false;
  }
  fn.setAmbient(sema::AmbientKind::Input, input->second);
  return true;
}

mlir::Value LossGenerator::mean(const ast::Expr *e, const Scope &scope) {
  // Terms are averaged one by one, so that a penalty is not repeated for each example.
  if (auto *sum = llvm::dyn_cast<ast::BinaryExpr>(e))
    if (sum->op == ast::BinaryOp::Add || sum->op == ast::BinaryOp::Sub) {
      mlir::Value a = mean(sum->lhs, scope), b = a ? mean(sum->rhs, scope) : mlir::Value();
      if (!b)
        return {};
      Elaborator::RangeGuard guard(ctx.elab, e->range);
      Emitter &emit = ctx.elab.fn->emit;
      mlir::Value both = sum->op == ast::BinaryOp::Add ? emit.elementwise<nn::AddOp>({a, b})
                                                       : emit.elementwise<nn::SubOp>({a, b});
      ctx.elab.fn->addsUp(both, {a, b});
      return both;
    }
  Value v = ctx.elab.evaluate(e, scope);
  if (v.isError())
    return {};
  Elaborator::RangeGuard guard(ctx.elab, e->range);
  Emitter &emit = ctx.elab.fn->emit;
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
  mlir::Value average = emit.batchMean(v.tensor);
  ctx.elab.fn->addsUp(average, v.tensor);
  return average;
}

bool LossGenerator::addBatch(Function &fn, const TrainStatement &train, bool augment,
                             Scope &scope) {
  beginStep(fn, train, train.first());
  return dataSets.addFields(fn, train.data, scope, augment, nullptr);
}

mlir::Value LossGenerator::asInStep(Function &fn, const TrainStatement &train,
                                    const StepUpdate &update, Scope &scope,
                                    std::vector<Application> *applications) {
  beginStep(fn, train, update);
  fn.applications = applications;
  mlir::Value value;
  if (addPartInput(fn, train, scope))
    value = mean(update.entries.loss, scope);
  fn.applications = nullptr;
  return value;
}

llvm::SmallVector<mlir::Value> LossGenerator::gradientsOf(Function &fn, mlir::Value loss,
                                                          llvm::ArrayRef<TensorInfo> parameters) {
  llvm::SmallVector<mlir::Value> values;
  for (const TensorInfo &p : parameters)
    values.push_back(fn.tensor(p).tensor);
  return fn.emit.gradients(loss, values);
}
