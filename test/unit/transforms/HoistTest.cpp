// Hoist keeps values: programs with loops give the same results before and after, and each op gives
// for all runs at once what it gives in each.
#include "compiler/transforms/loops/Hoist.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/Steps.h"
#include "compiler/transforms/Simplify.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "test/interpreter/Interpreter.h"
#include "test/loops/Loops.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <set>

using namespace mlir;
using nnc::reference::Tensor;

namespace nnc::test {
namespace {

class Hoisted : public ::testing::Test {
protected:
  Hoisted() {
    context.loadDialect<nn::NnDialect, func::FuncDialect, TestDialect>();
    addLoopSemantics();
  }

  std::vector<Tensor> run(ModuleOp module) {
    func::FuncOp f = *module.getOps<func::FuncOp>().begin();
    std::mt19937_64 random(11);
    std::vector<Tensor> arguments;
    for (Type type : f.getArgumentTypes()) {
      arguments.emplace_back(reference::shapeOf(type, batch));
      for (double &x : arguments.back().data)
        x = std::uniform_real_distribution<double>(-1.2, 1.2)(random);
    }
    auto outcome = reference::run(f, arguments, batch);
    EXPECT_EQ(outcome.error, "");
    return outcome.results;
  }

  /// Compares `body`, the text of a function from its parameters on, before and after Simplify and
  /// Hoist, and returns the number of loops that are left.
  int check(const std::string &body) {
    ScopedDiagnosticHandler handler(
        &context, [&](Diagnostic &d) { ADD_FAILURE() << d.str() << "\nin " << body; });
    auto module = parseSourceString<ModuleOp>("func.func @f" + body, &context);
    if (!module)
      return -1;
    std::vector<Tensor> before = run(*module);
    PassManager pm(&context);
    pm.addPass(createSimplifyPass());
    pm.addPass(createHoistPass());
    EXPECT_TRUE(succeeded(pm.run(*module))) << body;
    std::vector<Tensor> after = run(*module);
    for (size_t i = 0; i < before.size(); ++i)
      for (size_t j = 0; j < before[i].data.size(); ++j)
        EXPECT_NEAR(before[i].data[j], after[i].data[j],
                    1e-12 * std::max(1.0, std::fabs(before[i].data[j])))
            << "result " << i << " element " << j << " of " << body;
    int loops = 0;
    module->walk([&](nn::LoopOp) { ++loops; });
    return loops;
  }

  static constexpr int64_t batch = 3;
  MLIRContext context;
};

const std::string product = R"( {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>,
    affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 2, 2>}
    : (tensor<?x2xf64>, tensor<2x2xf64>) -> tensor<?x2xf64>
)";
const std::string gradient =
    R"( {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (n,o)>,
    affine_map<(n,i,o) -> (i,o)>], sizes = array<i64: -1, 2, 2>}
    : (tensor<?x2xf64>, tensor<?x2xf64>) -> tensor<2x2xf64>
)";

/// A loop over x with the state s and the invariant w, or parts of one.
std::string recurrence(const std::string &flags, const std::string &body) {
  return R"((%x: tensor<?x4x2xf64>, %s: tensor<?x2xf64>, %w: tensor<2x2xf64>)
    -> (tensor<?x2xf64>, tensor<?x4x2xf64>) {
  %y:2 = nn.scan 4 )" +
         flags + R"( states(%s : tensor<?x2xf64>) over(%x : tensor<?x4x2xf64>)
      with(%w : tensor<2x2xf64>) -> (tensor<?x2xf64>, tensor<?x4x2xf64>) {
  ^bb(%h: tensor<?x2xf64>, %e: tensor<?x2xf64>, %v: tensor<2x2xf64>):
)" + body +
         R"(
  }
  return %y#0, %y#1 : tensor<?x2xf64>, tensor<?x4x2xf64>
})";
}

TEST_F(Hoisted, productsBeforeAndAfterTheLoop) {
  const std::string body = "%p = nn.contract %e, %v" + product +
                           "%z = nn.add %p, %h : tensor<?x2xf64>\n" +
                           "%t = nn.tanh %z : tensor<?x2xf64>\n%q = nn.contract %t, %v" + product +
                           "%o = nn.sin %q : tensor<?x2xf64>\n"
                           "nn.yield %t, %o : tensor<?x2xf64>, tensor<?x2xf64>";
  EXPECT_EQ(check(recurrence("", body)), 1);
  EXPECT_EQ(check(recurrence("backward", body)), 1);
  EXPECT_EQ(check(recurrence("recompute", body)), 1);
}

