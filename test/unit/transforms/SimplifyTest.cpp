// Tests that Simplify keeps values: random programs give the same results before and after, and
// again after a second run.
#include "compiler/transforms/Simplify.h"
#include "compiler/dialect/NnDialect.h"
#include "mlir/IR/BuiltinOps.h"
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

constexpr int64_t batch = 3;

/// Grows a function op by op from values it already has; constants that rewrites look for are
/// frequent.
class RandomProgram {
public:
  RandomProgram(MLIRContext &context, unsigned seed)
      : b(&context), loc(b.getUnknownLoc()), random(seed) {
    module = ModuleOp::create(loc);
    b.setInsertionPointToStart(module->getBody());
    SmallVector<Type> inputs{type({ShapedType::kDynamic, 4}), type({4}),
                             type({ShapedType::kDynamic}), type({}), type({4, 4})};
    function = b.create<func::FuncOp>(loc, "f", b.getFunctionType(inputs, {}));
    b.setInsertionPointToStart(function.addEntryBlock());
    for (Value argument : function.getArguments())
      values.push_back(argument);
    for (int i = 0; i < 40; ++i)
      if (Value v = step())
        values.push_back(v);
    SmallVector<Value> results(values.end() - 12, values.end());
    b.create<func::ReturnOp>(loc, results);
    function.setFunctionType(b.getFunctionType(inputs, TypeRange(ValueRange(results))));
  }

  OwningOpRef<ModuleOp> module;
  func::FuncOp function;

private:
  RankedTensorType type(ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, b.getF64Type());
  }
  int pick(int n) { return int(random() % n); }
  Value any() { return values[pick(values.size())]; }
  static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

  /// A value of v's type: an old one, a constant, or a broadcast.
  Value like(Value v) {
    SmallVector<Value> same;
    for (Value other : values)
      if (other.getType() == v.getType())
        same.push_back(other);
    static const double constants[] = {0, 1, -1, 2, 0.5, 3};
    switch (pick(3)) {
    case 0:
      return nn::buildSplat(b, loc, typeOf(v), constants[pick(6)]);
    case 1: {
      Value from = any();
      ArrayRef<int64_t> shape = typeOf(v).getShape(), few = typeOf(from).getShape();
      if (few.size() <= shape.size() && shape.take_back(few.size()) == few)
        return nn::buildBroadcast(
            b, loc, typeOf(v), from,
            llvm::to_vector(llvm::seq<int64_t>(shape.size() - few.size(), shape.size())));
      [[fallthrough]];
    }
    default:
      return same[pick(same.size())];
    }
  }

  Value step() {
    Value x = any();
    nn::Expr e(x, b, loc);
    RankedTensorType t = typeOf(x);
    switch (pick(14)) {
    case 0:
      return b.create<nn::AddOp>(loc, x, like(x));
    case 1:
      return b.create<nn::SubOp>(loc, like(x), x);
    case 2:
    case 3:
      return b.create<nn::MulOp>(loc, x, like(x));
    case 4: // away from zero, so that quotients stay moderate
      return b.create<nn::DivOp>(loc, x, nn::exp(nn::sin(e.with(like(x)))));
    case 5:
      return b.create<nn::NegOp>(loc, x);
    case 6:
      return b.create<nn::MaxOp>(loc, x, like(x));
    case 7:
      return b.create<nn::SelectOp>(loc, b.create<nn::GtOp>(loc, x, like(x)), like(x), like(x));
    case 8:
      return t.getRank() == 0 ? Value() : nn::buildSum(b, loc, x, int64_t(pick(t.getRank())));
    case 9: {
      int64_t size = t.getRank() == 2 && !t.isDynamicDim(0) ? 16 : 4;
      if (t.getRank() == 0 || t.getDimSize(t.getRank() - 1) != 4)
        return {};
      SmallVector<int64_t> shape;
      if (nn::isBatched(t))
        shape.push_back(ShapedType::kDynamic);
      shape.append({size / 2, 2});
      Value halves = b.create<nn::ReshapeOp>(loc, type(shape), x);
      return b.create<nn::ReshapeOp>(loc, t, nn::sin(e.with(halves)));
    }
    case 10:
      return b.create<nn::PowOp>(loc, nn::exp(nn::sin(e)), like(x));
    case 11: {
      if (t.getRank() != 2)
        return {};
      Value transposed =
          b.create<nn::TransposeOp>(loc, function.getArgument(4), ArrayRef<int64_t>{1, 0});
      int64_t rows = t.isDynamicDim(0) ? -1 : 4;
      auto d = [&](unsigned i) { return getAffineDimExpr(i, b.getContext()); };
      auto map = [&](unsigned i, unsigned j) {
        return AffineMap::get(3, 0, {d(i), d(j)}, b.getContext());
      };
      return b.create<nn::ContractOp>(loc, x, pick(2) ? transposed : like(transposed),
                                      b.getAffineMapArrayAttr({map(0, 1), map(1, 2), map(0, 2)}),
                                      ArrayRef<int64_t>{rows, 4, 4});
    }
    case 12: {
      if (t != type({4}))
        return {};
      int64_t low = pick(2);
      Value padded = b.create<nn::PadOp>(loc, x, low, ArrayRef<int64_t>{2}, ArrayRef<int64_t>{0});
      return b.create<nn::SliceOp>(loc, padded, ArrayRef<int64_t>{1}, ArrayRef<int64_t>{5},
                                   ArrayRef<int64_t>{1});
    }
    default:
      return nn::sin(e);
    }
  }

  OpBuilder b;
  Location loc;
  std::mt19937 random;
  std::vector<Value> values;
};

void simplify(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.addPass(createSimplifyPass());
  ASSERT_TRUE(succeeded(pm.run(module)));
}

std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  module.print(out);
  return text;
}

void expectClose(ArrayRef<Tensor> before, ArrayRef<Tensor> after, const std::string &program) {
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i)
    for (size_t j = 0; j < before[i].data.size(); ++j) {
      double x = before[i].data[j], y = after[i].data[j];
      // Regrouping changes the rounding of huge values, and may cause an overflow a step earlier or
      // later.
      if (std::fabs(x) > 1e12 || !std::isfinite(x))
        continue;
      ASSERT_NEAR(x, y, 1e-7 * std::max(1.0, std::fabs(x))) << "result " << i << " of\n" << program;
    }
}

TEST(Simplify, keepsTheValuesOfRandomPrograms) {
  MLIRContext context;
  context.loadDialect<nn::NnDialect, func::FuncDialect>();
  for (unsigned seed = 0; seed < 300; ++seed) {
    RandomProgram program(context, seed);
    ASSERT_TRUE(succeeded(mlir::verify(*program.module)));
    std::vector<Tensor> arguments;
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> real(-2, 2);
    for (Type type : program.function.getArgumentTypes()) {
      Tensor t(reference::shapeOf(type, batch));
      for (double &x : t.data)
        x = real(random);
      arguments.push_back(t);
    }
    std::string text = print(*program.module);
    auto before = reference::run(program.function, arguments, batch);
    ASSERT_EQ(before.error, "") << text;
    simplify(*program.module);
    ASSERT_TRUE(succeeded(mlir::verify(*program.module))) << text;
    auto after = reference::run(program.function, arguments, batch);
    ASSERT_EQ(after.error, "") << text;
    expectClose(before.results, after.results, text);
    std::string once = print(*program.module);
    simplify(*program.module);
    EXPECT_EQ(once, print(*program.module)) << "a second run found more to do";
    if (::testing::Test::HasFailure())
      return;
  }
}

} // namespace
} // namespace nnc::test
