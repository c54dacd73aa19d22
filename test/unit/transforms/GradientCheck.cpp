// Compares gradients with central differences of the interpreter, order by order.
#include "test/unit/transforms/GradientCheck.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/transforms/Differentiate.h"
#include "compiler/transforms/Simplify.h"
#include "compiler/transforms/loops/Hoist.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "test/loops/Loops.h"
#include <cmath>
#include <random>

using namespace mlir;
using nnc::reference::Tensor;

namespace nnc::test {
namespace {

/// A function at some order of differentiation: its leading arguments are the original ones, the
/// others are weights.
class Level {
public:
  Level(ModuleOp module) : module(module) {}
  func::FuncOp function() { return *module.getOps<func::FuncOp>().begin(); }

  /// The next order: results become the gradients of Σ w·results, with a weight argument for each.
  OwningOpRef<ModuleOp> next(ArrayRef<unsigned> wrt) {
    OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
    func::FuncOp f = *copy->getOps<func::FuncOp>().begin();
    Block &block = f.getBody().front();
    Operation *ret = block.getTerminator();
    OpBuilder b(ret);
    Location loc = ret->getLoc();
    Value sum;
    SmallVector<Type> inputs(f.getArgumentTypes());
    for (Value result : SmallVector<Value>(ret->getOperands())) {
      Value weight = block.addArgument(result.getType(), loc);
      inputs.push_back(result.getType());
      Value product = b.create<nn::MulOp>(loc, result, weight);
      auto dims = llvm::to_vector(
          llvm::seq<int64_t>(0, cast<RankedTensorType>(result.getType()).getRank()));
      Value part = nn::buildSum(b, loc, product, dims);
      sum = sum ? Value(b.create<nn::AddOp>(loc, sum, part)) : part;
    }
    SmallVector<Value> values;
    for (unsigned i : wrt)
      values.push_back(f.getArgument(i));
    auto gradient = b.create<nn::GradientOp>(loc, sum, values);
    ret->setOperands(gradient.getResults());
    f.setFunctionType(b.getFunctionType(inputs, TypeRange(ValueRange(values))));
    return copy;
  }

private:
  ModuleOp module;
};

/// Σ w·results, where the last arguments are w.
double weightedSum(func::FuncOp f, ArrayRef<Tensor> arguments, ArrayRef<Tensor> weights,
                   int64_t batch) {
  auto outcome = reference::run(f, arguments, batch);
  EXPECT_EQ(outcome.error, "");
  double sum = 0;
  for (size_t i = 0; i < outcome.results.size(); ++i)
    for (size_t j = 0; j < outcome.results[i].data.size(); ++j)
      sum += outcome.results[i].data[j] * weights[i].data[j];
  return sum;
}

class Check {
public:
  Check(Domain domain, int64_t batch) : domain(domain), batch(batch), random(7) {
    context.getOrLoadDialect<nn::NnDialect>();
    context.getOrLoadDialect<func::FuncDialect>();
    context.getOrLoadDialect<TestDialect>();
    addLoopSemantics();
  }

  void run(const std::string &body, int order) {
    ScopedDiagnosticHandler handler(
        &context, [&](Diagnostic &d) { ADD_FAILURE() << d.str() << "\nin " << body; });
    auto module = parseSourceString<ModuleOp>("func.func @f" + body, &context);
    ASSERT_TRUE(module) << body;
    func::FuncOp f = *module->getOps<func::FuncOp>().begin();
    for (auto [i, type] : llvm::enumerate(f.getArgumentTypes())) {
      bool index = llvm::is_contained(domain.indices, i);
      if (!index)
        wrt.push_back(i);
      arguments.push_back(draw(type, index));
    }
    for (int level = 1; level <= order; ++level) {
      OwningOpRef<ModuleOp> next = Level(*module).next(wrt);
      ASSERT_TRUE(succeeded(mlir::verify(*next)));
      PassManager differentiate(&context);
      differentiate.addPass(createDifferentiatePass());
      ASSERT_TRUE(succeeded(differentiate.run(*next))) << body;
      compare(*module, *next, body + " at order " + std::to_string(level));
      PassManager simplify(&context);
      simplify.addPass(createSimplifyPass());
      ASSERT_TRUE(succeeded(simplify.run(*next))) << body;
      compare(*module, *next, body + " simplified at order " + std::to_string(level));
      PassManager hoist(&context);
      hoist.addPass(createHoistPass());
      ASSERT_TRUE(succeeded(hoist.run(*next))) << body;
      compare(*module, *next, body + " hoisted at order " + std::to_string(level));
      // The next order has this one's weights as arguments.
      arguments = extended;
      module = std::move(next);
      if (::testing::Test::HasFailure())
        return;
    }
  }

private:
  Tensor draw(Type type, bool index) {
    std::uniform_real_distribution<double> real(domain.low, domain.high);
    Tensor t(reference::shapeOf(type, batch));
    for (double &x : t.data)
      x = index          ? std::round(std::fabs(real(random)))
          : domain.whole ? std::round(real(random))
                         : real(random);
    return t;
  }

  void compare(ModuleOp before, ModuleOp after, const std::string &what) {
    func::FuncOp f = Level(before).function(), g = Level(after).function();
    std::vector<Tensor> weights;
    extended = arguments;
    for (Type type : f.getResultTypes()) {
      std::uniform_real_distribution<double> real(-1, 1);
      Tensor w(reference::shapeOf(type, batch));
      for (double &x : w.data)
        x = real(random);
      weights.push_back(w);
      extended.push_back(w);
    }
    auto gradients = reference::run(g, extended, batch);
    ASSERT_EQ(gradients.error, "") << what;
    for (auto [k, i] : llvm::enumerate(wrt)) {
      // A sample of the elements of large arguments: every element costs four runs.
      const size_t step = arguments[i].data.size() / 12 + 1;
      for (size_t j = random() % step; j < arguments[i].data.size(); j += step) {
        const double x = arguments[i].data[j], h = 1e-5 * std::max(1.0, std::fabs(x));
        auto at = [&, i = i](double value) {
          arguments[i].data[j] = value;
          return weightedSum(f, arguments, weights, batch);
        };
        // Fourth-order central difference: its error is far below the tolerance.
        double numeric = (8 * (at(x + h) - at(x - h)) - (at(x + 2 * h) - at(x - 2 * h))) / (12 * h);
        arguments[i].data[j] = x;
        double derived = gradients.results[k].data[j];
        ASSERT_NEAR(numeric, derived,
                    1e-6 * std::max({1.0, std::fabs(numeric), std::fabs(derived)}))
            << what << "\nargument " << i << " element " << j;
      }
    }
  }

  Domain domain;
  int64_t batch;
  std::mt19937_64 random;
  MLIRContext context;
  std::vector<unsigned> wrt;
  std::vector<Tensor> arguments, extended;
};

} // namespace

void checkGradients(const std::string &body, Domain domain, int order, int64_t batch) {
  Check(domain, batch).run(body, order);
}

} // namespace nnc::test
