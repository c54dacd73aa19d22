// Passes in the blocks of loops: gradients through time, and memory that runs share.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/transforms/Differentiate.h"
#include "compiler/transforms/Fuse.h"
#include "compiler/transforms/PlanMemory.h"
#include "compiler/transforms/Schedule.h"
#include "compiler/transforms/Simplify.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "test/loops/Loops.h"
#include "test/unit/transforms/GradientCheck.h"
#include "test/unit/transforms/PlannedRun.h"
#include <cmath>
#include <random>

using namespace mlir;
using nnc::reference::Tensor;

namespace nnc::test {
namespace {

/// h <- tanh(h w + x), three times, for each example.
const std::string recurrence = R"((%h: tensor<?x2xf64>, %x: tensor<?x2xf64>, %w: tensor<2x2xf64>)
    -> tensor<?x2xf64> {
  %y = test.repeat 3 times (%h, %x, %w)
      : (tensor<?x2xf64>, tensor<?x2xf64>, tensor<2x2xf64>) -> tensor<?x2xf64> {
  ^bb(%s: tensor<?x2xf64>, %u: tensor<?x2xf64>, %v: tensor<2x2xf64>):
    %p = nn.contract %s, %v {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>,
         affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 2, 2>}
         : (tensor<?x2xf64>, tensor<2x2xf64>) -> tensor<?x2xf64>
    %z = nn.add %p, %u : tensor<?x2xf64>
    %t = nn.tanh %z : tensor<?x2xf64>
    nn.yield %t : tensor<?x2xf64>
  }
  return %y : tensor<?x2xf64>
})";

/// (a, b) <- (a b, sin(a) + c): two states, of which one is read before the other is replaced.
const std::string pair = R"((%a: tensor<3xf64>, %b: tensor<3xf64>, %c: tensor<3xf64>)
    -> (tensor<3xf64>, tensor<3xf64>) {
  %y:2 = test.repeat 4 times (%a, %b, %c)
      : (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  ^bb(%s: tensor<3xf64>, %t: tensor<3xf64>, %k: tensor<3xf64>):
    %p = nn.mul %s, %t : tensor<3xf64>
    %q = nn.sin %s : tensor<3xf64>
    %r = nn.add %q, %k : tensor<3xf64>
    nn.yield %p, %r : tensor<3xf64>, tensor<3xf64>
  }
  return %y#0, %y#1 : tensor<3xf64>, tensor<3xf64>
})";

/// The states change places, and one loop is in another.
const std::string nested = R"((%a: tensor<2xf64>, %b: tensor<2xf64>) -> tensor<2xf64> {
  %y:2 = test.repeat 2 times (%a, %b)
      : (tensor<2xf64>, tensor<2xf64>) -> (tensor<2xf64>, tensor<2xf64>) {
  ^bb(%s: tensor<2xf64>, %t: tensor<2xf64>):
    %e = nn.exp %t : tensor<2xf64>
    %n = test.repeat 3 times (%s, %e) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64> {
    ^bb(%u: tensor<2xf64>, %v: tensor<2xf64>):
      %c = nn.cos %u : tensor<2xf64>
      %d = nn.mul %c, %v : tensor<2xf64>
      nn.yield %d : tensor<2xf64>
    }
    nn.yield %t, %n : tensor<2xf64>, tensor<2xf64>
  }
  %z = nn.mul %y#0, %y#1 : tensor<2xf64>
  return %z : tensor<2xf64>
})";

/// Two states change places, one is an element, and one value is a state and stacked.
const std::string moving = R"((%a: tensor<?x2xf64>, %x: tensor<?x3x2xf64>)
    -> (tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x3x2xf64>, tensor<?x3x2xf64>) {
  %b = nn.sin %a : tensor<?x2xf64>
  %y:6 = nn.scan 3 states(%a, %b, %b, %a : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>,
      tensor<?x2xf64>) over(%x : tensor<?x3x2xf64>) with()
      -> (tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x3x2xf64>,
          tensor<?x3x2xf64>) {
  ^bb(%p: tensor<?x2xf64>, %q: tensor<?x2xf64>, %r: tensor<?x2xf64>, %s: tensor<?x2xf64>,
      %e: tensor<?x2xf64>):
    %m = nn.mul %r, %e : tensor<?x2xf64>
    %t = nn.add %m, %q : tensor<?x2xf64>
    %c = nn.cos %t : tensor<?x2xf64>
    nn.yield %q, %p, %e, %c, %c, %r : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>,
        tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>
  }
  return %y#0, %y#3, %y#4, %y#5 : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x3x2xf64>,
      tensor<?x3x2xf64>
})";

