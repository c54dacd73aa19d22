// Elaborates the loss of a train statement: its inputs, its terms and its mean over the batch.
#include "compiler/irgen/train/Loss.h"

using namespace nnc;

void LossGenerator::beginStep(Function &fn, const TrainStatement &train) {
  ctx.elab.fn = &fn;
  fn.isStep = fn.training = fn.batched = true;
  fn.trained = {ctx.placeText(train.statement->target)};
  setClock(fn, train);
}

void LossGenerator::setClock(Function &fn, const TrainStatement &train) {
  fn.hasClock = true;
  fn.statePrefix = train.prefix + ".";
  const sema::DataInfo &info = ctx.symbols.data.find(train.data)->second;
  fn.unvalidated = info.hasVal ? llvm::StringRef() : train.data->name.text;
}

bool LossGenerator::addPartInput(Function &fn, const TrainStatement &train, Scope &scope) {
  if (train.statement->target.parts.size() == 1)
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
    ctx.diags.error(at, "`" + part + "` is not a layer of one input");
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

mlir::Value LossGenerator::asInStep(Function &fn, const TrainStatement &train, bool augment,
                                    std::vector<Application> *applications) {
  beginStep(fn, train);
  Scope scope;
  dataSets.addFields(fn, train.data, scope, augment, nullptr);
  fn.applications = applications;
  addPartInput(fn, train, scope);
  mlir::Value value = mean(train.entries.loss, scope);
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
