// Which declarations are put below an input.
#include "compiler/driver/repl/Declarations.h"

#include <gtest/gtest.h>

using namespace nnc;
using namespace nnc::repl;

namespace {

Declaration fn(const char *name, const char *text) { return {name, text, "", ast::StmtKind::Fn}; }

TEST(Declarations, OnlyWhatIsNeededAndWhatThatNeeds) {
  Declarations d;
  d.add(fn("one", "fn one(z) = z"));
  d.add(fn("two", "fn two(z) = one(z)"));
  d.add(fn("three", "fn three(z) = z"));
  EXPECT_EQ(d.programFor("two(1)"), "two(1)\nfn one(z) = z\nfn two(z) = one(z)\n");
  EXPECT_EQ(d.programFor("1 + 1"), "1 + 1\n");
}

TEST(Declarations, LaterReplacesEarlier) {
  Declarations d;
  d.add(fn("f", "fn f(z) = z"));
  d.add(fn("f", "fn f(z) = 2 * z"));
  EXPECT_EQ(d.all().size(), 1u);
  EXPECT_EQ(d.find("f")->text, "fn f(z) = 2 * z");
}

TEST(Declarations, InputKeepsItsPlace) {
  EXPECT_EQ(Declarations().programFor("f(1)", 3, 5), "\n\n    f(1)\n");
}

TEST(Declarations, FreezeBelongsToItsModel) {
  Declarations d;
  d.add({"net", "model net(x: [1]) { x }", "", ast::StmtKind::Model});
  d.add({"", "freeze net.dense1", "", ast::StmtKind::Freeze});
  EXPECT_EQ(d.programFor("f(1)"), "f(1)\n");
  EXPECT_NE(d.programFor("net(1)").find("freeze net.dense1"), std::string::npos);
}

} // namespace
