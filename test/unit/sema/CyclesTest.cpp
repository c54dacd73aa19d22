// Tests of declarations that depend on themselves.
#include "Check.h"

#include <string>

using namespace nnc;

TEST(Cycles, itself) {
  EXPECT_EQ(errorsOf("fn f(x) = f(x - 1)\n"),
            Messages{"1:11 a function cannot use itself: `f` is being declared here"});
  EXPECT_EQ(errorsOf("layer l(x: [n]) = x |> l\n"),
            Messages{"1:24 a layer cannot use itself: `l` is being declared here"});
}

TEST(Cycles, hiddenPrelude) {
  auto notes = notesOf("fn relu(z) = max(relu(z), 1)\n");
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[1],
            "the prelude's `relu` is hidden by this one; give it another name to use both");
}

TEST(Cycles, throughOthers) {
  EXPECT_EQ(errorsOf("let a = b\nlet b = c + 1\nlet c = a\n"),
            Messages{"1:5 these need one another: a → b → c → a"});
  EXPECT_EQ(notesOf("let a = b\nlet b = a\n"),
            (Messages{"`a` needs `b` here", "`b` needs `a` here"}));
}

TEST(Cycles, aDerivativeMayNameItsFunction) {
  EXPECT_EQ(errorsOf("fn s(z) = 1 / (1 + exp(-z)) derivative s(z) * (1 - s(z))\n"), Messages{});
}

TEST(Cycles, longChainsAreFine) {
  std::string text;
  for (int i = 0; i < 20000; ++i)
    text += "let a" + std::to_string(i) + " = a" + std::to_string(i + 1) + "\n";
  EXPECT_EQ(errorsOf(text + "let a20000 = 1\n"), Messages{});
}

TEST(Cycles, doublingConstantsEnd) {
  std::string text = "let a0 = 1\n";
  for (int i = 0; i < 80; ++i)
    text += "let a" + std::to_string(i + 1) + " = a" + std::to_string(i) + " + a" +
            std::to_string(i) + "\n";
  EXPECT_EQ(errorsOf(text + "data r = rows(x: [1]) { [a80] }\n"),
            Messages{"82:26 a row holds numbers only"});
}
