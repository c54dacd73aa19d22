// Tests of error recovery: one message for each broken statement, no follow-up errors, then the
// next statement.
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::test;

TEST(ErrorStrategy, ReportsEveryBrokenStatementOnce) {
  Parsed parsed("let a = * 3 / / 4\nlet b = 2\nlet c = + 1 +\nlet d = 4\nlet = =\n");
  EXPECT_EQ(parsed.errors(), "1:9: expected an expression, found `*`\n"
                             "3:9: expected an expression, found `+`\n"
                             "5:5: expected a name, found `=`\n");
  ASSERT_EQ(parsed.program->statements.size(), 2u);
  EXPECT_EQ(llvm::cast<LetDecl>(parsed.program->statements[1])->name.text, "d");
}

TEST(ErrorStrategy, ReportsEveryBrokenEntryOfABlock) {
  Parsed parsed("train m on d {\n  loss : 3\n  batch = 64\n  keep bst val.loss\n  epochs = = "
                "3\n}\nlet a = 1");
  EXPECT_EQ(parsed.errors(), "2:8: expected `=`, found `:`\n"
                             "4:8: expected `best`, `highest` or `lowest`, found `bst`\n"
                             "5:12: expected an expression, found `=`\n");
  ASSERT_EQ(parsed.program->statements.size(), 2u);
  EXPECT_EQ(llvm::cast<TrainStmt>(parsed.program->statements[0])->entries.size(), 1u);
}

TEST(ErrorStrategy, RecoversInsideNestedBlocks) {
  Parsed parsed("fn f(x) {\n  let a = { let b = ; 2 }\n  let c = 3 4\n  x\n}\nlet d = )1(");
  EXPECT_EQ(parsed.errors(), "6:9: `)` closes no bracket\n");
  Parsed balanced(
      "fn f(x) {\n  let a = { let b = ; 2 }\n  let c = 3 4\n  x\n}\nlet d = (1\n 2)\nlet e = 1");
  EXPECT_EQ(balanced.errors(), "2:21: expected an expression, found `;`\n"
                               "3:13: expected the end of the statement, found the number 4\n"
                               "7:2: expected `)`, found the number 2\n");
  EXPECT_EQ(balanced.program->statements.size(), 2u);
}

TEST(ErrorStrategy, PointsBehindTheLastTokenWhereSomethingIsMissing) {
  EXPECT_EQ(Parsed("let a =   # nothing\n").errors(),
            "1:8: expected an expression, found the end of the file\n");
  EXPECT_EQ(Parsed("print\n").errors(), "1:6: expected an expression, found the end of the file\n");
  EXPECT_EQ(Parsed("fn f(x) { let a = }").errors(), "1:18: expected an expression, found `}`\n");
}

TEST(ErrorStrategy, RecoversFromAStatementThatCannotBegin) {
  Parsed parsed("= 3\n, 4\n|> f\nlet a = 1");
  EXPECT_EQ(parsed.program->statements.size(), 1u);
  EXPECT_EQ(parsed.diags.errorCount(), 2u); // the pipe belongs to the line before
}
