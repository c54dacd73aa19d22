// TopologicalOrder: nodes of a graph without circles, each with a rank above those of all that it
// needs. A search between two nodes looks at what ranks between them alone, so that asking for a
// path in a long chain does not take its whole length each time.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/SmallVectorExtras.h"

#include <numeric>

namespace nnc {

class TopologicalOrder {
public:
  /// Nodes 0, 1, …, which need only nodes of lower numbers.
  void begin(size_t nodes) {
    ranks.resize(nodes);
    std::iota(ranks.begin(), ranks.end(), 0u);
    seen.assign(nodes, 0);
  }

  bool isBefore(unsigned a, unsigned b) const { return ranks[a] < ranks[b]; }

  /// The nodes `between` the ranks of `low` and `high`, both excluded, that are found from `start`,
  /// which is one of them; in order. `forEachNext(node, visit)` calls visit(next) for the nodes to
  /// go on to.
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

  /// Gives the nodes the ranks they have together, in this order.
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
