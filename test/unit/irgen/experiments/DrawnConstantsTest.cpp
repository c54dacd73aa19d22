// Tests of which drawn constants the code depends on.
#include "compiler/irgen/experiments/Experiment.h"
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

/// A search whose block has these declarations and then trains `net`.
static std::string search(llvm::StringRef block, llvm::StringRef loss = "cross_entropy(net(x), y)",
                          llvm::StringRef rate = "0.1") {
  return ("data d = moons(n = 90) { split train = 50%, val = 50% }\n"
          "search best by random, trials = 3, minimize val.loss {\n" +
          block + "\n  train net on d { epochs = 1; loss = " + loss +
          "; optimizer = sgd(lr = " + rate + ") }\n}\n")
      .str();
}

/// The names of the drawn constants that are built in.
static std::set<std::string> builtIn(const std::string &text) {
  Checked checked(text);
  EXPECT_TRUE(checked.sound) << testing::PrintToString(checked.errors());
  DialectContext context;
  std::set<std::string> names;
  for (const ast::LetDecl *let :
       findBuiltIn(checked.diags, context, *checked.programs.back(), checked.symbols, {}))
    names.insert(let->name.text.str());
  EXPECT_EQ(checked.errors(), Messages{}); // whatever was tried
  return names;
}
using Expected = std::set<std::string>;

static const char *const plainNet = "\n  model net(x: [2]) -> [2] { x |> dense(2) }";

TEST(DrawnConstants, NumbersOfTheRunAreRead) {
  EXPECT_EQ(
      builtIn(search(
          ("let rate ~ choice(0.1, 0.2)\n let w ~ integer(1, 3)" + llvm::Twine(plainNet)).str(),
          "w * cross_entropy(net(x), y)", "rate / w")),
      Expected{});
}

TEST(DrawnConstants, SizesAreBuiltIn) {
  EXPECT_EQ(builtIn(search("let units ~ choice(4, 8)\n let rate ~ choice(0.1, 0.2)\n"
                           "  model net(x: [2]) -> [2] { x |> dense(2 * units) |> dense(2) }",
                           "cross_entropy(net(x), y)", "rate")),
            Expected{"units"});
  EXPECT_EQ(builtIn(search("let depth ~ integer(1, 3)\n"
                           "  model net(x: [2]) -> [2] { x |> repeat(depth, dense(2)) }")),
            Expected{"depth"});
}

TEST(DrawnConstants, ASizeIsComputedFromSeveral) {
  EXPECT_EQ(builtIn(search("let a ~ choice(1, 2)\n let b ~ choice(3, 4)\n let c ~ choice(5, 6)\n"
                           "  fn wide(n) = 2^n + 1\n"
                           "  model net(x: [2]) -> [2] { x |> dense(wide(a) * b) |> dense(2) }",
                           "c * cross_entropy(net(x), y)")),
            (Expected{"a", "b"}));
}

TEST(DrawnConstants, ListsAndConditionsAreFollowed) {
  EXPECT_EQ(builtIn(search("let a ~ choice(0, 1)\n let b ~ choice(0, 1)\n"
                           "  model net(x: [2]) -> [2] { x |> dense([3, 5][a]) |> dense(if b == 1 "
                           "then 7 else 9) |> dense(2) }")),
            (Expected{"a", "b"}));
}

TEST(DrawnConstants, AConditionSelectsIfBothSidesFit) {
  EXPECT_EQ(
      builtIn(search("let deep ~ choice(0, 1)\n"
                     "  model net(x: [2]) -> [2] { if deep == 1 then x |> dense(4) |> dense(2) "
                     "else x |> dense(2) }")),
      Expected{});
  EXPECT_EQ(
      builtIn(search("let deep ~ choice(0, 1)\n"
                     "  model net(x: [2]) -> [2] { (if deep == 1 then x |> dense(4) else x) |> "
                     "dense(2) }")),
      Expected{"deep"});
  // Layers of one place exclude each other.
  EXPECT_EQ(builtIn(search(
                "let deep ~ choice(0, 1)\n"
                "  model net(x: [2]) -> [2] { if deep == 1 then x |> dense(4) as h |> dense(2) "
                "else x |> dense(3) as h |> dense(2) }")),
            Expected{"deep"});
}