/// A scan in each step of another, whose stack is stacked, and whose last state is too.
const std::string rows = R"((%a: tensor<?x2xf64>, %x: tensor<?x2x3x2xf64>)
    -> (tensor<?x2xf64>, tensor<?x2x3x2xf64>, tensor<?x2x2xf64>) {
  %y:3 = nn.scan 2 states(%a : tensor<?x2xf64>) over(%x : tensor<?x2x3x2xf64>) with()
      -> (tensor<?x2xf64>, tensor<?x2x3x2xf64>, tensor<?x2x2xf64>) {
  ^bb(%s: tensor<?x2xf64>, %row: tensor<?x3x2xf64>):
    %z:2 = nn.scan 3 backward states(%s : tensor<?x2xf64>) over(%row : tensor<?x3x2xf64>) with()
        -> (tensor<?x2xf64>, tensor<?x3x2xf64>) {
    ^bb(%b: tensor<?x2xf64>, %e: tensor<?x2xf64>):
      %p = nn.mul %b, %e : tensor<?x2xf64>
      %t = nn.sin %p : tensor<?x2xf64>
      nn.yield %t, %p : tensor<?x2xf64>, tensor<?x2xf64>
    }
    %n = nn.mul %z#0, %s : tensor<?x2xf64>
    nn.yield %n, %z#1, %z#0 : tensor<?x2xf64>, tensor<?x3x2xf64>, tensor<?x2xf64>
  }
  return %y#0, %y#1, %y#2 : tensor<?x2xf64>, tensor<?x2x3x2xf64>, tensor<?x2x2xf64>
})";

/// A gradient requested in the block: x <- x - d(Σ x⁴)/dx / 100.
const std::string descent = R"((%x: tensor<3xf64>) -> tensor<3xf64> {
  %y = test.repeat 3 times (%x) : (tensor<3xf64>) -> tensor<3xf64> {
  ^bb(%s: tensor<3xf64>):
    %p = nn.mul %s, %s : tensor<3xf64>
    %q = nn.mul %p, %p : tensor<3xf64>
    %l = nn.reduce_sum %q over [0] : tensor<3xf64> -> tensor<f64>
    %g = nn.gradient %l wrt %s : tensor<f64>, tensor<3xf64>
    %c = nn.constant dense<0.01> : tensor<f64>
    %r = nn.broadcast %c to [] : tensor<f64> -> tensor<3xf64>
    %d = nn.mul %r, %g : tensor<3xf64>
    %n = nn.sub %s, %d : tensor<3xf64>
    nn.yield %n : tensor<3xf64>
  }
  return %y : tensor<3xf64>
})";

/// Similarities of all pairs of examples: shapes that contain the batch twice.
const std::string pairs = R"((%x: tensor<?x3xf64>) -> tensor<?xf64> {
  %s = nn.contract %x, %x {maps = [affine_map<(n,m,i) -> (n,i)>, affine_map<(n,m,i) -> (m,i)>,
       affine_map<(n,m,i) -> (n,m)>], sizes = array<i64: -1, -1, 3>}
       : (tensor<?x3xf64>, tensor<?x3xf64>) -> tensor<?x?xf64>
  %e = nn.exp %s : tensor<?x?xf64>
  %t = nn.reduce_sum %e over [1] : tensor<?x?xf64> -> tensor<?xf64>
  %l = nn.log %t : tensor<?xf64>
  return %l : tensor<?xf64>
})";

/// Sums over both dims that are the batch, of values that are repeated along them.
const std::string bothDims = R"((%x: tensor<f64>, %z: tensor<?xf64>) -> (tensor<f64>, tensor<f64>) {
  %b = nn.broadcast %x to [] : tensor<f64> -> tensor<?x?xf64>
  %y = nn.reduce_sum %b over [0, 1] : tensor<?x?xf64> -> tensor<f64>
  %r = nn.broadcast %z to [1] : tensor<?xf64> -> tensor<?x?xf64>
  %s = nn.add %r, %b : tensor<?x?xf64>
  %t = nn.reduce_sum %s over [0] : tensor<?x?xf64> -> tensor<?xf64>
  %q = nn.mul %t, %t : tensor<?xf64>
  %u = nn.reduce_sum %q over [0] : tensor<?xf64> -> tensor<f64>
  %m = nn.reduce_max %s over [0, 1] : tensor<?x?xf64> -> tensor<f64>
  %v = nn.add %u, %m : tensor<f64>
  return %y, %v : tensor<f64>, tensor<f64>
})";

/// Both dims that are the batch change places.
const std::string turned = R"((%x: tensor<?x?xf64>) -> tensor<?x?xf64> {
  %t = nn.transpose %x by [1, 0] : tensor<?x?xf64> -> tensor<?x?xf64>
  %y = nn.mul %t, %x : tensor<?x?xf64>
  return %y : tensor<?x?xf64>
})";

