// Tests that the planned scratch is the scratch that is written: not a byte more is written (which
// every test of kernels checks), and no less is planned than tensors that live at the same time
// need.
#include "test/unit/lowering/Compiled.h"

#include "compiler/pipeline/Pipeline.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OwningOpRef.h"

using namespace nnc::test;

TEST(Memory, PlannedScratchIsUsedToItsEnd) {
  // Sums over rows, and rows that need them: two tensors that live at once, whose sizes fill whole
  // cache lines.
  Program program(R"(func.func @f(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
    %s = nn.reduce_sum %x over [0] : tensor<?x64xf32> -> tensor<64xf32>
    %r = nn.reverse %x over [1] : tensor<?x64xf32> -> tensor<?x64xf32>
    %m = nn.reduce_max %r over [0] : tensor<?x64xf32> -> tensor<64xf32>
    %b = nn.broadcast %s to [1] : tensor<64xf32> -> tensor<?x64xf32>
    %c = nn.broadcast %m to [1] : tensor<64xf32> -> tensor<?x64xf32>
    %0 = nn.mul %r, %b : tensor<?x64xf32>
    %1 = nn.sub %0, %c : tensor<?x64xf32>
    return %1 : tensor<?x64xf32>
  })");
  for (bool unfused : {false, true}) {
    nnc::test::Setup setup;
    setup.unfused = unfused;
    setup.spareRows = 0;
    program.run(program.randomArguments(16), 16, setup);
    EXPECT_GT(program.scratchPlanned, 0);
    EXPECT_EQ(program.scratchTouched, program.scratchPlanned) << (unfused ? "unfused" : "fused");
  }
}

TEST(Memory, ScratchGrowsWithTheCapacityAlone) {
  Program program(R"(func.func @f(%x: tensor<?x32xf32>) -> tensor<?x32xf32> {
    %s = nn.reduce_sum %x over [0, 1] : tensor<?x32xf32> -> tensor<f32>
    %r = nn.sin %x : tensor<?x32xf32>
    %m = nn.reduce_max %r over [1] : tensor<?x32xf32> -> tensor<?xf32>
    %b = nn.broadcast %s to [] : tensor<f32> -> tensor<?x32xf32>
    %c = nn.broadcast %m to [0] : tensor<?xf32> -> tensor<?x32xf32>
    %0 = nn.mul %r, %b : tensor<?x32xf32>
    %1 = nn.sub %0, %c : tensor<?x32xf32>
    return %1 : tensor<?x32xf32>
  })");
  auto planned = [&](int64_t rows, int64_t spare) {
    nnc::test::Setup setup;
    setup.unfused = true;
    setup.spareRows = spare;
    program.run(program.randomArguments(rows), rows, setup);
    return program.scratchPlanned;
  };
  const int64_t ten = planned(10, 0), eleven = planned(11, 0);
  EXPECT_GE(eleven - ten, 128) << "a row of 32 numbers at least";
  EXPECT_EQ(planned(4, 6), ten);
  EXPECT_EQ(planned(12, 0) - eleven, eleven - ten);
}

TEST(Memory, StackIsTheSumOfAKernelsAllocas) {
  // Two products whose operands are packed, of different sizes.
  Program program(
      R"(func.func @f(%a: tensor<?x512xf32>, %b: tensor<512x512xf32>, %c: tensor<512x40xf32>) -> tensor<?x40xf32> {
    %0 = nn.contract %a, %b {maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d1, d2)>,
        affine_map<(d0, d1, d2) -> (d0, d2)>], sizes = array<i64: -1, 512, 512>} : (tensor<?x512xf32>, tensor<512x512xf32>) -> tensor<?x512xf32>
    %1 = nn.contract %0, %c {maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d1, d2)>,
        affine_map<(d0, d1, d2) -> (d0, d2)>], sizes = array<i64: -1, 512, 40>} : (tensor<?x512xf32>, tensor<512x40xf32>) -> tensor<?x40xf32>
    return %1 : tensor<?x40xf32>
  })");
  mlir::OwningOpRef<mlir::ModuleOp> copy(mlir::cast<mlir::ModuleOp>(program.getModule()->clone()));
  ASSERT_TRUE(mlir::succeeded(nnc::runPipeline(*copy, nnc::PipelineStage::Loops)));
  auto planned = [](mlir::Operation *function) {
    auto bytes = function->getAttrOfType<mlir::IntegerAttr>("nn.stack_bytes");
    return bytes ? bytes.getInt() : 0;
  };
  int64_t most = 0, kernels = 0;
  for (auto function : copy->getOps<mlir::LLVM::LLVMFuncOp>()) {
    int64_t sum = 0;
    function.walk([&](mlir::LLVM::AllocaOp alloca) {
      llvm::APInt size;
      ASSERT_TRUE(mlir::matchPattern(alloca.getArraySize(), mlir::m_ConstantInt(&size)));
      EXPECT_EQ(alloca.getAlignment(), 64);
      sum += llvm::alignTo(size.getZExtValue(), 64);
    });
    if (function.getName() == "f")
      continue;
    ++kernels;
    EXPECT_EQ(planned(function), sum) << function.getName().str();
    most = std::max(most, sum);
  }
  EXPECT_EQ(kernels, 2);
  EXPECT_GT(most, 0);
  EXPECT_EQ(planned(copy->lookupSymbol("f")), most);
}
