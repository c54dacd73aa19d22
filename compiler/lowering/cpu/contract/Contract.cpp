// Emits contraction kernels, and implements the pass that records their plans.
#include "compiler/lowering/cpu/contract/Contract.h"
#include "compiler/lowering/cpu/Generators.h"
#include "compiler/lowering/cpu/KernelFunction.h"
#include "compiler/lowering/cpu/contract/ContractEmitter.h"
#include "compiler/lowering/cpu/contract/ContractModel.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnc {

/// The vector instructions for each result vector besides those of the contraction: the other ops
/// and their loads.
static double epilogueCost(kern::FusedOp kernel) {
  double cost = double(kernel.getInputs().size() + kernel.getOutputs().size());
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (auto pull = dyn_cast<nn::PullOp>(op))
      if (cast<RankedTensorType>(op.getResult(0).getType()).getRank() > 0)
        cost += pull.getCost();
  return cost;
}

/// The pitches of a kernel's tensors; all are dense before memory is planned.
static ContractPitch pitchesOf(kern::FusedOp kernel) {
  ContractPitch pitch;
  if (!kernel.getPlaces())
    return pitch;
  auto root = cast<nn::ContractionOp>(kernel.getRoots()[0]);
  for (auto [input, argument] : llvm::zip(kernel.getInputs(), kernel.getBody().getArguments())) {
    const int64_t own = pitchOf(input);
    pitch.any |= own != 0;
    pitch.left = root.getLeft() == argument ? own : pitch.left;
    pitch.right = root.getRight() == argument ? own : pitch.right;
  }
  for (Value output : kernel.getOutputs())
    pitch.any |= pitchOf(output) != 0;
  return pitch;
}

static std::optional<ContractPlans> plansOf(kern::FusedOp kernel, const ContractShape &shape,
                                            const MachineModel &target) {
  if (!cast<nn::ContractionOp>(kernel.getRoots()[0]).isSumOfProducts())
    return std::nullopt;
  double epilogue = epilogueCost(kernel);
  auto given = [&](StringRef name) {
    auto attribute = kernel->getAttrOfType<DictionaryAttr>(name);
    auto plan = attribute ? ContractPlan::fromAttribute(attribute, shape) : std::nullopt;
    if (plan)
      plan->cost = contractCost(shape, *plan, target, epilogue);
    return plan;
  };
  if (auto plan = given(contractPlanName))
    return ContractPlans{*plan, given(sharedPlanName)};
  std::optional<ContractPlans> plans = planForThreads(shape, target, epilogue);
  auto pack = [&](ContractPlan &plan) {
    if (paysToPackScalars(shape, plan, target))
      packScalars(shape, plan, target);
  };
  if (plans) {
    pack(plans->plan);
    if (plans->shared)
      pack(*plans->shared);
  }
  return plans;
}

void emitContraction(KernelEmitter &emitter) {
  auto root = cast<nn::ContractionOp>(emitter.kernel().getRoots()[0]);
  ContractShape shape(root, pitchesOf(emitter.kernel()));
  std::optional<ContractPlans> plans = plansOf(emitter.kernel(), shape, emitter.target());
  if (!plans)
    return emitPlainContraction(emitter);
  auto emit = [&](const ContractPlan &plan) { ContractEmitter(emitter, root, shape, plan).run(); };
  if (!plans->shared)
    return emit(plans->plan);
  OpBuilder &b = emitter.builder();
  Value several = b.create<arith::CmpIOp>(emitter.location(), arith::CmpIPredicate::ugt,
                                          emitter.threads(), emitter.constant(1));
  auto branch = b.create<scf::IfOp>(emitter.location(), several, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  emit(*plans->shared);
  b.setInsertionPointToStart(branch.elseBlock());
  emit(plans->plan);
}

/// PullOp::getNonZeroPart() of the value that another kernel computes and `kernel` reads as
/// `operand`. It is recorded before kernels are lowered separately, so that equal kernels on
/// tensors with and without padding do not share code.
static SmallVector<int64_t> nonZeroPart(kern::FusedOp kernel, Value operand) {
  auto argument = dyn_cast<BlockArgument>(operand);
  if (!argument || argument.getOwner() != &kernel.getBody().front())
    return {};
  auto read = dyn_cast<OpResult>(kernel.getInputs()[argument.getArgNumber()]);
  auto producer = read ? dyn_cast<kern::FusedOp>(read.getOwner()) : kern::FusedOp();
  if (!producer)
    return {};
  Value yielded = producer.getBody().front().getTerminator()->getOperand(read.getResultNumber());
  auto pull = yielded.getDefiningOp<nn::PullOp>();
  return pull ? pull.getNonZeroPart() : SmallVector<int64_t>();
}

namespace {
struct TileContractions : PassWrapper<TileContractions, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TileContractions)
  explicit TileContractions(const MachineModel &target) : target(target) {}
  TileContractions(const TileContractions &other) : PassWrapper(other), target(other.target) {}
  StringRef getArgument() const override { return "nn-tile-contractions"; }
  StringRef getDescription() const override { return "choose tiles for contraction kernels"; }
  void runOnOperation() override {
    getOperation().walk([&](kern::FusedOp kernel) {
      if (kernel.getKind() != kern::Kind::contraction)
        return;
      auto root = cast<nn::ContractionOp>(kernel.getRoots()[0]);
      if (SmallVector<int64_t> part = nonZeroPart(kernel, root.getLeft());
          !part.empty() && root.isSumOfProducts())
        kernel->setAttr(nonZeroPartName, DenseI64ArrayAttr::get(&getContext(), part));
      ContractShape shape(root, pitchesOf(kernel));
      if (shape.bands.empty())
        kernel->removeAttr(nonZeroPartName);
      if (auto plans = plansOf(kernel, shape, target)) {
        kernel->setAttr(contractPlanName, plans->plan.toAttribute(&getContext(), shape));
        if (plans->shared)
          kernel->setAttr(sharedPlanName, plans->shared->toAttribute(&getContext(), shape));
      }
    });
  }
  MachineModel target;
};
} // namespace

std::unique_ptr<Pass> createTileContractionsPass(const MachineModel &target) {
  return std::make_unique<TileContractions>(target);
}

} // namespace nnc