TEST(Loop, gradientsThroughTime) {
  checkGradients(recurrence, {-1, 1}, 2);
  checkGradients(pair, {-1, 1}, 2);
}

TEST(Loop, gradientsThroughNestedLoops) { checkGradients(nested, {-1, 1}, 2); }

TEST(Loop, requestsInABlock) {
  MLIRContext context;
  context.loadDialect<nn::NnDialect, func::FuncDialect, TestDialect>();
  addLoopSemantics();
  auto module = parseSourceString<ModuleOp>("func.func @f" + descent, &context);
  ASSERT_TRUE(module);
  func::FuncOp f = *module->getOps<func::FuncOp>().begin();
  ASSERT_TRUE(succeeded(differentiate(f)));
  Tensor x({3}, std::vector<double>{0.5, -2, 0});
  auto outcome = reference::run(f, x, 1);
  ASSERT_EQ(outcome.error, "");
  for (int step = 0; step < 3; ++step)
    for (double &each : x.data)
      each -= 0.01 * 4 * each * each * each;
  for (size_t i = 0; i < x.data.size(); ++i)
    EXPECT_NEAR(outcome.results[0].data[i], x.data[i], 1e-14);
}

TEST(Loop, gradientsOfShapesWithTheBatchTwice) {
  checkGradients(pairs, {-1, 1}, 2);
  checkGradients(bothDims, {-1, 1}, 2);
  checkGradients(turned, {-1, 1}, 2);
}

// What a run passes on may be infinite: 0 · ∞ must not reach the gradient of the side that is
// taken.
TEST(Loop, choicesInABlock) {
  checkGradients(R"((%a: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<4xf64> {
    %y = test.repeat 2 times (%a, %b) : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64> {
    ^bb(%s: tensor<4xf64>, %k: tensor<4xf64>):
      %z = nn.constant dense<0.0> : tensor<f64>
      %zero = nn.broadcast %z to [] : tensor<f64> -> tensor<4xf64>
      %c = nn.gt %s, %zero : tensor<4xf64>
      %l = nn.log %s : tensor<4xf64>
      %o = nn.mul %s, %k : tensor<4xf64>
      %n = nn.select %c, %l, %o : tensor<4xf64>
      nn.yield %n : tensor<4xf64>
    }
    return %y : tensor<4xf64>
  })",
                 {-2, 2});
}

TEST(Loop, anOpWithoutDerivativeIsAnErrorInABlockToo) {
  MLIRContext context;
  context.loadDialect<nn::NnDialect, func::FuncDialect, TestDialect>();
  auto module = parseSourceString<ModuleOp>(R"(func.func @f(%x: tensor<4xf64>) -> tensor<4xf64> {
    %y = test.repeat 2 times (%x) : (tensor<4xf64>) -> tensor<4xf64> {
    ^bb(%s: tensor<4xf64>):
      %i = nn.constant dense<0.0> : tensor<1xf64>
      %r = nn.dynamic_slice %s at %i over [0] size [4] : tensor<4xf64>, tensor<1xf64> -> tensor<4xf64>
      nn.yield %r : tensor<4xf64>
    }
    %l = nn.reduce_sum %y over [0] : tensor<4xf64> -> tensor<f64>
    %g = nn.gradient %l wrt %x : tensor<f64>, tensor<4xf64>
    return %g : tensor<4xf64>
  })",
                                            &context);
  ASSERT_TRUE(module);
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) { message += d.str(); });
  EXPECT_TRUE(failed(differentiate(*module->getOps<func::FuncOp>().begin())));
  EXPECT_EQ(message, "'nn.dynamic_slice' has no derivative");
}

/// The function and its gradient, through all passes, in the planned memory.
class Planned : public ::testing::Test {
protected:
  Planned() {
    context.loadDialect<nn::NnDialect, kern::KernDialect, func::FuncDialect, TestDialect>();
    addLoopSemantics();
  }

