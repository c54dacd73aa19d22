// Tests of reductions: rows, the batch, whole tensors, long sums, numbers that are not finite.
#include "test/unit/lowering/Compiled.h"
#include "test/unit/lowering/Levels.h"

#include <cmath>

using namespace nnc::test;

/// Sum, max and argmax of `from` over `dims`.
static std::string reductions(const std::string &from, const std::string &dims,
                              const std::string &to) {
  return "func.func @f(%x: " + from + ") -> (" + to + ", " + to + ", " + to + ") {\n" +
         "%0 = nn.reduce_sum %x over [" + dims + "] : " + from + " -> " + to + "\n" +
         "%1 = nn.reduce_max %x over [" + dims + "] : " + from + " -> " + to + "\n" +
         "%2 = nn.argmax %x over [" + dims + "] : " + from + " -> " + to + "\n" +
         "return %0, %1, %2 : " + to + ", " + to + ", " + to + "\n}";
}

TEST(Reduction, Rows) {
  check(reductions("tensor<?x10xf32>", "1", "tensor<?xf32>"), 19);
  check(reductions("tensor<?x2xf32>", "1", "tensor<?xf32>"), 5);
  check(reductions("tensor<?x300xf32>", "1", "tensor<?xf32>"), 3);
}

TEST(Reduction, OverTheBatch) {
  check(reductions("tensor<?x256xf32>", "0", "tensor<256xf32>"), 33);
  check(reductions("tensor<?x10xf32>", "0", "tensor<10xf32>"), 64);
  check(reductions("tensor<?x3xf32>", "0", "tensor<3xf32>"), 70);
  check(reductions("tensor<?x1xf32>", "0", "tensor<1xf32>"), 70);
  check(reductions("tensor<?xf32>", "0", "tensor<f32>"), 70);
}

TEST(Reduction, OfImages) {
  check(reductions("tensor<?x5x7x9xf32>", "0, 2, 3", "tensor<5xf32>"), 4);
  check(reductions("tensor<?x5x7x9xf32>", "2, 3", "tensor<?x5xf32>"), 4);
  check(reductions("tensor<?x5x7x9xf32>", "1", "tensor<?x7x9xf32>"), 4);
  check(reductions("tensor<?x5x7x16xf32>", "1, 3", "tensor<?x7xf32>"), 4);
}

TEST(Reduction, OfWholeTensors) {
  check(reductions("tensor<31x45xf32>", "0, 1", "tensor<f32>"), 1, 1e-5);
  check(reductions("tensor<?x45xf32>", "0, 1", "tensor<f32>"), 31, 1e-5);
  check(reductions("tensor<1xf32>", "0", "tensor<f32>"), 1);
}

TEST(Reduction, WithPrologueAndEpilogue) {
  check(
      R"(func.func @f(%x: tensor<?x20xf32>, %b: tensor<20xf32>) -> (tensor<20xf32>, tensor<20xf32>) {
    %0 = nn.mul %x, %x : tensor<?x20xf32>
    %1 = nn.exp %0 : tensor<?x20xf32>
    %2 = nn.reduce_sum %1 over [0] : tensor<?x20xf32> -> tensor<20xf32>
    %3 = nn.add %2, %b : tensor<20xf32>
    %4 = nn.log %3 : tensor<20xf32>
    return %3, %4 : tensor<20xf32>, tensor<20xf32>
  })",
      9);
}

TEST(Reduction, NaNsAndInfinities) {
  Program program(reductions("tensor<4x20xf32>", "1", "tensor<4xf32>"));
  std::vector<Tensor> x = program.randomArguments(1);
  x[0].data[3] = NAN;
  x[0].data[20 + 7] = INFINITY;
  x[0].data[40 + 11] = -INFINITY;
  for (int i = 60; i < 80; ++i)
    x[0].data[i] = -INFINITY;
  check(program, x, 1, 1e-5);
}

TEST(Reduction, ArgmaxTakesTheFirst) {
  Program program(reductions("tensor<3x40xf32>", "0, 1", "tensor<f32>"));
  std::vector<Tensor> x = program.randomArguments(1);
  x[0].data[17] = x[0].data[33] = x[0].data[90] = 2;
  EXPECT_EQ(program.run(x, 1)[2].data[0], 17);
}

/// Sums of equal numbers lose the most: they must be right to 1e-5, on every level, fused or not,
/// with any number of threads.
static void checkLong(const std::string &from, const std::string &dims, const std::string &to,
                      int64_t batch) {
  SCOPED_TRACE(from + " over " + dims);
  Program program(reductions(from, dims, to));
  std::vector<Tensor> x = program.randomArguments(batch);
  for (double &value : x[0].data)
    value = 0.1f;
  check(program, x, batch, 1e-5);
}

TEST(Reduction, LongSums) {
  checkLong("tensor<?xf32>", "0", "tensor<f32>", 300'001);
  checkLong("tensor<?x3xf32>", "0", "tensor<3xf32>", 100'003);
  checkLong("tensor<?x64xf32>", "0", "tensor<64xf32>", 20'001);
  checkLong("tensor<?x70xf32>", "0", "tensor<70xf32>", 9'999);
  checkLong("tensor<?x5x9x40xf32>", "0, 2, 3", "tensor<5xf32>", 211);
  checkLong("tensor<?x5x9x40xf32>", "0, 2", "tensor<5x40xf32>", 300);
  checkLong("tensor<2x700001xf32>", "1", "tensor<2xf32>", 1);
  checkLong("tensor<700001x2xf32>", "0", "tensor<2xf32>", 1);
  checkLong("tensor<?x40000xf32>", "1", "tensor<?xf32>", 3);
}

TEST(Reduction, LongSumsOfWhatIsNotFinite) {
  Program program("func.func @f(%x: tensor<4x9000xf32>) -> tensor<4xf32> {\n"
                  "%0 = nn.reduce_sum %x over [1] : tensor<4x9000xf32> -> tensor<4xf32>\nreturn %0 "
                  ": tensor<4xf32>\n}");
  std::vector<Tensor> x = program.randomArguments(1);
  x[0].data[17] = INFINITY;                                  // infinite
  x[0].data[9000 + 5000] = NAN;                              // NaN
  x[0].data[18000] = INFINITY, x[0].data[26000] = -INFINITY; // both signs: NaN
  for (int i = 27000; i < 36000; ++i) // the sum is too large, though every part of it fits
    x[0].data[i] = 3e37f;
  for (const std::string &level : levels()) {
    nnc::test::Setup setup;
    setup.cpu = level;
    std::vector<Tensor> y = program.run(x, 1, setup);
    EXPECT_EQ(y[0].data[0], INFINITY);
    EXPECT_TRUE(std::isnan(y[0].data[1]));
    EXPECT_TRUE(std::isnan(y[0].data[2]));
    EXPECT_EQ(y[0].data[3], INFINITY);
  }
}
