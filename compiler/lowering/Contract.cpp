// emitContraction, and the pass that shows what it will do.
#include "compiler/lowering/Contract.h"
#include "compiler/lowering/ContractEmitter.h"
#include "compiler/lowering/ContractModel.h"
#include "compiler/lowering/Generators.h"

using namespace mlir;

namespace nnc {

/// Vector instructions for each vector of results beside the contraction's own: the other ops and their loads.
static double epilogueCost(kern::FusedOp kernel) {
  double cost = double(kernel.getInputs().size() + kernel.getOutputs().size());
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (auto pull = dyn_cast<nn::PullOp>(op))
      if (cast<RankedTensorType>(op.getResult(0).getType()).getRank() > 0)
        cost += pull.getCost();
  return cost;
}

static std::optional<ContractPlan> planOf(kern::FusedOp kernel, const ContractShape &shape, const LoweringTarget &target) {
  if (auto attribute = kernel->getAttrOfType<DictionaryAttr>(contractPlanName))
    if (auto plan = ContractPlan::fromAttribute(attribute, shape)) {
      plan->cost = contractCost(shape, *plan, target, epilogueCost(kernel));
      return plan;
    }
  std::optional<ContractPlan> plan = planContraction(shape, target, epilogueCost(kernel));
  if (plan && paysToPackScalars(shape, *plan, target))
    packScalars(shape, *plan, target);
  return plan;
}

void emitContraction(KernelEmitter &emitter) {
  auto root = cast<nn::ContractionOp>(emitter.kernel().getRoots()[0]);
  ContractShape shape(root);
  if (auto plan = planOf(emitter.kernel(), shape, emitter.target()))
    return ContractEmitter(emitter, root, shape, *plan).run();
  emitPlainContraction(emitter);
}

namespace {
struct TileContractions : PassWrapper<TileContractions, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TileContractions)
  explicit TileContractions(const LoweringTarget &target) : target(target) {}
  TileContractions(const TileContractions &other) : PassWrapper(other), target(other.target) {}
  StringRef getArgument() const override { return "nn-tile-contractions"; }
  StringRef getDescription() const override { return "choose tiles for contraction kernels"; }
  void runOnOperation() override {
    getOperation().walk([&](kern::FusedOp kernel) {
      if (kernel.getKind() != kern::Kind::contraction)
        return;
      ContractShape shape(cast<nn::ContractionOp>(kernel.getRoots()[0]));
      if (auto plan = planOf(kernel, shape, target))
        kernel->setAttr(contractPlanName, plan->toAttribute(&getContext(), shape));
    });
  }
  LoweringTarget target;
};
} // namespace

std::unique_ptr<Pass> createTileContractionsPass(const LoweringTarget &target) {
  return std::make_unique<TileContractions>(target);
}

} // namespace nnc
