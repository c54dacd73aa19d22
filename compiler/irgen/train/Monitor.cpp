// Generates the monitor function of a run. For a batch, it computes the gradient norm of each
// trained tensor, and the share of each activation's units that are dead or saturated. An
// activation is a function applied in a model whose operations are all elementwise; saturation is
// judged by its derivative. So no function is known by name.
#include "compiler/irgen/scans/Steps.h"
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

namespace {
/// What an activation gives, and 1 where its derivative is near 0.
struct Units {
  mlir::Value result, flat;
  int64_t loops = 0; // the axes after the batch that are steps of scans
};
} // namespace

static Units unitsOf(Emitter &emit, mlir::Value input, mlir::Value result, Range at) {
  mlir::OpBuilder::InsertionGuard guard(emit.b);
  if (isInLoop(result))
    emit.b.setInsertionPoint(result.getParentBlock()->getTerminator());
  mlir::Value slope =
      emit.gradients(emit.reduceAll<nn::ReduceSumOp>(Value::of(result)).tensor, input).front();
  Value steepness = emit.elementwise<nn::AbsOp>(Value::of(slope), at, at);
  return {result,
          emit.elementwise<nn::LtOp>({steepness, Value::of(flatDerivative)}, {at, at}, at).tensor};
}

/// Stacks units in the blocks of scans for all steps. The scans are made anew; `applications` gets
/// their new results.
static void leaveLoops(Units &units, std::vector<std::vector<Application>> &applications) {
  auto replace = [&](mlir::Value old, mlir::Value now) {
    auto update = [&](mlir::Value &v) { v = v == old ? now : v; };
    update(units.result);
    update(units.flat);
    for (std::vector<Application> &ofUpdate : applications)
      for (Application &a : ofUpdate) {
        update(a.result);
        for (auto &[name, value] : a.args)
          update(value);
      }
  };
  for (; isInLoop(units.result); ++units.loops) {
    const Units inside = units;
    units.flat = ofAllSteps(inside.flat, replace);
    units.result = ofAllSteps(inside.result, replace);
  }
}

/// Adds the shares of dead and of saturated units of an activation as results of `fn`.
static void addUnits(Function &fn, const Units &of, int number, Range at) {
  Emitter &emit = fn.emit;
  mlir::Value result = of.result;
  auto type = llvm::cast<mlir::RankedTensorType>(result.getType());
  llvm::SmallVector<int64_t> inner; // the dims of one unit: the examples, the steps of scans, and
                                    // the positions of a channel
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (d <= of.loops || (type.getRank() == 4 + of.loops && d > 1 + of.loops))
      inner.push_back(d);
  const Range here[] = {at, at};
  const Value flat = Value::of(of.flat);
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

/// Adds the norm of each trained tensor's gradient as a result of `fn`. A tensor that several
/// updates train has that of the first.
static void addNorms(Function &fn, mlir::Value loss, const StepUpdate &update,
                     std::set<std::string> &seen) {
  std::vector<TensorInfo> fresh;
  for (const TensorInfo &p : update.trained)
    if (seen.insert(p.name).second)
      fresh.push_back(p);
  const Range at = update.entries.loss->range;
  fn.emit.range = at;
  if (fresh.empty())
    return;
  for (mlir::Value g : LossGenerator::gradientsOf(fn, loss, fresh))
    fn.addResult("gradient" + std::to_string(seen.size()),
                 fn.emit.toTensor(fn.emit.norm(g), at).tensor);
}

void nnc::generateMonitor(ProgramContext &ctx, LossGenerator &losses, TrainStatement &train) {
  Function fn(ctx.diags, ctx.module, train.prefix + "_monitor", ctx.element);
  Scope scope;
  losses.addBatch(fn, train, /*augment=*/true, scope);
  std::set<std::string> seen;
  std::vector<std::vector<Application>> applications(train.updates.size());
  for (const StepUpdate &update : train.updates) {
    mlir::Value loss = losses.asInStep(fn, train, update, scope, &applications[update.number]);
    if (!loss)
      return ProgramContext::drop(fn);
    // The states that a training step assigns are not written here.
    fn.forgetUpdates();
    addNorms(fn, loss, update, seen);
  }
  std::map<std::string, int> counts;
  for (const StepUpdate &update : train.updates)
    for (size_t i = 0; i < applications[update.number].size(); ++i) {
      const Application a = applications[update.number][i];
      mlir::Value input = activated(a);
      if (!input)
        continue;
      const std::string place = placeOf(input, update.places.front());
      // Several updates apply the same models: each shows the units of what it trains.
      if (train.updates.size() > 1 && llvm::none_of(update.places, [&](const std::string &trained) {
            return ctx.elab.belongsTo(place, trained);
          }))
        continue;
      std::string name = place + " " + a.name;
      if (const int n = ++counts[name]; n > 1)
        name += " " + std::to_string(n);
      fn.emit.range = update.entries.loss->range;
      Units units = unitsOf(fn.emit, input, a.result, fn.emit.range);
      leaveLoops(units, applications);
      addUnits(fn, units, int(train.row.activations.size()), fn.emit.range);
      train.row.activations.push_back(std::move(name));
    }
  train.row.monitor = ctx.finish(fn);
}
