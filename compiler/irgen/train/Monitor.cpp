// Generates the monitor function of a run. For a batch, it computes the gradient norm of each
// trained tensor, and the share of each activation's units that are dead or saturated. An
// activation is a function applied in a model whose operations are all elementwise; saturation is
// judged by its derivative. So no function is known by name.
#include "compiler/irgen/train/TrainFunctions.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

static const double flatDerivative = 0.05; // |tanh| > 0.975
static const double nearlyAll = 0.95;      // share of the examples

namespace {
/// Finds whether a value is computed from another one by elementwise operations only.
struct Dependence {
  explicit Dependence(mlir::Value from) : from(from) {}
  mlir::Value from;
  bool elementwise = true;
  llvm::DenseMap<mlir::Value, bool> known;

  bool on(mlir::Value v) {
    if (v == from)
      return true;
    mlir::Operation *op = v.getDefiningOp();
    if (!op)
      return false;
    if (auto it = known.find(v); it != known.end())
      return it->second;
    bool depends = false;
    for (mlir::Value operand : op->getOperands())
      depends |= on(operand);
    if (depends && !llvm::isa<nn::ScalarBodyOp, nn::AutodiffMarkerOp>(op))
      elementwise = false;
    return known[v] = depends;
  }
};
} // namespace

/// The input of an activation, or null for any other application.
static mlir::Value activated(const Application &a) {
  mlir::Value input = a.args.empty() ? mlir::Value() : a.args[0].second;
  if (a.insideFunction || !a.result || !input || !isBatched(input) ||
      input.getType() != a.result.getType() || input == a.result)
    return {};
  Dependence result(input);
  return result.on(a.result) && result.elementwise ? input : mlir::Value();
}

/// The part of the model that computes `v`.
static std::string placeOf(mlir::Value v, llvm::StringRef otherwise) {
  if (mlir::Operation *op = v.getDefiningOp())
    if (auto named = llvm::dyn_cast<mlir::NameLoc>(op->getLoc()))
      return named.getName().str();
  return otherwise.str();
}

/// Adds the shares of dead and of saturated units of an activation as results of `fn`.
static void addUnits(Function &fn, mlir::Value input, mlir::Value result, int number, Range at) {
  Emitter &emit = fn.emit;
  auto type = llvm::cast<mlir::RankedTensorType>(result.getType());
  llvm::SmallVector<int64_t> inner; // the dims of one unit: the examples, and the positions of a
                                    // channel
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (d == 0 || (type.getRank() == 4 && d > 1))
      inner.push_back(d);
  const Range here[] = {at, at};
  mlir::Value slope =
      emit.gradients(emit.reduceAll<nn::ReduceSumOp>(Value::of(result)).tensor, input).front();
  Value steepness = emit.elementwise<nn::AbsOp>(Value::of(slope), at, at);
  Value flat = emit.elementwise<nn::LtOp>({steepness, Value::of(flatDerivative)}, here, at);
  double places = 1;
  if (inner.size() > 1)
    for (int64_t d : llvm::drop_begin(inner))
      places *= double(type.getDimSize(d));
  Value share = inner.size() > 1
                    ? emit.reduce<nn::ReduceSumOp>(flat, llvm::ArrayRef(inner).drop_front(), false)
                    : flat;
  share = emit.elementwise<nn::DivOp>({Value::of(emit.batchMean(share.tensor)), Value::of(places)},
                                      here, at);
  Value most = emit.reduce<nn::ReduceMaxOp>(Value::of(result), inner, false);
  Value least = emit.reduce<nn::ReduceMinOp>(Value::of(result), inner, false);
  Value dead = emit.elementwise<nn::EqOp>({most, least}, here, at);
  Value often = emit.elementwise<nn::GeOp>({share, Value::of(nearlyAll)}, here, at);
  Value alive = emit.elementwise<nn::SubOp>({Value::of(1), dead}, here, at);
  Value saturated = emit.elementwise<nn::MulOp>({often, alive}, here, at);
  for (const auto &[name, units] : {std::pair("dead", dead), std::pair("saturated", saturated)}) {
    double count = 1;
    for (int64_t size : exampleShape(units.tensor))
      count *= double(size);
    Value sum = emit.reduceAll<nn::ReduceSumOp>(units);
    fn.addResult(name + std::to_string(number),
                 emit.elementwise<nn::DivOp>({sum, Value::of(count)}, here, at).tensor);
  }
}

void nnc::generateMonitor(ProgramContext &ctx, LossGenerator &losses, TrainStatement &train) {
  Function fn(ctx.diags, ctx.module, train.prefix + "_monitor", ctx.element);
  std::vector<Application> applications;
  mlir::Value loss = losses.asInStep(fn, train, /*augment=*/true, &applications);
  if (!loss)
    return ProgramContext::drop(fn);
  // The states that a training step assigns are not written here.
  fn.forgetUpdates();
  const Range at = train.entries.loss->range;
  Emitter &emit = fn.emit;
  emit.range = at;
  for (auto [i, g] : llvm::enumerate(LossGenerator::gradientsOf(fn, loss, train.trained)))
    fn.addResult("gradient" + std::to_string(i), emit.toTensor(emit.norm(g), at).tensor);
  std::map<std::string, int> counts;
  for (const Application &a : applications) {
    mlir::Value input = activated(a);
    if (!input)
      continue;
    std::string name = placeOf(input, ctx.placeText(train.statement->target)) + " " + a.name;
    if (const int n = ++counts[name]; n > 1)
      name += " " + std::to_string(n);
    addUnits(fn, input, a.result, int(train.row.activations.size()), at);
    train.row.activations.push_back(std::move(name));
  }
  train.row.monitor = ctx.finish(fn);
}
