// Tests of statements: each becomes a row, in the order of the program.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

TEST(Statements, AreRowsInOrder) {
  Generated g(
      withCommon("load net from \"a\"\nevaluate net on d.test { metric accuracy(net(x), y) }\n"
                 "print net.last.b\nsave net to \"b\"\nreport \"c.html\"\n"));
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  const auto &rows = g.program().statements;
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].body.type, NN_STMT_LOAD);
  EXPECT_EQ(rows[1].body.type, NN_STMT_EVALUATE);
  EXPECT_EQ(rows[2].body.type, NN_STMT_PRINT);
  EXPECT_EQ(rows[3].body.type, NN_STMT_SAVE);
  EXPECT_EQ(rows[4].body.type, NN_STMT_REPORT);
  EXPECT_EQ(g.bodies<SaveT>(NN_STMT_SAVE).at(0)->path, "b");
}

TEST(Statements, FreezeIsNoRow) {
  Generated g(withCommon("freeze net\n"));
  ASSERT_TRUE(g.generated);
  EXPECT_TRUE(g.program().statements.empty());
}

TEST(Statements, EvaluateSumsOverItsSplit) {
  Generated g(withCommon("evaluate net on d.test { metric accuracy(net(x), y) }\n"));
  ASSERT_TRUE(g.generated);
  const EvaluateT &row = *g.bodies<EvaluateT>(NN_STMT_EVALUATE).at(0);
  EXPECT_EQ(row.split, NN_SPLIT_TEST);
  ASSERT_EQ(row.metrics.size(), 1u);
  EXPECT_EQ(row.metrics[0].name, "accuracy");
  EXPECT_EQ(row.metrics[0].direction, NN_HIGHEST);
  EXPECT_EQ(row.metrics[0].total_sizes, (std::vector<int64_t>{1, 1})); // correct, and all
  mlir::func::FuncOp finish = g.function(g.result.tables->symbolOf(row.metrics[0].finish));
  ASSERT_TRUE(finish);
  EXPECT_EQ(finish.getNumArguments(), 2u);
  EXPECT_TRUE(mlir::getElementTypeOrSelf(finish.getResultTypes()[0]).isF64());
  EXPECT_EQ(countOf<nn::DivOp>(finish), 1u);
}

TEST(Statements, PrintHasTheShapeOfItsValue) {
  Generated g(withCommon("print net.last.w\nprint 3\n"));
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  auto rows = g.bodies<PrintT>(NN_STMT_PRINT);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]->text, "net.last.w");
  EXPECT_EQ(rows[0]->shape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(rows[1]->shape, std::vector<int64_t>{});
}