TEST_F(Hoisted, sumsOverRuns) {
  for (const std::string direction : {"", "backward"})
    EXPECT_EQ(
        check(
            R"((%x: tensor<?x4x2xf64>, %g: tensor<?x4x2xf64>, %s: tensor<?x2xf64>, %u: tensor<2x2xf64>,
        %b: tensor<2xf64>, %c: tensor<?x2xf64>)
        -> (tensor<?x2xf64>, tensor<2x2xf64>, tensor<2xf64>, tensor<?x2xf64>, tensor<?x4x2xf64>) {
      %y:5 = nn.scan 4 )" +
            direction + R"( states(%s, %u, %b, %c : tensor<?x2xf64>, tensor<2x2xf64>, tensor<2xf64>,
          tensor<?x2xf64>) over(%x, %g : tensor<?x4x2xf64>, tensor<?x4x2xf64>) with(%u : tensor<2x2xf64>)
          -> (tensor<?x2xf64>, tensor<2x2xf64>, tensor<2xf64>, tensor<?x2xf64>, tensor<?x4x2xf64>) {
      ^bb(%h: tensor<?x2xf64>, %du: tensor<2x2xf64>, %db: tensor<2xf64>, %dc: tensor<?x2xf64>, %e: tensor<?x2xf64>,
          %f: tensor<?x2xf64>, %v: tensor<2x2xf64>):
        %a = nn.add %h, %f : tensor<?x2xf64>
        %z = nn.mul %a, %e : tensor<?x2xf64>
        %n = nn.contract %z, %v)" +
            product + "%p = nn.contract %e, %z" + gradient + R"(
        %nu = nn.add %du, %p : tensor<2x2xf64>
        %m = nn.mul %z, %e : tensor<?x2xf64>
        %r = nn.reduce_sum %z over [0] : tensor<?x2xf64> -> tensor<2xf64>
        %q = nn.reduce_sum %m over [0] : tensor<?x2xf64> -> tensor<2xf64>
        %k = nn.neg %q : tensor<2xf64>
        %rk = nn.add %r, %k : tensor<2xf64>
        %nb = nn.add %rk, %db : tensor<2xf64>
        %k2 = nn.sin %a : tensor<?x2xf64>
        %nc1 = nn.add %dc, %k2 : tensor<?x2xf64>
        %nc = nn.add %nc1, %e : tensor<?x2xf64>
        nn.yield %n, %nu, %nb, %nc, %n : tensor<?x2xf64>, tensor<2x2xf64>, tensor<2xf64>, tensor<?x2xf64>, tensor<?x2xf64>
      }
      return %y#0, %y#1, %y#2, %y#3, %y#4 : tensor<?x2xf64>, tensor<2x2xf64>, tensor<2xf64>, tensor<?x2xf64>,
          tensor<?x4x2xf64>
    })"),
        1);
}

TEST_F(Hoisted, equalLoopsAreOne) {
  const std::string head = "over(%x : tensor<4x2xf64>) with(%w : tensor<2xf64>)";
  auto twins = [&](const std::string &last) {
    return R"((%x: tensor<4x2xf64>, %w: tensor<2xf64>) -> (tensor<2xf64>, tensor<4x2xf64>, tensor<4x2xf64>) {
    %s = nn.constant dense<0.5> : tensor<2xf64>
    %y:2 = nn.scan 4 states(%s, %s : tensor<2xf64>, tensor<2xf64>) )" +
           head + R"( -> (tensor<2xf64>, tensor<2xf64>) {
    ^bb(%a: tensor<2xf64>, %b: tensor<2xf64>, %e: tensor<2xf64>, %v: tensor<2xf64>):
      %p = nn.mul %b, %e : tensor<2xf64>
      %q = nn.sin %a : tensor<2xf64>
      %r = nn.add %q, %v : tensor<2xf64>
      nn.yield %p, %r : tensor<2xf64>, tensor<2xf64>
    }
    %t = nn.mul %y#0, %y#1 : tensor<2xf64>
    %z:4 = nn.scan 4 states(%s, %s : tensor<2xf64>, tensor<2xf64>) )" +
           head + R"(
        -> (tensor<2xf64>, tensor<2xf64>, tensor<4x2xf64>, tensor<4x2xf64>) {
    ^bb(%a: tensor<2xf64>, %b: tensor<2xf64>, %e: tensor<2xf64>, %v: tensor<2xf64>):
      %p = nn.mul %b, %e : tensor<2xf64>
      %q = nn.)" +
           last + R"( %a : tensor<2xf64>
      %r = nn.add %q, %v : tensor<2xf64>
      nn.yield %p, %r, %a, %q : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
    }
    return %t, %z#2, %z#3 : tensor<2xf64>, tensor<4x2xf64>, tensor<4x2xf64>
  })";
  };
  EXPECT_EQ(check(twins("sin")), 1);
  EXPECT_EQ(check(twins("cos")), 2);
}

