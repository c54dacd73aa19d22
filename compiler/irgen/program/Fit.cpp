// Initializers that use data (LANGUAGE.md 5.5). The `fit` function of a train statement applies the
// model to the first batch as a step does. Layer by layer, it gives the parameters whose
// initializers fit them their new values, and continues with these.
#include "compiler/irgen/program/ProgramGenerator.h"

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
      init = instantiate(*init.target, {}, fit.range);
    if (init.isError())
      return false;
    auto *decl = llvm::cast<ast::InitDecl>(init.target->decl);
    how = decl->fit;
    if (how)
      break;
    // Only determines the initializer. What it draws is dead code.
    const bool batched = std::exchange(fn->batched, false),
               initializing = std::exchange(fn->initializing, true);
    init = evaluateInit(*std::shared_ptr<Applicable>(init.target), decl->body, fit.info, {},
                        fit.range);
    fn->batched = batched;
    fn->initializing = initializing;
    if (init.kind != Value::Kind::Applicable)
      return false;
  }
  Value theta = fn->tensor(fit.info), seen = output;
  seen.axes.clear();
  for (size_t i = 0; i < exampleShape(output.tensor).size(); ++i)
    seen.axes.push_back(axisId(0, "..." + std::to_string(i)));
  Value made =
      evaluateInit(*init.target, how, fit.info, {{"theta", theta}, {"output", seen}}, fit.range);
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
  Value chosen = emit.elementwise("select", {Value::of(mask), made, Value::of(theta.tensor)},
                                  ranges, fit.range);
  result = chosen.tensor;
  fits.push_back({fit.info.name, mask});
  // The largest ‖new - old‖ / (1 + ‖new‖) of all.
  auto norm = [&](mlir::Value v) { return emit.toTensor(emit.norm(v), fit.range); };
  Value size =
      emit.elementwise("add", {norm(result), Value::of(1)}, {fit.range, fit.range}, fit.range);
  Value change =
      emit.elementwise("div", {norm(emit.elementwise("sub", {result, theta.tensor})), size},
                       {fit.range, fit.range}, fit.range);
  fitChange = fits.size() == 1
                  ? change
                  : emit.elementwise("max", {fitChange, change}, {fit.range, fit.range}, fit.range);
  return true;
}

void ProgramGenerator::genFit(const ast::TrainStmt *s, llvm::StringRef prefix,
                              const ast::Expr *loss, llvm::ArrayRef<TensorInfo> parameters,
                              TrainT &row, const ast::DataDecl *data) {
  Function fn(diags, module, (prefix + "_fit").str(), element);
  for (const TensorInfo &p : parameters)
    if (elab.fitted.count(p.name))
      fn.toFit.insert(p.name);
  if (fn.toFit.empty())
    return drop(fn);
  elab.fits.clear();
  lossAsInStep(fn, s, prefix, loss, data, /*augment=*/false);
  if (!fn.toFit.empty() && !diags.errorCount())
    diags.error(loss->range, "`" + *fn.toFit.begin() +
                                 "` is fitted to its layer's output for the first batch, and this "
                                 "loss never applies that layer");
  // Only the fitted parameters are written, not the states of layers or schedules.
  for (auto &[name, slot] : fn.slots())
    if (llvm::none_of(elab.fits, [&, &n = name](const auto &f) { return f.name == n; }))
      slot.current = slot.argument;
  for (const auto &one : elab.fits)
    row.fitted.push_back(tensorRow(one.name));
  if (!elab.fits.empty())
    fn.addResult("change", elab.fitChange.tensor);
  row.fit = finish(fn);
}
