// Compares every op's pull form with the interpreter, in scalars and in vectors, without a code
// generator: operands are constants, so the ops that buildAt emits fold to a constant.
#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "test/interpreter/Interpreter.h"
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using nnc::reference::Tensor;

namespace nnc::test {
namespace {

constexpr int64_t batch = 4;

/// Operands are tensors with known values; indices must be constants when they are loaded.
class ConstantElements : public nn::ElementBuilder {
public:
  ConstantElements(OpBuilder &b, Location loc, int64_t lanes, Operation *op,
                   ArrayRef<Tensor> operands)
      : ElementBuilder(b, loc, lanes), op(op), operands(operands) {}

  Value load(unsigned operand, ArrayRef<nn::Index> index, Value mask) override {
    std::vector<std::vector<int64_t>> at;
    for (nn::Index i : index)
      at.push_back(integers(materialize(i)));
    std::vector<int64_t> active = mask ? integers(mask) : std::vector<int64_t>(lanes(), 1);
    Type element = getElementTypeOrSelf(op->getOperand(operand).getType());
    std::vector<Attribute> values;
    for (int64_t lane = 0; lane < lanes(); ++lane) {
      reference::Shape where;
      for (auto &dim : at)
        where.push_back(dim[lane]);
      values.push_back(FloatAttr::get(element, active[lane] ? operands[operand](where) : 0));
    }
    if (lanes() == 1)
      return builder().create<arith::ConstantOp>(location(), cast<TypedAttr>(values[0]));
    auto vector = DenseElementsAttr::get(cast<VectorType>(typeOf(element)), values);
    return builder().create<arith::ConstantOp>(location(), vector);
  }

  Value batchSize() override { return builder().create<arith::ConstantIndexOp>(location(), batch); }

private:
  std::vector<int64_t> integers(Value v) {
    Attribute constant;
    EXPECT_TRUE(matchPattern(v, m_Constant(&constant)))
        << "an index did not fold in " << op->getName().getStringRef().str();
    std::vector<int64_t> result;
    if (auto scalar = dyn_cast_or_null<IntegerAttr>(constant))
      result.push_back(scalar.getValue().getSExtValue() & (scalar.getType().isInteger(1) ? 1 : -1));
    else if (auto vector = dyn_cast_or_null<DenseIntElementsAttr>(constant))
      for (const APInt &element : vector.getValues<APInt>())
        result.push_back(element.getBitWidth() == 1 ? element.getZExtValue()
                                                    : element.getSExtValue());
    result.resize(lanes());
    return result;
  }

  Operation *op;
  ArrayRef<Tensor> operands;
};

class Elements : public ::testing::Test {
protected:
  Elements() {
    context.loadDialect<nn::NnDialect, arith::ArithDialect, math::MathDialect, func::FuncDialect,
                        scf::SCFDialect, vector::VectorDialect>();
  }

  /// `text` is one op on %0, %1 …, of operand types `operands` (f64); its last dim is a multiple of
  /// four.
  void check(const std::string &text, const std::vector<std::string> &operands, double low = -2,
             double high = 2, int64_t maxLanes = 4) {
    std::string parameters;
    for (size_t i = 0; i < operands.size(); ++i)
      parameters += (i ? ", %" : "%") + std::to_string(i) + ": tensor<" + operands[i] + ">";
    auto module = parseSourceString<ModuleOp>(
        "func.func @f(" + parameters + ") { %r = nn." + text + "\n return }", &context);
    ASSERT_TRUE(module) << text;
    func::FuncOp f = *module->getOps<func::FuncOp>().begin();
    Operation *op = &f.getBody().front().front();
    std::vector<Tensor> values;
    std::uniform_real_distribution<double> real(low, high);
    for (Value operand : op->getOperands()) {
      Tensor t(reference::shapeOf(operand.getType(), batch));
      for (double &x : t.data)
        x = isHostScalar(operand) ? 12345 : real(random);
      values.push_back(t);
    }
    reference::Shape shape = reference::shapeOf(op->getResult(0).getType(), batch);
    Tensor expected =
        reference::semantics().lookup(op->getName().getStringRef())({op, values, batch, shape});
    for (int64_t lanes : {1, 2, 4})
      for (size_t dim = 0; dim < std::max<size_t>(1, shape.size()); ++dim)
        if (lanes > maxLanes)
          continue;
        else if (lanes == 1 ? dim == 0 : !shape.empty() && shape[dim] % lanes == 0)
          compare(text, op, values, expected, lanes, dim);
  }

  static bool isHostScalar(Value v) { return cast<RankedTensorType>(v.getType()).getRank() == 0; }

