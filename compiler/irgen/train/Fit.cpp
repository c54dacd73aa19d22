// Initializers that use data (LANGUAGE.md 5.5). The `fit` function of a train statement applies the
// model to the first batch as a step does. Layer by layer, it gives the parameters whose
// initializers fit them their new values, and continues with these.
#include "compiler/irgen/train/TrainFunctions.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

Value Elaborator::withFits(Placement &place, llvm::function_ref<Value()> body) {
  if (fn->toFit.empty())
    return body();
  std::vector<Function::Fit> outer;
  std::swap(outer, fn->pendingFits);
  const size_t before = placed.size();
  Value output = body();
  std::vector<Function::Fit> own = std::move(fn->pendingFits);
  fn->pendingFits = std::move(outer);
  if (own.empty() || !output.isTensor())
    return output;
  if (scans.isInBlock()) {
    diags
        .error(own.front().range, "`" + own.front().info.name +
                                      "` is fitted to its layer's output, and a scan applies that "
                                      "layer in every step, each time with another output")
        .note("an initializer without `fit` needs no output: `glorot`, `orthogonal`");
    return Value::error();
  }
  // All of them see the same output, computed with the old values.
  std::vector<mlir::Value> values(own.size());
  for (auto [one, value] : llvm::zip(own, values))
    if (!fit(one, output, value))
      return Value::error();
  for (auto [one, value] : llvm::zip(own, values)) {
    fn->assign(one.info, value);
    fn->toFit.erase(one.info.name);
  }
  // Elaborate the body again with the new values. Its layers get the same places.
  for (size_t i = before; i < placed.size(); ++i)
    placed[i]->placed = false;
  placed.resize(before);
  place = Placement{place.path, place.owner, {}, 0, {}};
  return body();
}

bool Elaborator::fit(const Function::Fit &fit, const Value &output, mlir::Value &result) {
  RangeGuard guard(*this, fit.range);
  Emitter &emit = fn->emit;
  // The outermost initializer of the chain that has a `fit`: see initialValue.
  Value init = fit.init;
  const ast::Expr *how = nullptr;
  while (true) {
    if (!init.target->instantiated)
      init = calls.instantiate(*init.target, {}, fit.range);
    if (init.isError())
      return false;
    auto *decl = llvm::cast<ast::InitDecl>(init.target->decl);
    how = decl->fit;
    if (how)
      break;
    // Only determines the initializer. What it draws is dead code.
    const bool batched = std::exchange(fn->batched, false),
               initializing = std::exchange(fn->initializing, true);
    init = initializers.evaluateInit(*std::shared_ptr<Applicable>(init.target), decl->body,
                                     fit.info, {}, fit.range);
    fn->batched = batched;
    fn->initializing = initializing;
    if (init.kind != Value::Kind::Applicable)
      return false;
  }
  Value theta = fn->tensor(fit.info), seen = output;
  seen.axes.clear();
  for (size_t i = 0; i < exampleShape(output.tensor).size(); ++i)
    seen.axes.push_back(axisId(0, "..." + std::to_string(i)));
  Value made = initializers.evaluateInit(
      *init.target, how, fit.info,
      {{sema::AmbientKind::Theta, theta}, {sema::AmbientKind::Output, seen}}, fit.range);
  made = made.isError() ? made : emit.toTensor(made, how->range);
  if (!made.isTensor())
    return false;
  auto type = llvm::cast<mlir::RankedTensorType>(theta.tensor.getType());
  if (isBatched(made.tensor)) {
    diags.error(how->range, "a parameter is one value for all examples, and this differs between "
                            "them: take a `mean(…, over = batch)`");
    return false;
  }
  if (exampleShape(made.tensor).empty())
    made = Value::of(emit.broadcast(made.tensor, type, {}));
  if (made.tensor.getType() != type) {
    emit.shapeError(how->range,
                    "`" + fit.info.name + "` is " + shapeText(fit.info.shape) +
                        ", and what it is fitted to is not",
                    {theta, made}, {fit.range, how->range});
    return false;
  }
  mlir::Value mask = fn->addField("fit " + fit.info.name, {}, /*batched=*/false).tensor;
  const llvm::SmallVector<Range> ranges(3, fit.range);
  Value chosen = emit.elementwise<nn::SelectOp>({Value::of(mask), made, Value::of(theta.tensor)},
                                                ranges, fit.range);
  result = chosen.tensor;
  fits.push_back({fit.info.name, mask});
  // The largest ‖new - old‖ / (1 + ‖new‖) of all.
  auto norm = [&](mlir::Value v) { return emit.toTensor(emit.norm(v), fit.range); };
  Value size =
      emit.elementwise<nn::AddOp>({norm(result), Value::of(1)}, {fit.range, fit.range}, fit.range);
  Value change =
      emit.elementwise<nn::DivOp>({norm(emit.elementwise<nn::SubOp>({result, theta.tensor})), size},
                                  {fit.range, fit.range}, fit.range);
  fitChange = fits.size() == 1 ? change
                               : emit.elementwise<nn::MaxOp>({fitChange, change},
                                                             {fit.range, fit.range}, fit.range);
  return true;
}

void nnc::generateFit(ProgramContext &ctx, LossGenerator &losses, TrainStatement &train) {
  Function fn(ctx.diags, ctx.module, train.prefix + "_fit", ctx.element);
  for (const TensorInfo &p : train.trained)
    if (ctx.elab.fitted.count(p.name))
      fn.toFit.insert(p.name);
  if (fn.toFit.empty())
    return ProgramContext::drop(fn);
  ctx.elab.fits.clear();
  Scope scope;
  losses.addBatch(fn, train, /*augment=*/false, scope);
  for (const StepUpdate &update : train.updates)
    losses.asInStep(fn, train, update, scope);
  if (!fn.toFit.empty() && !ctx.diags.errorCount())
    ctx.diags.error(train.first().entries.loss->range,
                    "`" + *fn.toFit.begin() +
                        "` is fitted to its layer's output for the first batch, and this "
                        "loss never applies that layer");
  // Only the fitted parameters are written, not the states of layers or schedules.
  for (auto &[name, slot] : fn.slots())
    if (llvm::none_of(ctx.elab.fits, [&, &n = name](const auto &f) { return f.name == n; }))
      slot.current = slot.argument;
  for (const auto &one : ctx.elab.fits)
    train.row.fitted.push_back(ctx.tensorRow(one.name));
  if (!ctx.elab.fits.empty())
    fn.addResult("change", ctx.elab.fitChange.tensor);
  train.row.fit = ctx.finish(fn);
}
