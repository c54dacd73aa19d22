// Compares f32 functions with libm in f64: accuracy over their range, and special values.
#include "test/unit/lowering/Compiled.h"
#include "test/unit/lowering/Levels.h"

#include <cmath>
#include <functional>

using namespace nnc::test;

namespace {

/// A test of one processor level.
class Math : public testing::TestWithParam<std::string> {
protected:
  void sweep(const std::string &op, const std::function<double(double)> &exact, double low,
             double high, double bound, double absolute = 0);
  void special(const std::string &op, const std::function<double(double)> &exact);
  nnc::test::Setup setup() const {
    nnc::test::Setup setup;
    setup.cpu = GetParam();
    return setup;
  }
};

/// |actual - expected| in units in the last place of f32 at `expected`.
double ulps(double actual, double expected) {
  if (std::isnan(expected) || std::isnan(actual))
    return std::isnan(expected) && std::isnan(actual) ? 0 : INFINITY;
  if (float(expected) == float(actual))
    return 0;
  float size = std::abs(float(expected));
  double unit = double(std::nextafter(size, INFINITY)) - size;
  return std::abs(actual - expected) / unit;
}

/// The worst error of `op` over 20,000 points of [low, high], in ulps where |y| is normal.
void Math::sweep(const std::string &op, const std::function<double(double)> &exact, double low,
                 double high, double bound, double absolute) {
  Program program("func.func @f(%x: tensor<20000xf32>) -> tensor<20000xf32> {\n%0 = nn." + op +
                  " %x : tensor<20000xf32>\nreturn %0 : tensor<20000xf32>\n}");
  Tensor x({20000});
  for (int i = 0; i < 20000; ++i)
    x.data[i] = float(low + (high - low) * i / 19999);
  Tensor y = program.run({x}, 1, setup())[0];
  double worst = 0, at = 0;
  for (int i = 0; i < 20000; ++i) {
    double expected = exact(x.data[i]);
    if (std::abs(expected) < 1.2e-38 || std::abs(y.data[i] - expected) <= absolute)
      continue;
    double error = ulps(y.data[i], expected);
    if (error > worst) {
      worst = error;
      at = x.data[i];
    }
  }
  EXPECT_LE(worst, bound) << op << "(" << at << ") in [" << low << ", " << high << "]";
  testing::Test::RecordProperty(op, std::to_string(worst));
}

void Math::special(const std::string &op, const std::function<double(double)> &exact) {
  Program program("func.func @f(%x: tensor<16xf32>) -> tensor<16xf32> {\n%0 = nn." + op +
                  " %x : tensor<16xf32>\nreturn %0 : tensor<16xf32>\n}");
  Tensor x({16}, std::vector<double>{0.0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 1e30f, -1e30f, 88,
                                     -88, 200, -200, 1e-30f, -1e-30f, 0.5});
  Tensor y = program.run({x}, 1, setup())[0];
  for (int i = 0; i < 16; ++i) {
    double expected = float(exact(x.data[i]));
    if (std::isnan(expected))
      EXPECT_TRUE(std::isnan(y.data[i])) << op << "(" << x.data[i] << ") = " << y.data[i];
    else if (std::isinf(expected))
      EXPECT_EQ(y.data[i], expected) << op << "(" << x.data[i] << ")";
    else
      EXPECT_NEAR(y.data[i], expected, std::abs(expected) * 1e-5 + 1e-37)
          << op << "(" << x.data[i] << ")";
  }
}

} // namespace

TEST_P(Math, Exp) {
  sweep("exp", [](double x) { return std::exp(x); }, -87, 88, 2);
  special("exp", [](double x) { return std::exp(x); });
}
TEST_P(Math, Log) {
  sweep("log", [](double x) { return std::log(x); }, 1e-6, 4, 2);
  sweep("log", [](double x) { return std::log(x); }, 1, 1e30, 2);
  special("log", [](double x) { return std::log(x); });
}
TEST_P(Math, Log1p) {
  auto exact = [](double x) { return std::log1p(x); };
  for (double range : {1e-30, 1e-9, 1e-4, 0.01, 0.3, 0.999})
    sweep("log1p", exact, -range, range, 2);
  for (double most : {3.0, 1e3, 1e9, 3e38})
    sweep("log1p", exact, -0.5, most, 2);
  special("log1p", exact);
}
TEST_P(Math, Expm1) {
  auto exact = [](double x) { return std::expm1(x); };
  for (double range : {1e-30, 1e-9, 1e-4, 0.01, 0.3, 1.0, 3.0, 20.0, 88.0})
    sweep("expm1", exact, -range, range, 2);
  sweep("expm1", exact, 88, 88.72, 2);
  special("expm1", exact);
}
TEST_P(Math, Tanh) {
  sweep("tanh", [](double x) { return std::tanh(x); }, -12, 12, 6);
  special("tanh", [](double x) { return std::tanh(x); });
}
TEST_P(Math, Erf) {
  sweep("erf", [](double x) { return std::erf(x); }, -5, 5, 6);
  special("erf", [](double x) { return std::erf(x); });
}
TEST_P(Math, SinAndCos) {
  for (double range : {7.0, 100.0, 1e5, 1e12, 1e15, 2e15, 1e19, 1e30, 3.4e38}) {
    sweep("sin", [](double x) { return std::sin(x); }, -range, range, 2, 1e-7);
    sweep("cos", [](double x) { return std::cos(x); }, -range, range, 2, 1e-7);
  }
  special("sin", [](double x) { return std::sin(x); });
  special("cos", [](double x) { return std::cos(x); });
}
TEST_P(Math, Floor) {
  for (double range : {3.0, 1e4, 0x1p22, 0x1p24, 1e30})
    sweep("floor", [](double x) { return std::floor(x); }, -range, range, 0);
  special("floor", [](double x) { return std::floor(x); });
}
TEST_P(Math, Ceil) {
  for (double range : {3.0, 1e4, 0x1p22, 0x1p24, 1e30})
    sweep("ceil", [](double x) { return std::ceil(x); }, -range, range, 0);
  special("ceil", [](double x) { return std::ceil(x); });
}
TEST_P(Math, Sqrt) {
  sweep("sqrt", [](double x) { return std::sqrt(x); }, 0, 1e10, 0.5);
  special("sqrt", [](double x) { return std::sqrt(x); });
}

INSTANTIATE_TEST_SUITE_P(Levels, Math, testing::ValuesIn(levels()), levelName);