/// The second loop reads the first, so they stay two although they do the same.
TEST_F(Hoisted, loopsInARowStayTwo) {
  EXPECT_EQ(check(R"((%s: tensor<2xf64>, %w: tensor<2xf64>) -> tensor<2xf64> {
    %y = test.repeat 3 times (%s, %w) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64> {
    ^bb(%a: tensor<2xf64>, %v: tensor<2xf64>):
      %p = nn.sin %a : tensor<2xf64>
      %q = nn.mul %p, %v : tensor<2xf64>
      nn.yield %q : tensor<2xf64>
    }
    %z = test.repeat 3 times (%y, %w) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64> {
    ^bb(%a: tensor<2xf64>, %v: tensor<2xf64>):
      %p = nn.sin %a : tensor<2xf64>
      %q = nn.mul %p, %v : tensor<2xf64>
      nn.yield %q : tensor<2xf64>
    }
    return %z : tensor<2xf64>
  })"),
            2);
}

TEST_F(Hoisted, whatALoopNeedNotHave) {
  EXPECT_EQ(check(R"((%x: tensor<?x4x2xf64>, %s: tensor<?x2xf64>, %b: tensor<2xf64>)
      -> (tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x4x2xf64>, tensor<?x4x2xf64>, tensor<?x4x2xf64>) {
    %c = nn.constant dense<2.0> : tensor<f64>
    %cs = nn.broadcast %c to [] : tensor<f64> -> tensor<?x2xf64>
    %bs = nn.broadcast %b to [1] : tensor<2xf64> -> tensor<?x2xf64>
    %r = nn.broadcast %b to [2] : tensor<2xf64> -> tensor<?x4x2xf64>
    %y:6 = nn.scan 4 states(%s, %bs, %s : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>)
        over(%x, %r, %x : tensor<?x4x2xf64>, tensor<?x4x2xf64>, tensor<?x4x2xf64>)
        with(%cs, %bs, %s : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>)
        -> (tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x4x2xf64>, tensor<?x4x2xf64>, tensor<?x4x2xf64>) {
    ^bb(%h: tensor<?x2xf64>, %same: tensor<?x2xf64>, %unread: tensor<?x2xf64>, %e: tensor<?x2xf64>, %f: tensor<?x2xf64>,
        %g: tensor<?x2xf64>, %v: tensor<?x2xf64>, %u: tensor<?x2xf64>, %k: tensor<?x2xf64>):
      %p = nn.mul %h, %v : tensor<?x2xf64>
      %q = nn.mul %p, %u : tensor<?x2xf64>
      %t = nn.add %q, %e : tensor<?x2xf64>
      %o = nn.mul %t, %g : tensor<?x2xf64>
      %m = nn.mul %o, %f : tensor<?x2xf64>
      %n = nn.sin %m : tensor<?x2xf64>
      %l = nn.add %unread, %n : tensor<?x2xf64>
      nn.yield %n, %same, %l, %e, %k, %f : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>,
          tensor<?x2xf64>, tensor<?x2xf64>
    }
    return %y#0, %y#1, %y#3, %y#4, %y#5 : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x4x2xf64>, tensor<?x4x2xf64>,
        tensor<?x4x2xf64>
  })"),
            1);
}

TEST_F(Hoisted, oneRunNeedsNoLoop) {
  EXPECT_EQ(check(R"((%x: tensor<?x1x2xf64>, %s: tensor<?x2xf64>, %w: tensor<2xf64>)
      -> (tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x1x2xf64>, tensor<1x2xf64>) {
    %y:4 = nn.scan 1 states(%s, %s : tensor<?x2xf64>, tensor<?x2xf64>) over(%x : tensor<?x1x2xf64>) with(%w : tensor<2xf64>)
        -> (tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x1x2xf64>, tensor<1x2xf64>) {
    ^bb(%a: tensor<?x2xf64>, %b: tensor<?x2xf64>, %e: tensor<?x2xf64>, %v: tensor<2xf64>):
      %p = nn.mul %a, %e : tensor<?x2xf64>
      %q = nn.sin %v : tensor<2xf64>
      nn.yield %b, %p, %a, %q : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>, tensor<2xf64>
    }
    return %y#0, %y#1, %y#2, %y#3 : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x1x2xf64>, tensor<1x2xf64>
  })"),
            0);
}

