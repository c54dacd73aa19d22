// Tests of TopologicalOrder: searches stay between two ranks; rearranged nodes share the same set
// of ranks as before.
#include "compiler/transforms/TopologicalOrder.h"

#include "gtest/gtest.h"

#include <vector>

using namespace nnc;

namespace {

/// 0 → 1 → 2 → 3 → 4, and 1 → 4.
const std::vector<std::vector<unsigned>> edges = {{1}, {2, 4}, {3}, {4}, {}};

llvm::SmallVector<unsigned> after(TopologicalOrder &order, unsigned node, unsigned limit) {
  return order.between(node, limit, node,
                       [](unsigned from, auto visit) { llvm::for_each(edges[from], visit); });
}

TEST(TopologicalOrder, FindsWhatLiesBetween) {
  TopologicalOrder order;
  order.begin(5);
  EXPECT_EQ(after(order, 1, 4), (llvm::SmallVector<unsigned>{2, 3}));
  EXPECT_EQ(after(order, 0, 1), (llvm::SmallVector<unsigned>{}));
  EXPECT_EQ(after(order, 0, 3),
            (llvm::SmallVector<unsigned>{1, 2})); // again: nodes that were seen before do not count
}

TEST(TopologicalOrder, RearrangedNodesTakeEachOthersRanks) {
  TopologicalOrder order;
  order.begin(5);
  order.rearrange({3, 1});
  EXPECT_TRUE(order.isBefore(3, 1));
  EXPECT_TRUE(order.isBefore(0, 3));
  EXPECT_TRUE(order.isBefore(3, 2));
  EXPECT_TRUE(order.isBefore(2, 1));
  EXPECT_TRUE(order.isBefore(1, 4));
}

} // namespace
