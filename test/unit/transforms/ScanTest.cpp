// Gradients of nn.scan through time, against differences of the interpreter, to second order.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/scan/Remember.h"
#include "compiler/transforms/Differentiate.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "test/unit/transforms/GradientCheck.h"
#include <random>

using namespace mlir;
using nnc::reference::Tensor;

namespace nnc::test {
namespace {

/// `text` with each `from` replaced.
std::string with(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// h <- tanh(x + h w) for each example; all h and the last one.
const std::string rnn = R"((%x: tensor<?x4x2xf64>, %s: tensor<?x2xf64>, %w: tensor<2x2xf64>)
    -> (tensor<?x2xf64>, tensor<?x4x2xf64>) {
  %y:2 = nn.scan 4 states(%s : tensor<?x2xf64>) over(%x : tensor<?x4x2xf64>)
      with(%w : tensor<2x2xf64>) -> (tensor<?x2xf64>, tensor<?x4x2xf64>) {
  ^bb(%h: tensor<?x2xf64>, %e: tensor<?x2xf64>, %v: tensor<2x2xf64>):
    %p = nn.contract %h, %v {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>,
         affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 2, 2>}
         : (tensor<?x2xf64>, tensor<2x2xf64>) -> tensor<?x2xf64>
    %z = nn.add %p, %e : tensor<?x2xf64>
    %t = nn.tanh %z : tensor<?x2xf64>
    nn.yield %t, %t : tensor<?x2xf64>, tensor<?x2xf64>
  }
  return %y#0, %y#1 : tensor<?x2xf64>, tensor<?x4x2xf64>
})";

/// The cell of an LSTM with one contraction for its three gates, and only the stack of all h.
const std::string lstm = R"((%x: tensor<?x3x6xf64>, %h0: tensor<?x2xf64>, %c0: tensor<?x2xf64>,
    %u: tensor<2x6xf64>) -> tensor<?x3x2xf64> {
  %y:3 = nn.scan 3 states(%h0, %c0 : tensor<?x2xf64>, tensor<?x2xf64>)
      over(%x : tensor<?x3x6xf64>) with(%u : tensor<2x6xf64>)
      -> (tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x3x2xf64>) {
  ^bb(%h: tensor<?x2xf64>, %c: tensor<?x2xf64>, %e: tensor<?x6xf64>, %v: tensor<2x6xf64>):
    %p = nn.contract %h, %v {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>,
         affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 2, 6>}
         : (tensor<?x2xf64>, tensor<2x6xf64>) -> tensor<?x6xf64>
    %z = nn.add %p, %e : tensor<?x6xf64>
    %zi = nn.slice %z from [0, 0] to [-1, 2] step [1, 1] : tensor<?x6xf64> -> tensor<?x2xf64>
    %zf = nn.slice %z from [0, 2] to [-1, 4] step [1, 1] : tensor<?x6xf64> -> tensor<?x2xf64>
    %zg = nn.slice %z from [0, 4] to [-1, 6] step [1, 1] : tensor<?x6xf64> -> tensor<?x2xf64>
    %i = nn.tanh %zi : tensor<?x2xf64>
    %f = nn.tanh %zf : tensor<?x2xf64>
    %g = nn.sin %zg : tensor<?x2xf64>
    %a = nn.mul %f, %c : tensor<?x2xf64>
    %b = nn.mul %i, %g : tensor<?x2xf64>
    %n = nn.add %a, %b : tensor<?x2xf64>
    %t = nn.tanh %n : tensor<?x2xf64>
    %o = nn.mul %t, %i : tensor<?x2xf64>
    nn.yield %o, %n, %o : tensor<?x2xf64>, tensor<?x2xf64>, tensor<?x2xf64>
  }
  return %y#2 : tensor<?x3x2xf64>
})";

/// (a, b, c) <- (a b, sin(a) + x, x²): c is read by nobody.
const std::string three = R"((%x: tensor<3x2xf64>, %a0: tensor<2xf64>, %b0: tensor<2xf64>,
    %c0: tensor<2xf64>) -> (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) {
  %y:3 = nn.scan 3 states(%a0, %b0, %c0 : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>)
      over(%x : tensor<3x2xf64>) with() -> (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) {
  ^bb(%a: tensor<2xf64>, %b: tensor<2xf64>, %c: tensor<2xf64>, %e: tensor<2xf64>):
    %p = nn.mul %a, %b : tensor<2xf64>
    %q = nn.sin %a : tensor<2xf64>
    %r = nn.add %q, %e : tensor<2xf64>
    %s = nn.mul %e, %e : tensor<2xf64>
    nn.yield %p, %r, %s : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
  }
  return %y#0, %y#1, %y#2 : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
})";

