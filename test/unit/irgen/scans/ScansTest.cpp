// Tests of scans: the op, its states, what its block takes from outside, and what must not leave
// it.
#include "test/unit/irgen/Elaboration.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/Verifier.h"

using namespace nnc;

/// The scan that gives `v`.
static nn::ScanOp scanOf(const Value &v) {
  return v.isTensor() ? v.tensor.getDefiningOp<nn::ScanOp>() : nn::ScanOp();
}

/// The number of ops in a block, with those of the blocks in it.
static size_t sizeOf(mlir::Block &block) {
  size_t count = 0;
  block.walk([&](mlir::Operation *) { ++count; });
  return count;
}

static const char *recurrent = "layer cell(units)(x: [t, n]) -> [t, units] {\n"
                               "  param w: [n, units] ~ glorot\n"
                               "  param u: [units, units] ~ glorot\n"
                               "  scan z in x @ w {\n"
                               "    state h: [units] = 0\n"
                               "    state c: [units] = 0\n"
                               "    c <- z + h @ u\n"
                               "    h <- tanh(c)\n"
                               "    h\n"
                               "  }\n"
                               "}\n";

static std::string modelOf(int length) {
  return std::string(recurrent) + "model m(x: [" + std::to_string(length) +
         ", 3]) -> [1] { (x |> cell(4))[-1] |> dense(1) }\n";
}

TEST(Scans, CodeDoesNotGrowWithTheLength) {
  size_t sizes[2];
  const int lengths[] = {3, 300};
  for (auto [i, length] : llvm::enumerate(lengths)) {
    Generated g(modelOf(length));
    ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
    mlir::func::FuncOp predict = g.function("model_m_predict");
    EXPECT_TRUE(mlir::succeeded(mlir::verify(predict)));
    EXPECT_EQ(countOf<nn::ScanOp>(predict), 1u);
    sizes[i] = sizeOf(predict.getBody().front());
  }
  EXPECT_EQ(sizes[0], sizes[1]);
}

TEST(Scans, WeightsAreDrawnOnce) {
  Generated g("layer recurrent(x: [t, n]) = scan z in x { z |> dense(2) |> dense(3) as last }\n"
              "model m(x: [5, 3]) { x |> recurrent |> flatten |> dense(1) }\n");
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  Messages names;
  for (const TensorT &t : g.program().tensors)
    names.push_back(t.name);
  EXPECT_EQ(names,
            (Messages{"m.recurrent1.dense1.w", "m.recurrent1.dense1.b", "m.recurrent1.last.w",
                      "m.recurrent1.last.b", "m.dense1.w", "m.dense1.b"}));
}

TEST(Scans, ALayerFromOutsideKeepsItsPlace) {
  // The block is elaborated twice, because its state differs between examples.
  Generated g(
      "layer each(f)(x: [t, n]) = scan z in x { state s = 0; s <- s + z; s |> f }\n"
      "model m(x: [5, 3]) { x |> each(dense(2)) |> each(dense(2)) |> flatten |> dense(1) }\n");
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  Messages names;
  for (const TensorT &t : g.program().tensors)
    if (llvm::StringRef(t.name).ends_with(".w"))
      names.push_back(t.name);
  EXPECT_EQ(names, (Messages{"m.each1.dense1.w", "m.each2.dense1.w", "m.dense1.w"}));
}

TEST(Scans, StackStepsAlongANewFirstAxis) {
  Elaboration e("fn f(x) = scan z in x { sum(z) * [1, 2] }\n");
  Value v = e.call("f", e.field("x", {5, 3}, {axisId(9, "t"), axisId(9, "n")}));
  ASSERT_TRUE(scanOf(v)) << testing::PrintToString(e.messages());
  EXPECT_EQ(shapeOf(v), (std::vector<int64_t>{5, 2}));
  EXPECT_TRUE(isBatched(v.tensor));
  EXPECT_EQ(v.axisAt(0), axisId(9, "t"));
}

TEST(Scans, StatesGetTheTypeThatStepsGive) {
  Elaboration e(
      "fn f(x, k) = scan z in x { state s = k; state n = 0; n <- n + 1; s <- s + z * n; s }\n");
  Value v = e.call("f", {e.field("x", {5, 3}), e.tensor("k", {1})});
  nn::ScanOp scan = scanOf(v);
  ASSERT_TRUE(scan) << testing::PrintToString(e.messages());
  ASSERT_EQ(scan.getNumStates(), 2u);
  EXPECT_EQ(exampleShape(scan.getStarts()[0]), llvm::ArrayRef<int64_t>({3}));
  EXPECT_TRUE(isBatched(scan.getStarts()[0]));
  EXPECT_FALSE(isBatched(scan.getStarts()[1])) << "all examples count alike";
  EXPECT_EQ(countOf<nn::ScanOp>(e.fn.op()), 1u) << "what was given up is gone";
  EXPECT_TRUE(mlir::succeeded(mlir::verify(scan)));
}

