// Tests of params, states and assignments.
#include "Check.h"

using namespace nnc;

TEST(Blocks, assignments) {
  EXPECT_EQ(errorsOf("optimizer o(lr) { state m = 0; m <- m + grad; theta <- theta - lr * m }\n"),
            Messages{});
  EXPECT_EQ(errorsOf("optimizer o(lr) { state mean_ = 0; meen_ <- grad; theta <- theta - lr }\n"),
            Messages{"1:36 unknown state `meen_`"});
  EXPECT_EQ(
      errorsOf("optimizer o(lr) { grad <- 0; theta <- lr }\n"),
      Messages{"1:19 `grad` is given and keeps its value; only states and `theta` are assigned"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { let a = 1; a <- 2; x }\n"),
            Messages{"1:30 `a` is not a state and keeps its value"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { param a: [n] = 1; a <- 2; x }\n"),
            Messages{"1:37 `a` is a parameter, which only the optimizer changes"});
  EXPECT_EQ(errorsOf("fn f(x) { x <- 2; x }\n"),
            Messages{"1:11 `x` is not a state and keeps its value"});
}

TEST(Blocks, paramsBelongInLayers) {
  EXPECT_EQ(errorsOf("fn f(x) { param w: [2] = 0; x + w }\n"),
            Messages{"1:11 a `param` belongs in a layer"});
  EXPECT_EQ(errorsOf("optimizer o(lr) { param w = 0; theta <- w }\n"),
            Messages{"1:19 an optimizer has no `param`; what it remembers is a `state`"});
  EXPECT_EQ(errorsOf("metric f(x) { state w = 0; x + w }\n"),
            Messages{"1:15 a `state` belongs in a layer, an optimizer or a schedule"});
  EXPECT_EQ(
      errorsOf("metric f(x) { x <- 2; x }\n"),
      Messages{
          "1:15 `<-` belongs in a layer, an optimizer, a schedule or a scan, which have states"});
}

TEST(Blocks, schedulesRemember) {
  EXPECT_EQ(
      errorsOf(
          "fn falling(from) { state s = 1; s <- if val_loss > 2 then s / 2 else s; from * s }\n"),
      Messages{});
  EXPECT_EQ(errorsOf("fn f(x) { state w: [2] = 0; x + w }\n"),
            Messages{"1:20 the state of a function is one number, without a shape"});
}

TEST(Blocks, initializers) {
  EXPECT_EQ(errorsOf("layer l(start = he)(x: [n]) { param w: [n] ~ start; param v: [n] ~ "
                     "normal(0.1); x + w + v }\n"),
            Messages{});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { param w: [n] ~ 3; x + w }\n"),
            Messages{"1:34 an initializer is expected here, not a value"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { param w: [n] ~ relu; x + w }\n"),
            Messages{"1:34 `relu` is a function; an initializer is expected here"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { param w: [n] ~ glorrot; x + w }\n"),
            Messages{"1:34 unknown initializer `glorrot`"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { param w: [n] = he; x + w }\n"),
            Messages{"1:34 `he` is an initializer, which a parameter is drawn from"});
}

TEST(Blocks, declaredTwice) {
  EXPECT_EQ(errorsOf("fn f(x) { let a = x; let a = 2; a }\n"),
            Messages{"1:26 `a` is declared twice"});
}

TEST(Blocks, scansHaveStates) {
  const char *sums = "fn sums(x) = scan z in x { state s = 0; s <- s + z; s }\n";
  EXPECT_EQ(errorsOf(sums), Messages{});
  EXPECT_EQ(errorsOf("let a = scan i in range(3) { if i > 1 { i } else { 0 } }\n"), Messages{});
  EXPECT_EQ(errorsOf("metric m(x) = scan z in x { state s: [2] = 0; s <- z; s }\n"), Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = scan z in x { state s = 0; { s <- z; s } }\n"), Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = scan z in y { z + q }\n"),
            (Messages{"1:21 unknown name `y`", "1:29 unknown name `q`"}));
  EXPECT_EQ(errorsOf("fn f(x) = scan z in x, z in x { z }\n"),
            Messages{"1:24 `z` is declared twice"});
  EXPECT_EQ(errorsOf("fn f(x) = scan z in x { state z = 0; z <- 1; z }\n"),
            Messages{"1:31 `z` is declared twice"});
}

TEST(Blocks, scansHaveValues) {
  EXPECT_EQ(errorsOf("fn f(x) = scan z in x { state s = 0; s <- s + z }\n"),
            Messages{"1:23 this scan has no value"});
}

TEST(Blocks, statesOfScansChange) {
  EXPECT_EQ(errorsOf("fn f(x) = scan z in x { state s = 0; s + z }\n"),
            Messages{"1:25 `s` never changes: no line of this block assigns to it"});
}

TEST(Blocks, statesOfScansStartBeforeTheFirstStep) {
  EXPECT_EQ(errorsOf("fn f(x) = scan z in x { state s = 2 * z; s <- z; s }\n"),
            Messages{"1:39 `z` is of one step, and a state starts before the first step"});
  EXPECT_EQ(
      errorsOf("fn f(x) = scan z in x { { state s = 2; s <- z; s } }\n"),
      Messages{"1:27 a scan's `state` stands in the scan's block itself, not in a block in it"});
}

TEST(Blocks, scansAssignToTheirOwnStates) {
  EXPECT_EQ(errorsOf("fn f(x) = scan a in x { state s = 0; s <- 1; scan b in a { s <- b; b } }\n"),
            Messages{"1:60 `s` is not a state of this scan, whose steps assign only to its own"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { state s: [] = 0; scan z in x { s <- z; z } }\n"),
            Messages{"1:50 `s` is not a state of this scan, whose steps assign only to its own"});
  EXPECT_EQ(
      errorsOf("optimizer o(lr) { let a = scan i in range(3) { theta <- i; i } }\n"),
      Messages{"1:48 `theta` is not a state of this scan, whose steps assign only to its own"});
  EXPECT_EQ(errorsOf("fn f(x) = scan z in x { z <- 1; z }\n"),
            Messages{"1:25 `z` is not a state and keeps its value"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) { scan z in x { param w: [1] = 0; z * w } }\n"),
            Messages{"1:33 a `param` is the same in every step: it belongs above the scan"});
}
