// TopologicalOrder: ranks the nodes of an acyclic graph, each above all nodes that it needs. A
// search between two nodes only visits nodes whose ranks are between theirs, so a path query in a
// long chain does not walk its whole length.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/SmallVectorExtras.h"

#include <numeric>

namespace nnc {

class TopologicalOrder {
public:
  /// Starts with nodes 0, 1, …, which need only nodes with lower numbers.
  void begin(size_t nodes) {
    ranks.resize(nodes);
    std::iota(ranks.begin(), ranks.end(), 0u);
    seen.assign(nodes, 0);
  }

  bool isBefore(unsigned a, unsigned b) const { return ranks[a] < ranks[b]; }

  /// The nodes reachable from `start`, which is `low` or `high`, whose ranks are between those of
  /// `low` and `high` (both excluded), in order. `forEachNext(node, visit)` must call visit(next)
  /// for each node to continue with.
  template <class ForEachNext>
  llvm::SmallVector<unsigned> between(unsigned low, unsigned high, unsigned start,
                                      ForEachNext forEachNext) {
    if (ranks[high] - ranks[low] <= 1)
      return {};
    ++round;
    llvm::SmallVector<unsigned> found, work{start};
    while (!work.empty())
      forEachNext(work.pop_back_val(), [&](unsigned next) {
        if (ranks[next] <= ranks[low] || ranks[next] >= ranks[high] || seen[next] == round)
          return;
        seen[next] = round;
        found.push_back(next);
        work.push_back(next);
      });
    llvm::sort(found, [&](unsigned a, unsigned b) { return isBefore(a, b); });
    return found;
  }

  /// Assigns the ranks of these nodes to them again, in this order.
  void rearrange(llvm::ArrayRef<unsigned> order) {
    auto free = llvm::map_to_vector(order, [&](unsigned node) { return ranks[node]; });
    llvm::sort(free);
    for (auto [node, rank] : llvm::zip(order, free))
      ranks[node] = rank;
  }

private:
  llvm::SmallVector<unsigned> ranks, seen;
  unsigned round = 0;
};

} // namespace nnc