TEST(DrawnConstants, BothSidesOfACondition) {
  // The code of the side that the first value of `a` does not take depends on `b`.
  EXPECT_EQ(builtIn(search("let a ~ choice(0, 1)\n let b ~ choice(3, 4)\n"
                           "  model net(x: [2]) -> [2] { if a == 1 then x |> dense(b) |> dense(2) "
                           "else x |> dense(2) }")),
            Expected{"b"});
  EXPECT_EQ(builtIn(search("let a ~ choice(0, 1)\n let b ~ choice(0, 1)\n"
                           "  model net(x: [2]) -> [2] { x |> (if a == 1 then relu else tanh) |> "
                           "[dense(3), dense(4)][b] |> dense(2) }")),
            (Expected{"a", "b"}));
}

TEST(DrawnConstants, AxesMustBeKnown) {
  EXPECT_EQ(builtIn(search(
                "let k ~ choice(0, 1)\n let keeps ~ choice(0, 1)\n" + std::string(plainNet),
                "cross_entropy(net(x), y) + sum(max(stack(x, x), over = k, keep = keeps == 1))")),
            (Expected{"k", "keeps"}));
}

TEST(DrawnConstants, ElementsOfListsThatAConstantChooses) {
  EXPECT_EQ(
      builtIn(search("let big ~ choice(0, 1)\n let n ~ integer(1, 100)\n"
                     "  let sizes = if big == 1 then [8, 6] else [4, 3]\n"
                     "  model net(x: [2]) -> [2] { x |> dense(sizes[0]) |> dense(sizes[1]) |> "
                     "dense(2) }",
                     "n * cross_entropy(net(x), y)")),
      Expected{"big"});
  EXPECT_EQ(builtIn(search(
                "let k ~ choice(0, 1)\n let n ~ integer(1, 100)\n"
                "  model net(x: [2]) -> [2] { x |> dense([[4, 3], [6, 5]][k][0]) |> dense(2) }",
                "n * cross_entropy(net(x), y)")),
            Expected{"k"});
}

TEST(DrawnConstants, WhereTheFirstValuesGiveNoNumber) {
  EXPECT_EQ(builtIn(search("let a ~ choice(0, 1)\n let b ~ choice(1, 2)\n"
                           "  model net(x: [2]) -> [2] { (if a > 0 then x |> dense(8 * b / a) else "
                           "x |> dense(3)) |> dense(2) }")),
            (Expected{"a", "b"}));
}

TEST(DrawnConstants, AllAreBuiltInIfTheProgramIsUnsound) {
  EXPECT_EQ(builtIn(search("let a ~ choice(1, 2)\n let b ~ integer(3, 4)\n let c ~ uniform(0, 1)\n"
                           "  model net(x: [2]) -> [2] { x |> dense(3) }")),
            (Expected{"a", "b"}));
}

TEST(DrawnConstants, OthersAreNotTried) {
  EXPECT_EQ(builtIn(search("let act ~ choice(relu, tanh)\n let p ~ uniform(0, 1)\n"
                           "  model net(x: [2]) -> [2] { x |> dense(4) |> act |> dense(2) }",
                           "p * cross_entropy(net(x), y)")),
            Expected{});
}

TEST(Variants, OneForEachCombinationOfWhatIsBuiltIn) {
  Generated g(search("let units ~ choice(4, 8)\n let act ~ choice(relu, tanh, sigmoid)\n"
                     "  let rate ~ choice(0.1, 0.2)\n"
                     "  model net(x: [2]) -> [2] { x |> dense(units) |> act |> dense(2) }",
                     "cross_entropy(net(x), y)", "rate"));
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  const ExperimentT &row = *g.bodies<ExperimentT>(NN_STMT_EXPERIMENT).at(0);
  ASSERT_EQ(row.variants.size(), 6u);
  EXPECT_EQ(row.variants[0].choices, (std::vector<int32_t>{0, 0, -1}));
  EXPECT_EQ(row.variants[5].choices, (std::vector<int32_t>{1, 2, -1}));
  EXPECT_TRUE(row.variables.at(2).labels.size() == 2 && row.variables[2].values.size() == 2);
  EXPECT_EQ(g.program().chosen_count, 1);
  EXPECT_TRUE(g.function("model_net_6_init"));
}
