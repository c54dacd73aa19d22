// Tests that every elementwise rewrite gives the same number, bit for bit, for every operand:
// random programs of elementwise ops run on zeros of both signs, infinities, NaN, the greatest and
// the least numbers, before and after they are simplified.
#include "compiler/dialect/NnDialect.h"
#include "compiler/transforms/Simplify.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "test/interpreter/Interpreter.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using nnc::reference::Tensor;

namespace nnc::test {
namespace {

constexpr double inf = INFINITY;
const double special[] = {0.0, -0.0, 1,   -1,    2,      -0.5,   3,       41,     49,
                          inf, -inf, NAN, 1e308, -1e308, 5e-324, -5e-324, 1e-200, 0.1};
constexpr int count = sizeof special / sizeof *special;

/// Two operands with every pair of special numbers, and ops on them whose operands are often
/// constants or repeat one number.
class Program {
public:
  Program(MLIRContext &context, unsigned seed) : b(&context), loc(b.getUnknownLoc()), random(seed) {
    module = ModuleOp::create(loc);
    b.setInsertionPointToStart(module->getBody());
    SmallVector<Type> inputs{type, type, scalar};
    function = b.create<func::FuncOp>(loc, "f", b.getFunctionType(inputs, {}));
    b.setInsertionPointToStart(function.addEntryBlock());
    values = {function.getArgument(0), function.getArgument(1)};
    for (int i = 0; i < 14; ++i)
      values.push_back(step());
    SmallVector<Value> results(values.begin() + 2, values.end());
    b.create<func::ReturnOp>(loc, results);
    function.setFunctionType(b.getFunctionType(inputs, TypeRange(ValueRange(results))));
  }
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;

private:
  int pick(int n) { return int(random() % n); }
  Value any() { return values[pick(values.size())]; }
  Value other() {
    switch (pick(4)) {
    case 0:
      return nn::buildSplat(b, loc, type, special[pick(count)]);
    case 1:
      return nn::buildBroadcast(b, loc, type, function.getArgument(2), {});
    default:
      return any();
    }
  }
  Value step() {
    Value x = pick(5) ? any() : other(), y = other();
    if (pick(2))
      std::swap(x, y);
    switch (pick(12)) {
    case 0:
    case 1:
      return b.create<nn::AddOp>(loc, x, y);
    case 2:
    case 3:
      return b.create<nn::SubOp>(loc, x, y);
    case 4:
    case 5:
      return b.create<nn::MulOp>(loc, x, y);
    case 6:
    case 7:
      return b.create<nn::DivOp>(loc, x, y);
    case 8:
      return b.create<nn::NegOp>(loc, x);
    case 9:
      return pick(2) ? Value(b.create<nn::MaxOp>(loc, x, y))
                     : Value(b.create<nn::MinOp>(loc, x, y));
    case 10:
      return pick(2) ? Value(b.create<nn::GtOp>(loc, x, y)) : Value(b.create<nn::EqOp>(loc, x, y));
    default: {
      Value one = nn::buildSplat(b, loc, type, 1), zero = nn::buildSplat(b, loc, type, 0);
      bool truth = pick(2);
      return b.create<nn::SelectOp>(loc, any(), truth ? one : x, truth ? zero : y);
    }
    }
  }

  OpBuilder b;
  Location loc;
  std::mt19937 random;
  std::vector<Value> values;
  RankedTensorType type = RankedTensorType::get({count * count}, b.getF64Type());
  RankedTensorType scalar = RankedTensorType::get({}, b.getF64Type());
};

std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  module.print(out);
  return text;
}

} // namespace

TEST(Simplify, isExactForEveryNumber) {
  MLIRContext context;
  context.loadDialect<nn::NnDialect, func::FuncDialect>();
  Tensor x({count * count}), y({count * count});
  for (int i = 0; i < count; ++i)
    for (int j = 0; j < count; ++j) {
      x.data[i * count + j] = special[i];
      y.data[i * count + j] = special[j];
    }
  for (unsigned seed = 0; seed < 400; ++seed) {
    Program program(context, seed);
    ASSERT_TRUE(succeeded(mlir::verify(*program.module)));
    Tensor s(std::vector<int64_t>{});
    s.data[0] = special[seed % count];
    std::string text = print(*program.module);
    auto before = reference::run(program.function, {x, y, s}, 1);
    ASSERT_EQ(before.error, "") << text;
    PassManager pm(&context);
    pm.addPass(createSimplifyPass());
    ASSERT_TRUE(succeeded(pm.run(*program.module)));
    auto after = reference::run(program.function, {x, y, s}, 1);
    ASSERT_EQ(after.error, "") << text;
    for (size_t i = 0; i < before.results.size(); ++i)
      for (int j = 0; j < count * count; ++j) {
        double a = before.results[i].data[j], c = after.results[i].data[j];
        bool same = std::isnan(a) ? std::isnan(c) : a == c && std::signbit(a) == std::signbit(c);
        ASSERT_TRUE(same) << a << " became " << c << " in result " << i << " for x = " << x.data[j]
                          << ", y = " << y.data[j] << ", s = " << s.data[0] << " of\n"
                          << text << "which is now\n"
                          << print(*program.module);
      }
  }
}

} // namespace nnc::test
