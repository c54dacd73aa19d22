// Tests of the cost of kernels: operations, bytes, the distance to the last use of a place, and the
// source lines of a kernel.
#include "compiler/driver/plan/KernelCost.h"

#include "compiler/dialect/NnDialect.h"
#include "mlir/IR/BuiltinOps.h"

#include "compiler/pipeline/Pipeline.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace nnc;
using namespace nnc::plan;

namespace {

struct Planned {
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<KernelCost> costs;

  explicit Planned(const char *text, bool unfused = false) {
    context.loadDialect<nn::NnDialect, kern::KernDialect, mlir::func::FuncDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    PipelineOptions options;
    options.fuse.unfused = unfused;
    if (!module || mlir::failed(runPipeline(*module, PipelineStage::Fused, options))) {
      ADD_FAILURE() << "not planned: " << text;
      return;
    }
    costs = costsOf(*module->getOps<mlir::func::FuncOp>().begin());
  }
};

} // namespace

TEST(KernelCost, ContractionsCountTwoForAMultiplyAdd) {
  Planned planned(R"(module attributes {nn.scalars = []} {
    func.func @f(%x: tensor<?x20xf32> {nn.field = "x"}, %w: tensor<20x30xf32> {nn.tensor = "w"}) -> (tensor<?x30xf32> {nn.result = "y"}) {
      %0 = nn.contract %x, %w {maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>], sizes = array<i64: -1, 20, 30>}
          : (tensor<?x20xf32>, tensor<20x30xf32>) -> tensor<?x30xf32>
      return %0 : tensor<?x30xf32>
    }
  })");
  ASSERT_EQ(planned.costs.size(), 1u);
  const KernelCost &cost = planned.costs[0];
  EXPECT_EQ(cost.contractions.perRow, 2 * 20 * 30);
  EXPECT_EQ(cost.contractions.fixed, 0);
  EXPECT_EQ(cost.bytes().fixed, 4 * 20 * 30);
  EXPECT_EQ(cost.bytes().perRow, 4 * (20 + 30));
}

TEST(KernelCost, DistanceGoesBackToTheLastUseAlsoInTheCallBefore) {
  // Three kernels: y = sin x; w = w + 1 (in place); z = y + y. Sizes: x, y and z have 100 floats, w
  // has 1000.
  Planned planned(R"(module attributes {nn.scalars = []} {
    func.func @f(%x: tensor<100xf32> {nn.tensor = "x"}, %w: tensor<1000xf32> {nn.tensor = "w"})
        -> (tensor<100xf32> {nn.result = "y"}, tensor<1000xf32> {nn.update = "w"}, tensor<100xf32> {nn.result = "z"}) {
      %y = nn.sin %x : tensor<100xf32>
      %w1 = nn.neg %w : tensor<1000xf32>
      %z = nn.reverse %y over [0] : tensor<100xf32> -> tensor<100xf32>
      return %y, %w1, %z : tensor<100xf32>, tensor<1000xf32>, tensor<100xf32>
    }
  })",
                  /*unfused=*/true);
  ASSERT_EQ(planned.costs.size(), 3u);
  auto &sine = planned.costs[0].traffic, &update = planned.costs[1].traffic,
       &reverse = planned.costs[2].traffic;
  ASSERT_EQ(sine.size(), 2u);
  // x was last read in the call before: since then w, y and z.
  EXPECT_EQ(sine[0].distance.fixed, 4 * (100 + 1000 + 100 + 100));
  // y was last read by the last kernel of the call before.
  EXPECT_EQ(sine[1].distance.fixed, 4 * (100 + 100));
  ASSERT_EQ(update.size(), 1u) << "read and written in one place";
  EXPECT_EQ(update[0].bytes.fixed, 2 * 4 * 1000);
  EXPECT_EQ(update[0].distance.fixed, 4 * (100 + 100 + 100 + 1000));
  ASSERT_EQ(reverse.size(), 2u);
  EXPECT_EQ(reverse[0].distance.fixed, 4 * (100 + 1000 + 100))
      << "y: since its kernel w, and z beside it";
}

TEST(KernelCost, FieldsWereCopiedBeforeTheCall) {
  Planned planned(R"(module attributes {nn.scalars = []} {
    func.func @f(%x: tensor<?x10xf32> {nn.field = "x"}, %w: tensor<1000xf32> {nn.tensor = "w"})
        -> (tensor<1000xf32> {nn.update = "w"}, tensor<?x10xf32> {nn.result = "y"}) {
      %w1 = nn.neg %w : tensor<1000xf32>
      %y = nn.sin %x : tensor<?x10xf32>
      return %w1, %y : tensor<1000xf32>, tensor<?x10xf32>
    }
  })");
  ASSERT_EQ(planned.costs.size(), 2u);
  const Traffic &field = planned.costs[1].traffic[0];
  EXPECT_EQ(field.bytes.perRow, 40);
  EXPECT_EQ(field.distance.fixed, 4000);
  EXPECT_EQ(field.distance.perRow, 80);
}

TEST(KernelCost, LinesAreTheUsers) {
  Planned planned(R"(
    #inside = loc("prelude/layers.nn":7:3)
    #call = loc("net.nn":12:5)
    module attributes {nn.scalars = []} {
      func.func @f(%x: tensor<?x10xf32> {nn.field = "x"}) -> (tensor<?x10xf32> {nn.result = "y"}) {
        %0 = nn.sin %x : tensor<?x10xf32> loc("net.nn":9:1)
        %1 = nn.tanh %0 : tensor<?x10xf32> loc("net.dense1"(callsite(#inside at #call)))
        return %1 : tensor<?x10xf32>
      }
    })");
  ASSERT_EQ(planned.costs.size(), 1u);
  std::vector<unsigned> lines;
  for (auto line : planned.costs[0].lines) {
    EXPECT_EQ(line.getFilename(), "net.nn");
    lines.push_back(line.getLine());
  }
  EXPECT_EQ(lines, (std::vector<unsigned>{12, 9}));
  EXPECT_EQ(planned.costs[0].places, "net.dense1");
}
