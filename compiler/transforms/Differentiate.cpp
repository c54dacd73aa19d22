// Reverse accumulation over SSA values. Only ops on a way from `wrt` to y are visited, and only the
// gradients asked for along these ways are built; how a gradient passes through an op is the op's
// own affair (DifferentiableOp).
#include "compiler/transforms/Differentiate.h"
#include "compiler/dialect/Derivation.h"
#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnc {
namespace {

class ReverseSweep {
public:
  ReverseSweep(OpBuilder &b, Location requestLoc) : b(b), requestLoc(requestLoc) {}

  FailureOr<SmallVector<Value>> run(Value y, ValueRange wrt) {
    SmallVector<Operation *> path = activePath(y, wrt);
    auto number = cast<RankedTensorType>(y.getType());
    contributions[y].push_back(nn::buildSplat(b, y.getLoc(), number, 1));
    for (Operation *op : llvm::reverse(path))
      if (failed(visit(op)))
        return failure();
    SmallVector<Value> gradients;
    for (Value v : wrt) {
      Value gradient = gradientOf(v);
      gradients.push_back(
          gradient ? gradient
                   : nn::buildSplat(b, requestLoc, cast<RankedTensorType>(v.getType()), 0));
    }
    return gradients;
  }

private:
  /// Ops that y depends on and that depend on `wrt`, in program order; fills `active`.
  SmallVector<Operation *> activePath(Value y, ValueRange wrt) {
    active.insert(wrt.begin(), wrt.end());
    Operation *last = y.getDefiningOp();
    if (!last)
      return {};
    // Backwards: what y is computed from.
    DenseSet<Operation *> needed{last};
    SmallVector<Operation *> order;
    for (Operation *op = last; op; op = op->getPrevNode()) {
      if (!needed.contains(op))
        continue;
      order.push_back(op);
      for (Value operand : op->getOperands())
        if (Operation *producer = operand.getDefiningOp())
          needed.insert(producer);
    }
    // Forwards: what changes with wrt.
    SmallVector<Operation *> path;
    for (Operation *op : llvm::reverse(order)) {
      auto differentiable = dyn_cast<nn::DifferentiableOp>(op);
      bool stops = differentiable && differentiable.getDerivativeKind() == nn::DerivativeKind::Zero;
      if (stops || llvm::none_of(op->getOperands(), [&](Value v) { return active.contains(v); }))
        continue;
      active.insert(op->result_begin(), op->result_end());
      path.push_back(op);
    }
    return path;
  }

  /// Passes the gradient of op's result on to its active operands.
  LogicalResult visit(Operation *op) {
    Value gradient = op->getNumResults() == 1 ? gradientOf(op->getResult(0)) : Value();
    if (!gradient)
      return success(); // Nothing flows back here, whatever the op.
    auto differentiable = dyn_cast<nn::DifferentiableOp>(op);
    if (!differentiable || differentiable.getDerivativeKind() == nn::DerivativeKind::None) {
      auto diagnostic = op->emitError("'") << op->getName() << "' has no derivative";
      diagnostic.attachNote(requestLoc) << "the gradient requested here passes through it";
      return diagnostic;
    }
    SmallVector<bool> wanted;
    for (Value operand : op->getOperands())
      wanted.push_back(active.contains(operand));
    SmallVector<Value> gradients(op->getNumOperands());
    nn::Derivation derivation(b, op, gradient, wanted, gradients);
    differentiable.backward(derivation);
    for (auto [operand, part] : llvm::zip_equal(op->getOperands(), gradients))
      if (part)
        contributions[operand].push_back(part);
    return success();
  }

  /// The sum of all contributions to v's gradient, or null. Neighbours are added first, so that the
  /// order is fixed by the program and errors grow with the logarithm of the number of uses.
  Value gradientOf(Value v) {
    auto found = contributions.find(v);
    if (found == contributions.end())
      return {};
    SmallVector<Value> parts = found->second;
    while (parts.size() > 1) {
      SmallVector<Value> sums;
      for (size_t i = 0; i + 1 < parts.size(); i += 2)
        sums.push_back(nn::Expr(parts[i], b, v.getLoc()) + nn::Expr(parts[i + 1], b, v.getLoc()));
      if (parts.size() % 2)
        sums.push_back(parts.back());
      parts = std::move(sums);
    }
    found->second = parts;
    return parts.front();
  }

  OpBuilder &b;
  Location requestLoc;
  DenseSet<Value> active;
  DenseMap<Value, SmallVector<Value>> contributions;
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
  return ReverseSweep(b, requestLoc).run(y, wrt);
}

LogicalResult differentiate(func::FuncOp function) {
  if (function.isExternal())
    return success();
  // Program order; the ops that an expansion adds stand before the next request.
  for (Operation &op : llvm::make_early_inc_range(function.getBody().front())) {
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
  for (Operation &op : llvm::make_early_inc_range(function.getBody().front()))
    if (auto marker = dyn_cast<nn::AutodiffMarkerOp>(op)) {
      marker->getResult(0).replaceAllUsesWith(marker.getForwarded());
      marker->erase();
    }
  return success();
}

std::unique_ptr<Pass> createDifferentiatePass() { return std::make_unique<DifferentiatePass>(); }

} // namespace nnc
