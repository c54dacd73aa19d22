// Groups ops into kernels: assigns roles, connects ops, and merges groups.
#include "compiler/transforms/FusionGraph.h"
#include "compiler/dialect/NnDialect.h"

#include "llvm/ADT/SetVector.h"

#include <algorithm>

using namespace mlir;

namespace nnc {

/// A value is repeated in its users if, with its inlined operands, it costs at most this many
/// vector instructions per element and hardly reads more memory than the value itself occupies.
constexpr unsigned cheap = 3;
/// The same for a value that does not fit into the first or the second level of cache. A vector
/// that is written and read again moves 192 bytes (its line is read before it is written) at 100 or
/// 20 to 30 GB/s: about 6 or 20 cycles of a core that starts two vector instructions per cycle.
constexpr unsigned cheapBeyondFirst = 8, cheapBeyondSecond = 16;
/// A rank-0 value that costs more than this (a schedule with a cosine, a bias correction) is
/// computed once if several kernels need it, instead of in each of them by each thread.
constexpr unsigned cheapScalar = 20;
/// The same as `cheap`, for a value with one user that reads each of its elements about once.
constexpr unsigned cheapForOne = 16;
/// The assumed rows of a batch of unknown size when sizes are compared.
constexpr int64_t assumedRows = 64;
/// The number of f32 elements that fit into caches of 32 KiB and 1 MiB.
constexpr int64_t firstLevel = 8192, secondLevel = 262144;
/// A value is repeated only if its operands have at most this many times its elements: fewer than
/// two of its own size, with room for values per channel, example or window.
constexpr double readsAsMuch = 1.75;

static ArrayRef<int64_t> shapeOf(Value v) { return cast<RankedTensorType>(v.getType()).getShape(); }

static int64_t elementsOf(Value v) {
  int64_t product = 1;
  for (int64_t size : shapeOf(v))
    product *= ShapedType::isDynamic(size) ? assumedRows : size;
  return product;
}

static bool isRoot(Operation *op) { return isa<nn::ReductionOp, nn::ContractionOp>(op); }

Value guardValueOf(func::FuncOp function) {
  auto name = function->getAttrOfType<StringAttr>("nn.guard");
  if (!name)
    return {};
  for (OpOperand &value : function.getBody().front().getTerminator()->getOpOperands())
    if (function.getResultAttr(value.getOperandNumber(), "nn.result") == name)
      return value.get();
  return {};
}

FusionGraph::FusionGraph(func::FuncOp function, bool unfused) {
  Block &body = function.getBody().front();
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
    if (Operation *op = value.get().getDefiningOp()) {
      returned[numbers[op]] = true;
      if (function.getResultAttr(value.getOperandNumber(), "nn.update"))
        updating[numbers[op]] = true;
    }
  if (unfused) {
    for (unsigned i = 0; i < count; ++i)
      if (ops[i]->hasTrait<nn::SameElements>())
        roles[i] = Role::View;
  } else {
    assignRoles();
  }
  connect();
  markGuarded(function);
  groupOf.assign(count, 0);
  ranks.begin(count);
  for (unsigned i = 0; i < count; ++i) {
    Group group;
    group.ops.push_back(i);
    group.root = isRoot(ops[i]) ? ops[i] : nullptr;
    group.space = shapeOf(ops[i]->getResult(0));
    group.alive = roles[i] == Role::Fixed;
    groups.push_back(group);
    groupOf[i] = i;
  }
  if (!unfused)
    mergeAll();
}

// Roles -------------------------------------------------------------------------------------------

void FusionGraph::assignRoles() {
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

bool FusionGraph::isWorthInlining(Operation *op) {
  unsigned number = numbers[op];
  if (llvm::any_of(op->getUsers(), [](Operation *user) { return isa<nn::ContractionOp>(user); }))
    return false;
  if (shapeOf(op->getResult(0)).empty())
    return costs[number] <= cheapScalar || op->hasOneUse() ||
           llvm::all_of(op->getUsers(),
                        [](Operation *user) { return shapeOf(user->getResult(0)).empty(); });
  if (takesPlaceOfOperand(op))
    return false;
  unsigned cost = costs[number];
  if (cost <= (isLarge(op, secondLevel)  ? cheapBeyondSecond
               : isLarge(op, firstLevel) ? cheapBeyondFirst
                                         : cheap) &&
      readsOf(op) <= readsAsMuch)
    return true;
  // A reduction may compute a value that it alone reads. An elementwise user takes the value into
  // its kernel anyway; any other user moves its elements.
  Operation *user = op->hasOneUse() ? *op->user_begin() : nullptr;
  if (!user || cost > cheapForOne)
    return false;
  if (isa<nn::ReductionOp>(user))
    return isLarge(op, firstLevel);
  return isa<nn::PullOp>(user) && !isa<nn::ScalarBodyOp>(user) &&
         !user->hasTrait<nn::SameElements>() &&
         elementsOf(user->getResult(0)) <= elementsOf(op->getResult(0));
}

/// Whether the value has more than `level` elements, and no user reads each of them many times.
bool FusionGraph::isLarge(Operation *op, int64_t level) const {
  int64_t elements = elementsOf(op->getResult(0));
  return elements > level && llvm::none_of(op->getUsers(), [&](Operation *user) {
           return elementsOf(user->getResult(0)) > 2 * elements; // zeros around it repeat nothing
         });
}

/// The number of elements read from memory to compute the value, relative to its own number. Each
/// operand counts as 1 at most.
double FusionGraph::readsOf(Operation *op) const {
  double own = elementsOf(op->getResult(0)), reads = 0;
  for (Value leaf : leaves[numbers.lookup(op)])
    reads += std::min(1.0, elementsOf(leaf) / own);
  return reads;
}

/// Whether `op` is the only reader of a value that it reads at its own index. Then it is better
/// computed in the kernel of that value and stored instead of it.
bool FusionGraph::takesPlaceOfOperand(Operation *op) const {
  return isa<nn::ScalarBodyOp>(op) && llvm::any_of(op->getOperands(), [&](Value operand) {
           Operation *maker = operand.getDefiningOp();
           return maker && roles[numbers.lookup(maker)] == Role::Fixed && maker->hasOneUse() &&
                  shapeOf(operand) == shapeOf(op->getResult(0)) && !shapeOf(operand).empty();
         });
}

// Edges -------------------------------------------------------------------------------------------

/// Connects `user` to the fixed ops that it reads through `value`. `elementwise`: so far, the value
/// is read at the user's own index.
void FusionGraph::collect(unsigned user, Value value, bool elementwise, Edge edge) {
  Operation *maker = value.getDefiningOp();
  if (!maker)
    return;
  unsigned number = numbers[maker];
  if (roles[number] == Role::Fixed) {
    Edge kind = edge;
    if (edge == Edge::Identity &&
        !(elementwise && shapeOf(value) == shapeOf(ops[user]->getResult(0))))
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

void FusionGraph::connect() {
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

void FusionGraph::markGuarded(func::FuncOp function) {
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

// Merging -----------------------------------------------------------------------------------------

void FusionGraph::mergeAll() {
  for (unsigned i = 0; i < ops.size(); ++i) {
    if (roles[i] != Role::Fixed)
      continue;
    if (isa<nn::ReductionOp>(ops[i]))
      mergeReduction(i);
    else if (operands[i].empty() && shapeOf(ops[i]->getResult(0)).empty())
      mergeScalar(i);
    else if (isa<nn::ScalarBodyOp>(ops[i]))
      mergeElementwise(i);
  }
}

void FusionGraph::mergeElementwise(unsigned op) {
  SmallVector<unsigned> makers;
  for (Use use : operands[op])
    if (use.edge == Edge::Identity)
      makers.push_back(use.op);
  llvm::sort(makers, std::greater<>()); // the latest first: the others are complete by then
  for (unsigned maker : makers) {
    unsigned into = groupOf[maker], from = groupOf[op];
    if (into != from && groups[into].space == groups[from].space &&
        !(groups[into].root && (groups[from].root || sharesRuns(from))) &&
        !(groups[from].root && sharesRuns(into)) && mayMerge(into, from))
      merge(into, from);
  }
}

/// Whether several vectors of a value in the group should be computed together, which only a loop
/// of its own does.
bool FusionGraph::sharesRuns(unsigned group) const {
  return llvm::any_of(groups[group].ops, [&](unsigned op) {
    auto pull = dyn_cast<nn::PullOp>(ops[op]);
    return pull && pull.getSharedRun() > 1;
  });
}

/// Numbers that depend only on the scalars of the call are computed in one kernel.
void FusionGraph::mergeScalar(unsigned op) {
  scalars.push_back(op);
  for (unsigned other : scalars) {
    unsigned into = groupOf[other];
    if (!groups[into].root && groups[into].space.empty() && into != groupOf[op] &&
        mayMerge(into, groupOf[op]))
      return merge(into, groupOf[op]);
  }
}

void FusionGraph::mergeReduction(unsigned op) {
  auto reduction = cast<nn::ReductionOp>(ops[op]);
  int64_t walked = elementsOf(reduction->getOperand(0));
  for (Use use : SmallVector<Use, 2>(operands[op])) {
    unsigned maker = groupOf[use.op], own = groupOf[op];
    if (use.edge == Edge::Input && !groups[maker].root && isOnlyReadBy(maker, own) &&
        elementsOf(ops[use.op]->getResult(0)) >= walked && mayMerge(own, maker)) {
      merge(own, maker);
      groups[own].space = shapeOf(reduction->getResult(0));
    }
  }
  llvm::SmallSetVector<unsigned, 8> sharing;
  for (Value leaf : leaves[op]) {
    sharing.insert(reductions[leaf].begin(), reductions[leaf].end());
    reductions[leaf].push_back(op);
  }
  SmallVector<unsigned> inOrder = llvm::to_vector(sharing);
  llvm::sort(inOrder);
  for (unsigned other : inOrder) {
    auto earlier = cast<nn::ReductionOp>(ops[other]);
    unsigned into = groupOf[other], from = groupOf[op];
    if (into == from || earlier->getOperand(0).getType() != reduction->getOperand(0).getType() ||
        earlier.getReducedDims() != reduction.getReducedDims())
      continue;
    // A reduction that reads the sums of another needs them complete, so its loop begins later.
    // Check both directions: `from` may have been merged with something that another reduction
    // reads.
    if (!reads(from, into, false) && !reads(into, from, false) && mayMerge(into, from))
      merge(into, from);
  }
}

bool FusionGraph::isOnlyReadBy(unsigned group, unsigned reader) const {
  return llvm::all_of(groups[group].ops, [&](unsigned op) {
    return !isResult(op, groups[group]) || (!returned[op] && llvm::all_of(users[op], [&](Use use) {
      return groupOf[use.op] == group || (groupOf[use.op] == reader && use.edge == Edge::Input);
    }) && llvm::none_of(ops[op]->getUsers(), [&](Operation *user) {
      return roles[numbers.lookup(user)] == Role::View;
    }));
  });
}

bool FusionGraph::mayMerge(unsigned a, unsigned b) {
  return !writesTooEarly(a, b) && !writesTooEarly(b, a) && !hasPath(a, b) && !hasPath(b, a);
}

/// Whether the guard needs `early`, and `late` has an update that could wait for the guard.
bool FusionGraph::writesTooEarly(unsigned early, unsigned late) const {
  return llvm::any_of(groups[early].ops, [&](unsigned op) { return guarding[op]; }) &&
         llvm::any_of(groups[late].ops, [&](unsigned op) { return updating[op] && !guarding[op]; });
}

/// Whether `to` needs a value of `from` in memory: directly, or through a third group.
bool FusionGraph::hasPath(unsigned from, unsigned to) {
  if (!ranks.isBefore(from, to))
    return false;
  return reads(from, to, true) ||
         llvm::any_of(readersOf(from, to), [&](unsigned group) { return reads(group, to, false); });
}

/// Whether an op of `to` reads one of `from`; with `throughMemory`, whether it must read it from
/// memory. Iterates over the smaller group, because a kernel of many ops grows by one op at a time.
bool FusionGraph::reads(unsigned from, unsigned to, bool throughMemory) const {
  auto any = [&](unsigned group, unsigned other, ArrayRef<SmallVector<Use, 2>> edges) {
    return llvm::any_of(groups[group].ops, [&](unsigned op) {
      return llvm::any_of(edges[op], [&](Use use) {
        return groupOf[use.op] == other && (!throughMemory || use.edge == Edge::Memory);
      });
    });
  };
  return groups[from].ops.size() < groups[to].ops.size() ? any(from, to, users)
                                                         : any(to, from, operands);
}

/// The groups that need `group` and rank below `limit`.
SmallVector<unsigned> FusionGraph::readersOf(unsigned group, unsigned limit) {
  return ranks.between(group, limit, group, [&](unsigned node, auto visit) {
    for (unsigned op : groups[node].ops)
      for (Use use : users[op])
        visit(groupOf[use.op]);
  });
}

/// The groups that `group` needs and that rank above `limit`.
SmallVector<unsigned> FusionGraph::makersOf(unsigned group, unsigned limit) {
  return ranks.between(limit, group, group, [&](unsigned node, auto visit) {
    for (unsigned op : groups[node].ops)
      for (Use use : operands[op])
        visit(groupOf[use.op]);
  });
}

void FusionGraph::merge(unsigned into, unsigned from) {
  // Rearrange the ranks between the two: first what the later one needs, then both, then what needs
  // the earlier one. The merged group gets the higher rank of the two, next to the groups it will
  // be merged with next.
  auto [early, late] = ranks.isBefore(into, from) ? std::pair(into, from) : std::pair(from, into);
  SmallVector<unsigned> order = makersOf(late, early), readers = readersOf(early, late);
  order.append({from, into});
  order.append(readers);
  ranks.rearrange(order);
  for (unsigned op : groups[from].ops)
    groupOf[op] = into;
  auto &merged = groups[into].ops;
  size_t own = merged.size();
  merged.append(groups[from].ops);
  if (merged[own] < merged[own - 1])
    std::inplace_merge(merged.begin(), merged.begin() + own, merged.end());
  if (!groups[into].root)
    groups[into].root = groups[from].root;
  groups[from].alive = false;
  groups[from].ops.clear();
}

// Results -----------------------------------------------------------------------------------------

bool FusionGraph::isResult(unsigned op, const Group &group) const {
  if (returned[op])
    return true;
  // Also through inlined users: they are repeated in other kernels, which then read this value.
  SmallVector<Operation *> work(ops[op]->user_begin(), ops[op]->user_end());
  while (!work.empty()) {
    Operation *user = work.pop_back_val();
    auto found = numbers.find(user);
    if (found == numbers.end())
      continue;
    if (roles[found->second] == Role::View)
      return true;
    if (roles[found->second] == Role::Fixed) {
      if (groupOf[found->second] != groupOf[op])
        return true;
    } else {
      work.append(user->user_begin(), user->user_end());
    }
  }
  return false;
}

SmallVector<const FusionGraph::Group *> FusionGraph::getOrder() const {
  // Repeatedly takes the first ready group in program order.
  SmallVector<const Group *> order;
  SmallVector<bool> done(groups.size(), false);
  auto isReady = [&](const Group &group) {
    return llvm::all_of(group.ops, [&](unsigned op) {
      return llvm::all_of(operands[op], [&](Use use) {
        return done[groupOf[use.op]] || groupOf[use.op] == groupOf[op];
      });
    });
  };
  size_t left = llvm::count_if(groups, [](const Group &g) { return g.alive; });
  while (order.size() < left) {
    size_t before = order.size();
    for (unsigned i = 0; i < groups.size(); ++i)
      if (groups[i].alive && !done[i] && isReady(groups[i])) {
        order.push_back(&groups[i]);
        done[i] = true;
      }
    assert(order.size() > before && "kernels need each other in a circle");
    (void)before;
  }
  return order;
}

} // namespace nnc