/// The inner loop's product leaves both loops.
TEST_F(Hoisted, loopsInLoops) {
  EXPECT_EQ(check(R"((%x: tensor<?x3x4x2xf64>, %s: tensor<?x2xf64>, %w: tensor<2x2xf64>)
      -> (tensor<?x2xf64>, tensor<?x3x4x2xf64>) {
    %y:2 = nn.scan 3 states(%s : tensor<?x2xf64>) over(%x : tensor<?x3x4x2xf64>) with(%w : tensor<2x2xf64>)
        -> (tensor<?x2xf64>, tensor<?x3x4x2xf64>) {
    ^bb(%a: tensor<?x2xf64>, %row: tensor<?x4x2xf64>, %v: tensor<2x2xf64>):
      %z:2 = nn.scan 4 backward states(%a : tensor<?x2xf64>) over(%row : tensor<?x4x2xf64>) with(%v : tensor<2x2xf64>)
          -> (tensor<?x2xf64>, tensor<?x4x2xf64>) {
      ^bb(%b: tensor<?x2xf64>, %e: tensor<?x2xf64>, %u: tensor<2x2xf64>):
        %p = nn.contract %e, %u)" +
                  product + R"(
        %q = nn.mul %b, %p : tensor<?x2xf64>
        %t = nn.sin %q : tensor<?x2xf64>
        %r = nn.contract %t, %u)" +
                  product + R"(
        nn.yield %t, %r : tensor<?x2xf64>, tensor<?x2xf64>
      }
      nn.yield %z#0, %z#1 : tensor<?x2xf64>, tensor<?x4x2xf64>
    }
    return %y#0, %y#1 : tensor<?x2xf64>, tensor<?x3x4x2xf64>
  })"),
            2);
}

/// An op of one element %e and one invariant %v, stacked, in a loop that needs no state.
struct Each {
  const char *element, *sequence, *invariant, *op, *result, *stack;
};

