// Decides the role of each op of a block, and connects the ops that are computed in kernels.
#include "compiler/transforms/FusionNodes.h"
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc {

/// A rank-0 value that costs more than this (a schedule with a cosine, a bias correction) is
/// computed once if several kernels need it, instead of in each of them by each thread.
constexpr unsigned cheapScalar = 20;
/// A value with one user that reads each of its elements about once is repeated in it if it costs
/// at most this many vector instructions per element.
constexpr unsigned cheapForOne = 16;
/// The assumed rows of a batch of unknown size when sizes are compared.
constexpr int64_t assumedRows = 64;
/// A value is repeated only if its operands have at most this many times its elements: fewer than
/// two of its own size, with room for values per channel, example or window.
constexpr double readsAsMuch = 1.75;

ArrayRef<int64_t> FusionNodes::shapeOf(Value v) {
  return cast<RankedTensorType>(v.getType()).getShape();
}

int64_t FusionNodes::elementsOf(Value v) {
  int64_t product = 1;
  for (int64_t size : shapeOf(v))
    product *= ShapedType::isDynamic(size) ? assumedRows : size;
  return product;
}

Value guardValueOf(func::FuncOp function) {
  auto name = function->getAttrOfType<StringAttr>("nn.guard");
  if (!name)
    return {};
  for (OpOperand &value : function.getBody().front().getTerminator()->getOpOperands())
    if (function.getResultAttr(value.getOperandNumber(), "nn.result") == name)
      return value.get();
  return {};
}

FusionNodes::FusionNodes(Block &body, bool unfused, const MachineModel &machine)
    : machine(machine) {
  for (Operation &op : body.without_terminator()) {
    numbers[&op] = ops.size();
    ops.push_back(&op);
  }
  size_t count = ops.size();
  roles.assign(count, Role::Fixed);
  costs.assign(count, 0);
  leaves.resize(count);
  operands.resize(count);
  users.resize(count);
  returned.assign(count, false);
  guarding.assign(count, false);
  updating.assign(count, false);
  for (OpOperand &value : body.getTerminator()->getOpOperands())
    if (Operation *op = value.get().getDefiningOp())
      returned[numbers[op]] = true;
  if (unfused) {
    for (unsigned i = 0; i < count; ++i)
      if (ops[i]->hasTrait<nn::SameElements>())
        roles[i] = Role::View;
  } else {
    assignRoles();
  }
  connect();
  if (auto function = dyn_cast<func::FuncOp>(body.getParentOp()))
    markResults(function);
}

// Roles -------------------------------------------------------------------------------------------

void FusionNodes::assignRoles() {
  for (unsigned i = 0; i < ops.size(); ++i) {
    Operation *op = ops[i];
    auto pull = dyn_cast<nn::PullOp>(op);
    costs[i] = pull ? pull.getCost() : 0;
    for (Value operand : op->getOperands()) {
      Operation *maker = operand.getDefiningOp();
      unsigned number = maker ? numbers[maker] : 0;
      if (maker && roles[number] == Role::Inlined) {
        costs[i] = std::min(costs[i] + costs[number], 1000000u);
        for (Value leaf : leaves[number])
          if (!llvm::is_contained(leaves[i], leaf))
            leaves[i].push_back(leaf);
      } else if (!shapeOf(operand).empty() && !llvm::is_contained(leaves[i], operand)) {
        leaves[i].push_back(operand);
      }
    }
    if (!pull)
      continue;
    Operation *source = op->getNumOperands() ? op->getOperand(0).getDefiningOp() : nullptr;
    if (op->hasTrait<nn::SameElements>() && !(source && roles[numbers[source]] == Role::Inlined))
      roles[i] = Role::View;
    else if (!returned[i] && isWorthInlining(op))
      roles[i] = Role::Inlined;
  }
}

bool FusionNodes::isWorthInlining(Operation *op) {
  unsigned number = numbers[op];
  if (llvm::any_of(op->getUsers(),
                   [](Operation *user) { return isa<nn::ContractionOp, nn::LoopOp>(user); }))
    return false;
  if (shapeOf(op->getResult(0)).empty())
    return costs[number] <= cheapScalar || op->hasOneUse() ||
           llvm::all_of(op->getUsers(),
                        [](Operation *user) { return shapeOf(user->getResult(0)).empty(); });
  if (takesPlaceOfOperand(op))
    return false;
  unsigned cost = costs[number];
  // It is repeated in its users if, with its inlined operands, it costs no more than writing and
  // reading it, and hardly reads more memory than it occupies.
  if (cost <= (isLarge(op, machine.l2Bytes)   ? machine.l3RereadCost
               : isLarge(op, machine.l1Bytes) ? machine.l2RereadCost
                                              : machine.l1RereadCost) &&
      readsOf(op) <= readsAsMuch)
    return true;
  // A reduction may compute a value that it alone reads. An elementwise user takes the value into
  // its kernel anyway; any other user moves its elements.
  Operation *user = op->hasOneUse() ? *op->user_begin() : nullptr;
  if (!user || cost > cheapForOne)
    return false;
  if (isa<nn::ReductionOp>(user))
    return isLarge(op, machine.l1Bytes);
  return isa<nn::PullOp>(user) && !isa<nn::ScalarBodyOp>(user) &&
         !user->hasTrait<nn::SameElements>() &&
         elementsOf(user->getResult(0)) <= elementsOf(op->getResult(0));
}

/// Whether the value has more elements of f32 than fit into `cacheBytes`, and no user reads each of
/// them many times.
bool FusionNodes::isLarge(Operation *op, int64_t cacheBytes) const {
  int64_t elements = elementsOf(op->getResult(0));
  return elements > cacheBytes / 4 && llvm::none_of(op->getUsers(), [&](Operation *user) {
           return elementsOf(user->getResult(0)) > 2 * elements; // zeros around it repeat nothing
         });
}

/// The number of elements read from memory to compute the value, relative to its own number. Each
/// operand counts as 1 at most.
double FusionNodes::readsOf(Operation *op) const {
  double own = elementsOf(op->getResult(0)), reads = 0;
  for (Value leaf : leaves[numbers.lookup(op)])
    reads += std::min(1.0, elementsOf(leaf) / own);
  return reads;
}

/// Whether `op` is the only reader of a value that it reads at its own index. Then it is better
/// computed in the kernel of that value and stored instead of it.
bool FusionNodes::takesPlaceOfOperand(Operation *op) const {
  return isa<nn::ScalarBodyOp>(op) && llvm::any_of(op->getOperands(), [&](Value operand) {
           Operation *maker = operand.getDefiningOp();
           return maker && roles[numbers.lookup(maker)] == Role::Fixed && !isa<nn::LoopOp>(maker) &&
                  maker->hasOneUse() && shapeOf(operand) == shapeOf(op->getResult(0)) &&
                  !shapeOf(operand).empty();
         });
}

// Edges -------------------------------------------------------------------------------------------

/// Connects `user` to the fixed ops that it reads through `value`. `elementwise`: so far, the value
/// is read at the user's own index.
void FusionNodes::collect(unsigned user, Value value, bool elementwise, Edge edge) {
  Operation *maker = value.getDefiningOp();
  if (!maker)
    return;
  unsigned number = numbers[maker];
  if (roles[number] == Role::Fixed) {
    Edge kind = edge;
    if (isa<nn::LoopOp>(maker) ||
        (edge == Edge::Identity &&
         !(elementwise && shapeOf(value) == shapeOf(ops[user]->getResult(0)))))
      kind = Edge::Memory;
    for (Use &known : operands[user])
      if (known.op == number) {
        // Read in several ways: the most demanding one counts.
        if (known.edge != kind)
          known.edge = Edge::Memory;
        return;
      }
    operands[user].push_back({number, kind});
    return;
  }
  bool stays = elementwise && roles[number] == Role::Inlined && isa<nn::ScalarBodyOp>(maker);
  Edge next = roles[number] == Role::View ? Edge::Memory : edge;
  for (Value operand : maker->getOperands())
    collect(user, operand, stays, next);
}

void FusionNodes::connect() {
  for (unsigned i = 0; i < ops.size(); ++i) {
    if (roles[i] != Role::Fixed)
      continue;
    Edge edge = isa<nn::ReductionOp>(ops[i])    ? Edge::Input
                : isa<nn::ScalarBodyOp>(ops[i]) ? Edge::Identity
                                                : Edge::Memory;
    for (Value operand : ops[i]->getOperands())
      collect(i, operand, edge == Edge::Identity, edge);
    for (Use use : operands[i])
      users[use.op].push_back({i, use.edge});
  }
}

/// Marks the updates of persistent tensors, and the ops that the guard needs.
void FusionNodes::markResults(func::FuncOp function) {
  for (OpOperand &value : function.getBody().front().getTerminator()->getOpOperands())
    if (Operation *op = value.get().getDefiningOp())
      if (function.getResultAttr(value.getOperandNumber(), "nn.update"))
        updating[numbers[op]] = true;
  Value guard = guardValueOf(function);
  if (!guard || !guard.getDefiningOp())
    return;
  SmallVector<Operation *> work{guard.getDefiningOp()};
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    if (std::exchange(guarding[numbers[op]], true))
      continue;
    for (Value operand : op->getOperands())
      if (Operation *maker = operand.getDefiningOp())
        work.push_back(maker);
  }
}

} // namespace nnc
