// Tests scans: elements of sequences as every kind of operand, states that are written in place or
// not, stacked results, scans in scans, and gradients through time. test::check() compares each
// with the interpreter on every level, fused and unfused, and with several threads bit for bit.
#include "compiler/pipeline/Pipeline.h"
#include "mlir/Pass/PassManager.h"
#include "test/unit/lowering/Compiled.h"

using namespace nnc::test;

namespace {

/// `text` with each of the words replaced: {"%T", "7"}.
std::string with(std::string text,
                 const std::vector<std::pair<std::string, std::string>> &replacements) {
  for (const auto &[from, to] : replacements)
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  return text;
}

/// Checks a program for several lengths $T, widths $N, and batches, in f32 and f64. Alternately,
/// because each takes some seconds to compile for all levels.
void checkAll(const std::string &text, double tolerance = 2e-5) {
  struct Case {
    int64_t length, width, batch;
    const char *element;
  };
  for (const Case &c : {Case{1, 5, 1, "f32"}, Case{2, 16, 3, "f32"}, Case{7, 17, 32, "f32"},
                        Case{64, 8, 3, "f64"}, Case{7, 1, 1, "f64"}}) {
    check(with(text, {{"$T", std::to_string(c.length)},
                      {"$N", std::to_string(c.width)},
                      {"$2N", std::to_string(2 * c.width)},
                      {"f32", c.element}}),
          c.batch, tolerance);
    if (testing::Test::HasFailure())
      return;
  }
}

/// Gradients are expanded, so that the interpreter can run them.
void checkDifferentiated(const std::string &text, int64_t batch, double tolerance) {
  SCOPED_TRACE(text);
  Program program(text);
  mlir::PassManager pm(&testContext());
  nnc::buildNnPipeline(pm);
  ASSERT_TRUE(mlir::succeeded(pm.run(program.getModule())));
  check(program, program.randomArguments(batch), batch, tolerance);
}

/// out[n, o] = Σ a[n, i] b[i, o].
std::string product(const std::string &a, const std::string &b, const std::string &inner = "$N",
                    const std::string &outer = "$N") {
  return with("nn.contract " + a + ", " + b +
                  " {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>,"
                  " affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, $I, $O>} :"
                  " (tensor<?x$Ixf32>, tensor<$Ix$Oxf32>) -> tensor<?x$Oxf32>",
              {{"$I", inner}, {"$O", outer}});
}

/// h <- tanh(x w + h u): the element is an operand of a contraction, the state of another.
std::string rnn(const std::string &header, const std::string &direction,
                const std::string &results) {
  return header + " {\n %y:2 = nn.scan $T " + direction +
         R"( states(%s : tensor<?x$Nxf32>) over(%x : tensor<?x$Tx$Nxf32>)
      with(%w, %u : tensor<$Nx$Nxf32>, tensor<$Nx$Nxf32>)
      -> (tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>) {
  ^bb(%h: tensor<?x$Nxf32>, %e: tensor<?x$Nxf32>, %v: tensor<$Nx$Nxf32>, %r: tensor<$Nx$Nxf32>):
    %p = )" +
         product("%e", "%v") + "\n    %q = " + product("%h", "%r") + R"(
    %z = nn.add %p, %q : tensor<?x$Nxf32>
    %t = nn.tanh %z : tensor<?x$Nxf32>
    nn.yield %t, %t : tensor<?x$Nxf32>, tensor<?x$Nxf32>
  }
  )" + results;
}

const char *const rnnArguments = R"(func.func @f(%x: tensor<?x$Tx$Nxf32>, %s: tensor<?x$Nxf32>,
    %w: tensor<$Nx$Nxf32>, %u: tensor<$Nx$Nxf32>))";

} // namespace

TEST(Scan, LastStateAndAllStates) {
  for (const char *direction : {"", "backward"})
    checkAll(rnn(std::string(rnnArguments) + " -> (tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>)",
                 direction, "return %y#0, %y#1 : tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>\n}"),
             1e-4);
}

