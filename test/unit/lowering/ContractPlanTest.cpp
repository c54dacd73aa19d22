// Tests of the contraction model's choices, and of the plan as an attribute.
#include "Contraction.h"
#include "compiler/lowering/cpu/contract/ContractModel.h"

#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace nnc;

namespace {

class ContractPlanTest : public testing::Test {
protected:
  ContractPlanTest() {
    context.disableMultithreading();
    context.loadDialect<nn::NnDialect, mlir::func::FuncDialect>();
  }

  ContractShape shapeOf(const Contraction &c) {
    module = mlir::parseSourceString<mlir::ModuleOp>(c.module(), &context);
    std::optional<ContractShape> shape;
    module->walk([&](nn::ContractionOp op) { shape.emplace(op); });
    return *shape;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  MachineModel avx512;
};

} // namespace

TEST_F(ContractPlanTest, NeighbouringLoopsMerge) {
  // b, o, (h, w) of a 1x1 convolution are three loops: the image is contiguous in both tensors.
  ContractShape shape = shapeOf(convForward(20, 30, 6, 1));
  ASSERT_EQ(shape.dims.size(), 4u);
  EXPECT_EQ(shape.dims[2].size, 36);
  EXPECT_EQ(shape.dims[2].loops.size(), 2u);
  EXPECT_TRUE(shape.dims[0].batch);
  EXPECT_TRUE(shape.dims[3].summed);
}

TEST_F(ContractPlanTest, WindowsDoNotMerge) {
  ContractShape shape = shapeOf(convForward(8, 16, 12, 5));
  ASSERT_EQ(shape.dims.size(), 7u);
  // b, o, h, w, c, r, s
  EXPECT_EQ(shape.dims[3].left, 1);
  EXPECT_EQ(shape.dims[6].left, 1);
  EXPECT_EQ(shape.dims[2].left, 12);
  EXPECT_EQ(shape.dims[5].left, 12);
  EXPECT_EQ(shape.dims[1].left, 0);
}

TEST_F(ContractPlanTest, DenseForwardLoadsWeightsAsTheyAre) {
  ContractShape shape = shapeOf(denseForward(784, 256));
  auto plan = planContraction(shape, avx512);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->vectors, 1u);
  EXPECT_FALSE(plan->pack);
  EXPECT_EQ(plan->lanes, 16);
}

TEST_F(ContractPlanTest, TransposedOperandsArePacked) {
  ContractShape shape = shapeOf(denseInput(784, 256));
  auto plan = planContraction(shape, avx512);
  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->pack);
}

TEST_F(ContractPlanTest, ScalarsArePackedWhereTheirStepsLieFarApart) {
  // A large layer's weight gradient; its input has 512 KB, and rows 4096 bytes apart.
  ContractShape large = shapeOf(denseWeight(1024, 1024));
  large.rows = 128;
  auto plan = planContraction(large, avx512);
  ASSERT_TRUE(plan.has_value());
  ASSERT_TRUE(paysToPackScalars(large, *plan, avx512));
  int64_t accumulators = plan->rows(large) * plan->columns(large);
  packScalars(large, *plan, avx512);
  EXPECT_TRUE(plan->packScalars);
  EXPECT_TRUE(plan->fits(large));
  EXPECT_EQ(plan->rows(large) * plan->columns(large), accumulators);
  EXPECT_LE(plan->columns(large) * plan->lanes * 128 * 4, avx512.l1Bytes / 2);

  ContractShape small = shapeOf(denseWeight(784, 256));
  EXPECT_FALSE(paysToPackScalars(small, *planContraction(small, avx512), avx512));
  // A convolution's sum has several dims; a forward product iterates along its rows.
  ContractShape conv = shapeOf(convWeight(16, 32, 34, 3));
  EXPECT_FALSE(canPackScalars(conv, *planContraction(conv, avx512)));
  ContractShape forward = shapeOf(denseForward(1024, 1024));
  EXPECT_FALSE(paysToPackScalars(forward, *planContraction(forward, avx512), avx512));
}

TEST_F(ContractPlanTest, TilesFitTheRegisters) {
  MachineModel avx2;
  avx2.vectorBytes = 32;
  avx2.registers = 16;
  for (const MachineModel &target : {avx512, avx2})
    for (const Contraction &c :
         {denseForward(784, 256), denseInput(784, 256), denseWeight(784, 256), denseForward(7, 3),
          convForward(8, 16, 12, 5), convWeight(8, 16, 12, 5), convInput(8, 16, 12, 5)}) {
      ContractShape shape = shapeOf(c);
      auto plan = planContraction(shape, target);
      ASSERT_TRUE(plan.has_value()) << c.name;
      EXPECT_LE(plan->rows(shape) * plan->columns(shape) + plan->columns(shape) + 1,
                target.registers)
          << c.name;
      EXPECT_EQ(plan->lanes, target.vectorBytes / 4) << c.name;
    }
}

TEST_F(ContractPlanTest, StepsAreNotUnrolledWhereTheirWindowWouldSpill) {
  // 25 accumulators, and each step would leave 20 elements of the image to the next one.
  ContractShape weight = shapeOf(convWeight(8, 16, 12, 5));
  auto plan = planContraction(weight, avx512);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->rows(weight) * plan->columns(weight), 25);
  EXPECT_EQ(plan->unroll, 1);
  // 16 accumulators and 14 elements.
  ContractShape forward = shapeOf(convForward(8, 16, 12, 5));
  plan = planContraction(forward, avx512);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->rows(forward) * plan->columns(forward), 16);
  EXPECT_GT(plan->unroll, 1);
}

