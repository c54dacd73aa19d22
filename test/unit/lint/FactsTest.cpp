// Tests of facts in documentation comments.
#include "compiler/lint/Facts.h"
#include "compiler/parse/Parse.h"
#include "compiler/support/Diagnostics.h"
#include <gtest/gtest.h>

using namespace nnc;

namespace {

/// The first declaration of a program.
struct Declared {
  explicit Declared(llvm::StringRef text)
      : program(parseString(diags, *addBuffer(diags, text, "facts.nn"))) {}
  const ast::Decl *decl() const { return llvm::cast<ast::Decl>(program->statements.front()); }
  Diagnostics diags;
  std::unique_ptr<ast::Program> program;
};

TEST(Facts, AreLinesOfTheDocumentation) {
  Declared d("## A gate @like none.\n##   @like tanh\n## @drops\n## @like relu\nfn gate(z) = z\n");
  EXPECT_EQ(lint::factOf(d.decl(), "like"), llvm::StringRef("tanh"));
  EXPECT_EQ(lint::factOf(d.decl(), "drops"), llvm::StringRef(""));
  EXPECT_EQ(lint::factOf(d.decl(), "lik"), std::nullopt);
  EXPECT_EQ(lint::factOf(nullptr, "like"), std::nullopt);
  EXPECT_EQ(lint::factOf(Declared("# @like tanh\nfn gate(z) = z\n").decl(), "like"), std::nullopt);
}

TEST(Facts, UsualRanges) {
  auto of = [](llvm::StringRef range) {
    Declared d(("## @usual " + range + "\noptimizer o(lr = 1) { theta <- theta }\n").str());
    return lint::usualRangeOf(d.decl());
  };
  auto usual = of("lr 1e-5 .. 0.1");
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->least, 1e-5);
  EXPECT_EQ(usual->most, 0.1);
  EXPECT_TRUE(of("lr 1..2"));
  for (const char *bad : {"", "lr", "lr 1", "lr 1 ..", "lr .. 2", "lr a .. b"})
    EXPECT_FALSE(of(bad)) << bad;
}

} // namespace
