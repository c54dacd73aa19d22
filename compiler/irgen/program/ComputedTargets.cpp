// Checks of targets that are computed from fields (`y[1]`, `y - 1`): a separate function recomputes
// what a loss or metric reads, so that the runtime can check it on every row before the run, as it
// checks fields.
#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/program/Targets.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/IRMapping.h"

using namespace nnc;

/// Recomputes values of one function in another. This is possible if they depend only on the
/// fields: not on parameters, states, options or random draws (all of which are function
/// arguments), and not on other examples.
namespace {
class Recomputation {
public:
  Recomputation(mlir::OpBuilder &b, llvm::ArrayRef<mlir::Value> from,
                llvm::ArrayRef<mlir::Value> to)
      : b(b) {
    for (auto [field, again] : llvm::zip_equal(from, to))
      map.map(field, again);
  }

  static bool isPossible(mlir::Value value, llvm::ArrayRef<mlir::Value> fields) {
    llvm::DenseSet<mlir::Value> seen;
    llvm::SmallVector<mlir::Value> open{value};
    bool readsField = false;
    while (!open.empty()) {
      mlir::Value v = open.pop_back_val();
      if (llvm::is_contained(fields, v)) {
        readsField = true;
        continue;
      }
      mlir::Operation *op = v.getDefiningOp();
      if (!op || (op->getNumRegions() && !llvm::isa<nn::LoopOp>(op)))
        return false;
      auto derives = [](nn::GradientRequestOp) { return mlir::WalkResult::interrupt(); };
      if (op->walk(derives).wasInterrupted())
        return false;
      if (!seen.insert(v).second)
        continue;
      if (auto marker = llvm::dyn_cast<nn::AutodiffMarkerOp>(op)) {
        open.push_back(marker.getForwarded());
        continue;
      }
      if (mixesExamples(op))
        return false;
      llvm::append_range(open, op->getOperands());
    }
    return readsField;
  }

  mlir::Value of(mlir::Value value) {
    llvm::SmallVector<mlir::Value> open{value};
    while (!open.empty()) {
      mlir::Value v = open.back();
      if (map.contains(v)) {
        open.pop_back();
        continue;
      }
      mlir::Operation *op = v.getDefiningOp();
      auto marker = llvm::dyn_cast<nn::AutodiffMarkerOp>(op);
      const size_t before = open.size();
      auto need = [&](mlir::Value operand) {
        if (!map.contains(operand))
          open.push_back(operand);
      };
      if (marker)
        need(marker.getForwarded());
      else
        llvm::for_each(op->getOperands(), need);
      if (open.size() > before)
        continue;
      if (marker)
        map.map(v, map.lookup(marker.getForwarded()));
      else
        b.clone(*op, map);
    }
    return map.lookup(value);
  }

private:
  mlir::OpBuilder &b;
  mlir::IRMapping map;
};
} // namespace

std::unique_ptr<TargetsT> nnc::computedTargets(ProgramContext &ctx, DataGenerator &dataSets,
                                               llvm::StringRef prefix, const ast::DataDecl *data,
                                               llvm::ArrayRef<mlir::Value> fields) {
  return computedTargets(ctx, prefix, fields, [&](Function &fn, std::vector<mlir::Value> &again) {
    Scope scope;
    dataSets.addFields(fn, data, scope, /*augment=*/false, &again);
  });
}

std::unique_ptr<TargetsT>
nnc::computedTargets(ProgramContext &ctx, llvm::StringRef prefix,
                     llvm::ArrayRef<mlir::Value> fields,
                     llvm::function_ref<void(Function &, std::vector<mlir::Value> &)> declare) {
  auto row = std::make_unique<TargetsT>();
  std::vector<Elaborator::Bound> computed;
  for (const Elaborator::Bound &bound : ctx.elab.bounds)
    if (!llvm::is_contained(fields, bound.value) && Recomputation::isPossible(bound.value, fields))
      computed.push_back(bound);
  if (computed.empty())
    return row;
  Function *outer = ctx.elab.fn;
  Function fn(ctx.diags, ctx.module, (prefix + "_targets").str(), ctx.element);
  ctx.elab.fn = &fn;
  fn.batched = fn.inPieces = true;
  std::vector<mlir::Value> again;
  declare(fn, again);
  Recomputation recomputation(fn.emit.b, fields, again);
  std::map<void *, int32_t> results; // by the value
  for (const Elaborator::Bound &bound : computed) {
    auto [result, fresh] =
        results.try_emplace(bound.value.getAsOpaquePointer(), int32_t(row->sizes.size()));
    if (fresh) {
      mlir::Value value = fn.emit.cast(recomputation.of(bound.value), ctx.element);
      int64_t size = 1;
      for (int64_t n : exampleShape(value))
        size *= n;
      fn.addResult("target" + std::to_string(row->sizes.size()), value);
      row->sizes.push_back(size);
    }
    BoundT one = bound.row;
    one.field = result->second;
    one.where = ctx.where(bound.range);
    row->bounds.push_back(std::move(one));
  }
  row->compute = ctx.finish(fn);
  ctx.elab.fn = outer;
  return row;
}