TEST(Scan, TwoStates) {
  checkAll(R"(func.func @f(%x: tensor<?x$Tx$2Nxf32>, %u: tensor<$Nx$2Nxf32>)
      -> (tensor<?x$Tx$Nxf32>, tensor<?x$Nxf32>) {
    %0 = nn.constant dense<0.0> : tensor<f32>
    %z0 = nn.broadcast %0 to [] : tensor<f32> -> tensor<?x$Nxf32>
    %y:3 = nn.scan $T states(%z0, %z0 : tensor<?x$Nxf32>, tensor<?x$Nxf32>)
        over(%x : tensor<?x$Tx$2Nxf32>) with(%u : tensor<$Nx$2Nxf32>)
        -> (tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>) {
    ^bb(%h: tensor<?x$Nxf32>, %c: tensor<?x$Nxf32>, %e: tensor<?x$2Nxf32>, %v: tensor<$Nx$2Nxf32>):
      %p = )" + product("%h", "%v", "$N", "$2N") +
               R"(
      %z = nn.add %p, %e : tensor<?x$2Nxf32>
      %i = nn.slice %z from [0, 0] to [-1, $N] step [1, 1] : tensor<?x$2Nxf32> -> tensor<?x$Nxf32>
      %o = nn.slice %z from [0, $N] to [-1, $2N] step [1, 1] : tensor<?x$2Nxf32> -> tensor<?x$Nxf32>
      %a = nn.sin %i : tensor<?x$Nxf32>
      %g = nn.tanh %o : tensor<?x$Nxf32>
      %k = nn.mul %a, %c : tensor<?x$Nxf32>
      %n = nn.add %k, %g : tensor<?x$Nxf32>
      %t = nn.tanh %n : tensor<?x$Nxf32>
      %m = nn.mul %t, %a : tensor<?x$Nxf32>
      nn.yield %m, %n, %m : tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>
    }
    return %y#2, %y#1 : tensor<?x$Tx$Nxf32>, tensor<?x$Nxf32>
  })",
           1e-4);
}

// States that change places, one that is an element, one that no run changes, and one value twice.
TEST(Scan, StatesThatMove) {
  checkAll(R"(func.func @f(%x: tensor<?x$Tx$Nxf32>, %a: tensor<?x$Nxf32>)
      -> (tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>,
          tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>, tensor<?x$Tx$Nxf32>) {
    %b = nn.sin %a : tensor<?x$Nxf32>
    %y:8 = nn.scan $T states(%a, %b, %b, %a, %b, %a : tensor<?x$Nxf32>, tensor<?x$Nxf32>,
        tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>)
        over(%x : tensor<?x$Tx$Nxf32>) with(%b : tensor<?x$Nxf32>)
        -> (tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>,
            tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>, tensor<?x$Tx$Nxf32>) {
    ^bb(%p: tensor<?x$Nxf32>, %q: tensor<?x$Nxf32>, %r: tensor<?x$Nxf32>, %s: tensor<?x$Nxf32>,
        %u: tensor<?x$Nxf32>, %v: tensor<?x$Nxf32>, %e: tensor<?x$Nxf32>, %k: tensor<?x$Nxf32>):
      %d = nn.mul %p, %e : tensor<?x$Nxf32>
      %w = nn.cos %d : tensor<?x$Nxf32>
      nn.yield %q, %p, %e, %s, %w, %w, %e, %r : tensor<?x$Nxf32>, tensor<?x$Nxf32>,
          tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>,
          tensor<?x$Nxf32>
    }
    return %y#0, %y#1, %y#2, %y#3, %y#4, %y#5, %y#6, %y#7 : tensor<?x$Nxf32>, tensor<?x$Nxf32>,
        tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>, tensor<?x$Nxf32>,
        tensor<?x$Tx$Nxf32>, tensor<?x$Tx$Nxf32>
  })");
}

