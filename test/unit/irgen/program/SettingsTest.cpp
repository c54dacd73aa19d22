// Tests of settings: numbers are constants, or results of one function if they depend on options.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

static std::string train(llvm::StringRef entries) {
  return withCommon(("option passes = 3\nfn less(n) = n - 2\ntrain net on d { loss = "
                     "cross_entropy(net(x), y); optimizer = "
                     "sgd(lr = 0.1)\n" +
                     entries + " }\n")
                        .str());
}

TEST(Settings, KnownNumbersAreConstants) {
  Generated g(train("epochs = 2 + 3; batch = 16"));
  ASSERT_TRUE(g.generated);
  const TrainT &row = *g.bodies<TrainT>(NN_STMT_TRAIN).at(0);
  EXPECT_EQ(row.epochs.value, 5);
  EXPECT_EQ(row.epochs.slot, -1);
  EXPECT_EQ(row.batch.value, 16);
  EXPECT_EQ(g.program().settings_count, 0);
  EXPECT_FALSE(g.function("settings"));
}

TEST(Settings, OthersAreResultsInOrder) {
  Generated g(train("epochs = passes; batch = 2 * passes"));
  ASSERT_TRUE(g.generated);
  const TrainT &row = *g.bodies<TrainT>(NN_STMT_TRAIN).at(0);
  EXPECT_EQ(g.program().settings_count, 2);
  EXPECT_EQ(row.epochs.slot + row.batch.slot, 1); // 0 and 1
  ASSERT_TRUE(g.function("settings"));
  EXPECT_EQ(g.function("settings").getNumResults(), 2u);
}

TEST(Settings, RangesAreChecked) {
  Generated g(train("epochs = less(2)"));
  EXPECT_FALSE(g.generated);
  EXPECT_EQ(g.errors(), Messages{"6:10 `epochs` must be between 1 and 1e+15, not 0"});
}
