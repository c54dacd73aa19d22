// The interpreter's elementwise ops, and the autodiff markers, which return their operand.
#include "test/interpreter/Interpreter.h"
#include <cmath>

namespace nnc::reference {

static Semantics unary(double (*f)(double)) {
  return [f](const Call &call) {
    Tensor result = call.operand(0);
    for (double &x : result.data)
      x = f(x);
    return result;
  };
}

static Semantics binary(double (*f)(double, double)) {
  return [f](const Call &call) {
    Tensor result = call.operand(0);
    for (size_t i = 0; i < result.data.size(); ++i)
      result.data[i] = f(result.data[i], call.operand(1).data[i]);
    return result;
  };
}

void addElementwise(Table &table) {
  table["nn.neg"] = unary([](double x) { return -x; });
  table["nn.exp"] = unary([](double x) { return std::exp(x); });
  table["nn.log"] = unary([](double x) { return std::log(x); });
  table["nn.log1p"] = unary([](double x) { return std::log1p(x); });
  table["nn.expm1"] = unary([](double x) { return std::expm1(x); });
  table["nn.sqrt"] = unary([](double x) { return std::sqrt(x); });
  table["nn.abs"] = unary([](double x) { return std::fabs(x); });
  table["nn.sign"] = unary([](double x) { return x > 0 ? 1 : x < 0 ? -1 : x; });
  table["nn.tanh"] = unary([](double x) { return std::tanh(x); });
  table["nn.sin"] = unary([](double x) { return std::sin(x); });
  table["nn.cos"] = unary([](double x) { return std::cos(x); });
  table["nn.argument"] = unary([](double x) { return x; });
  table["nn.ceil"] = unary([](double x) { return std::ceil(x); });
  table["nn.floor"] = unary([](double x) { return std::floor(x); });
  table["nn.erf"] = unary([](double x) { return std::erf(x); });
  table["nn.cast"] = unary([](double x) { return x; });
  table["nn.stop_gradient"] = unary([](double x) { return x; });

  table["nn.add"] = binary([](double a, double b) { return a + b; });
  table["nn.sub"] = binary([](double a, double b) { return a - b; });
  table["nn.mul"] = binary([](double a, double b) { return a * b; });
  table["nn.div"] = binary([](double a, double b) { return a / b; });
  table["nn.rem"] = binary([](double a, double b) {
    const double rest = std::fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  });
  table["nn.pow"] = binary([](double a, double b) { return std::pow(a, b); });
  table["nn.max"] = binary([](double a, double b) {
    return std::isnan(a) || a > b || (a == b && !std::signbit(a)) ? a : b;
  });
  table["nn.min"] = binary([](double a, double b) {
    return std::isnan(a) || a < b || (a == b && std::signbit(a)) ? a : b;
  });
  table["nn.eq"] = binary([](double a, double b) { return double(a == b); });
  table["nn.ne"] = binary([](double a, double b) { return double(a != b); });
  table["nn.lt"] = binary([](double a, double b) { return double(a < b); });
  table["nn.le"] = binary([](double a, double b) { return double(a <= b); });
  table["nn.gt"] = binary([](double a, double b) { return double(a > b); });
  table["nn.ge"] = binary([](double a, double b) { return double(a >= b); });
  table["nn.select"] = [](const Call &call) {
    Tensor result = call.operand(1);
    for (size_t i = 0; i < result.data.size(); ++i)
      if (call.operand(0).data[i] == 0)
        result.data[i] = call.operand(2).data[i];
    return result;
  };
  table["nn.with_derivative"] = [](const Call &call) { return call.operand(0); };
  table["nn.total"] = [](const Call &call) {
    const Tensor &x = call.operand(0);
    Tensor result(call.resultShape);
    bool batched = x.shape.size() > call.resultShape.size();
    int64_t count = elementsOf(call.resultShape);
    for (int64_t example = 0; example < call.batch; ++example)
      for (int64_t i = 0; i < count; ++i)
        result.data[i] += x.data[batched ? example * count + i : i];
    return result;
  };
}

} // namespace nnc::reference
