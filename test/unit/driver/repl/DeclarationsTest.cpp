// Tests which declarations and statements are added to a REPL input, and where the input is in the
// text.
#include "compiler/driver/repl/Declarations.h"

#include <gtest/gtest.h>

using namespace nnc;
using namespace nnc::repl;
using ast::StmtKind;

namespace {

Declaration fn(const char *name, const char *text) {
  return {name, text, "", StmtKind::Fn, "", {0, 0}};
}
Declaration model(const char *name, const char *text) {
  return {name, text, "", StmtKind::Model, "", {0, 0}};
}

Ran ran(int64_t number, StmtKind kind, const char *text, const char *result, const char *target) {
  Ran s;
  s.number = number;
  s.kind = kind;
  s.text = text;
  s.result = result;
  s.target = target;
  return s;
}

Composed compose(const Declarations &d, llvm::StringRef input, std::vector<StmtKind> kinds = {}) {
  return d.compose({input, {{0, input.size()}}, std::move(kinds), {}, "", false});
}

TEST(Declarations, OnlyWhatIsNeededAndWhatThatNeeds) {
  Declarations d;
  d.add(fn("one", "fn one(z) = z"));
  d.add(fn("two", "fn two(z) = one(z)"));
  d.add(fn("three", "fn three(z) = z"));
  EXPECT_EQ(compose(d, "two(1)").text, "two(1)\nfn one(z) = z\nfn two(z) = one(z)\n");
  EXPECT_EQ(compose(d, "1 + 1").text, "1 + 1\n");
}

TEST(Declarations, LaterReplacesEarlier) {
  Declarations d;
  d.add(fn("f", "fn f(z) = z"));
  d.add(fn("f", "fn f(z) = 2 * z"));
  EXPECT_EQ(d.all().size(), 1u);
  EXPECT_EQ(d.find("f")->text, "fn f(z) = 2 * z");
}

TEST(Declarations, InputKeepsItsPlace) {
  // A space for each character; the rest of the line is another statement.
  const llvm::StringRef input = "print 1\nσ; f(1); g(2)\n";
  const size_t begin = input.find("f(1)");
  EXPECT_EQ(Declarations().compose({input, {{begin, begin + 4}}, {}, {}, "", false}).text,
            "       \n   f(1);     \n\n");
}

TEST(Declarations, DeclarationsOfTheInputKeepTheirsToo) {
  Declarations d;
  const llvm::StringRef input = "## About f.\nfn f(z) = z\nfn g(z) = z\nf(1)";
  Declaration f = fn("f", "## About f.\nfn f(z) = z");
  f.here = {input.find("fn f"), input.find("\nfn g")};
  d.add(std::move(f));
  const size_t begin = input.find("f(1)");
  const Part part{input, {{begin, begin + 4}}, {}, {}, "", true};
  EXPECT_EQ(d.compose(part).text, "## About f.\nfn f(z) = z\n           \nf(1)\n");
  d.leaveInput();
  EXPECT_EQ(compose(d, "f(2)").text, "f(2)\n## About f.\nfn f(z) = z\n");
}

TEST(Declarations, FreezeBelongsToItsModel) {
  Declarations d;
  d.add(model("net", "model net(x: [1]) { x }"));
  d.add(ran(0, StmtKind::Freeze, "freeze net.dense1", "", "net"));
  EXPECT_EQ(compose(d, "f(1)").text, "f(1)\n");
  const Composed program = compose(d, "net(1)");
  EXPECT_EQ(program.text.substr(program.earlierAt), "freeze net.dense1\n");
  EXPECT_TRUE(program.numbers.empty()); // it is not a statement in the tables
  EXPECT_TRUE(d.add(model("net", "model net(x: [1]) { x }")).empty()); // the same again
  EXPECT_EQ(d.add(model("net", "model net(x: [2]) { x }")), std::vector<std::string>{"net"});
  EXPECT_EQ(compose(d, "net(1)").earlierAt, 0u);
}

TEST(Declarations, ResultsComeWithTheirStatement) {
  Declarations d;
  d.add(fn("f", "fn f(z) = z"));
  Ran search = ran(3, StmtKind::Search, "search best by grid { f }", "best", "");
  search.needs = {{"f", "fn f(z) = z"}};
  d.add(search);
  EXPECT_TRUE(compose(d, "f(1)").numbers.empty());
  EXPECT_EQ(compose(d, "best(1)").numbers, std::vector<int64_t>{3});
  d.add(fn("f", "fn f(z) = 2 * z"));
  EXPECT_TRUE(compose(d, "best(1)").numbers.empty());
  EXPECT_EQ(compose(d, "best(1)").gone, std::vector<std::string>{"best"});
  d.add(fn("best", "fn best(z) = z")); // the name now means something else
  EXPECT_EQ(d.findResult("best"), nullptr);
}

TEST(Declarations, KindsOfStatementsChoose) {
  Declarations d;
  d.add(model("net", "model net(x: [1]) { x }"));
  for (int64_t number : {1, 2})
    d.add(ran(number, StmtKind::Train, "train net on d { }", "", "net"));
  d.add(ran(4, StmtKind::Evaluate, "evaluate net on d { }", "", ""));
  EXPECT_EQ(compose(d, "plot loss", {StmtKind::Plot}).numbers, std::vector<int64_t>{2}); // the last
  EXPECT_EQ(compose(d, "save net to \"\"", {StmtKind::Save}).numbers,
            std::vector<int64_t>{1}); // the first
  EXPECT_EQ(compose(d, "report \"\"", {StmtKind::Report}).numbers,
            (std::vector<int64_t>{1, 2, 4})); // all
  EXPECT_EQ(compose(d, "ensemble e of net", {StmtKind::Ensemble}).numbers,
            (std::vector<int64_t>{1, 2})); // those that train
}

} // namespace