const Each ops[] = {
    {"?x2x3", "?x4x2x3", "?x2x3", "nn.add %e, %v : tensor<?x2x3xf64>", "?x2x3", "?x4x2x3"},
    {"2x3", "4x2x3", "2x3", "nn.select %v, %e, %v : tensor<2x3xf64>", "2x3", "4x2x3"},
    {"", "4", "", "nn.max %v, %e : tensor<f64>", "", "4"},
    {"?x2", "?x4x2", "", "nn.broadcast %e to [0, 2] : tensor<?x2xf64> -> tensor<?x3x2xf64>",
     "?x3x2", "?x4x3x2"},
    {"2", "4x2", "", "nn.broadcast %e to [1] : tensor<2xf64> -> tensor<?x2xf64>", "?x2", "?x4x2"},
    {"2x3", "4x2x3", "", "nn.broadcast %e to [2, 1] : tensor<2x3xf64> -> tensor<?x3x2xf64>",
     "?x3x2", "?x4x3x2"},
    {"?x2x3", "?x4x2x3", "", "nn.reshape %e : tensor<?x2x3xf64> -> tensor<?x6xf64>", "?x6",
     "?x4x6"},
    {"2x3", "4x2x3", "", "nn.reshape %e : tensor<2x3xf64> -> tensor<3x1x2xf64>", "3x1x2",
     "4x3x1x2"},
    {"?x2x3", "?x4x2x3", "",
     "nn.transpose %e by [0, 2, 1] : tensor<?x2x3xf64> -> tensor<?x3x2xf64>", "?x3x2", "?x4x3x2"},
    {"2x3", "4x2x3", "", "nn.transpose %e by [1, 0] : tensor<2x3xf64> -> tensor<3x2xf64>", "3x2",
     "4x3x2"},
    {"?x5", "?x4x5", "",
     "nn.slice %e from [0, 1] to [-1, 5] step [1, 2] : tensor<?x5xf64> -> tensor<?x2xf64>", "?x2",
     "?x4x2"},
    {"?x2", "?x4x2", "",
     "nn.pad %e low [0, 1] high [0, 2] interior [0, 1] : tensor<?x2xf64> -> tensor<?x6xf64>", "?x6",
     "?x4x6"},
    {"?x2x3", "?x4x2x3", "", "nn.reverse %e over [0, 2] : tensor<?x2x3xf64> -> tensor<?x2x3xf64>",
     "?x2x3", "?x4x2x3"},
    {"?x2", "?x4x2", "?x3",
     "nn.concat %v, %e along 1 : (tensor<?x3xf64>, tensor<?x2xf64>) -> tensor<?x5xf64>", "?x5",
     "?x4x5"},
    {"?x5", "?x4x5", "",
     "nn.windows %e over [1] size [2] stride [2] dilation [1] : tensor<?x5xf64> -> "
     "tensor<?x2x2xf64>",
     "?x2x2", "?x4x2x2"},
    {"?x2x2", "?x4x2x2", "",
     "nn.fold %e over [1] extent [4] stride [1] dilation [2] : tensor<?x2x2xf64> -> "
     "tensor<?x4xf64>",
     "?x4", "?x4x4"},
    {"?x2x3", "?x4x2x3", "", "nn.reduce_sum %e over [0, 2] : tensor<?x2x3xf64> -> tensor<2xf64>",
     "2", "4x2"},
    {"?x2x3", "?x4x2x3", "", "nn.reduce_max %e over [1] : tensor<?x2x3xf64> -> tensor<?x3xf64>",
     "?x3", "?x4x3"},
    {"2x3", "4x2x3", "", "nn.argmax %e over [0, 1] : tensor<2x3xf64> -> tensor<f64>", "", "4"},
    {"?x3", "?x4x3", "?", "nn.pick %e[%v] along 1 : tensor<?x3xf64>, tensor<?xf64>", "?", "?x4"},
    {"?", "?x4", "?x3", "nn.pick %v[%e] along 1 : tensor<?x3xf64>, tensor<?xf64>", "?", "?x4"},
    {"?x2", "?x4x2", "?x2",
     R"(nn.max_plus %v, %e {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (n,o)>,
        affine_map<(n,i,o) -> (i,o)>], sizes = array<i64: -1, 2, 2>} : (tensor<?x2xf64>, tensor<?x2xf64>))",
     "2x2", "4x2x2"},
};

std::string tensor(const std::string &shape) {
  return "tensor<" + shape + (shape.empty() ? "" : "x") + "f64>";
}

TEST_F(Hoisted, everyOpOverAllSteps) {
  for (const Each &each : ops) {
    std::string op = each.op;
    if (op.find("->") == std::string::npos && op.find("nn.pick") != std::string::npos)
      op += " -> " + tensor(each.result);
    if (op.find("max_plus") != std::string::npos)
      op += " -> " + tensor(each.result);
    const std::string element = tensor(each.element), invariant = tensor(each.invariant);
    EXPECT_EQ(check("(%x: " + tensor(each.sequence) + ", %w: " + invariant + ") -> " +
                    tensor(each.stack) + " {\n%y = nn.scan 4 states() over(%x : " +
                    tensor(each.sequence) + ") with(%w : " + invariant + ") -> (" +
                    tensor(each.stack) + ") {\n^bb(%e: " + element + ", %v: " + invariant +
                    "):\n%r = " + op + "\nnn.yield %r : " + tensor(each.result) +
                    "\n}\nreturn %y : " + tensor(each.stack) + "\n}"),
              0)
        << each.op;
  }
}

/// Ops that cannot be computed for all runs at once, or that no loop has.
const std::set<std::string> withoutSteps = {
    "nn.constant",       "nn.iota",          "nn.batch_size", // the same in every run
    "nn.random_uniform", "nn.random_normal",                  // drawn before loops
    "nn.dynamic_slice",                                       // has one offset for each example
    "nn.scan",           "nn.yield",
};

TEST_F(Hoisted, everyOpCanBeComputedOverAllStepsOrIsKnownNotTo) {
  for (RegisteredOperationName op : context.getRegisteredOperations())
    if (op.getDialectNamespace() == "nn" && !op.hasTrait<nn::BeforeCodegen>()) {
      EXPECT_NE(op.hasInterface<nn::StepsOp>(), withoutSteps.count(op.getStringRef().str()) == 1)
          << op.getStringRef().str();
    }
}

} // namespace
} // namespace nnc::test
