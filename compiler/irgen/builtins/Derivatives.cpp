// Builtin functions about derivatives: grad, stop_gradient.
//
// grad(e, w): checks what it can be differentiated with respect to, and computes the derivative of
// each example separately.
//
// If every example has its own w, the gradient of the sum over the batch consists of the separate
// derivatives, because examples do not affect each other. If all examples share w, that gradient is
// their sum. Then e is elaborated a second time with a copy of w for each example, and
// differentiated with respect to the copies.
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/DenseSet.h"

using namespace nnc;

/// A tensor of the function, or an argument. Values can be differentiated with respect to it even
/// if it is known before the run.
static bool isVariable(mlir::Value v) {
  return !v.getDefiningOp() || llvm::isa<nn::AutodiffMarkerOp>(v.getDefiningOp());
}

/// False for values computed from constants only, which do not vary.
static bool canVary(mlir::Value v) { return llvm::any_of(originsOf(v), isVariable); }

/// Checks that e depends on w. Reports an e that depends only on what w was computed from.
static bool checkDependence(Elaborator &elab, const Value &y, const Value &w,
                            const BuiltinCall &call) {
  auto argument = w.tensor.getDefiningOp<nn::ArgumentOp>();
  // The arguments of one call are independent variables.
  auto beside = [&](mlir::Value v) {
    auto other = v.getDefiningOp<nn::ArgumentOp>();
    return argument && other && elab.fn->emit.callOf(v) == elab.fn->emit.callOf(w.tensor);
  };
  llvm::DenseSet<mlir::Value> behind = originsOf(y.tensor, beside);
  if (behind.contains(w.tensor) || !w.tensor.getDefiningOp())
    return true; // w is a tensor of the model or of the data; if e does not depend on it, the
                 // derivative is 0
  mlir::Value given = y.tensor;
  for (mlir::Operation *op = given.getDefiningOp();
       op && llvm::isa<nn::PullOp>(op) && !llvm::isa<nn::ScalarBodyOp>(op);
       op = given.getDefiningOp()) {
    if (op->getNumOperands() != 1)
      break;
    given = op->getOperand(0);
  }
  const Range at = call.positional(1)->range;
  if (argument && beside(given)) {
    elab.diags
        .error(call.at, "e of this `grad(e, w)` is an argument, and so a variable of its own: no "
                        "other argument changes it")
        .note("a parameter without a shape is only a name for what is given, and leads back to w: "
              "`fn slope(e, w) = grad(e, w)`");
    return false;
  }
  for (mlir::Value v : originsOf(w.tensor))
    if (v != w.tensor && isVariable(v) && behind.contains(v)) {
      auto e = elab.diags.error(
          at, "e of this `grad(e, w)` does not depend on w, only on what w is made of");
      e.note("e must be computed from this very value; a parameter with a shape names it: `fn f(w: "
             "[n]) = grad(sum(w^2), w)`");
      return false;
    }
  return true;
}

namespace {
/// Restores the state of a function after an elaboration that may be dropped or that repeats
/// another.
class Repetition {
public:
  explicit Repetition(Function &fn)
      : fn(fn), randomSites(fn.randomSites), schedules(fn.schedules), inputs(fn.inputs),
        applied(fn.applied), applications(fn.applications) {
    if (fn.placement)
      placement = *fn.placement;
    for (auto &[name, slot] : fn.slots())
      current.emplace_back(name, slot.current);
    fn.applied.clear();
    fn.applications = nullptr;
  }
  ~Repetition() {
    if (fn.placement)
      *fn.placement = placement;
    fn.randomSites = randomSites;
    fn.schedules = schedules;
    fn.inputs = inputs;
    fn.applied = applied;
    fn.applications = applications;
    for (auto &[name, value] : current)
      fn.slots()[name].current = value;
  }

private:
  Function &fn;
  Placement placement;
  int randomSites;
  llvm::StringMap<int> schedules;
  std::map<std::string, Value> inputs;
  std::map<std::pair<std::string, void *>, Value> applied;
  std::vector<Application> *applications;
  std::vector<std::pair<std::string, mlir::Value>> current;
};
} // namespace

