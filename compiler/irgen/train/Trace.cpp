// Generates the trace function of a run. After a step whose loss is not finite, it repeats the
// forward pass and tells for each operation whether its result is finite. The first that is not has
// caused the NaN.
#include "compiler/irgen/train/TrainFunctions.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/irgen/train/Clip.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// The place in the user's text that caused an op: the call of prelude code, not the code inside.
static std::string userPlace(mlir::Location loc, std::string &place) {
  if (auto named = llvm::dyn_cast<mlir::NameLoc>(loc)) {
    place = named.getName().str();
    loc = named.getChildLoc();
  }
  if (auto call = llvm::dyn_cast<mlir::CallSiteLoc>(loc))
    loc = call.getCaller();
  if (auto file = llvm::dyn_cast<mlir::FileLineColLoc>(loc))
    return file.getFilename().str() + ":" + std::to_string(file.getLine()) + ":" +
           std::to_string(file.getColumn());
  return "<unknown>";
}

namespace {
/// Finds operations that repeat an earlier one. A function called twice with the same argument has
/// each operation twice, and a function that calls two such functions has each four times.
class Repeated {
public:
  /// Whether an operation passed earlier computes the same value. Pass the operations in order.
  bool isRepeated(mlir::Operation &op) {
    if (auto marker = llvm::dyn_cast<nn::AutodiffMarkerOp>(&op)) {
      first[op.getResult(0)] = firstOf(marker.getForwarded());
      return true;
    }
    auto hashOf = [&](mlir::Value v) { return llvm::hash_value(firstOf(v).getAsOpaquePointer()); };
    auto equal = [&](mlir::Value a, mlir::Value b) {
      return mlir::success(firstOf(a) == firstOf(b));
    };
    std::vector<mlir::Operation *> &alike = seen[mlir::OperationEquivalence::computeHash(
        &op, hashOf, mlir::OperationEquivalence::ignoreHashValue,
        mlir::OperationEquivalence::IgnoreLocations)];
    for (mlir::Operation *other : alike)
      if (mlir::OperationEquivalence::isEquivalentTo(other, &op, equal, nullptr,
                                                     mlir::OperationEquivalence::IgnoreLocations)) {
        for (auto [result, same] : llvm::zip_equal(op.getResults(), other->getResults()))
          first[result] = same;
        return true;
      }
    alike.push_back(&op);
    return false;
  }

private:
  mlir::Value firstOf(mlir::Value v) const {
    auto found = first.find(v);
    return found == first.end() ? v : found->second;
  }
  llvm::DenseMap<mlir::Value, mlir::Value> first;
  std::map<size_t, std::vector<mlir::Operation *>> seen;
};
} // namespace

void nnc::generateTrace(ProgramContext &ctx, LossGenerator &losses, const TrainStatement &train,
                        StepUpdate &update) {
  const ast::ClipEntry *clip = update.entries.clip;
  Function fn(ctx.diags, ctx.module, nameBeside(train, update, "trace"), ctx.element);
  Scope scope;
  losses.addBatch(fn, train, /*augment=*/true, scope);
  losses.asInStep(fn, train, update, scope);
  Value limit = clip ? ClipGenerator(ctx, *clip).limit() : Value::of(0);
  // The states that a training step assigns are not written here.
  fn.forgetUpdates();
  Emitter &emit = fn.emit;
  llvm::SmallVector<mlir::Value> values;
  Repeated repeated;
  for (mlir::Operation &op : fn.op().getBody().front())
    // What a loop computes in its runs is known by what it gives.
    if (!repeated.isRepeated(op) && op.getNumOperands() &&
        (op.getNumResults() == 1 || llvm::isa<nn::LoopOp>(op)))
      llvm::append_range(values, op.getResults());
  for (mlir::Value v : values) {
    mlir::Operation *op = v.getDefiningOp();
    auto type = llvm::cast<mlir::RankedTensorType>(v.getType());
    emit.range = update.entries.loss->range;
    Value x = Value::of(v);
    if (type.getElementType() != ctx.element)
      x = Value::of(emit.make<nn::CastOp>(type.clone(ctx.element), v));
    // x - x is 0 for finite x and NaN for all others.
    mlir::Value rest = emit.elementwise<nn::SubOp>({x.tensor, x.tensor});
    mlir::Value zero =
        emit.broadcast(emit.constant(0), llvm::cast<mlir::RankedTensorType>(rest.getType()), {});
    mlir::Value bad = emit.elementwise<nn::NeOp>({rest, zero});
    Value flag = emit.reduceAll<nn::ReduceMaxOp>(Value::of(bad));
    fn.addResult("flag" + std::to_string(update.tracePoints.size()), flag.tensor);
    TracePointT point;
    point.where = userPlace(op->getLoc(), point.place);
    point.op = op->getName().stripDialect().str();
    if (point.place.empty())
      point.place = "the loss";
    update.tracePoints.push_back(std::move(point));
  }
  if (!limit.isKnown() && !limit.isError()) {
    fn.addResult("flag" + std::to_string(update.tracePoints.size()),
                 ClipGenerator(ctx, *clip).isBelowZero(limit));
    TracePointT point; // without a place, since it is no operation of the loss: this says it all
    point.op = "the limit of `clip` is below 0";
    point.where = ctx.where(clip->limit->range);
    update.tracePoints.push_back(std::move(point));
  }
  fn.op()->setAttr("nn.trace", emit.b.getUnitAttr());
  update.trace = ctx.finish(fn);
}