TEST(Scans, LinesSeeWhatLinesAboveAssigned) {
  Elaboration e("fn f(x) = scan z in x { state a = 0; state b = 0; a <- a + z; b <- a; b }\n");
  nn::ScanOp scan = scanOf(e.call("f", e.field("x", {5})));
  ASSERT_TRUE(scan) << testing::PrintToString(e.messages());
  EXPECT_EQ(scan.getYielded()[0], scan.getYielded()[1]);
  EXPECT_EQ(scan.getYielded()[0], scan.getYielded()[2]);
}

TEST(Scans, TakeValuesFromOutsideAsOperands) {
  Elaboration e("fn f(x, w) { let s = 2 * w\n scan z in x { z + s * 3 + s + w } }\n");
  nn::ScanOp scan = scanOf(e.call("f", {e.field("x", {5, 3}), e.tensor("w", {3})}));
  ASSERT_TRUE(scan) << testing::PrintToString(e.messages());
  EXPECT_EQ(scan.getInvariants().size(), 2u) << "s and w; the constant is in the block";
  EXPECT_TRUE(mlir::succeeded(mlir::verify(scan)));
}

TEST(Scans, Nest) {
  Elaboration e(
      "fn f(x, w) = scan a in x { state s = 0; s <- s + 1; scan b in a { state t = w; t <- "
      "t + b * s; t } }\n");
  Value v = e.call("f", {e.field("x", {5, 3, 2}), e.tensor("w", {2})});
  nn::ScanOp scan = scanOf(v);
  ASSERT_TRUE(scan) << testing::PrintToString(e.messages());
  EXPECT_EQ(shapeOf(v), (std::vector<int64_t>{5, 3, 2}));
  EXPECT_EQ(countOf<nn::ScanOp>(e.fn.op()), 2u);
  EXPECT_TRUE(mlir::succeeded(mlir::verify(scan)));
}

TEST(Scans, DrawForAllStepsBeforeTheFirst) {
  Elaboration e(
      "fn f(x) = scan a in x { state s = 0; let r = random_normal(like = a)\n s <- s + r\n "
      "scan b in r { b * random_uniform([2]) } }\n");
  Value v = e.call("f", e.field("x", {5, 3}));
  nn::ScanOp scan = scanOf(v);
  ASSERT_TRUE(scan) << testing::PrintToString(e.messages());
  EXPECT_EQ(countOf<nn::RandomNormalOp>(e.fn.op()), 2u) << "one is of the first elaboration";
  scan.getBody().walk([](mlir::Operation *op) {
    EXPECT_FALSE((llvm::isa<nn::RandomNormalOp, nn::RandomUniformOp>(op)));
  });
  ASSERT_EQ(scan.getSequences().size(), 3u);
  EXPECT_EQ(exampleShape(scan.getSequences()[1]), llvm::ArrayRef<int64_t>({5, 3}));
  EXPECT_EQ(exampleShape(scan.getSequences()[2]), llvm::ArrayRef<int64_t>({5, 3, 2}));
  EXPECT_TRUE(isBatched(scan.getSequences()[2]));
  EXPECT_TRUE(mlir::succeeded(mlir::verify(scan)));
}

TEST(Scans, ConditionsAssignForEachExample) {
  Elaboration e("fn f(x) = scan z in x { state s = 0; if z > 0 { s <- s + z }; s }\n");
  nn::ScanOp scan = scanOf(e.call("f", e.field("x", {5})));
  ASSERT_TRUE(scan) << testing::PrintToString(e.messages());
  EXPECT_EQ(scan.getYielded()[0].getDefiningOp()->getName().getStringRef(), "nn.select");
}

TEST(Scans, WhatAModelGaveInAStepIsNotUsedOutside) {
  Generated g("data d = blobs(n = 8, dims = 2)\n"
              "model m(x: [2]) -> [2] { x |> dense(2) }\n"
              "train m on d {\n"
              "  loss = mean(scan i in range(3) { i * sum(m(x)) }) + sum(m(x)^2)\n"
              "  optimizer = sgd(0.1)\n  batch = 4\n  epochs = 1\n}\n");
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  EXPECT_TRUE(mlir::succeeded(mlir::verify(g.result.module.get())));
}

