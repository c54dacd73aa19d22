// Tests of train statements: the functions that they need, and what a step writes.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

static std::string train(llvm::StringRef entries, llvm::StringRef loss = "cross_entropy(net(x), y)",
                         llvm::StringRef before = "") {
  return withCommon(
      (before + "train net on d { epochs = 1; loss = " + loss + "\n" + entries + " }\n").str());
}

/// The names of the tensors that a function writes.
static Messages updatesOf(mlir::func::FuncOp function) {
  Messages names;
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (auto name = function.getResultAttrOfType<mlir::StringAttr>(i, "nn.update"))
      names.push_back(name.getValue().str());
  return names;
}

TEST(Train, AStepWritesWhatItTrains) {
  Generated g(train("optimizer = sgd(lr = 0.1)"));
  ASSERT_TRUE(g.generated);
  mlir::func::FuncOp step = g.function("train0_step");
  ASSERT_TRUE(step);
  EXPECT_EQ(step->getAttrOfType<mlir::StringAttr>("nn.guard").getValue(), "loss");
  EXPECT_EQ(updatesOf(step), (Messages{"net.last.w", "net.last.b"}));
  EXPECT_EQ(countOf<nn::GradientOp>(step), 1u);
  ASSERT_EQ(g.result.elaborated->steps.size(), 1u);
  EXPECT_FALSE(g.result.elaborated->steps[0].applications.empty());
}

TEST(Train, OptimizersHaveStates) {
  Generated g(train("optimizer = momentum(lr = 0.1)"));
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  const TrainT &row = *g.bodies<TrainT>(NN_STMT_TRAIN).at(0);
  EXPECT_EQ(row.optimizer_tensors.count, 2);
  EXPECT_EQ(row.optimizer_tensors.first, 2);
  EXPECT_EQ(g.program().tensors.at(2).kind, NN_OPTIMIZER_STATE);
  EXPECT_EQ(g.result.tables->symbolOf(row.init), "train0_init");
}

TEST(Train, WhatIsFrozenIsNotWritten) {
  Generated g(
      train("optimizer = sgd(lr = 0.1)", "cross_entropy(net(x), y)", "freeze net.last.b\n"));
  ASSERT_TRUE(g.generated);
  EXPECT_EQ(updatesOf(g.function("train0_step")), Messages{"net.last.w"});
  Generated all(train("optimizer = sgd(lr = 0.1)", "cross_entropy(net(x), y)", "freeze net\n"));
  EXPECT_FALSE(all.generated);
  EXPECT_EQ(all.errors().size(), 1u);
}

TEST(Train, TheLossDependsOnTheModel) {
  Generated g(train("optimizer = sgd(lr = 0.1)", "sum(x^2)"));
  EXPECT_FALSE(g.generated);
  ASSERT_EQ(g.errors().size(), 1u);
  EXPECT_EQ(llvm::StringRef(g.errors()[0]).split(' ').second,
            "this loss does not depend on any parameter of `net`");
}

TEST(Train, ALossIsOneNumberForEachExample) {
  Generated g(train("optimizer = sgd(lr = 0.1)", "net(x)"));
  EXPECT_FALSE(g.generated);
  EXPECT_EQ(llvm::StringRef(g.errors().at(0)).split(' ').second,
            "a loss is one number for each example, and this is [2]; a `mean(…)` or `sum(…)` makes "
            "one of it");
}

TEST(Train, ClippingByValueComparesEachGradient) {
  Generated plain(train("optimizer = sgd(lr = 0.1)")),
      clipped(train("optimizer = sgd(lr = 0.1); clip value 0.5"));
  ASSERT_TRUE(plain.generated && clipped.generated);
  EXPECT_EQ(countOf<nn::MinOp>(clipped.function("train0_step")),
            countOf<nn::MinOp>(plain.function("train0_step")) + 2);
}

TEST(Train, ALimitOfClipIsNotNegative) {
  Generated g(train("optimizer = sgd(lr = 0.1); clip norm -1"));
  EXPECT_FALSE(g.generated);
  EXPECT_EQ(llvm::StringRef(g.errors().at(0)).split(' ').second,
            "the limit of `clip` must be at least 0, not -1");
}