// Without a batch the elements are contiguous; the matrix is another in each run.
TEST(Scan, WithoutABatch) {
  checkAll(R"(func.func @f(%x: tensor<$Tx$Nx$Nxf32>, %s: tensor<$Nxf32>, %k: tensor<$Txf32>)
      -> (tensor<$Nxf32>, tensor<$Tx$Nxf32>, tensor<$Txf32>) {
    %y:3 = nn.scan $T backward states(%s : tensor<$Nxf32>)
        over(%x, %k : tensor<$Tx$Nx$Nxf32>, tensor<$Txf32>) with()
        -> (tensor<$Nxf32>, tensor<$Tx$Nxf32>, tensor<$Txf32>) {
    ^bb(%h: tensor<$Nxf32>, %m: tensor<$Nx$Nxf32>, %i: tensor<f32>):
      %p = nn.contract %m, %h {maps = [affine_map<(o,i) -> (o,i)>, affine_map<(o,i) -> (i)>,
          affine_map<(o,i) -> (o)>], sizes = array<i64: $N, $N>}
          : (tensor<$Nx$Nxf32>, tensor<$Nxf32>) -> tensor<$Nxf32>
      %b = nn.broadcast %i to [] : tensor<f32> -> tensor<$Nxf32>
      %q = nn.add %p, %b : tensor<$Nxf32>
      %t = nn.tanh %q : tensor<$Nxf32>
      %g = nn.reduce_sum %t over [0] : tensor<$Nxf32> -> tensor<f32>
      nn.yield %t, %t, %g : tensor<$Nxf32>, tensor<$Nxf32>, tensor<f32>
    }
    return %y#0, %y#1, %y#2 : tensor<$Nxf32>, tensor<$Tx$Nxf32>, tensor<$Txf32>
  })",
           1e-4);
}

// Elements are matrices of each example: operands of contractions on both sides, reduced over the
// columns, over the rows and over the batch; results of several shapes are stacked.
TEST(Scan, MatricesOfEachExample) {
  checkAll(R"(func.func @f(%x: tensor<?x$Tx3x$Nxf32>, %s: tensor<?x$Nxf32>)
      -> (tensor<?x$Tx3xf32>, tensor<?x$Tx$Nx3xf32>, tensor<$Tx$Nxf32>, tensor<?x$Txf32>,
          tensor<?x$Tx3x$Nxf32>, tensor<$Txf32>) {
    %y:7 = nn.scan $T states(%s : tensor<?x$Nxf32>) over(%x : tensor<?x$Tx3x$Nxf32>) with()
        -> (tensor<?x$Nxf32>, tensor<?x$Tx3xf32>, tensor<?x$Tx$Nx3xf32>, tensor<$Tx$Nxf32>,
            tensor<?x$Txf32>, tensor<?x$Tx3x$Nxf32>, tensor<$Txf32>) {
    ^bb(%h: tensor<?x$Nxf32>, %e: tensor<?x3x$Nxf32>):
      %a = nn.contract %e, %h {maps = [affine_map<(n,m,i) -> (n,m,i)>, affine_map<(n,m,i) -> (n,i)>,
          affine_map<(n,m,i) -> (n,m)>], sizes = array<i64: -1, 3, $N>}
          : (tensor<?x3x$Nxf32>, tensor<?x$Nxf32>) -> tensor<?x3xf32>
      %t = nn.tanh %a : tensor<?x3xf32>
      %k = nn.contract %t, %e {maps = [affine_map<(n,m,i) -> (n,m)>, affine_map<(n,m,i) -> (n,m,i)>,
          affine_map<(n,m,i) -> (n,i)>], sizes = array<i64: -1, 3, $N>}
          : (tensor<?x3xf32>, tensor<?x3x$Nxf32>) -> tensor<?x$Nxf32>
      %n = nn.sin %k : tensor<?x$Nxf32>
      %u = nn.transpose %e by [0, 2, 1] : tensor<?x3x$Nxf32> -> tensor<?x$Nx3xf32>
      %c = nn.reduce_sum %e over [0, 1] : tensor<?x3x$Nxf32> -> tensor<$Nxf32>
      %r = nn.reduce_max %e over [1, 2] : tensor<?x3x$Nxf32> -> tensor<?xf32>
      %b = nn.broadcast %h to [0, 2] : tensor<?x$Nxf32> -> tensor<?x3x$Nxf32>
      %o = nn.mul %e, %b : tensor<?x3x$Nxf32>
      %z = nn.reduce_sum %o over [0, 1, 2] : tensor<?x3x$Nxf32> -> tensor<f32>
      nn.yield %n, %t, %u, %c, %r, %o, %z : tensor<?x$Nxf32>, tensor<?x3xf32>, tensor<?x$Nx3xf32>,
          tensor<$Nxf32>, tensor<?xf32>, tensor<?x3x$Nxf32>, tensor<f32>
    }
    return %y#1, %y#2, %y#3, %y#4, %y#5, %y#6 : tensor<?x$Tx3xf32>, tensor<?x$Tx$Nx3xf32>,
        tensor<$Tx$Nxf32>, tensor<?x$Txf32>, tensor<?x$Tx3x$Nxf32>, tensor<$Txf32>
  })",
           1e-4);
}