/// s <- s · sin(w) + w, without sequences: s and all values before it.
const std::string invariants = R"((%s: tensor<2xf64>, %w: tensor<2xf64>)
    -> (tensor<2xf64>, tensor<4x2xf64>) {
  %y:2 = nn.scan 4 states(%s : tensor<2xf64>) over() with(%w : tensor<2xf64>)
      -> (tensor<2xf64>, tensor<4x2xf64>) {
  ^bb(%a: tensor<2xf64>, %v: tensor<2xf64>):
    %q = nn.sin %v : tensor<2xf64>
    %p = nn.mul %a, %q : tensor<2xf64>
    %n = nn.add %p, %v : tensor<2xf64>
    nn.yield %n, %a : tensor<2xf64>, tensor<2xf64>
  }
  return %y#0, %y#1 : tensor<2xf64>, tensor<4x2xf64>
})";

/// y = exp(x w) for each element, without states; w and x are numbers.
const std::string stateless = R"((%x: tensor<5xf64>, %w: tensor<f64>) -> tensor<5xf64> {
  %y = nn.scan 5 states() over(%x : tensor<5xf64>) with(%w : tensor<f64>) -> (tensor<5xf64>) {
  ^bb(%e: tensor<f64>, %v: tensor<f64>):
    %p = nn.mul %e, %v : tensor<f64>
    %q = nn.exp %p : tensor<f64>
    nn.yield %q : tensor<f64>
  }
  return %y : tensor<5xf64>
})";

/// The element is the index of what is picked out of the state.
const std::string picking = R"((%x: tensor<?x3xf64>, %s: tensor<?x4xf64>)
    -> (tensor<?x4xf64>, tensor<?x3xf64>) {
  %y:2 = nn.scan 3 states(%s : tensor<?x4xf64>) over(%x : tensor<?x3xf64>) with()
      -> (tensor<?x4xf64>, tensor<?x3xf64>) {
  ^bb(%a: tensor<?x4xf64>, %k: tensor<?xf64>):
    %i = nn.iota [1] : tensor<?x4xf64>
    %r = nn.broadcast %k to [0] : tensor<?xf64> -> tensor<?x4xf64>
    %m = nn.eq %i, %r : tensor<?x4xf64>
    %p = nn.mul %a, %m : tensor<?x4xf64>
    %q = nn.reduce_sum %p over [1] : tensor<?x4xf64> -> tensor<?xf64>
    %b = nn.broadcast %q to [0] : tensor<?xf64> -> tensor<?x4xf64>
    %t = nn.mul %b, %a : tensor<?x4xf64>
    nn.yield %t, %q : tensor<?x4xf64>, tensor<?xf64>
  }
  return %y#0, %y#1 : tensor<?x4xf64>, tensor<?x3xf64>
})";

/// A scan in each step of another: over the columns of a row, with the row's sum as invariant.
const std::string nested = R"((%x: tensor<?x2x3xf64>, %s: tensor<?xf64>)
    -> (tensor<?xf64>, tensor<?x2x3xf64>) {
  %y:2 = nn.scan 2 states(%s : tensor<?xf64>) over(%x : tensor<?x2x3xf64>) with()
      -> (tensor<?xf64>, tensor<?x2x3xf64>) {
  ^bb(%a: tensor<?xf64>, %row: tensor<?x3xf64>):
    %sum = nn.reduce_sum %row over [1] : tensor<?x3xf64> -> tensor<?xf64>
    %z:2 = nn.scan 3 backward states(%a : tensor<?xf64>) over(%row : tensor<?x3xf64>)
        with(%sum : tensor<?xf64>) -> (tensor<?xf64>, tensor<?x3xf64>) {
    ^bb(%b: tensor<?xf64>, %e: tensor<?xf64>, %v: tensor<?xf64>):
      %p = nn.mul %b, %e : tensor<?xf64>
      %q = nn.add %p, %v : tensor<?xf64>
      %r = nn.sin %q : tensor<?xf64>
      nn.yield %r, %p : tensor<?xf64>, tensor<?xf64>
    }
    %t = nn.mul %z#0, %a : tensor<?xf64>
    nn.yield %t, %z#1 : tensor<?xf64>, tensor<?x3xf64>
  }
  return %y#0, %y#1 : tensor<?xf64>, tensor<?x2x3xf64>
})";

/// A choice whose other side is undefined.
const std::string choice = R"((%x: tensor<3x2xf64>, %s: tensor<2xf64>) -> tensor<2xf64> {
  %y = nn.scan 3 states(%s : tensor<2xf64>) over(%x : tensor<3x2xf64>) with() -> (tensor<2xf64>) {
  ^bb(%a: tensor<2xf64>, %e: tensor<2xf64>):
    %z = nn.constant dense<0.0> : tensor<2xf64>
    %c = nn.gt %a, %z : tensor<2xf64>
    %l = nn.log %a : tensor<2xf64>
    %o = nn.mul %a, %e : tensor<2xf64>
    %n = nn.select %c, %l, %o : tensor<2xf64>
    nn.yield %n : tensor<2xf64>
  }
  return %y : tensor<2xf64>
})";