TEST(Scans, CountsStepsThatAreRemembered) {
  Elaboration e("fn f(x) = scan z in x, remember every 2 steps { state s = 0; s <- s + z; s }\n");
  Value v = e.call("f", e.field("x", {7}));
  ASSERT_TRUE(v.isTensor()) << testing::PrintToString(e.messages());
  EXPECT_EQ(shapeOf(v), (std::vector<int64_t>{7}));
  EXPECT_EQ(countOf<nn::ScanOp>(e.fn.op()), 3u) << "three pieces of two steps, and one step";
}

TEST(Scans, TheMonitorSeesActivationsInSteps) {
  Generated g(std::string(recurrent) +
              "data d = rows(x: [2, 3]) { [[1, 2, 3], [4, 5, 6]] }\n"
              "model m(x: [2, 3]) -> [1] { (x |> cell(4))[-1] |> relu |> dense(1) }\n"
              "train m on d { loss = mean(m(x)^2); optimizer = sgd(0.1); batch = 1; epochs = 1 }\n"
              "report \"r.html\"\n");
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  mlir::func::FuncOp monitor = g.function("train0_monitor");
  ASSERT_TRUE(monitor);
  EXPECT_TRUE(mlir::succeeded(mlir::verify(monitor)));
  EXPECT_EQ(monitor.getNumResults(), 4u + 2 * 2u) << "gradients of w, u, w and b; tanh and relu";
}

static Messages errorsIn(llvm::StringRef body, llvm::ArrayRef<int64_t> x = {5, 3}) {
  Elaboration e(("fn f(x, y: [m]) = " + body + "\n").str());
  EXPECT_TRUE(e.call("f", {e.field("x", x), e.tensor("y", {2})}).isError());
  return e.messages();
}

TEST(Scans, ReportSequencesThatDoNotFit) {
  EXPECT_EQ(errorsIn("scan z in x { z }", {}),
            Messages{"a scan steps through the first axis of a tensor, and this has no axis"});
  EXPECT_EQ(errorsIn("scan z in x, v in y { z * v }"),
            Messages{"`z` has 5 elements and `v` has 2: a scan takes one of each in every step"});
  EXPECT_EQ(errorsIn("scan z in relu { z }"),
            Messages{"expected a tensor or a number, this is the function `relu`"});
}

TEST(Scans, ReportStatesThatDoNotFit) {
  EXPECT_EQ(errorsIn("scan z in x { state s: [2] = 0; s <- z; s }"), Messages{"`s` is [2]"});
  EXPECT_EQ(errorsIn("scan z in x { state s: [2] = y[[0, 1, 1]]; s <- y; s }"),
            Messages{"`s` is [2], and starts with another shape"});
  EXPECT_EQ(errorsIn("scan z in x { state s = y; s <- z; s }"),
            Messages{"`s` is [2] before a step and [3] after it"});
  EXPECT_EQ(errorsIn("scan z in x { state s = y[0 .. 0]; s <- concat(s, z); s }"),
            Messages{"`s` is [4] before a step and [7] after it"});
  EXPECT_EQ(errorsIn("scan z in x { state s = 0; s <- stack(s, s); s }"),
            Messages{"the states of this scan have another shape after every step"});
}

TEST(Scans, ReportWhatAStepDoesNotFollow) {
  const Messages others = {
      "w changes this e in other ways than in this step of the scan, which the "
      "step's `grad` does not follow"};
  EXPECT_EQ(errorsIn("scan z in x { state s = 0; s <- s + z * y[0]; sum(grad(sum(s), y)) }"),
            others);
  EXPECT_EQ(errorsIn("{ let u = y * 2\n scan z in x { sum(grad(sum(z) * sum(u), y)) } }"), others);
  EXPECT_EQ(errorsIn("scan z in x * y[0] { scan v in z { sum(grad(v * y[0], y)) } }"), others);
}

TEST(Scans, StepsBetweenRememberedOnesAreCounted) {
  EXPECT_EQ(errorsIn("scan z in x, remember every 0 steps { z }"),
            Messages{"a scan remembers every so many of its steps, a number of 1 or more"});
}

TEST(Scans, DifferentiateInAStepByWhatIsInIt) {
  Elaboration e("fn f(x) = scan z in x { state s: [3] = 0; let d = grad(sum(z * s^2), s)\n s <- s "
                "- d; s }\n");
  nn::ScanOp scan = scanOf(e.call("f", e.field("x", {5, 3})));
  ASSERT_TRUE(scan) << testing::PrintToString(e.messages());
  EXPECT_EQ(countOf<nn::GradientOp>(e.fn.op()), 1u);
}
