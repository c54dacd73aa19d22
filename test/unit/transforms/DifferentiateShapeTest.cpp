// Tests of gradients of the ops that move or reduce elements.
#include "test/unit/transforms/GradientCheck.h"

namespace nnc::test {

/// y = op(x), squared so that the second order is not zero.
static void moved(const std::string &from, const std::string &to, const std::string &op,
                  int order = 2) {
  std::string x = "tensor<" + from + "xf64>",
              y = to.empty() ? "tensor<f64>" : "tensor<" + to + "xf64>";
  checkGradients("(%x: " + x + ") -> " + y + " { %s = nn.mul %x, %x : " + x + " %m = nn." + op +
                     " : " + x + " -> " + y + " %y = nn.mul %m, %m : " + y + " return %y : " + y +
                     " }",
                 {}, order);
}

TEST(DifferentiateShape, broadcast) {
  moved("3", "?x3", "broadcast %s to [1]");
  moved("?", "?x3", "broadcast %s to [0]");
  moved("2x3", "3x4x2", "broadcast %s to [2, 0]");
  moved("?x3", "?x2x3x1", "broadcast %s to [0, 2]");
}
TEST(DifferentiateShape, reshape) {
  moved("?x2x6", "?x3x4", "reshape %s");
  moved("2x6", "3x1x4", "reshape %s");
  moved("1x1", "", "reshape %s");
}
TEST(DifferentiateShape, transpose) {
  moved("2x3x4", "4x2x3", "transpose %s by [2, 0, 1]");
  moved("?x3x4", "?x4x3", "transpose %s by [0, 2, 1]");
}
TEST(DifferentiateShape, slice) {
  moved("?x7x5", "?x3x4", "slice %s from [0, 1, 0] to [-1, 7, 4] step [1, 2, 1]");
  moved("9", "3", "slice %s from [0] to [9] step [4]");
}
TEST(DifferentiateShape, pad) {
  moved("?x3x2", "?x8x2", "pad %s low [0, 1, 0] high [0, 2, 0] interior [0, 1, 0]");
  moved("4", "14", "pad %s low [0] high [4] interior [2]");
}
TEST(DifferentiateShape, reverse) {
  moved("?x3x2", "?x3x2", "reverse %s over [1, 2]");
  moved("5", "5", "reverse %s over [0]");
}
TEST(DifferentiateShape, windows) {
  moved("?x2x6x6", "?x2x3x3x2x2",
        "windows %s over [2, 3] size [2, 2] stride [2, 2] dilation [1, 1]");
  moved("?x7", "?x3x3", "windows %s over [1] size [3] stride [2] dilation [1]");
  moved("9x2", "5x2x3", "windows %s over [0] size [3] stride [1] dilation [2]");
}
TEST(DifferentiateShape, fold) {
  moved("?x3x3", "?x7", "fold %s over [1] extent [7] stride [2] dilation [1]");
  moved("2x2x2x2", "4x4", "fold %s over [0, 1] extent [4, 4] stride [2, 2] dilation [1, 1]");
  moved("3x2", "9", "fold %s over [0] extent [9] stride [3] dilation [2]");
}
TEST(DifferentiateShape, concat) {
  checkGradients(R"((%a: tensor<?x2x3xf64>, %b: tensor<?x1x3xf64>) -> tensor<?x5x3xf64> {
    %c = nn.concat %a, %b, %a along 1 : (tensor<?x2x3xf64>, tensor<?x1x3xf64>, tensor<?x2x3xf64>) -> tensor<?x5x3xf64>
    %y = nn.mul %c, %c : tensor<?x5x3xf64>
    return %y : tensor<?x5x3xf64> })",
                 {}, 2);
}

TEST(DifferentiateShape, reduceSum) {
  moved("?x3x2", "?x2", "reduce_sum %s over [1]");
  moved("?x3x2", "3", "reduce_sum %s over [0, 2]");
  moved("4", "", "reduce_sum %s over [0]");
}
TEST(DifferentiateShape, reduceMax) {
  moved("?x3x2", "?x2", "reduce_max %s over [1]");
  moved("2x3x4", "3", "reduce_max %s over [0, 2]");
  moved("?x4", "4", "reduce_max %s over [0]");
}
TEST(DifferentiateShape, reduceMin) {
  moved("?x3x2", "?", "reduce_min %s over [1, 2]");
  moved("4", "", "reduce_min %s over [0]");
}
TEST(DifferentiateShape, argmaxIsFlat) {
  checkGradients(R"((%x: tensor<?x4xf64>) -> tensor<?xf64> {
    %y = nn.argmax %x over [1] : tensor<?x4xf64> -> tensor<?xf64>
    return %y : tensor<?xf64> })");
}
TEST(DifferentiateShape, pick) {
  checkGradients(R"((%x: tensor<?x4x2xf64>, %i: tensor<?x2xf64>) -> tensor<?x2xf64> {
    %s = nn.mul %x, %x : tensor<?x4x2xf64>
    %y = nn.pick %s[%i] along 1 : tensor<?x4x2xf64>, tensor<?x2xf64> -> tensor<?x2xf64>
    return %y : tensor<?x2xf64> })",
                 {0, 3, {1}}, 2);
}
TEST(DifferentiateShape, total) {
  moved("?x3", "3", "total %s");
  moved("3", "3", "total %s");
}

// A maximum that several elements share: the first takes the gradient.
TEST(DifferentiateShape, maxPool) {
  checkGradients(R"((%x: tensor<?x1x4x4xf64>) -> tensor<?x1x2x2xf64> {
    %w = nn.windows %x over [2, 3] size [2, 2] stride [2, 2] dilation [1, 1] : tensor<?x1x4x4xf64> -> tensor<?x1x2x2x2x2xf64>
    %y = nn.reduce_max %w over [4, 5] : tensor<?x1x2x2x2x2xf64> -> tensor<?x1x2x2xf64>
    return %y : tensor<?x1x2x2xf64> })");
}

} // namespace nnc::test
