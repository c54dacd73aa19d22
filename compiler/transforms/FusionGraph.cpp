// Groups ops into kernels: merges the groups of ops that are better computed together.
#include "compiler/transforms/FusionGraph.h"
#include "compiler/dialect/NnDialect.h"

#include "llvm/ADT/SetVector.h"

#include <algorithm>

using namespace mlir;

namespace nnc {

using Edge = FusionNodes::Edge;
using Use = FusionNodes::Use;

static bool isRoot(Operation *op) { return isa<nn::ReductionOp, nn::ContractionOp>(op); }

FusionGraph::FusionGraph(Block &body, bool unfused, const MachineModel &machine)
    : nodes(body, unfused, machine) {
  const unsigned count = nodes.ops.size();
  groupOf.assign(count, 0);
  ranks.begin(count);
  for (unsigned i = 0; i < count; ++i) {
    Group group;
    group.ops.push_back(i);
    group.root = isRoot(nodes.ops[i]) ? nodes.ops[i] : nullptr;
    group.space = FusionNodes::shapeOf(nodes.ops[i]->getResult(0));
    group.alive = nodes.roles[i] == Role::Fixed;
    groups.push_back(group);
    groupOf[i] = i;
  }
  if (!unfused)
    mergeAll();
}

// Merging -----------------------------------------------------------------------------------------

void FusionGraph::mergeAll() {
  for (unsigned i = 0; i < nodes.ops.size(); ++i) {
    if (nodes.roles[i] != Role::Fixed || isa<nn::LoopOp>(nodes.ops[i]))
      continue;
    if (isa<nn::ReductionOp>(nodes.ops[i]))
      mergeReduction(i);
    else if (nodes.operands[i].empty() && FusionNodes::shapeOf(nodes.ops[i]->getResult(0)).empty())
      mergeScalar(i);
    else if (isa<nn::ScalarBodyOp>(nodes.ops[i]))
      mergeElementwise(i);
  }
}

void FusionGraph::mergeElementwise(unsigned op) {
  SmallVector<unsigned> makers;
  for (Use use : nodes.operands[op])
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
    auto pull = dyn_cast<nn::PullOp>(nodes.ops[op]);
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
  auto reduction = cast<nn::ReductionOp>(nodes.ops[op]);
  int64_t walked = FusionNodes::elementsOf(reduction->getOperand(0));
  for (Use use : SmallVector<Use, 2>(nodes.operands[op])) {
    unsigned maker = groupOf[use.op], own = groupOf[op];
    if (use.edge == Edge::Input && !groups[maker].root && isOnlyReadBy(maker, own) &&
        FusionNodes::elementsOf(nodes.ops[use.op]->getResult(0)) >= walked &&
        mayMerge(own, maker)) {
      merge(own, maker);
      groups[own].space = FusionNodes::shapeOf(reduction->getResult(0));
    }
  }
  llvm::SmallSetVector<unsigned, 8> sharing;
  for (Value leaf : nodes.leaves[op]) {
    sharing.insert(reductions[leaf].begin(), reductions[leaf].end());
    reductions[leaf].push_back(op);
  }
  SmallVector<unsigned> inOrder = llvm::to_vector(sharing);
  llvm::sort(inOrder);
  for (unsigned other : inOrder) {
    auto earlier = cast<nn::ReductionOp>(nodes.ops[other]);
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
    return !isResult(op, groups[group]) ||
           (!nodes.returned[op] &&
            llvm::all_of(nodes.users[op],
                         [&](Use use) {
                           return groupOf[use.op] == group ||
                                  (groupOf[use.op] == reader && use.edge == Edge::Input);
                         }) &&
            llvm::none_of(nodes.ops[op]->getUsers(), [&](Operation *user) {
              return nodes.roles[nodes.numbers.lookup(user)] == Role::View;
            }));
  });
}

bool FusionGraph::mayMerge(unsigned a, unsigned b) {
  return !writesTooEarly(a, b) && !writesTooEarly(b, a) && !hasPath(a, b) && !hasPath(b, a);
}

/// Whether the guard needs `early`, and `late` has an update that could wait for the guard.
bool FusionGraph::writesTooEarly(unsigned early, unsigned late) const {
  return llvm::any_of(groups[early].ops, [&](unsigned op) { return nodes.guarding[op]; }) &&
         llvm::any_of(groups[late].ops,
                      [&](unsigned op) { return nodes.updating[op] && !nodes.guarding[op]; });
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
  return groups[from].ops.size() < groups[to].ops.size() ? any(from, to, nodes.users)
                                                         : any(to, from, nodes.operands);
}

/// The groups that need `group` and rank below `limit`.
SmallVector<unsigned> FusionGraph::readersOf(unsigned group, unsigned limit) {
  return ranks.between(group, limit, group, [&](unsigned node, auto visit) {
    for (unsigned op : groups[node].ops)
      for (Use use : nodes.users[op])
        visit(groupOf[use.op]);
  });
}

/// The groups that `group` needs and that rank above `limit`.
SmallVector<unsigned> FusionGraph::makersOf(unsigned group, unsigned limit) {
  return ranks.between(limit, group, group, [&](unsigned node, auto visit) {
    for (unsigned op : groups[node].ops)
      for (Use use : nodes.operands[op])
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
  if (nodes.returned[op])
    return true;
  // Also through inlined users: they are repeated in other kernels, which then read this value.
  SmallVector<Operation *> work(nodes.ops[op]->user_begin(), nodes.ops[op]->user_end());
  while (!work.empty()) {
    Operation *user = work.pop_back_val();
    auto found = nodes.numbers.find(user);
    if (found == nodes.numbers.end())
      continue;
    if (nodes.roles[found->second] == Role::View)
      return true;
    if (nodes.roles[found->second] == Role::Fixed) {
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
      return llvm::all_of(nodes.operands[op], [&](Use use) {
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