  /// Vectors of `lanes` elements that follow one another along `dim`.
  void compare(const std::string &text, Operation *op, ArrayRef<Tensor> values,
               const Tensor &expected, int64_t lanes, size_t dim) {
    auto module = OwningOpRef<ModuleOp>(ModuleOp::create(op->getLoc()));
    OpBuilder b(module->getBodyRegion());
    auto f = b.create<func::FuncOp>(op->getLoc(), "g", b.getFunctionType({}, {}));
    b.setInsertionPointToStart(f.addEntryBlock());
    ConstantElements eb(b, op->getLoc(), lanes, op, values);
    std::vector<reference::Shape> starts;
    std::vector<Value> results;
    std::vector<Type> types;
    reference::forEachIndex(expected.shape, [&](const reference::Shape &at) {
      if (!at.empty() && at[dim] % lanes != 0)
        return;
      std::vector<nn::Index> index;
      for (size_t i = 0; i < at.size(); ++i) {
        Value base = b.create<arith::ConstantIndexOp>(op->getLoc(), at[i]);
        index.push_back(lanes > 1 && i == dim ? nn::Index::affine(base, 1, at[i])
                                              : eb.uniform(base, at[i]));
      }
      starts.push_back(at);
      results.push_back(cast<nn::PullOp>(op).buildAt(eb, index));
      types.push_back(results.back().getType());
    });
    auto ret = b.create<func::ReturnOp>(op->getLoc(), results);
    f.setFunctionType(b.getFunctionType({}, types));
    PassManager pm(&context);
    pm.addPass(createCanonicalizerPass());
    ASSERT_TRUE(succeeded(pm.run(*module))) << text;
    for (size_t i = 0; i < starts.size(); ++i) {
      Attribute constant;
      ASSERT_TRUE(matchPattern(ret.getOperand(i), m_Constant(&constant)))
          << text << " did not fold";
      for (int64_t lane = 0; lane < lanes; ++lane) {
        double got =
            lanes == 1
                ? cast<FloatAttr>(constant).getValueAsDouble()
                : (*std::next(cast<DenseFPElementsAttr>(constant).value_begin<APFloat>(), lane))
                      .convertToDouble();
        reference::Shape at = starts[i];
        if (!at.empty())
          at[dim] += lane;
        ASSERT_NEAR(got, expected(at), 1e-9 * std::max(1.0, std::fabs(got)))
            << text << ", " << lanes << " lanes along dim " << dim << ", element "
            << expected.offset(at);
      }
    }
  }

