#include "test/unit/lowering/Compiled.h"

using namespace nnc::test;

TEST(Pointwise, FlatAndTail) {
  check(R"(func.func @f(%a: tensor<?x10xf32>, %b: tensor<?x10xf32>) -> tensor<?x10xf32> {
    %0 = nn.mul %a, %b : tensor<?x10xf32>
    %1 = nn.add %0, %a : tensor<?x10xf32>
    return %1 : tensor<?x10xf32>
  })", 7);
}

TEST(Pointwise, BroadcastAlongEveryDim) {
  for (int64_t width : {3, 16, 20, 256}) {
    std::string w = std::to_string(width);
    check("func.func @f(%a: tensor<?x" + w + "xf32>, %r: tensor<?xf32>, %c: tensor<" + w + "xf32>, %s: tensor<f64>) -> tensor<?x" + w + R"(xf32> {
      %0 = nn.broadcast %r to [0] : tensor<?xf32> -> tensor<?x)" + w + R"(xf32>
      %1 = nn.broadcast %c to [1] : tensor<)" + w + "xf32> -> tensor<?x" + w + R"(xf32>
      %2 = nn.cast %s : tensor<f64> to tensor<f32>
      %3 = nn.broadcast %2 to [] : tensor<f32> -> tensor<?x)" + w + R"(xf32>
      %4 = nn.mul %a, %0 : tensor<?x)" + w + R"(xf32>
      %5 = nn.sub %4, %1 : tensor<?x)" + w + R"(xf32>
      %6 = nn.mul %5, %3 : tensor<?x)" + w + R"(xf32>
      return %6 : tensor<?x)" + w + "xf32>\n}", 5);
  }
}

TEST(Pointwise, ScalarsStayExact) {
  check(R"(func.func @f(%s: tensor<f64>) -> (tensor<f64>, tensor<f32>) {
    %0 = nn.pow %s, %s : tensor<f64>
    %1 = nn.exp %0 : tensor<f64>
    %2 = nn.cast %1 : tensor<f64> to tensor<f32>
    return %1, %2 : tensor<f64>, tensor<f32>
  })", 1, 1e-7, 5);
}

TEST(Pointwise, ReturnsItsArgumentsAndTheSameValueTwice) {
  check(R"(func.func @f(%a: tensor<?x3xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>) {
    %0 = nn.neg %a : tensor<?x3xf32>
    return %a, %0, %0 : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
  })", 4);
}
