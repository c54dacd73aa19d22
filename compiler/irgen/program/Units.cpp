// Numbers in the units that a field had before it was normalised: `denormalize`, and metrics and
// losses that state `@compares PREDICTION TARGET`.
#include "compiler/irgen/eval/Elaborator.h"

#include "compiler/ast/Facts.h"

using namespace nnc;

Value Elaborator::denormalized(const Value &v, const Value &mean, const Value &deviation,
                               Range at) {
  if (v.isError() || v.isUnavailable())
    return v;
  if (mean.isUnavailable())
    return mean;
  return binary(ast::BinaryOp::Add, binary(ast::BinaryOp::Mul, v, deviation, at, at, at), mean, at,
                at, at);
}

/// The argument of a parameter, or null.
static Arg *argumentOf(llvm::StringRef parameter, llvm::ArrayRef<ast::Parameter> params,
                       std::vector<Arg> &args) {
  size_t position = 0;
  for (Arg &a : args)
    if (a.name.empty() ? position < params.size() && params[position++].name.text == parameter
                       : a.name == parameter)
      return &a;
  return nullptr;
}

/// The value that `v` is, moved, repeated or converted, for which `holds`; or null.
static mlir::Value behind(mlir::Value v, llvm::function_ref<bool(mlir::Value)> holds) {
  while (v && !holds(v))
    v = Elaborator::beforeMoving(v);
  return v;
}

void Elaborator::noteCompared(const ast::Decl *decl, llvm::ArrayRef<ast::Parameter> params,
                              std::vector<Arg> &args, bool replace, Range at) {
  auto fact = ast::factOf(decl, "compares");
  if (!fact)
    return;
  auto [first, second] = fact->split(' ');
  Arg *prediction = argumentOf(first, params, args),
      *target = argumentOf(second.trim(), params, args);
  if (!prediction || !target || !prediction->value.isTensor() || !target->value.isTensor())
    return;
  auto isOutput = [&](mlir::Value v) {
    return llvm::any_of(fn->applied, [&](const auto &one) {
      return one.second.isTensor() && one.second.tensor == v;
    });
  };
  if (!behind(prediction->value.tensor, isOutput))
    return;
  comparedTargets.push_back(target->value.tensor);
  const mlir::Value field =
      behind(target->value.tensor, [&](mlir::Value v) { return scalings.count(v) > 0; });
  if (!field || !replace ||
      exampleShape(field) != exampleShape(target->value.tensor)) // a reshaped one: as it is
    return;
  const Scaling &scaling = scalings.find(field)->second;
  const Value mean = fn->emit.inElement(scaling.mean),
              deviation = fn->emit.inElement(scaling.deviation);
  for (Arg *one : {prediction, target})
    one->value = denormalized(one->value, mean, deviation, at);
  unitsOfMetric = scaling.field;
}