  void check(const std::string &body, bool unfused) {
    auto module = parseSourceString<ModuleOp>("func.func @f" + body, &context);
    ASSERT_TRUE(module) << body;
    func::FuncOp f = *module->getOps<func::FuncOp>().begin();
    addGradient(f);
    nameAll(f);
    std::vector<Tensor> arguments;
    for (Type type : f.getArgumentTypes()) {
      Tensor tensor(reference::shapeOf(type, batch));
      for (double &x : tensor.data)
        x = std::uniform_real_distribution<double>(-1, 1)(random);
      arguments.push_back(tensor);
    }
    PassManager derive(&context);
    derive.addPass(createDifferentiatePass());
    ASSERT_TRUE(succeeded(derive.run(*module)));
    auto expected = reference::run(f, arguments, batch);
    ASSERT_EQ(expected.error, "") << body;
    PassManager plan(&context);
    FuseOptions fuse;
    fuse.unfused = unfused;
    plan.addPass(createSimplifyPass());
    plan.addPass(createFusePass(fuse));
    plan.addPass(createSchedulePass());
    plan.addPass(createPlanMemoryPass());
    ASSERT_TRUE(succeeded(plan.run(*module))) << body;
    auto found = runPlanned(f, arguments, batch);
    ASSERT_EQ(found.error, "") << body;
    ASSERT_EQ(found.results.size(), expected.results.size());
    for (size_t i = 0; i < found.results.size(); ++i)
      for (size_t j = 0; j < found.results[i].data.size(); ++j) {
        double right = expected.results[i].data[j];
        ASSERT_NEAR(found.results[i].data[j], right, 1e-12 * std::max(1.0, std::fabs(right)))
            << body << "\nresult " << i << " element " << j << (unfused ? ", unfused" : "");
      }
  }

  LogicalResult planUnfused(ModuleOp module) {
    PassManager plan(&context);
    FuseOptions fuse;
    fuse.unfused = true;
    plan.addPass(createFusePass(fuse));
    plan.addPass(createPlanMemoryPass());
    return plan.run(module);
  }

  /// Appends the gradients of the sum of all results.
  void addGradient(func::FuncOp f) {
    Operation *end = f.getBody().front().getTerminator();
    OpBuilder b(end);
    Location loc = end->getLoc();
    Value sum;
    for (Value result : end->getOperands()) {
      auto dims = llvm::to_vector(
          llvm::seq<int64_t>(0, cast<RankedTensorType>(result.getType()).getRank()));
      Value part = nn::buildSum(b, loc, result, dims);
      sum = sum ? Value(b.create<nn::AddOp>(loc, sum, part)) : part;
    }
    auto gradient = b.create<nn::GradientOp>(loc, sum, f.getArguments());
    SmallVector<Value> all(end->getOperands());
    llvm::append_range(all, gradient.getResults());
    end->setOperands(all);
    f.setFunctionType(b.getFunctionType(f.getArgumentTypes(), TypeRange(ValueRange(all))));
  }

  /// All arguments are fields, all results are returned.
  void nameAll(func::FuncOp f) {
    Builder b(&context);
    for (unsigned i = 0; i < f.getNumArguments(); ++i)
      f.setArgAttr(i, "nn.field", b.getStringAttr("x" + std::to_string(i)));
    for (unsigned i = 0; i < f.getNumResults(); ++i)
      f.setResultAttr(i, "nn.result", b.getStringAttr("y" + std::to_string(i)));
  }

  static constexpr int64_t batch = 3;
  MLIRContext context;
  std::mt19937_64 random{11};
};

TEST_F(Planned, memoryOfRunsIsApart) {
  for (const std::string &body :
       {recurrence, pair, nested, moving, rows, descent, pairs, bothDims, turned})
    for (bool unfused : {false, true})
      check(body, unfused);
}

TEST_F(Planned, scratchForPairsOfRows) {
  auto module = parseSourceString<ModuleOp>("func.func @f" + pairs, &context);
  ASSERT_TRUE(module);
  nameAll(*module->getOps<func::FuncOp>().begin());
  ASSERT_TRUE(succeeded(planUnfused(*module)));
  MemoryPlan::Function f = memoryPlanOf(*module).functions.front();
  EXPECT_EQ(f.squareBytes, 64); // one element of f64 in a cache line: exp is in place
  EXPECT_EQ(f.bytes(10), f.fixedBytes + 10 * f.rowBytes + 100 * 64);
}

TEST_F(Planned, theBatchThreeTimesIsRefused) {
  auto module = parseSourceString<ModuleOp>(
      R"(func.func @f(%x: tensor<?xf64> {nn.field = "x"}) -> (tensor<f64> {nn.result = "y"}) {
    %b = nn.broadcast %x to [0] : tensor<?xf64> -> tensor<?x?x?xf64>
    %e = nn.exp %b : tensor<?x?x?xf64>
    %y = nn.reduce_sum %e over [0, 1, 2] : tensor<?x?x?xf64> -> tensor<f64>
    return %y : tensor<f64>
  })",
      &context);
  ASSERT_TRUE(module);
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) { message += d.str(); });
  EXPECT_TRUE(failed(planUnfused(*module)));
  EXPECT_EQ(message, "a value has the batch 3 times in its shape 'tensor<?x?x?xf64>'; at most 2 "
                     "are possible");
}

} // namespace
} // namespace nnc::test
