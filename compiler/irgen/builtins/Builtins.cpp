// Calls predefined functions: elementwise primitives through the list of the dialect, and all
// others through the table.
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

using namespace nnc;

const Arg *BuiltinCall::positional(size_t i) const {
  for (const Arg &a : args)
    if (a.name.empty() && i-- == 0)
      return &a;
  return nullptr;
}

const Arg *BuiltinCall::named(llvm::StringRef name) const {
  for (const Arg &a : args)
    if (a.name == name)
      return &a;
  return nullptr;
}

const Arg *BuiltinCall::either(size_t i, llvm::StringRef name) const {
  const Arg *a = named(name);
  return a ? a : positional(i);
}

/// An elementwise primitive of tensors, or of each of the weights of models.
static Value callElementwise(Elaborator &elab, const nn::ElementwiseOp &op,
                             const BuiltinCall &call) {
  llvm::SmallVector<Value> values;
  llvm::SmallVector<Range> ranges;
  const Arg *weights = nullptr;
  for (const Arg &a : call.args) {
    Value v = elab.arithmetic.inSteps(a.value, a.range);
    if (v.kind == Value::Kind::Place)
      v = elab.readPlace(v, a.range);
    if (v.isError())
      return v;
    weights = v.kind == Value::Kind::Weights ? &a : weights;
    values.push_back(v);
    ranges.push_back(a.range);
  }
  if (weights) {
    if (values.size() == 1)
      return elab.arithmetic.mapWeights(values[0], Value::of(0),
                                        [&](const Value &x, const Value &) {
                                          return elab.fn->emit.elementwise(op, x, ranges, call.at);
                                        });
    return elab.arithmetic.mapWeights(values[0], values[1], [&](const Value &x, const Value &y) {
      return elab.fn->emit.elementwise(op, {x, y}, ranges, call.at);
    });
  }
  return elab.fn->emit.elementwise(op, values, ranges, call.at);
}

/// Whether a builtin may have that many positional arguments. If not, reports it.
static bool takes(Elaborator &elab, const sema::Builtin &builtin, size_t positional, Range at) {
  if (positional >= builtin.min && positional <= builtin.max)
    return true;
  elab.diags.error(at, "`" + builtin.name + "` is given " + llvm::Twine(positional) +
                           " arguments and takes " +
                           (builtin.min == builtin.max ? llvm::Twine(builtin.min)
                            : builtin.max == sema::Builtin::any
                                ? llvm::Twine("at least ") + llvm::Twine(builtin.min)
                                : llvm::Twine(builtin.min) + " to " + llvm::Twine(builtin.max))
                               .str());
  return false;
}

using Build = Value (*)(Elaborator &, const BuiltinCall &);
/// By BuiltinKind.
static constexpr Build builds[] = {
#define NNC_BUILTIN(kind, ...) build##kind,
#include "compiler/sema/Builtins.def"
};

Value nnc::callPredefined(Elaborator &elab, const sema::Predefined &function,
                          const BuiltinCall &call) {
  for (const Arg &a : call.args)
    if (a.value.isError())
      return Value::error();
  const sema::Builtin *builtin = function.builtin;
  // A total that is being read does not depend on its argument.
  using Kind = sema::BuiltinKind;
  if (builtin && llvm::is_contained({Kind::Total, Kind::TotalSpread, Kind::Every, Kind::TotalBelow},
                                    builtin->kind))
    return builds[size_t(builtin->kind)](elab, call);
  for (const Arg &a : call.args)
    if (a.value.isUnavailable())
      return a.value;
  size_t positional = 0;
  for (const Arg &a : call.args)
    positional += a.name.empty();
  if (const nn::ElementwiseOp *op = function.elementwise;
      op && (!builtin || positional == op->arity)) {
    if (positional != op->arity || call.args.size() != positional) {
      elab.diags.error(call.at, "`" + function.name + "` takes " + llvm::Twine(op->arity) +
                                    (op->arity == 1 ? " argument" : " arguments"));
      return Value::error();
    }
    return callElementwise(elab, *op, call);
  }
  return takes(elab, *builtin, positional, call.at) ? builds[size_t(builtin->kind)](elab, call)
                                                    : Value::error();
}
