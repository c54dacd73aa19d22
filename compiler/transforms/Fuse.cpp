// Writes the groups of the FusionGraph as kernels.
#include "compiler/transforms/Fuse.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/Walks.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/transforms/FusionGraph.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace nnc {
namespace {

class KernelWriter {
public:
  KernelWriter(Block &body, const FusionGraph &graph)
      : terminator(body.getTerminator()), graph(graph), b(terminator) {}

  void write() {
    for (const FusionGraph::Group *group : graph.getOrder())
      if (auto loop = dyn_cast<nn::LoopOp>(graph.getOps()[group->ops.front()]))
        placeLoop(loop);
      else
        writeGroup(*group);
    writeTerminator();
    for (Operation *op : llvm::reverse(graph.getOps()))
      if (!isa<nn::LoopOp>(op))
        op->erase();
  }

private:
  void writeGroup(const FusionGraph::Group &group);
  void gather(Operation *op, const FusionGraph::Group &group, llvm::SetVector<Operation *> &body);
  void placeLoop(nn::LoopOp loop);
  void writeTerminator();
  void computeAgain(OpOperand &operand);
  Value mapped(Value value);

  Operation *terminator;
  const FusionGraph &graph;
  OpBuilder b;
  IRMapping values; // old value -> kernel result, loop result or view
};

/// The value in the new function: arguments stay, views are created when first needed.
Value KernelWriter::mapped(Value value) {
  if (isa<BlockArgument>(value))
    return value;
  if (Value known = values.lookupOrNull(value))
    return known;
  Operation *view = value.getDefiningOp();
  assert(graph.roleOf(view) == FusionGraph::Role::View && "a kernel reads what no kernel computes");
  Value source = mapped(view->getOperand(0));
  Value result = b.create<kern::ViewOp>(view->getLoc(), value.getType(), source);
  values.map(value, result);
  return result;
}

/// Adds `op` and the inlined ops that it reads, operands first.
void KernelWriter::gather(Operation *op, const FusionGraph::Group &group,
                          llvm::SetVector<Operation *> &body) {
  if (body.contains(op))
    return;
  for (Value operand : op->getOperands())
    if (Operation *maker = operand.getDefiningOp())
      if (graph.roleOf(maker) == FusionGraph::Role::Inlined)
        gather(maker, group, body);
  body.insert(op);
}

static kern::Kind kindOf(Operation *root) {
  if (!root)
    return kern::Kind::pointwise;
  return isa<nn::ContractionOp>(root) ? kern::Kind::contraction : kern::Kind::reduction;
}

void KernelWriter::writeGroup(const FusionGraph::Group &group) {
  llvm::SetVector<Operation *> body;
  SmallVector<Operation *> results;
  for (unsigned number : group.ops) {
    gather(graph.getOps()[number], group, body);
    if (graph.isResult(number, group))
      results.push_back(graph.getOps()[number]);
  }
  llvm::SetVector<Value> inputs;
  for (Operation *op : body)
    for (Value operand : op->getOperands())
      if (!operand.getDefiningOp() || !body.contains(operand.getDefiningOp()))
        inputs.insert(operand);

  SmallVector<Value> arguments;
  SmallVector<Type> types;
  for (Value input : inputs)
    arguments.push_back(mapped(input));
  SmallVector<Location> locations;
  for (Operation *result : results) {
    types.push_back(result->getResult(0).getType());
    locations.push_back(result->getLoc());
  }
  Location loc = group.root ? group.root->getLoc() : locations.front();
  auto kernel = b.create<kern::FusedOp>(loc, types, kindOf(group.root), arguments, ArrayAttr());
  Block *block = b.createBlock(&kernel.getBody());
  IRMapping inside;
  for (Value input : inputs)
    inside.map(input, block->addArgument(input.getType(), loc));
  for (Operation *op : body)
    b.clone(*op, inside);
  SmallVector<Value> yielded;
  for (auto [result, output] : llvm::zip(results, kernel.getOutputs())) {
    yielded.push_back(inside.lookup(result->getResult(0)));
    values.map(result->getResult(0), output);
  }
  b.create<kern::YieldOp>(loc, yielded);
  b.setInsertionPointAfter(kernel);
}

/// Moves the loop, whose block is fused already, after the kernels that it needs.
void KernelWriter::placeLoop(nn::LoopOp loop) {
  SmallVector<Value> operands =
      llvm::map_to_vector(loop->getOperands(), [&](Value operand) { return mapped(operand); });
  loop->moveBefore(terminator);
  loop->setOperands(operands);
  for (Value result : loop->getResults())
    values.map(result, result);
}

void KernelWriter::writeTerminator() {
  llvm::SmallPtrSet<void *, 8> taken;
  SmallVector<OpOperand *> repeated;
  for (OpOperand &operand : terminator->getOpOperands()) {
    Value value = mapped(operand.get());
    Value memory = kern::memoryOf(value);
    const bool again = !taken.insert(memory.getAsOpaquePointer()).second;
    if (again && isa<nn::YieldOp>(terminator) && memory.getDefiningOp<kern::FusedOp>())
      repeated.push_back(&operand);
    else if (again || isa<BlockArgument>(memory))
      value = kern::buildCopy(b, value);
    operand.set(value);
  }
  for (OpOperand *operand : repeated)
    computeAgain(*operand);
}

/// Makes a loop's value that is needed in two places (as a state, and in a stack) two results of
/// its kernel, for a copy would be another kernel in each run.
void KernelWriter::computeAgain(OpOperand &operand) {
  auto result = cast<OpResult>(kern::memoryOf(operand.get()));
  auto old = cast<kern::FusedOp>(result.getOwner());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(old);
  SmallVector<Type> types(old.getResultTypes());
  types.push_back(result.getType());
  auto kernel =
      b.create<kern::FusedOp>(old.getLoc(), types, old.getKind(), old.getInputs(), ArrayAttr());
  kernel.getBody().takeBody(old.getBody());
  auto yield = cast<kern::YieldOp>(kernel.getBody().front().getTerminator());
  yield->insertOperands(yield->getNumOperands(), yield.getValues()[result.getResultNumber()]);
  Value another = kernel.getOutputs().back();
  if (operand.get() != result) {
    b.setInsertionPointAfter(kernel);
    another = b.create<kern::ViewOp>(operand.get().getLoc(), operand.get().getType(), another);
  }
  operand.set(another);
  old->replaceAllUsesWith(kernel.getOutputs().drop_back());
  old->erase();
}

} // namespace

