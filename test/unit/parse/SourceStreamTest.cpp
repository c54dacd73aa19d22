// Tests of places in texts that are not ASCII.
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::test;

TEST(SourceStream, CountsCodePointsAsColumns) {
  Parsed parsed("let θ = 1\nlet σμ = θ + ∂ + 1 1");
  EXPECT_EQ(parsed.errors(), "2:14: `∂` has no meaning here\n");
  EXPECT_EQ(Parsed("let σμ = θ 1").errors(),
            "1:12: expected the end of the statement, found the number 1\n");
}

TEST(SourceStream, CutsTextsAtTheRightBytes) {
  Parsed parsed("fn σ(θ, x₁) = \"grüße 🙂\"");
  auto &fn = parsed.only<FnDecl>();
  EXPECT_EQ(fn.name.text, "σ");
  EXPECT_EQ(fn.params[1].name.text, "x₁");
  EXPECT_EQ(llvm::cast<StringExpr>(fn.body)->value, "grüße 🙂");
}

TEST(SourceStream, SkipsAByteOrderMark) {
  Parsed parsed("\xEF\xBB\xBFlet a = 1");
  EXPECT_EQ(parsed.only<LetDecl>().name.text, "a");
}