/// Whether the copy of one example affects the y of another: some op reduces the batch or moves
/// elements along it.
static bool joinsExamples(mlir::Value y, llvm::ArrayRef<mlir::Value> copies) {
  llvm::DenseSet<mlir::Value> moving(copies.begin(), copies.end());
  const llvm::DenseSet<mlir::Value> needed = originsOf(y);
  for (mlir::Operation *op = copies.front().getDefiningOp(); op; op = op->getNextNode()) {
    if (llvm::none_of(op->getOperands(), [&](mlir::Value v) { return moving.contains(v); }))
      continue;
    for (mlir::Value result : op->getResults())
      moving.insert(result);
    if (mixesExamples(op) &&
        llvm::any_of(op->getResults(), [&](mlir::Value v) { return needed.contains(v); }))
      return true;
  }
  return false;
}

/// For each shared tensor, the derivative of each example's e with respect to it. Nothing if it
/// cannot be found.
static std::optional<std::vector<mlir::Value>>
ownGradients(Elaborator &elab, const BuiltinCall &call, llvm::ArrayRef<Value> shared) {
  if (!call.again || !elab.fn->toFit.empty())
    return std::nullopt;
  mlir::Block *block = elab.fn->emit.b.getInsertionBlock();
  mlir::Operation *before = block->empty() ? nullptr : &block->back();
  const Diagnostics::Mark mark = elab.diags.mark();
  const size_t noted = elab.bounds.size(), sums = elab.totals.size(), apart = elab.spreads.size(),
               reads = elab.totalsRead;
  auto states = elab.bodies.localStates;
  std::vector<mlir::Value> copies;
  mlir::Value y;
  {
    Repetition repetition(*elab.fn);
    std::vector<Value> own;
    for (const Value &w : shared) {
      Value copy;
      {
        Emitter::ElementGuard kept(elab.fn->emit, mlir::getElementTypeOrSelf(w.tensor.getType()));
        copy = elab.fn->emit.argument(Value::of(elab.fn->emit.batched(w.tensor), w.axes), call.at);
      }
      copies.push_back(copy.tensor);
      own.push_back(elab.fn->emit.inElement(copy));
      for (auto &[name, slot] : elab.fn->slots())
        if (slot.current == w.tensor)
          slot.current = copy.tensor;
    }
    Value e = call.again(own);
    if (e.isTensor())
      y = e.tensor;
  }
  elab.bodies.localStates = states;
  elab.bounds.erase(elab.bounds.begin() + noted, elab.bounds.end());
  elab.totals.resize(sums);
  elab.spreads.resize(apart);
  llvm::erase_if(elab.keptRows, [&](size_t row) { return row >= sums; });
  llvm::erase_if(elab.belows, [&](const auto &below) { return below.first >= sums; });
  elab.totalsRead = reads;
  bool sound =
      y && elab.diags.errorCount() == mark.errors && isBatched(y) && exampleShape(y).empty();
  for (mlir::Operation *op = before ? before->getNextNode() : &block->front(); sound && op;
       op = op->getNextNode())
    sound = mlir::succeeded(mlir::verify(op));
  if (sound) {
    // e may depend on w only through the copies. Values computed before this call, such as a `let`,
    // do not.
    auto isCopy = [&](mlir::Value v) { return llvm::is_contained(copies, v); };
    llvm::DenseSet<mlir::Value> behind = originsOf(y, isCopy);
    sound = llvm::none_of(shared, [&](const Value &w) { return behind.contains(w.tensor); }) &&
            !joinsExamples(y, copies);
  }
  if (sound) {
    mlir::Value of = elab.fn->emit.batchSum(y);
    elab.fn->addsUp(of, y);
    llvm::SmallVector<mlir::Value> gradients = elab.fn->emit.gradients(of, copies);
    return std::vector<mlir::Value>(gradients.begin(), gradients.end());
  }
  elab.diags.rewind(mark);
  while (!block->empty() && &block->back() != before)
    block->back().erase();
  return std::nullopt;
}

