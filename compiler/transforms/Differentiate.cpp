// Implements reverse accumulation over SSA values. Only ops on a path from `wrt` to y are visited,
// and only the gradients needed along these paths are built. How a gradient passes through an op is
// defined by the op (DifferentiableOp).
#include "compiler/transforms/Differentiate.h"
#include "compiler/dialect/Derivation.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/transforms/Guarded.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnc {
namespace {

/// The gradients collected in one backward walk: of a whole request, or of the body of a function
/// whose derivative with respect to one argument is stated.
struct Frame {
  Frame *outer = nullptr;
  DenseSet<Value> own; // in a body: the values that depend on the argument; all others belong to
                       // the outer frame
  DenseSet<Value> active;
  DenseMap<Value, SmallVector<Gradient>> parts;

  Frame &holding(Value v) {
    Frame *frame = this;
    while (frame->outer && !frame->own.contains(v))
      frame = frame->outer;
    return *frame;
  }
  bool isActive(Value v) { return holding(v).active.contains(v); }
  void add(Value v, Gradient part) { holding(v).parts[v].push_back(std::move(part)); }
};

class ReverseSweep {
public:
  ReverseSweep(OpBuilder &b, Location requestLoc) : b(b), requestLoc(requestLoc), guards(b) {}

  /// The gradients of Σ ys · seeds with respect to `wrt`; 0 where there is none. All values are in
  /// one block.
  FailureOr<SmallVector<Value>> run(ValueRange ys, ValueRange seeds, ValueRange wrt) {
    Frame frame;
    frame.active.insert(wrt.begin(), wrt.end());
    SmallVector<Operation *> path = activePath(frame, opsFor(ys, nullptr));
    for (auto [y, seed] : llvm::zip_equal(ys, seeds))
      frame.add(y, {seed, {}, true});
    for (Operation *op : llvm::reverse(path))
      if (failed(visit(frame, op)))
        return failure();
    SmallVector<Value> gradients;
    for (Value v : wrt) {
      Gradient *gradient = gradientOf(frame, v);
      gradients.push_back(
          gradient ? guards.whole(*gradient)
                   : nn::buildSplat(b, requestLoc, cast<RankedTensorType>(v.getType()), 0));
    }
    return gradients;
  }

private:
  /// The ops after `first` from which `ys` are computed, in program order.
  static SmallVector<Operation *> opsFor(ValueRange ys, Operation *first) {
    SmallVector<Operation *> order;
    DenseSet<Operation *> needed;
    Operation *last = nullptr;
    for (Value y : ys)
      if (Operation *op = y.getDefiningOp()) {
        needed.insert(op);
        last = !last || last->isBeforeInBlock(op) ? op : last;
      }
    for (Operation *op = last; op && op != first; op = op->getPrevNode()) {
      if (!needed.contains(op))
        continue;
      order.push_back(op);
      for (Value operand : op->getOperands())
        if (Operation *producer = operand.getDefiningOp())
          needed.insert(producer);
    }
    return SmallVector<Operation *>(llvm::reverse(order));
  }

  /// Those of `ops` through which gradients pass, in program order. Fills in `frame.active`.
  static SmallVector<Operation *> activePath(Frame &frame, ArrayRef<Operation *> ops) {
    SmallVector<Operation *> path;
    for (Operation *op : ops) {
      auto differentiable = dyn_cast<nn::DifferentiableOp>(op);
      bool stops = differentiable && differentiable.getDerivativeKind() == nn::DerivativeKind::Zero;
      if (stops || llvm::none_of(op->getOperands(), [&](Value v) { return frame.isActive(v); }))
        continue;
      frame.active.insert(op->result_begin(), op->result_end());
      path.push_back(op);
    }
    return path;
  }

  /// Passes the gradient of op's result to its active operands.
  LogicalResult visit(Frame &frame, Operation *op) {
    if (auto loop = dyn_cast<nn::LoopOp>(op))
      return visitLoop(frame, loop);
    Gradient *gradient = op->getNumResults() == 1 ? gradientOf(frame, op->getResult(0)) : nullptr;
    if (!gradient)
      return success(); // no gradient flows back here, so the kind of op does not matter
    auto differentiable = dyn_cast<nn::DifferentiableOp>(op);
    if (!differentiable || differentiable.getDerivativeKind() == nn::DerivativeKind::None) {
      auto diagnostic = op->emitError("'") << op->getName() << "' has no derivative";
      diagnostic.attachNote(requestLoc) << "the gradient requested here passes through it";
      return diagnostic;
    }
    SmallVector<bool> wanted;
    for (Value operand : op->getOperands())
      wanted.push_back(frame.isActive(operand));
    SmallVector<Gradient> gradients = guards.backward(op, *gradient, wanted);
    for (auto [operand, part] : llvm::zip_equal(op->getOperands(), gradients))
      if (part.value)
        frame.add(operand, part);
    if (auto stated = dyn_cast<nn::StatedDerivativeOp>(op))
      return passBesides(frame, stated, *gradientOf(frame, op->getResult(0)));
    return success();
  }

