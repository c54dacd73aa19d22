// Tests of a contraction that is no sum of products: matrices, windows, many terms, zeros, NaNs.
#include "test/unit/lowering/Compiled.h"

#include <cmath>
#include <limits>

using namespace nnc::test;

/// y[i, j] = max over k of a[i, k] + b[k, j].
static std::string matrices(int64_t k, int64_t j) {
  const std::string depth = std::to_string(k), width = std::to_string(j);
  const std::string a = "tensor<?x" + depth + "xf32>",
                    b = "tensor<" + depth + "x" + width + "xf32>",
                    y = "tensor<?x" + width + "xf32>";
  return "func.func @f(%a: " + a + ", %b: " + b + ") -> " + y + " {\n" +
         "%y = nn.max_plus %a, %b {maps = [affine_map<(i, k, j) -> (i, k)>, "
         "affine_map<(i, k, j) -> (k, j)>, affine_map<(i, k, j) -> (i, j)>], sizes = array<i64: "
         "-1, " +
         depth + ", " + width + ">} : (" + a + ", " + b + ") -> " + y + "\nreturn %y : " + y +
         "\n}";
}

TEST(MaxPlus, Matrices) {
  check(matrices(37, 21), 9);
  check(matrices(1, 64), 3);
  check(matrices(16, 1), 5);
}

TEST(MaxPlus, ManyTerms) { check(matrices(3000, 5), 4); }

TEST(MaxPlus, OneNumber) {
  check(R"(func.func @f(%a: tensor<50xf32>, %b: tensor<50xf32>) -> tensor<f32> {
    %y = nn.max_plus %a, %b {maps = [affine_map<(k) -> (k)>, affine_map<(k) -> (k)>, affine_map<(k) -> ()>],
        sizes = array<i64: 50>} : (tensor<50xf32>, tensor<50xf32>) -> tensor<f32>
    return %y : tensor<f32>
  })",
        1);
}

// The zeros around the image are greater than what is within it, so they decide elements.
TEST(MaxPlus, ZerosCount) {
  check(R"(func.func @f(%x: tensor<?x2x6x6xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<?x3x8x8xf32> {
    %e = nn.exp %x : tensor<?x2x6x6xf32>
    %n = nn.neg %e : tensor<?x2x6x6xf32>
    %p = nn.pad %n low [0, 0, 2, 2] high [0, 0, 2, 2] interior [0, 0, 0, 0] : tensor<?x2x6x6xf32> -> tensor<?x2x10x10xf32>
    %y = nn.max_plus %p, %w {maps = [affine_map<(b, o, h, w, c, r, s) -> (b, c, h + r, w + s)>,
        affine_map<(b, o, h, w, c, r, s) -> (o, c, r, s)>, affine_map<(b, o, h, w, c, r, s) -> (b, o, h, w)>],
        sizes = array<i64: -1, 3, 8, 8, 2, 3, 3>} : (tensor<?x2x10x10xf32>, tensor<3x2x3x3xf32>) -> tensor<?x3x8x8xf32>
    return %y : tensor<?x3x8x8xf32>
  })",
        3);
}

TEST(MaxPlus, WithAnEpilogue) {
  check(
      R"(func.func @f(%a: tensor<?x20xf32>, %b: tensor<20x12xf32>, %c: tensor<?x12xf32>) -> tensor<?x12xf32> {
    %y = nn.max_plus %a, %b {maps = [affine_map<(i, k, j) -> (i, k)>, affine_map<(i, k, j) -> (k, j)>,
        affine_map<(i, k, j) -> (i, j)>], sizes = array<i64: -1, 20, 12>} : (tensor<?x20xf32>, tensor<20x12xf32>) -> tensor<?x12xf32>
    %z = nn.mul %y, %c : tensor<?x12xf32>
    return %z : tensor<?x12xf32>
  })",
      7);
}

TEST(MaxPlus, NaNsAndInfinities) {
  Program program(matrices(4, 3));
  std::vector<Tensor> arguments = program.randomArguments(3);
  const double infinity = std::numeric_limits<double>::infinity();
  arguments[0].data[0] = std::nan(""); // the first row
  for (int k = 4; k < 8; ++k)
    arguments[0].data[k] = -infinity; // the second
  std::vector<Tensor> y = program.run(arguments, 3);
  for (int j = 0; j < 3; ++j) {
    EXPECT_TRUE(std::isnan(y[0].data[j]));
    EXPECT_EQ(y[0].data[3 + j], -infinity);
    EXPECT_TRUE(std::isfinite(y[0].data[6 + j]));
  }
}
