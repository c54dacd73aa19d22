// Tests of declarations: duplicates, parameters, shapes, options, shadowing.
#include "Check.h"

using namespace nnc;

TEST(Declarations, preludeIsSound) { EXPECT_EQ(errorsOf("let a = 1\n"), Messages{}); }

TEST(Declarations, emptyProgramIsSound) { EXPECT_EQ(errorsOf(""), Messages{}); }

TEST(Declarations, declaredTwice) {
  EXPECT_EQ(errorsOf("let a = 1\nfn a(x) = x\n"), Messages{"2:4 `a` is declared twice"});
  EXPECT_EQ(notesOf("let a = 1\nfn a(x) = x\n"), Messages{"first declared here"});
}

TEST(Declarations, mayShadowThePrelude) {
  EXPECT_EQ(errorsOf("fn relu(z) = max(0, z)\nfn f(x) = x |> relu |> gelu\n"), Messages{});
}

TEST(Declarations, preludeDoesNotSeeTheProgram) {
  // The prelude's swish uses the prelude's sigmoid, whatever the program calls sigmoid.
  EXPECT_EQ(errorsOf("fn sigmoid(a, b, c) = a + b + c\nfn f(x) = swish(x)\n"), Messages{});
}

TEST(Declarations, parametersOnce) {
  EXPECT_EQ(errorsOf("fn f(a, a) = a\n"), Messages{"1:9 `a` is declared twice"});
}

TEST(Declarations, defaultsSeeEarlierParametersOnly) {
  EXPECT_EQ(errorsOf("fn f(a, b = a) = a + b\n"), Messages{});
  EXPECT_EQ(errorsOf("fn f(a = b2, b2 = 1) = a + b2\n"), Messages{"1:10 unknown name `b2`"});
}

TEST(Declarations, axisNamesAreNumbersInTheBody) {
  EXPECT_EQ(errorsOf("layer l(k)(x: [n]) -> [k] { param w: [n, k] ~ he; x @ w / n }\n"),
            Messages{});
  EXPECT_EQ(errorsOf("layer l(k)(x: [n]) { param w: [m, k] ~ he; x @ w }\n"),
            Messages{"1:32 unknown name `m`"});
}

TEST(Declarations, ellipsisOnce) {
  EXPECT_EQ(errorsOf("layer l(x: [..., c, ...]) = x\n"),
            Messages{"1:21 `...` is twice in one shape"});
}

TEST(Declarations, optionsAreConstants) {
  EXPECT_EQ(errorsOf("option a = 80%\noption b = -1\noption c = true\n"), Messages{});
  EXPECT_EQ(errorsOf("let n = 1\noption a = n\n"),
            Messages{"2:12 an option's default is a number, `true` or `false`"});
  EXPECT_EQ(errorsOf("option a = 3 epochs\n"), Messages{"1:12 an option's default has no unit"});
}

TEST(Declarations, drawnLetsStandInSearches) {
  EXPECT_EQ(errorsOf("let a ~ choice(1, 2)\n"),
            Messages{"1:1 `~` draws a value only in the blocks of `search` and `compare`"});
  EXPECT_EQ(errorsOf("compare c { let a ~ each(relu, tanh); let b = a }\n"), Messages{});
}
