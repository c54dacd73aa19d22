// Tests of the wording of syntax errors, and of the advice for common mistakes.
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::test;

/// The first error and its first note, without places.
static std::string complaint(llvm::StringRef text) {
  Parsed parsed(text);
  if (parsed.diags.all().empty())
    return "";
  const Diagnostic &first = parsed.diags.all().front();
  return first.message + (first.notes.empty() ? "" : " | " + first.notes.front().message);
}

TEST(Words, NamesWhatWasFound) {
  EXPECT_EQ(complaint("let a = 5 6"), "expected the end of the statement, found the number 6");
  EXPECT_EQ(complaint("let a = 5 \"x\""),
            "expected the end of the statement, found the string \"x\"");
  EXPECT_EQ(complaint("let a = b let"),
            "expected the end of the statement, found the reserved word `let`");
  EXPECT_EQ(complaint("let a = ;"), "expected an expression, found `;`");
}

TEST(Words, NamesWhatWasExpected) {
  EXPECT_EQ(complaint("fn f x = 3"), "expected `(`, found `x`");
  EXPECT_EQ(complaint("fn f(x: 3) = x"), "expected a shape such as `[n, 10]`, found the number 3");
  EXPECT_EQ(complaint("fn f(x) x"),
            "expected `=` and an expression, or `{` and a block, found `x`");
  EXPECT_EQ(complaint("let a = f(1 2)"), "expected `,` or `)`, found the number 2");
  EXPECT_EQ(complaint("let a = [1 2]"), "expected `,` or `]`, found the number 2");
  EXPECT_EQ(complaint("let a = f(1,, 2)"), "expected an expression, found `,`");
  EXPECT_EQ(complaint("fn f(,) = 1"), "expected a name, found `,`");
  EXPECT_EQ(complaint("let a = (1 2)"), "expected `)`, found the number 2");
  EXPECT_EQ(complaint("evaluate net xor"), "expected `on`, found `xor`");
  EXPECT_EQ(complaint("save net \"x\""), "expected `to`, found the string \"x\"");
  EXPECT_EQ(complaint("let a = if b then c"), "expected `else`, found the end of the file");
  EXPECT_EQ(complaint("train m on d { stop when val.loss stalls 3 epochs }"),
            "expected `for`, found the number 3");
  EXPECT_EQ(complaint("train m on d { constrain 3 to w }"),
            "expected parameters of a model, such as `net.weights`, found the number 3");
  EXPECT_EQ(complaint("train m on d { clip 1 }"), "expected `norm` or `value`, found the number 1");
  EXPECT_EQ(complaint("data d = f() { = 3 }"),
            "expected an entry of a data block: `x = …`, `split …`, `normalize …`, `balance …`, "
            "`augment …`, `where …`, `drop missing`, "
            "`fill …` or a row, "
            "found `=`");
}

TEST(Words, SuggestsTheKeywordThatWasMeant) {
  EXPECT_EQ(complaint("trian net on xor { }"),
            "expected the end of the statement, found `net` | did you mean `train`?");
  EXPECT_EQ(complaint("train m on d { metrik accuracy(m(x), y) }"),
            "expected `=`, found `accuracy` | did you mean `metric`?");
  EXPECT_EQ(complaint("data d = f() { normalise x }"),
            "expected `=`, found `x` | did you mean `normalize`?");
}

TEST(Words, KnowsTheSlipsOfOtherLanguages) {
  auto advice = [](llvm::StringRef text) {
    std::string all = complaint(text);
    size_t bar = all.find(" | ");
    return bar == std::string::npos ? "" : all.substr(bar + 3);
  };
  EXPECT_EQ(advice("let a = 2 ** 3"), "a power is written `a ^ b`");
  EXPECT_EQ(advice("let a = 'abc'"),
            "strings are in double quotes; `'` after a value transposes it");
  EXPECT_EQ(advice("let a = 3 x"), "a product needs its sign: `2 * x`");
  EXPECT_EQ(advice("let a = .5"), "a number begins with a digit: `0.5`");
  EXPECT_EQ(advice("x = 5"),
            "a value is named with `let`, a setting belongs in the block of its run");
  EXPECT_EQ(advice("optimizer o() {\n  theta = 3\n}"),
            "`let name = …` names a value, `name <- …` updates a state");
  EXPECT_EQ(advice("def f(x) = 3"), "a function is declared with `fn`");
  EXPECT_EQ(advice("fn f(x) { return x }"),
            "a block's last expression is its value; there is no `return`");
  EXPECT_EQ(advice("fn g(a) = if a: b else c"), "a block is in `{ }`");
  EXPECT_EQ(advice("let let = 5"), "a reserved word can be a name in backquotes: `let`");
  EXPECT_EQ(advice("let a = b === c"), "equality is written `==`");
  EXPECT_EQ(advice("let a = b × c"), "write `*`");
}