TEST_F(ContractPlanTest, TilesMayBeLongWhereLoadsAreFree) {
  // 13 rows of 2 vectors need 15 loads for 26 products, 6 of 4 need 10 for 24, but their vectors
  // come from one row of the image.
  ContractShape shape = shapeOf(convForward(32, 64, 34, 3));
  auto square = planContraction(shape, avx512);
  MachineModel zen;
  zen.loadSlots = 1;
  auto longer = planContraction(shape, zen);
  ASSERT_TRUE(square && longer);
  EXPECT_GT(longer->rows(shape), square->rows(shape));
  EXPECT_LT(longer->cost, square->cost);
}

TEST_F(ContractPlanTest, RowsThatShareCacheSetsAreFew) {
  ContractShape shape = shapeOf(denseForward(1024, 1024));
  auto plan = planContraction(shape, avx512);
  ASSERT_TRUE(plan.has_value());
  EXPECT_LE(plan->rows(shape), 6);
}

TEST_F(ContractPlanTest, DotProductsHaveNoPlan) {
  ContractShape shape = shapeOf({"dot", {50}, {{{0, 1}}}, {0}, {}, {50}});
  EXPECT_FALSE(planContraction(shape, avx512).has_value());
}

TEST_F(ContractPlanTest, AttributeRoundTrip) {
  for (const Contraction &c : {denseInput(784, 256), convWeight(8, 16, 12, 5)}) {
    ContractShape shape = shapeOf(c);
    auto plan = planContraction(shape, avx512);
    ASSERT_TRUE(plan.has_value());
    auto again = ContractPlan::fromAttribute(plan->toAttribute(&context, shape), shape);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->toAttribute(&context, shape), plan->toAttribute(&context, shape));
  }
}

TEST_F(ContractPlanTest, RowsArePairedWhereLanesFillHalfAVector) {
  MachineModel zen;
  zen.loadSlots = 1;
  // 8 channels; 25 elements of a 5x5 window in 15 pairs, the last of each row overlapping.
  ContractShape shape = shapeOf(convWeight(1, 8, 28, 5));
  auto plan = planContraction(shape, zen);
  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->pairs);
  EXPECT_LT(plan->accumulatorRows(shape), plan->rows(shape));
  auto again = ContractPlan::fromAttribute(plan->toAttribute(&context, shape), shape);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->pairs);
  EXPECT_EQ(pairStarts(5), (llvm::SmallVector<int64_t>{0, 2, 3}));
  EXPECT_EQ(pairStarts(4), (llvm::SmallVector<int64_t>{0, 2}));
  // 16 channels fill it.
  ContractShape full = shapeOf(convWeight(8, 16, 12, 5));
  plan = planContraction(full, zen);
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->pairs);
  plan->pairs = true;
  EXPECT_FALSE(plan->fits(full));
}

TEST_F(ContractPlanTest, ThreadsHaveAPlanOfTheirOwnWhereOneTileIsAll) {
  MachineModel zen;
  zen.loadSlots = 1;
  ContractShape shape = shapeOf(convWeight(1, 8, 28, 5));
  auto plans = planForThreads(shape, zen);
  ASSERT_TRUE(plans && plans->shared);
  // 200 elements are one tile of 25 rows; with two threads each has less.
  EXPECT_EQ(plans->plan.rows(shape), 25);
  EXPECT_LT(plans->shared->rows(shape), 25);
  // Its panel, used once, stays in the first-level cache.
  int64_t panel = plans->plan.lanes * 4;
  for (unsigned d : shape.summedDims())
    panel *= plans->plan.tile[d];
  EXPECT_LE(panel, zen.l1Bytes);
  // There are enough images for all threads.
  auto forward = planForThreads(shapeOf(convForward(32, 64, 34, 3)), zen);
  ASSERT_TRUE(forward.has_value());
  EXPECT_FALSE(forward->shared.has_value());
  // More threads need more tiles; a single thread needs no second plan.
  MachineModel many = zen, single = zen;
  many.plannedThreads = 8;
  auto eight = planForThreads(shape, many);
  ASSERT_TRUE(eight && eight->shared);
  EXPECT_LE(eight->shared->rows(shape), plans->shared->rows(shape));
  single.plannedThreads = 1;
  auto one = planForThreads(shape, single);
  ASSERT_TRUE(one.has_value());
  EXPECT_FALSE(one->shared.has_value());
  EXPECT_EQ(one->plan.toAttribute(&context, shape), plans->plan.toAttribute(&context, shape));
}

TEST_F(ContractPlanTest, UnusableAttributesAreNoPlans) {
  ContractShape shape = shapeOf(denseForward(20, 30));
  auto plan = planContraction(shape, avx512);
  ASSERT_TRUE(plan.has_value());
  ContractPlan other = *plan;
  other.tile.pop_back();
  EXPECT_FALSE(ContractPlan::fromAttribute(other.toAttribute(&context, shape), shape).has_value());
  other = *plan;
  other.lanesDim = 2; // summed
  EXPECT_FALSE(ContractPlan::fromAttribute(other.toAttribute(&context, shape), shape).has_value());
  other = *plan;
  other.tile[other.lanesDim] = 3;
  EXPECT_FALSE(ContractPlan::fromAttribute(other.toAttribute(&context, shape), shape).has_value());
}

TEST_F(ContractPlanTest, ChosenPlansFit) {
  for (const Contraction &c : {denseForward(784, 256), denseInput(5, 2000), denseWeight(1, 40),
                               convForward(8, 16, 12, 5, 2), convWeight(64, 64, 40, 3),
                               convInput(8, 16, 12, 5), denseInput(70000, 70000)}) {
    ContractShape shape = shapeOf(c);
    auto plan = planContraction(shape, avx512);
    ASSERT_TRUE(plan.has_value()) << c.name;
    EXPECT_TRUE(plan->fits(shape)) << c.name;
  }
}