// The state is what a gradient adds up over the runs: a contraction over the batch.
TEST(Scan, SumsOverRuns) {
  checkAll(R"(func.func @f(%x: tensor<?x$Tx$Nxf32>, %g: tensor<?x$Tx3xf32>) -> tensor<$Nx3xf32> {
    %0 = nn.constant dense<0.0> : tensor<$Nx3xf32>
    %y = nn.scan $T backward states(%0 : tensor<$Nx3xf32>)
        over(%x, %g : tensor<?x$Tx$Nxf32>, tensor<?x$Tx3xf32>) with() -> (tensor<$Nx3xf32>) {
    ^bb(%a: tensor<$Nx3xf32>, %e: tensor<?x$Nxf32>, %d: tensor<?x3xf32>):
      %p = nn.contract %e, %d {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (n,o)>,
          affine_map<(n,i,o) -> (i,o)>], sizes = array<i64: -1, $N, 3>}
          : (tensor<?x$Nxf32>, tensor<?x3xf32>) -> tensor<$Nx3xf32>
      %n = nn.add %a, %p : tensor<$Nx3xf32>
      nn.yield %n : tensor<$Nx3xf32>
    }
    return %y : tensor<$Nx3xf32>
  })",
           1e-4);
}

// A chain of row-wise kernels, and an element as an index.
TEST(Scan, RowsAndIndices) {
  checkAll(R"(func.func @f(%x: tensor<?x$Tx$Nxf32>, %i: tensor<?x$Txf32>, %t: tensor<5x$Nxf32>)
      -> (tensor<?x$Tx$Nxf32>, tensor<?x$Txf32>) {
    %y:2 = nn.scan $T states() over(%x, %i : tensor<?x$Tx$Nxf32>, tensor<?x$Txf32>)
        with(%t : tensor<5x$Nxf32>) -> (tensor<?x$Tx$Nxf32>, tensor<?x$Txf32>) {
    ^bb(%e: tensor<?x$Nxf32>, %k: tensor<?xf32>, %r: tensor<5x$Nxf32>):
      %m = nn.reduce_max %e over [1] : tensor<?x$Nxf32> -> tensor<?xf32>
      %b = nn.broadcast %m to [0] : tensor<?xf32> -> tensor<?x$Nxf32>
      %d = nn.sub %e, %b : tensor<?x$Nxf32>
      %p = nn.exp %d : tensor<?x$Nxf32>
      %s = nn.reduce_sum %p over [1] : tensor<?x$Nxf32> -> tensor<?xf32>
      %c = nn.broadcast %s to [0] : tensor<?xf32> -> tensor<?x$Nxf32>
      %q = nn.div %p, %c : tensor<?x$Nxf32>
      %g = nn.abs %k : tensor<?xf32>
      %o = nn.pick %q[%g] along 1 : tensor<?x$Nxf32>, tensor<?xf32> -> tensor<?xf32>
      nn.yield %q, %o : tensor<?x$Nxf32>, tensor<?xf32>
    }
    return %y#0, %y#1 : tensor<?x$Tx$Nxf32>, tensor<?x$Txf32>
  })");
}