const std::vector<std::string> all = {rnn, lstm, three, invariants, stateless, nested};

std::string backwards(const std::string &text) {
  std::string changed = text;
  return changed.replace(changed.find("states("), 0, "backward ");
}

/// The outermost scan keeps only its states. Comes after `backward` in the text.
std::string recomputing(const std::string &text) {
  std::string changed = text;
  return changed.replace(changed.find("states("), 0, "recompute ");
}

TEST(Scan, gradientsToSecondOrder) {
  for (const std::string &text : all)
    checkGradients(text, {-1, 1}, 2, 2);
}

TEST(Scan, gradientsBackwards) {
  for (const std::string &text : {rnn, lstm, three, stateless})
    checkGradients(backwards(text), {-1, 1}, 2, 2);
}

TEST(Scan, gradientsWithRecomputation) {
  for (const std::string &text : all)
    checkGradients(recomputing(text), {-1, 1}, 2, 2);
  checkGradients(recomputing(backwards(lstm)), {-1, 1}, 1, 2);
}

TEST(Scan, elementsThatAreIndices) {
  checkGradients(picking, {0, 3, {0}}, 2);
  // Their gradient is 0 where it is asked for.
  checkGradients(picking, {0.1, 0.9}, 1);
}

TEST(Scan, choices) {
  checkGradients(choice, {-2, 2});
  checkGradients(backwards(choice), {-2, 2});
}

TEST(Scan, oneStep) {
  checkGradients(with(with(rnn, "scan 4", "scan 1"), "x4x2", "x1x2"), {-1, 1}, 2);
  checkGradients(with(with(lstm, "scan 3", "scan 1"), "x3x", "x1x"), {-1, 1}, 1);
}

TEST(Scan, withoutBatch) {
  // The elements of the rows of one example.
  const std::string one = with(with(nested, "?x", ""), "tensor<?xf64>", "tensor<f64>");
  checkGradients(with(with(one, "tensor<xf64>", "tensor<f64>"), "over [1]", "over [0]"), {-1, 1},
                 2);
}

/// A module with one function, differentiated by its first results' sum if `wrt` names arguments.
class Scans : public ::testing::Test {
protected:
  Scans() { context.loadDialect<nn::NnDialect, func::FuncDialect>(); }

  func::FuncOp parse(const std::string &text) {
    module = parseSourceString<ModuleOp>("func.func @f" + text, &context);
    return module ? *module->getOps<func::FuncOp>().begin() : func::FuncOp();
  }

  /// Returns the gradients of result `of`'s sum in place of the results.
  func::FuncOp derived(const std::string &text, unsigned of, ArrayRef<unsigned> wrt) {
    func::FuncOp f = parse(text);
    Operation *end = f.getBody().front().getTerminator();
    OpBuilder b(end);
    Value y = end->getOperand(of);
    auto dims =
        llvm::to_vector(llvm::seq<int64_t>(0, cast<RankedTensorType>(y.getType()).getRank()));
    SmallVector<Value> values;
    for (unsigned i : wrt)
      values.push_back(f.getArgument(i));
    auto gradient =
        b.create<nn::GradientOp>(end->getLoc(), nn::buildSum(b, end->getLoc(), y, dims), values);
    end->setOperands(gradient.getResults());
    f.setFunctionType(b.getFunctionType(f.getArgumentTypes(), end->getOperandTypes()));
    EXPECT_TRUE(succeeded(differentiate(f)));
    EXPECT_TRUE(succeeded(verify(*module)));
    return f;
  }

  SmallVector<nn::ScanOp> scans(func::FuncOp f) {
    return SmallVector<nn::ScanOp>(f.getOps<nn::ScanOp>());
  }

