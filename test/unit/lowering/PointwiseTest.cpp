// Tests of pointwise kernels: shapes, broadcasting, lanes, random numbers.
#include "test/unit/lowering/Compiled.h"

using namespace nnc::test;

TEST(Pointwise, FlatAndTail) {
  check(R"(func.func @f(%a: tensor<?x10xf32>, %b: tensor<?x10xf32>) -> tensor<?x10xf32> {
    %0 = nn.mul %a, %b : tensor<?x10xf32>
    %1 = nn.add %0, %a : tensor<?x10xf32>
    return %1 : tensor<?x10xf32>
  })",
        7);
}

TEST(Pointwise, BroadcastAlongEveryDim) {
  for (int64_t width : {3, 16, 20, 256}) {
    std::string w = std::to_string(width);
    check("func.func @f(%a: tensor<?x" + w + "xf32>, %r: tensor<?xf32>, %c: tensor<" + w +
              "xf32>, %s: tensor<f64>) -> tensor<?x" + w + R"(xf32> {
      %0 = nn.broadcast %r to [0] : tensor<?xf32> -> tensor<?x)" +
              w + R"(xf32>
      %1 = nn.broadcast %c to [1] : tensor<)" +
              w + "xf32> -> tensor<?x" + w + R"(xf32>
      %2 = nn.cast %s : tensor<f64> to tensor<f32>
      %3 = nn.broadcast %2 to [] : tensor<f32> -> tensor<?x)" +
              w + R"(xf32>
      %4 = nn.mul %a, %0 : tensor<?x)" +
              w + R"(xf32>
      %5 = nn.sub %4, %1 : tensor<?x)" +
              w + R"(xf32>
      %6 = nn.mul %5, %3 : tensor<?x)" +
              w + R"(xf32>
      return %6 : tensor<?x)" +
              w + "xf32>\n}",
          5);
  }
}

TEST(Pointwise, ScalarsStayExact) {
  check(R"(func.func @f(%s: tensor<f64>) -> (tensor<f64>, tensor<f32>) {
    %0 = nn.pow %s, %s : tensor<f64>
    %1 = nn.exp %0 : tensor<f64>
    %2 = nn.cast %1 : tensor<f64> to tensor<f32>
    return %1, %2 : tensor<f64>, tensor<f32>
  })",
        1, 1e-7, 5);
}

TEST(Pointwise, ReturnsItsArgumentsAndTheSameValueTwice) {
  check(
      R"(func.func @f(%a: tensor<?x3xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>) {
    %0 = nn.neg %a : tensor<?x3xf32>
    return %a, %0, %0 : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
  })",
      4);
}

// A base before the first element, from which lanes reach into the tensor: their indices must still
// be split into dims.
TEST(Pointwise, TakenApartBehindPadding) {
  for (int64_t low : {1, 2, 3, 4, 6})
    for (int64_t spread : {2, 3}) {
      std::string wide = std::to_string(4 * spread), some = std::to_string(3 * spread + 1),
                  all = std::to_string(3 * spread + 1 + 2 * low);
      std::string l = std::to_string(low), more = std::to_string(spread - 1),
                  s = std::to_string(spread);
      check("func.func @f(%a: tensor<4x1xf32>) -> tensor<" + all +
                "xf32> {\n%0 = nn.pad %a low [0, 0] high [0, " + more +
                "] interior [0, 0] : tensor<4x1xf32> -> tensor<4x" + s +
                "xf32>\n%1 = nn.reshape %0 : tensor<4x" + s + "xf32> -> tensor<" + wide +
                "xf32>\n%2 = nn.slice %1 from [0] to [" + some + "] step [1] : tensor<" + wide +
                "xf32> -> tensor<" + some + "xf32>\n%3 = nn.pad %2 low [" + l + "] high [" + l +
                "] interior [0] : tensor<" + some + "xf32> -> tensor<" + all +
                "xf32>\nreturn %3 : tensor<" + all + "xf32>\n}",
            1);
    }
}

// Lanes at constant distances from one another: strides, pairs of a window, backwards; whole
// vectors and tails.
TEST(Pointwise, LanesInPatterns) {
  for (int64_t width : {6, 8, 12, 16, 24, 32, 40})
    for (int64_t step : {2, 3, 5}) {
      std::string w = std::to_string(width), s = std::to_string(step),
                  some = std::to_string((width - 1) / step + 1);
      std::string whole = std::to_string(width / step),
                  spread = std::to_string((width - 1) * step + 1);
      std::string x = "tensor<?x3x" + w + "xf32>";
      check("func.func @f(%a: " + x + ") -> (tensor<?x3x" + some + "xf32>, " + x + ", tensor<?x3x" +
                spread + "xf32>) {\n" + "%0 = nn.slice %a from [0, 0, 0] to [-1, 3, " + w +
                "] step [1, 1, " + s + "] : " + x + " -> tensor<?x3x" + some + "xf32>\n" +
                "%1 = nn.reverse %a over [2] : " + x + " -> " + x + "\n" +
                "%2 = nn.pad %a low [0, 0, 0] high [0, 0, 0] interior [0, 0, " +
                std::to_string(step - 1) + "] : " + x + " -> tensor<?x3x" + spread + "xf32>\n" +
                "return %0, %1, %2 : tensor<?x3x" + some + "xf32>, " + x + ", tensor<?x3x" +
                spread + "xf32>\n}",
            5);
      if (width / step == 0)
        continue;
      std::string windows = "tensor<?x3x" + whole + "x" + s + "xf32>",
                  few = "tensor<?x3x" + whole + "xf32>";
      check("func.func @f(%a: " + x + ") -> (" + few + ", " + few + ", " + x + ") {\n" +
                "%0 = nn.windows %a over [2] size [" + s + "] stride [" + s + "] dilation [1] : " +
                x + " -> " + windows + "\n" + "%1 = nn.reduce_max %0 over [3] : " + windows +
                " -> " + few + "\n" + "%2 = nn.argmax %0 over [3] : " + windows + " -> " + few +
                "\n" + "%3 = nn.iota [3] : " + windows + "\n" +
                "%4 = nn.broadcast %2 to [0, 1, 2] : " + few + " -> " + windows + "\n" +
                "%5 = nn.broadcast %1 to [0, 1, 2] : " + few + " -> " + windows + "\n" +
                "%6 = nn.eq %3, %4 : " + windows + "\n" + "%7 = nn.mul %6, %5 : " + windows + "\n" +
                "%8 = nn.fold %7 over [2] extent [" + w + "] stride [" + s +
                "] dilation [1] : " + windows + " -> " + x + "\n" + "return %1, %2, %8 : " + few +
                ", " + few + ", " + x + "\n}",
            5);
    }
}

// Vectors that share an evaluation have the same numbers as those that are computed alone, in f64
// too.
TEST(Pointwise, RandomNumbersTogetherAndAlone) {
  for (const char *type : {"tensor<?x64xf32>", "tensor<?x2x32xf32>", "tensor<?x128xf64>",
                           "tensor<?x48xf32>", "tensor<192xf32>"}) {
    std::string t = type;
    check("func.func @f(%a: " + t + ") -> " + t + " {\n" +
              "%s = nn.constant dense<7.0> : tensor<f64>\n%k = nn.constant dense<12.0> : "
              "tensor<f64>\n" +
              "%0 = nn.random_uniform %s, %k place 3 : " + t + "\n" +
              "%1 = nn.random_normal %s, %k place 4 : " + t + "\n" + "%2 = nn.mul %0, %a : " + t +
              "\n%3 = nn.add %1, %2 : " + t + "\nreturn %3 : " + t + "\n}",
          7);
  }
}