// Over the rows of an image, and in each over its pixels: elements of elements, stacks of stacks,
// last states that are stacked, and the whole inner sequence as a state.
TEST(Scan, Nested) {
  checkAll(R"(func.func @f(%x: tensor<?x$Tx3x$Nxf32>, %s: tensor<?x$Nxf32>, %l: tensor<?x3x$Nxf32>)
      -> (tensor<?x$Nxf32>, tensor<?x$Tx3x$Nxf32>, tensor<?x$Tx$Nxf32>, tensor<?x3x$Nxf32>) {
    %y:4 = nn.scan $T states(%s, %l : tensor<?x$Nxf32>, tensor<?x3x$Nxf32>)
        over(%x : tensor<?x$Tx3x$Nxf32>) with(%s : tensor<?x$Nxf32>)
        -> (tensor<?x$Nxf32>, tensor<?x3x$Nxf32>, tensor<?x$Tx3x$Nxf32>, tensor<?x$Tx$Nxf32>) {
    ^bb(%a: tensor<?x$Nxf32>, %last: tensor<?x3x$Nxf32>, %row: tensor<?x3x$Nxf32>,
        %k: tensor<?x$Nxf32>):
      %z:2 = nn.scan 3 backward states(%a : tensor<?x$Nxf32>)
          over(%row, %last : tensor<?x3x$Nxf32>, tensor<?x3x$Nxf32>) with(%k : tensor<?x$Nxf32>)
          -> (tensor<?x$Nxf32>, tensor<?x3x$Nxf32>) {
      ^bb(%b: tensor<?x$Nxf32>, %e: tensor<?x$Nxf32>, %f: tensor<?x$Nxf32>, %v: tensor<?x$Nxf32>):
        %p = nn.mul %b, %e : tensor<?x$Nxf32>
        %q = nn.add %p, %v : tensor<?x$Nxf32>
        %r = nn.sin %q : tensor<?x$Nxf32>
        %t = nn.add %p, %f : tensor<?x$Nxf32>
        %u = nn.tanh %t : tensor<?x$Nxf32>
        nn.yield %r, %u : tensor<?x$Nxf32>, tensor<?x$Nxf32>
      }
      %w = nn.mul %z#0, %a : tensor<?x$Nxf32>
      nn.yield %w, %z#1, %z#1, %z#0 : tensor<?x$Nxf32>, tensor<?x3x$Nxf32>, tensor<?x3x$Nxf32>,
          tensor<?x$Nxf32>
    }
    return %y#0, %y#2, %y#3, %y#1 : tensor<?x$Nxf32>, tensor<?x$Tx3x$Nxf32>, tensor<?x$Tx$Nxf32>,
        tensor<?x3x$Nxf32>
  })",
           1e-4);
}

