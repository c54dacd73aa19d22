// Tests of newlines, separators, brackets and limits (LANGUAGE.md 2.5, 2.6).
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::test;

/// The number of statements in a text; 0 and a test failure if it has errors.
static size_t countStatements(llvm::StringRef text) {
  Parsed parsed(text);
  EXPECT_EQ(parsed.errors(), "") << text.str();
  return parsed.program ? parsed.program->statements.size() : 0;
}

TEST(Layout, EndsStatementsAtNewlinesAndSemicolons) {
  EXPECT_EQ(countStatements("a\nb"), 2u);
  EXPECT_EQ(countStatements("a; b;; c;\n;d"), 4u);
  EXPECT_EQ(countStatements("\n\n# only comments\n\n"), 0u);
  EXPECT_EQ(countStatements(""), 0u);
  EXPECT_EQ(countStatements("a\r\nb\r\n"), 2u);
}

TEST(Layout, GoesOnAfterOperatorsAndInBrackets) {
  EXPECT_EQ(treeOf("a +\n  b"), "(+ a b)");
  EXPECT_EQ(treeOf("a and # why\n\n  b"), "(and a b)");
  EXPECT_EQ(treeOf("f(a\n  , b\n)"), "(call f a b)");
  EXPECT_EQ(treeOf("[1\n2]"), "2:1: expected `,` or `]`, found the number 2\n");
  EXPECT_EQ(countStatements("let a =\n  3"), 1u);
  EXPECT_EQ(countStatements("fn f(x) =\n  x\nlet b = 1"), 2u);
}

TEST(Layout, GoesOnBeforeAPipe) {
  EXPECT_EQ(treeOf("x\n  |> f\n\n  # a note\n  |> g"), "(|> (|> x f) g)");
}

TEST(Layout, GoesOnBeforeWordsThatCannotBegin) {
  EXPECT_EQ(treeOf("if a\n then b\n else c"), "(if a b c)");
  EXPECT_EQ(treeOf("if a\n{ b }\nelse\n{ c }"), "(if a (block 0 b) (block 0 c))");
  EXPECT_EQ(countStatements("fn f(x) = x\n  derivative 1\nlet a = 1"), 2u);
}

TEST(Layout, KeepsNewlinesOfABlockInsideParentheses) {
  EXPECT_EQ(treeOf("f({\n let a = 1\n a\n}, b)"), "(call f (block 1 a) b)");
}

TEST(Layout, DropsACommaBeforeAClosingBracket) {
  EXPECT_EQ(treeOf("f(a, b,)"), "(call f a b)");
  EXPECT_EQ(treeOf("[1,\n 2,\n]"), "(list 1 2)");
  EXPECT_EQ(treeOf("[,]"), "1:2: expected an expression, found `,`\n");
}

TEST(Layout, TakesThenForANameWhereAnOperandIsDue) {
  EXPECT_EQ(treeOf("f(then = 1)"), "(call f then=1)");
  EXPECT_EQ(treeOf("if then < 1 then then else then"), "(if (< then 1) then then)");
}

TEST(Layout, PointsAtTheUnclosedBracket) {
  EXPECT_EQ(Parsed("let a = f(1, 2\nlet b = 3\n").errors(), "1:10: `(` is never closed\n");
  EXPECT_EQ(Parsed("model m(x: [2]) {\n  x\n").errors(), "1:17: `{` is never closed\n");
  EXPECT_EQ(Parsed("fn f(x) = [1, (2]").errors(), "1:15: `(` is never closed\n");
  EXPECT_EQ(Parsed("let a = 1)\n").errors(), "1:10: `)` closes no bracket\n");
}

TEST(Layout, ReportsEveryBrokenToken) {
  EXPECT_EQ(Parsed("let s = \"abc\nlet t = 1 `abc\nlet u = 3 × 4 && 5").errors(),
            "1:9: this string has no closing `\"` on its line\n"
            "2:11: this name has no closing backquote on its line\n"
            "3:11: `×` has no meaning here\n"
            "3:15: `&` has no meaning here\n");
  EXPECT_EQ(Parsed("let a = \x01\x02\x03").errors(), "1:9: a control character in the program\n");
}

static std::string repeat(llvm::StringRef text, size_t count) {
  std::string result;
  for (size_t i = 0; i != count; ++i)
    result += text;
  return result;
}

TEST(Layout, BoundsNesting) {
  EXPECT_EQ(Parsed("let a = " + repeat("(", 256) + "1" + repeat(")", 256)).errors(), "");
  EXPECT_EQ(Parsed(repeat("(", 100000)).errors(),
            "1:257: brackets are nested more than 256 deep\n");
  EXPECT_EQ(Parsed(repeat("[", 100000)).errors(),
            "1:257: brackets are nested more than 256 deep\n");
  EXPECT_EQ(Parsed("let a = " + repeat("{", 100000)).errors(),
            "1:265: brackets are nested more than 256 deep\n");
}

TEST(Layout, BoundsTheLengthOfAnExpression) {
  const char *tooLong =
      "this expression is too long: more than 1000 operators; name parts of it with `let`\n";
  EXPECT_EQ(Parsed("let a = 1" + repeat("+1", 998)).errors(), "");
  EXPECT_EQ(Parsed("let a = 1" + repeat("+1", 200000)).errors(), std::string("1:2010: ") + tooLong);
  EXPECT_EQ(Parsed("let a = " + repeat("-", 200000) + "1").errors(),
            std::string("1:1009: ") + tooLong);
  EXPECT_EQ(Parsed("let a = b" + repeat("'", 200000)).errors(), std::string("1:1010: ") + tooLong);
  EXPECT_EQ(Parsed("let a = " + repeat("2^", 200000) + "1").errors(),
            std::string("1:2010: ") + tooLong);
  EXPECT_EQ(Parsed("let a = f" + repeat("()", 200000)).errors(), std::string("1:2010: ") + tooLong);
  EXPECT_EQ(Parsed("let a = " + repeat("if b then c else ", 990) + "1").errors(), "");
  EXPECT_EQ(Parsed("let a = x" + repeat("|>f", 200000)).errors(),
            std::string("1:3010: ") + tooLong);
}

TEST(Layout, CountsOnlyWhatNests) {
  EXPECT_EQ(Parsed("let a = [" + repeat("1+1,", 5000) + "1]").errors(), "");
  EXPECT_EQ(Parsed(repeat("let a = 1+1\n", 5000)).errors(), "");
}