  /// Passes the gradients of a loop's results to its active operands. The loop computes them with
  /// the derivative of its block, which is a sweep of its own.
  LogicalResult visitLoop(Frame &frame, nn::LoopOp loop) {
    SmallVector<Value> results;
    for (Value result : loop->getResults()) {
      Gradient *gradient = gradientOf(frame, result);
      results.push_back(gradient ? guards.whole(*gradient) : Value());
    }
    if (llvm::none_of(results, [](Value gradient) { return bool(gradient); }))
      return success();
    SmallVector<bool> wanted;
    for (Value operand : loop->getOperands())
      wanted.push_back(frame.isActive(operand));
    SmallVector<Value> gradients(loop->getNumOperands());
    auto sweep = [&](OpBuilder &inside, ValueRange outputs, ValueRange seeds, ValueRange wrt) {
      return ReverseSweep(inside, requestLoc).run(outputs, seeds, wrt);
    };
    nn::LoopDerivation derivation(b, loop, results, wanted, gradients, sweep);
    if (failed(loop.backward(derivation)))
      return failure();
    for (auto [operand, gradient] : llvm::zip_equal(loop->getOperands(), gradients))
      if (gradient)
        frame.add(operand, {gradient, {}, true});
    return success();
  }

  /// Passes the gradient of a function's value to everything its body depends on except the
  /// argument with the stated derivative. Values in the body that depend on that argument have
  /// separate gradients here, because the gradient of the stated derivative may flow through the
  /// same values.
  LogicalResult passBesides(Frame &outer, nn::StatedDerivativeOp stated, Gradient gradient) {
    Value y = stated.getValue(), by = stated.getBy();
    Frame frame;
    frame.outer = &outer;
    frame.own.insert(by);
    SmallVector<Operation *> body;
    if (y.getDefiningOp())
      for (Operation *op : opsFor(y, by.getDefiningOp()))
        if (llvm::any_of(op->getOperands(), [&](Value v) { return frame.own.contains(v); })) {
          frame.own.insert(op->result_begin(), op->result_end());
          body.push_back(op);
        }
    body = activePath(frame, body);
    if (!frame.isActive(y))
      return success();
    frame.add(y, gradient);
    for (Operation *op : llvm::reverse(body))
      if (failed(visit(frame, op)))
        return failure();
    return success();
  }

  /// The sum of all contributions to the gradient of v, or null.
  Gradient *gradientOf(Frame &frame, Value v) {
    auto found = frame.parts.find(v);
    if (found == frame.parts.end())
      return nullptr;
    if (found->second.size() > 1)
      found->second = {guards.sum(found->second, v.getLoc())};
    return &found->second.front();
  }

  OpBuilder &b;
  Location requestLoc;
  Guards guards;
};

struct DifferentiatePass : PassWrapper<DifferentiatePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(DifferentiatePass)
  StringRef getArgument() const override { return "nn-differentiate"; }
  StringRef getDescription() const override {
    return "expand gradient requests by reverse accumulation";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<nn::NnDialect>();
  }
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(differentiate(function)))
        return signalPassFailure();
  }
};

} // namespace

FailureOr<SmallVector<Value>> buildGradients(OpBuilder &b, Location requestLoc, Value y,
                                             ValueRange wrt) {
  Value one = nn::buildSplat(b, y.getLoc(), cast<RankedTensorType>(y.getType()), 1);
  return ReverseSweep(b, requestLoc).run(y, one, wrt);
}

/// Expands the requests of a block in program order: the ops of an expansion are inserted before
/// the next request, and a loop's own requests are expanded before one passes through the loop.
static LogicalResult expandRequests(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto loop = dyn_cast<nn::LoopOp>(op); loop && failed(expandRequests(loop.getBlock())))
      return failure();
    auto request = dyn_cast<nn::GradientRequestOp>(op);
    if (!request)
      continue;
    OpBuilder b(request);
    auto gradients =
        buildGradients(b, request.getLoc(), request.getOf(), request.getWithRespectTo());
    if (failed(gradients))
      return failure();
    request->replaceAllUsesWith(*gradients);
    request->erase();
  }
  return success();
}

LogicalResult differentiate(func::FuncOp function) {
  if (function.isExternal())
    return success();
  if (failed(expandRequests(function.getBody().front())))
    return failure();
  function.walk([](nn::AutodiffMarkerOp marker) {
    marker->getResult(0).replaceAllUsesWith(marker.getForwarded());
    marker->erase();
  });
  return success();
}

std::unique_ptr<Pass> createDifferentiatePass() { return std::make_unique<DifferentiatePass>(); }

} // namespace nnc
