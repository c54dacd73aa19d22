// Chooses the optimizer of each parameter.
#include "compiler/irgen/train/Optimizers.h"

using namespace nnc;

bool Optimizers::evaluate() {
  if (entries.optimizer && !add(entries.optimizer, nullptr))
    return false;
  for (const ast::OptimizerEntry *part : entries.parts)
    if (!add(part->value, part))
      return false;
  return true;
}

bool Optimizers::add(const ast::Expr *written, const ast::OptimizerEntry *part) {
  ctx.elab.fn->emit.range = written->range;
  Value optimizer = ctx.elab.evaluate(written, Scope());
  if (optimizer.isError())
    return false;
  if (optimizer.kind != Value::Kind::Applicable ||
      optimizer.target->kind != Applicable::Kind::Optimizer) {
    ctx.diags.error(written->range, "expected an optimizer, such as `adam(lr = 1e-3)`; this is " +
                                        optimizer.describe());
    return false;
  }
  if (!optimizer.target->instantiated) {
    optimizer = ctx.elab.call(optimizer, {}, written->range);
    if (optimizer.isError())
      return false;
  }
  Choice choice{written, optimizer.target, part, "", std::nullopt};
  if (part) {
    choice.place = ctx.placeText(part->target);
    if (const auto many = sema::findPartTensors(part->target.back().text)) {
      choice.place = llvm::StringRef(choice.place).rsplit('.').first.str();
      if (many != sema::PartTensors::Parameters)
        choice.many = many;
    }
    for (const Choice &other : choices)
      if (other.part && other.place == choice.place && other.many == choice.many) {
        ctx.diags
            .error(part->target.range, "`" + part->target.text() + "` has an optimizer already")
            .note(other.part->target.range, "the first");
        return false;
      }
  }
  choices.push_back(std::move(choice));
  return true;
}

std::pair<size_t, bool> Optimizers::Choice::rank() const {
  if (!part)
    return {0, false};
  const bool named = sema::findPartTensors(part->target.back().text).has_value();
  return {part->target.parts.size() - named, many.has_value()};
}

bool Optimizers::Choice::has(const ProgramContext &ctx, const TensorInfo &parameter) const {
  return !part ||
         (ctx.elab.belongsTo(parameter.name, place) && (!many || isOneOf(*many, parameter)));
}

bool Optimizers::run(const TensorInfo &parameter, mlir::Value gradient) {
  const Choice *best = nullptr;
  for (Choice &choice : choices)
    if (choice.has(ctx, parameter)) {
      choice.matches = true;
      if (!best || choice.rank() > best->rank())
        best = &choice;
    }
  if (best)
    return ctx.elab.runOptimizer(*best->made, parameter, gradient, best->written->range);
  ctx.diags
      .error(entries.parts.front()->target.range,
             "`" + parameter.name + "` has no optimizer: none of these parts has it")
      .note("`optimizer = …` is that of all parameters without one of their own");
  return false;
}

bool Optimizers::checkUsed() {
  for (const Choice &choice : choices)
    if (!choice.matches) {
      ctx.diags.error(choice.part->target.range,
                      "this block trains no parameter of `" + choice.part->target.text() + "`");
      return false;
    }
  return true;
}

std::vector<UsedOptimizer> Optimizers::used() const {
  std::vector<UsedOptimizer> all;
  for (const Choice &choice : choices)
    all.push_back({choice.written, choice.made});
  return all;
}