Value nnc::buildGrad(Elaborator &elab, const BuiltinCall &call) {
  Value y = elab.fn->emit.toTensor(call.positional(0)->value, call.positional(0)->range);
  Value x = call.positional(1)->value;
  if (x.kind == Value::Kind::Place)
    x = elab.readPlace(x, call.positional(1)->range);
  if (y.isError() || x.isError())
    return Value::error();
  if (y.isUnavailable() || x.isUnavailable())
    return Value::ofKind(Value::Kind::Unavailable);
  std::vector<Value> wrt = x.kind == Value::Kind::Weights ? x.items : std::vector<Value>{x};
  for (Value &v : wrt)
    if (!v.isTensor() ||
        !(elab.fn->initializing ||
          canVary(v.tensor))) { // in init functions only shapes matter, and values are zeros
      auto e = elab.diags.error(call.positional(1)->range,
                                "`grad(e, w)` needs a tensor w; this is " +
                                    (v.isTensor() ? "a constant" : v.describe()));
      if (v.isTensor() || v.isKnown() || v.kind == Value::Kind::List)
        e.note("what is known before the run does not vary; a parameter with a shape does: `fn "
               "slope(z: []) = grad(f(z), z)`");
      return Value::error();
    }
  // Differentiate with respect to the original value, which the model used, and not the one that a
  // metric widened.
  for (Value &v : wrt)
    v.tensor = Emitter::beforeCast(v.tensor);
  if (x.kind != Value::Kind::Weights)
    x.tensor = wrt[0].tensor;
  if (!exampleShape(y.tensor).empty())
    return elab.fn->emit.shapeError(call.at, "`grad(e, w)` needs one number e for each example", y,
                                    call.positional(0)->range);
  if (x.kind != Value::Kind::Weights && !elab.fn->initializing &&
      !checkDependence(elab, y, x, call))
    return Value::error();
  for (const Value &v : wrt)
    if (!elab.scans.checkGradient(y.tensor, v.tensor, call.at))
      return Value::error();
  std::vector<mlir::Value> values;
  std::vector<Value> shared; // the tensors that all examples share, although e is separate for each
  if (isBatched(y.tensor)) {
    llvm::DenseSet<mlir::Value> behind = originsOf(y.tensor);
    for (const Value &v : wrt)
      if (!isBatched(v.tensor) && behind.contains(v.tensor))
        shared.push_back(v);
  }
  for (const Value &v : wrt)
    values.push_back(v.tensor);
  mlir::Value of = elab.fn->emit.batchSum(y.tensor);
  elab.fn->addsUp(of, y.tensor);
  llvm::SmallVector<mlir::Value> found = elab.fn->emit.gradients(of, values);
  if (!shared.empty()) {
    auto own = ownGradients(elab, call, shared);
    if (!own) {
      elab.diags
          .error(call.at, "`grad(e, w)` is each example's own derivative, and here only their sum "
                          "over the batch can be found")
          .note("w is the same for all examples; e must be written out in the call, of operations "
                "that keep examples apart")
          .note("of the batch's mean there is one derivative: `grad(mean(e, over = batch), w)`");
      return Value::error();
    }
    for (auto [w, gradient] : llvm::zip_equal(shared, *own))
      found[llvm::find(values, w.tensor) - values.begin()] = gradient;
  }
  if (x.kind != Value::Kind::Weights)
    return elab.fn->emit.inElement(Value::of(found[0], x.axes));
  Value result = Value::ofKind(Value::Kind::Weights);
  for (auto [gradient, v] : llvm::zip_equal(found, wrt))
    result.items.push_back(elab.fn->emit.inElement(Value::of(gradient, v.axes)));
  return result;
}

Value nnc::buildStopGradient(Elaborator &elab, const BuiltinCall &call) {
  Value v = elab.fn->emit.toTensor(call.positional(0)->value, call.at);
  if (!v.isTensor())
    return v;
  return Value::of(elab.fn->emit.make<nn::StopGradientOp>(v.tensor.getType(), v.tensor), v.axes);
}