  std::vector<Tensor> results(func::FuncOp f, int64_t batch) {
    std::mt19937_64 random(5);
    std::vector<Tensor> arguments;
    for (Type type : f.getArgumentTypes()) {
      Tensor tensor(reference::shapeOf(type, batch));
      for (double &x : tensor.data)
        x = std::uniform_real_distribution<double>(-1, 1)(random);
      arguments.push_back(tensor);
    }
    auto outcome = reference::run(f, arguments, batch);
    EXPECT_EQ(outcome.error, "");
    return outcome.results;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(Scans, theStackIsReadInsteadOfAnotherCopyOfItsValues) {
  // tanh's value is a result already; only the states before each run are stacked in addition.
  func::FuncOp f = derived(rnn, 1, {0, 1, 2});
  auto loops = scans(f);
  ASSERT_EQ(loops.size(), 3u);
  EXPECT_EQ(loops[1].getNumResults(), loops[0].getNumResults() + 1);
  EXPECT_EQ(loops[1].getYielded().back(), loops[1].getStates()[0]);
  nn::ScanOp reverse = loops[2];
  EXPECT_TRUE(reverse.getBackward());
  // The gradients of h and w; the gradients of x.
  EXPECT_EQ(reverse.getNumStates(), 2u);
  EXPECT_EQ(reverse.getNumResults(), 3u);
  // The gradient of the stack, h before the run, and tanh's value; x is not read.
  EXPECT_EQ(reverse.getSequences().size(), 3u);
  EXPECT_FALSE(llvm::is_contained(reverse.getSequences(), f.getArgument(0)));
}

TEST_F(Scans, whatNobodyWantsIsNotBuilt) {
  // The gradient of x alone: no sum for w, and no states before the runs.
  auto ofElements = scans(derived(rnn, 1, {0}));
  ASSERT_EQ(ofElements.size(), 2u);
  EXPECT_EQ(ofElements[1].getNumStates(), 1u);
  EXPECT_EQ(ofElements[1].getNumResults(), 2u);
  EXPECT_EQ(ofElements[1].getSequences().size(), 2u);
  // The gradient of w by the last state: none of the stack.
  auto ofMatrix = scans(derived(rnn, 0, {2}));
  ASSERT_EQ(ofMatrix.size(), 3u);
  EXPECT_EQ(ofMatrix[2].getNumStates(), 2u);
  EXPECT_EQ(ofMatrix[2].getNumResults(), 2u);
  EXPECT_EQ(ofMatrix[2].getSequences().size(), 2u);
  // The state that nobody reads has no part in the gradient of another.
  auto ofState = scans(derived(three, 0, {1}));
  EXPECT_EQ(ofState.back().getNumStates(), 2u);
  // Nor do those that have none in its own.
  EXPECT_EQ(scans(derived(three, 2, {1})).size(), 1u);
}

TEST_F(Scans, withRecomputationOnlyStatesAreKept) {
  auto loops = scans(derived(recomputing(lstm), 0, {0, 1, 2, 3}));
  ASSERT_EQ(loops.size(), 3u);
  EXPECT_TRUE(loops[1].getRecompute());
  EXPECT_TRUE(loops[2].getRecompute());
  // Both states.
  EXPECT_EQ(loops[1].getNumResults(), loops[0].getNumResults() + 2);
}

TEST_F(Scans, whatIsKeptIsTheLeast) {
  // The gates are cut out of one product: either that is kept, or the three gates, but not both.
  auto loops = scans(derived(lstm, 0, {0, 1, 2, 3}));
  ASSERT_EQ(loops.size(), 3u);
  int64_t kept = 0;
  for (Value stack : loops[1].getValues().drop_front(loops[0].getNumResults()))
    kept += cast<RankedTensorType>(stack.getType()).getDimSize(2);
  EXPECT_EQ(kept, 6 + 2 + 2); // and both states
}

TEST_F(Scans, rememberingComputesTheSame) {
  for (const std::string &text : {rnn, lstm, backwards(rnn), three, backwards(three), stateless}) {
    const std::vector<Tensor> expected = results(parse(text), 2);
    for (int64_t k : {1, 2, 3, 4, 9}) {
      func::FuncOp f = parse(text);
      nn::ScanOp scan = scans(f).front();
      const bool divided = k > 1 && k < int64_t(scan.getLength());
      const size_t left = scan.getLength() % k ? 1 : 0;
      nn::rememberEvery(scan, k);
      ASSERT_TRUE(succeeded(verify(*module))) << text;
      EXPECT_EQ(scans(f).size(), divided ? 1 + left : 1);
      EXPECT_EQ(scans(f).front().getRecompute(), divided || k == 1);
      const std::vector<Tensor> found = results(f, 2);
      ASSERT_EQ(found.size(), expected.size());
      for (size_t i = 0; i < found.size(); ++i)
        EXPECT_EQ(found[i].data, expected[i].data) << text << " every " << k;
    }
  }
}

TEST_F(Scans, gradientsOfWhatRemembers) {
  for (const std::string &text : {rnn, backwards(lstm), stateless})
    for (int64_t k : {2, 3}) {
      func::FuncOp f = parse(text);
      nn::rememberEvery(scans(f).front(), k);
      std::string printed;
      llvm::raw_string_ostream os(printed);
      f.print(os);
      checkGradients(printed.substr(printed.find('(')), {-1, 1}, 2, 2);
    }
}

} // namespace
} // namespace nnc::test
