// Tests of names: what is visible where, suggestions, one report for each unknown name.
#include "Check.h"

using namespace nnc;

TEST(Names, unknown) {
  EXPECT_EQ(errorsOf("let a = absent + 1\n"), Messages{"1:9 unknown name `absent`"});
}

TEST(Names, didYouMean) {
  EXPECT_EQ(notesOf("fn f(amount) = amuont\n"), Messages{"did you mean `amount`?"});
  EXPECT_EQ(notesOf("fn f(x) = sigmiod(x)\n"), Messages{"did you mean `sigmoid`?"});
  EXPECT_EQ(notesOf("fn f(x) = flor(x)\n"), Messages{"did you mean `floor`?"});
  EXPECT_EQ(notesOf("fn f(x) = stopgradient(x)\n"), Messages{"did you mean `stop_gradient`?"});
}

TEST(Names, onlyWhatCouldStandThere) {
  EXPECT_EQ(notesOf("let scale = 3\nfn f(x) = scal * x\n"), Messages{"did you mean `scale`?"});
  EXPECT_EQ(notesOf("fn f(x) = tanhh * x\n"), Messages{});            // a function is not an
                                                                      // operand
  EXPECT_EQ(notesOf("layer f(x: [n]) = linaer(x, 1)\n"), Messages{}); // a schedule
  EXPECT_EQ(notesOf("layer f(x: [n]) = nomral(x)\n"), Messages{});    // an initializer
  EXPECT_EQ(notesOf("layer f(x: [n]) = x |> dense(2, weights = nomral)\n"),
            Messages{"did you mean `normal`?"});
  EXPECT_EQ(notesOf("layer f(x: [n]) = x |> dense(2, bias = nomral(0.1))\n"),
            Messages{"did you mean `normal`?"});
}

TEST(Names, reportedOnce) {
  EXPECT_EQ(errorsOf("fn f(x) = gone + gone\nfn g(x) = gone\n"),
            Messages{"1:11 unknown name `gone`"});
}

TEST(Names, ofOneKindOfBody) {
  EXPECT_EQ(errorsOf("init i = random_normal(shape) * fan_in / fan_out\n"), Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = x * fan_in\n"),
            Messages{"1:15 `fan_in` is known only in the body of an `init`"});
  EXPECT_EQ(errorsOf("optimizer o(lr) { theta <- theta - lr * grad / t }\n"), Messages{});
  EXPECT_EQ(errorsOf("layer l(x: [n]) = x * theta\n"),
            Messages{"1:23 `theta` is known only in the body of an `optimizer`, after `fit` and "
                     "in `constrain`"});
}

TEST(Names, schedulesStandAnywhereButInData) {
  EXPECT_EQ(errorsOf("let rate = 0.1 / (1 + step / total_steps)\n"), Messages{});
  EXPECT_EQ(errorsOf("data m = moons(n = 9) { x = x * step }\n"),
            Messages{"1:33 `step` is known only while a model is trained"});
}

TEST(Names, axesAreNoVariables) {
  EXPECT_EQ(errorsOf("layer l(x: [c, h, w]) = x - mean(x, over = [batch, h, w])\n"), Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = sum(x, over = rows)\n"), Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = x + batch\n"),
            Messages{"1:15 `batch` is an axis and has no value; it is named in `over =`"});
}

TEST(Names, aSchedulesOverIsNoAxis) {
  EXPECT_EQ(errorsOf("let a = cosine(1, over = 10 epochs)\n"), Messages{});
  EXPECT_EQ(errorsOf("let a = cosine(1, over = totalsteps)\n"),
            Messages{"1:26 unknown name `totalsteps`"});
}

TEST(Names, letsAreSeenBelow) {
  EXPECT_EQ(errorsOf("fn f(x) { let b2 = a2; let a2 = x; a2 + b2 }\n"),
            Messages{"1:20 unknown name `a2`"});
  EXPECT_EQ(errorsOf("fn f(x) { let x = x + 1; x }\n"), Messages{});
}

TEST(Names, dataAreNoValues) {
  EXPECT_EQ(errorsOf("data d = moons(n = 9)\nlet a = d + 1\n"),
            Messages{"2:9 `d` is a data set, which has no value here"});
}

TEST(Names, partsOfModels) {
  std::string text = common;
  EXPECT_EQ(errorsOf(text + "let a = sum(net.last.w) + sum(net.weights) + sum(net.dense1.w)\n"),
            Messages{});
  EXPECT_EQ(errorsOf(text + "let a = sum(net.lats.w)\n"),
            Messages{"3:17 `net` has no part `lats`"});
  EXPECT_EQ(errorsOf("model m(x: [2]) { x |> dense(2) as a |> dense(2) as a }\n"),
            Messages{"1:53 the place `a` is taken"});
}

TEST(Names, afterASyntaxErrorOnlyNearMisses) {
  // `width` may be declared by the line that cannot be read.
  EXPECT_EQ(errorsOf("let width = = 2\nfn f(x) = x * width\n").size(), 1u);
  EXPECT_EQ(errorsOf("let width = = 2\nfn f(x) = sigmiod(x)\n").size(), 2u);
}
