// Tests of functions that write persistent tensors: training steps and initialisation.
#include "compiler/pipeline/Pipeline.h"
#include "mlir/Pass/PassManager.h"
#include "test/unit/lowering/Compiled.h"

#include <cmath>

using namespace nnc::test;

namespace {

/// A step whose loss is the sum of log x, with a weight, a running mean that the loss needs, and a
/// momentum.
const char *step =
    R"(func.func @f(%x: tensor<?x4xf32>, %w: tensor<4xf32> {nn.tensor = "w"}, %m: tensor<4xf32> {nn.tensor = "m"},
      %s: tensor<4xf32> {nn.tensor = "s"})
    -> (tensor<f32> {nn.result = "loss"}, tensor<4xf32> {nn.update = "w"}, tensor<4xf32> {nn.update = "m"}, tensor<4xf32> {nn.update = "s"})
    attributes {nn.guard = "loss"} {
  %mean = nn.reduce_sum %x over [0] : tensor<?x4xf32> -> tensor<4xf32>
  %s1 = nn.add %s, %mean : tensor<4xf32>
  %sb = nn.broadcast %s1 to [1] : tensor<4xf32> -> tensor<?x4xf32>
  %wb = nn.broadcast %w to [1] : tensor<4xf32> -> tensor<?x4xf32>
  %z = nn.mul %sb, %wb : tensor<?x4xf32>
  %d = nn.add %z, %x : tensor<?x4xf32>
  %l = nn.log %d : tensor<?x4xf32>
  %loss = nn.reduce_sum %l over [0, 1] : tensor<?x4xf32> -> tensor<f32>
  %g = nn.gradient %loss wrt %w : tensor<f32>, tensor<4xf32>
  %m1 = nn.add %m, %g : tensor<4xf32>
  %w1 = nn.sub %w, %m1 : tensor<4xf32>
  return %loss, %w1, %m1, %s1 : tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
})";

/// The gradient is expanded, so that the interpreter can run it.
Program differentiated(const char *text) {
  Program program(text);
  mlir::PassManager pm(&testContext());
  nnc::buildNnPipeline(pm);
  EXPECT_TRUE(mlir::succeeded(pm.run(program.getModule())));
  return program;
}

std::vector<Tensor> positiveArguments(Program &program, int64_t batch) {
  std::vector<Tensor> arguments = program.randomArguments(batch);
  for (Tensor &tensor : arguments)
    for (double &x : tensor.data)
      x = float(std::abs(x) + 0.25);
  return arguments;
}

} // namespace

TEST(Update, StepWritesItsTensors) {
  Program program = differentiated(step);
  check(program, positiveArguments(program, 5), 5, 1e-5);
}

TEST(Update, NothingIsWrittenWhenTheLossIsNotFinite) {
  Program program = differentiated(step);
  std::vector<Tensor> arguments = positiveArguments(program, 5);
  arguments[0].data[2] = NAN;
  for (int threads : {1, 3})
    for (bool unfused : {false, true}) {
      nnc::test::Setup setup;
      setup.threads = threads;
      setup.unfused = unfused;
      std::vector<Tensor> results = program.run(arguments, 5, setup);
      ASSERT_EQ(results.size(), 4u);
      EXPECT_TRUE(std::isnan(results[0].data[0]));
      for (int i = 1; i < 4; ++i)
        EXPECT_EQ(results[i].data, arguments[i].data) << "tensor " << i;
    }
}

TEST(Update, TensorsMayTradePlaces) {
  check(R"(func.func @f(%a: tensor<20xf32> {nn.tensor = "a"}, %b: tensor<20xf32> {nn.tensor = "b"})
      -> (tensor<20xf32> {nn.update = "a"}, tensor<20xf32> {nn.update = "b"}) {
    return %b, %a : tensor<20xf32>, tensor<20xf32>
  })",
        1);
}

TEST(Update, OldValueIsReadAtOtherIndices) {
  check(
      R"(func.func @f(%a: tensor<37xf32> {nn.tensor = "a"}) -> (tensor<37xf32> {nn.update = "a"}, tensor<37xf32>) {
    %0 = nn.reverse %a over [0] : tensor<37xf32>  -> tensor<37xf32>
    %1 = nn.add %0, %a : tensor<37xf32>
    %2 = nn.mul %1, %a : tensor<37xf32>
    return %1, %2 : tensor<37xf32>, tensor<37xf32>
  })",
      1);
}

TEST(Update, InitWritesWithoutReading) {
  check(
      R"(func.func @f(%seed: tensor<f64>) -> (tensor<9x7xf32> {nn.update = "w"}, tensor<7xf32> {nn.update = "b"}) {
    %c = nn.constant dense<3.0> : tensor<f64>
    %s = nn.abs %seed : tensor<f64>
    %0 = nn.random_normal %s, %c place 5 : tensor<9x7xf32>
    %1 = nn.constant dense<0.0> : tensor<7xf32>
    return %0, %1 : tensor<9x7xf32>, tensor<7xf32>
  })",
      1, 1e-5);
}