// The states of one scan are the start of the next, and its stack is the sequence.
TEST(Scan, OneAfterAnother) {
  checkAll(R"(func.func @f(%x: tensor<?x$Tx$Nxf32>, %s: tensor<?x$Nxf32>)
      -> (tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>) {
    %y:2 = nn.scan $T states(%s : tensor<?x$Nxf32>) over(%x : tensor<?x$Tx$Nxf32>) with()
        -> (tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>) {
    ^bb(%a: tensor<?x$Nxf32>, %e: tensor<?x$Nxf32>):
      %p = nn.mul %a, %e : tensor<?x$Nxf32>
      %q = nn.cos %p : tensor<?x$Nxf32>
      nn.yield %q, %a : tensor<?x$Nxf32>, tensor<?x$Nxf32>
    }
    %z:2 = nn.scan $T backward states(%y#0 : tensor<?x$Nxf32>) over(%y#1 : tensor<?x$Tx$Nxf32>)
        with() -> (tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>) {
    ^bb(%a: tensor<?x$Nxf32>, %e: tensor<?x$Nxf32>):
      %p = nn.add %a, %e : tensor<?x$Nxf32>
      %q = nn.sin %p : tensor<?x$Nxf32>
      nn.yield %q, %p : tensor<?x$Nxf32>, tensor<?x$Nxf32>
    }
    return %z#0, %z#1 : tensor<?x$Nxf32>, tensor<?x$Tx$Nxf32>
  })");
}

TEST(Scan, TrainingStep) {
  const std::string header =
      R"(func.func @f(%x: tensor<?x$Tx$Nxf32>, %s: tensor<?x$Nxf32>,
    %w: tensor<$Nx$Nxf32> {nn.tensor = "w"}, %u: tensor<$Nx$Nxf32> {nn.tensor = "u"})
    -> (tensor<f32> {nn.result = "loss"}, tensor<$Nx$Nxf32> {nn.update = "w"},
        tensor<$Nx$Nxf32> {nn.update = "u"}) attributes {nn.guard = "loss"})";
  const std::string results = R"(%m = nn.mul %y#1, %y#1 : tensor<?x$Tx$Nxf32>
  %a = nn.reduce_sum %m over [0, 1, 2] : tensor<?x$Tx$Nxf32> -> tensor<f32>
  %b = nn.reduce_sum %y#0 over [0, 1] : tensor<?x$Nxf32> -> tensor<f32>
  %loss = nn.add %a, %b : tensor<f32>
  %g, %k = nn.gradient %loss wrt %w, %u : tensor<f32>, tensor<$Nx$Nxf32>, tensor<$Nx$Nxf32>
  %n = nn.sub %w, %g : tensor<$Nx$Nxf32>
  %o = nn.sub %u, %k : tensor<$Nx$Nxf32>
  return %loss, %n, %o : tensor<f32>, tensor<$Nx$Nxf32>, tensor<$Nx$Nxf32>
})";
  struct Case {
    const char *length, *width, *element;
    int64_t batch;
  };
  for (const Case &c :
       {Case{"5", "7", "f64", 3}, Case{"3", "28", "f32", 32}}) // 28: in blocks on no machine
    checkDifferentiated(
        with(rnn(header, "", results), {{"$T", c.length}, {"$N", c.width}, {"f32", c.element}}),
        c.batch, std::string(c.element) == "f64" ? 1e-9 : 1e-3);
}

// A body of more kernels than one function has, in and around a loop.
TEST(Scan, LongBodies) {
  auto chain = [](const std::string &name, std::string from, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      const std::string to = "%" + name + std::to_string(i);
      text += "      " + to + " = nn.sin " + from + " : tensor<?x2xf32>\n";
      from = to;
    }
    return text;
  };
  check(
      R"(func.func @f(%x: tensor<?x3x2xf32>) -> (tensor<?x2xf32>, tensor<?x3x2xf32>) {
    %s = nn.reduce_sum %x over [1] : tensor<?x3x2xf32> -> tensor<?x2xf32>
)" + chain("k", "%s", 150) +
          R"(    %y:2 = nn.scan 3 states(%k149 : tensor<?x2xf32>) over(%x : tensor<?x3x2xf32>) with()
        -> (tensor<?x2xf32>, tensor<?x3x2xf32>) {
    ^bb(%a: tensor<?x2xf32>, %e: tensor<?x2xf32>):
      %p = nn.mul %a, %e : tensor<?x2xf32>
)" + chain("p", "%p", 150) +
          R"(      %z = nn.scan 2 states(%p149 : tensor<?x2xf32>) over() with(%e : tensor<?x2xf32>)
          -> (tensor<?x2xf32>) {
      ^bb(%b: tensor<?x2xf32>, %f: tensor<?x2xf32>):
        %q = nn.mul %b, %f : tensor<?x2xf32>
)" + chain("q", "%q", 90) +
          R"(        nn.yield %q89 : tensor<?x2xf32>
      }
      nn.yield %z, %p149 : tensor<?x2xf32>, tensor<?x2xf32>
    }
)" + chain("l", "%y#0", 100) +
          R"(    return %l99, %y#1 : tensor<?x2xf32>, tensor<?x3x2xf32>
  })",
      5);
}