static LogicalResult fuse(Block &body, const FuseOptions &options, const MachineModel &machine) {
  for (Operation &op : body.without_terminator())
    if (!isa<nn::PullOp, nn::ReductionOp, nn::ContractionOp, nn::LoopOp>(op))
      return op.emitOpError("is no op that code can be generated for");
  for (Operation &op : body.without_terminator())
    if (auto loop = dyn_cast<nn::LoopOp>(op);
        loop && failed(fuse(loop.getBlock(), options, machine)))
      return failure();
  FusionGraph graph(body, options.unfused, machine);
  KernelWriter(body, graph).write();
  return success();
}

LogicalResult fuse(func::FuncOp function, const FuseOptions &options, const MachineModel &machine) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("must have one block");
  nn::eraseDeadOps(function.getBody()); // which would become kernels
  return fuse(function.getBody().front(), options, machine);
}

namespace {
struct FusePass : PassWrapper<FusePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(FusePass)
  FusePass() = default;
  FusePass(const FuseOptions &options, const MachineModel &machine) : machine(machine) {
    unfused = options.unfused;
  }
  FusePass(const FusePass &other) : PassWrapper(other), machine(other.machine) {
    unfused = other.unfused;
  }
  StringRef getArgument() const override { return "nn-fuse"; }
  StringRef getDescription() const override { return "group nn ops into kernels"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<kern::KernDialect>();
  }
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(fuse(function, {unfused}, machine)))
        return signalPassFailure();
  }
  Option<bool> unfused{*this, "unfused", llvm::cl::desc("make every op a kernel of its own"),
                       llvm::cl::init(false)};
  MachineModel machine;
};
} // namespace

std::unique_ptr<Pass> createFusePass(const FuseOptions &options, const MachineModel &machine) {
  return std::make_unique<FusePass>(options, machine);
}

} // namespace nnc