  MLIRContext context;
  std::mt19937_64 random{3};
};

TEST_F(Elements, broadcast) {
  check("broadcast %0 to [1] : tensor<4xf64> -> tensor<?x4xf64>", {"4xf64"});
  check("broadcast %0 to [2, 0] : tensor<4x2xf64> -> tensor<2x3x4xf64>", {"4x2xf64"});
  check("broadcast %0 to [] : tensor<f64> -> tensor<?x8xf64>", {"f64"});
}
TEST_F(Elements, reshape) {
  check("reshape %0 : tensor<?x2x6xf64> -> tensor<?x3x4xf64>", {"?x2x6xf64"});
  check("reshape %0 : tensor<8x4xf64> -> tensor<4x8xf64>", {"8x4xf64"});
  check("reshape %0 : tensor<?x32xf64> -> tensor<?x2x4x4xf64>", {"?x32xf64"});
  check("reshape %0 : tensor<?x2x4x4xf64> -> tensor<?x32xf64>", {"?x2x4x4xf64"});
  check("reshape %0 : tensor<?x1x12x1xf64> -> tensor<?x4x1x3xf64>", {"?x1x12x1xf64"});
  check("reshape %0 : tensor<2x3x5xf64> -> tensor<6x5xf64>", {"2x3x5xf64"});
  check("reshape %0 : tensor<1xf64> -> tensor<f64>", {"1xf64"});
  check("reshape %0 : tensor<f64> -> tensor<1x1xf64>", {"f64"});
  check("reshape %0 : tensor<?xf64> -> tensor<?x1xf64>", {"?xf64"});
}
TEST_F(Elements, transpose) {
  check("transpose %0 by [2, 0, 1] : tensor<2x3x4xf64> -> tensor<4x2x3xf64>", {"2x3x4xf64"});
}
TEST_F(Elements, slice) {
  check("slice %0 from [0, 1] to [-1, 9] step [1, 2] : tensor<?x9xf64> -> tensor<?x4xf64>",
        {"?x9xf64"});
}
TEST_F(Elements, pad) {
  check("pad %0 low [0, 1] high [0, 2] interior [0, 0] : tensor<?x5xf64> -> tensor<?x8xf64>",
        {"?x5xf64"});
  check("pad %0 low [3, 1] high [0, 2] interior [1, 2] : tensor<3x2xf64> -> tensor<8x7xf64>",
        {"3x2xf64"});
  check("pad %0 low [0] high [1] interior [1] : tensor<4xf64> -> tensor<8xf64>", {"4xf64"});
}
TEST_F(Elements, reverse) {
  check("reverse %0 over [0, 2] : tensor<2x3x4xf64> -> tensor<2x3x4xf64>", {"2x3x4xf64"});
}
TEST_F(Elements, concat) {
  check("concat %0, %1, %2 along 1 : (tensor<?x2xf64>, tensor<?x3xf64>, tensor<?x3xf64>) -> "
        "tensor<?x8xf64>",
        {"?x2xf64", "?x3xf64", "?x3xf64"});
}
TEST_F(Elements, windows) {
  check("windows %0 over [1, 2] size [2, 4] stride [2, 1] dilation [1, 2] : tensor<?x6x10xf64> -> "
        "tensor<?x3x4x2x4xf64>",
        {"?x6x10xf64"});
}
TEST_F(Elements, fold) {
  check(
      "fold %0 over [1] extent [8] stride [2] dilation [1] : tensor<?x4x2xf64> -> tensor<?x8xf64>",
      {"?x4x2xf64"});
  check(
      "fold %0 over [1] extent [8] stride [2] dilation [1] : tensor<?x3x2xf64> -> tensor<?x8xf64>",
      {"?x3x2xf64"});
  check("fold %0 over [0, 1] extent [8, 4] stride [2, 1] dilation [1, 1] : tensor<3x2x3x3xf64> -> "
        "tensor<8x4xf64>",
        {"3x2x3x3xf64"});
  check("fold %0 over [0] extent [12] stride [3] dilation [2] : tensor<3x3xf64> -> tensor<12xf64>",
        {"3x3xf64"});
}
TEST_F(Elements, pick) {
  check("pick %0[%1] along 1 : tensor<?x5x4xf64>, tensor<?x4xf64> -> tensor<?x4xf64>",
        {"?x5x4xf64", "?x4xf64"}, -1, 7);
}
TEST_F(Elements, dynamicSlice) {
  check("dynamic_slice %0 at %1 over [2, 1] size [4, 3] : tensor<?x5x6xf64>, tensor<?x2xf64> -> "
        "tensor<?x3x4xf64>",
        {"?x5x6xf64", "?x2xf64"}, -1, 4);
}
TEST_F(Elements, constant) {
  check("constant dense<2.5> : tensor<8xf64>", {});
  check("constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf64>", {});
}
TEST_F(Elements, iota) {
  check("iota [1] : tensor<?x8xf64>", {});
  check("iota [2, 0] : tensor<2x3x4xf64>", {});
}
TEST_F(Elements, batchSize) { check("batch_size", {}); }
TEST_F(Elements, random) {
  check("random_uniform %0, %1 place 7 : tensor<?x40xf64>", {"f64", "f64"});
  check("random_uniform %0, %1 place 4294967297 : tensor<160xf64>", {"f64", "f64"});
  check("random_normal %0, %1 place 7 : tensor<?x24xf64>", {"f64", "f64"});
  check("random_uniform %0, %1 from %2 place 7 : tensor<?x12xf64>", {"f64", "f64", "f64"});
  check("random_normal %0, %1 from %2 place 7 : tensor<?x3x4xf64>", {"f64", "f64", "f64"});
}
TEST_F(Elements, unary) {
  for (std::string op : {"neg", "exp", "expm1", "sqrt", "log", "log1p", "abs", "tanh", "sin", "cos",
                         "floor", "ceil", "erf"})
    check(op + " %0 : tensor<?x4xf64>", {"?x4xf64"}, 0.1, 2);
  // Comparisons of vectors do not fold, so these are scalars only.
  check("sign %0 : tensor<?x4xf64>", {"?x4xf64"}, -2, 2, 1);
  check("floor %0 : tensor<?x4xf64>", {"?x4xf64"});
  check("ceil %0 : tensor<?x4xf64>", {"?x4xf64"});
  check("cast %0 : tensor<?x4xf64> to tensor<?x4xf64>", {"?x4xf64"});
}
TEST_F(Elements, binary) {
  for (std::string op : {"add", "sub", "mul", "div", "max", "min"})
    check(op + " %0, %1 : tensor<?x4xf64>", {"?x4xf64", "?x4xf64"});
  for (std::string op : {"eq", "ne", "lt", "le", "gt", "ge"})
    check(op + " %0, %1 : tensor<?x4xf64>", {"?x4xf64", "?x4xf64"}, -2, 2, 1);
  check("pow %0, %1 : tensor<?x4xf64>", {"?x4xf64", "?x4xf64"}, 0.1, 2);
  // As for sign: scalars only.
  check("rem %0, %1 : tensor<?x4xf64>", {"?x4xf64", "?x4xf64"}, -2, 2, 1);
}
TEST_F(Elements, select) {
  check("select %0, %1, %2 : tensor<?x4xf64>", {"?x4xf64", "?x4xf64", "?x4xf64"}, -2, 2, 1);
}

} // namespace
} // namespace nnc::test
