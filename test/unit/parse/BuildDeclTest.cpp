// Tests of parsing declarations, blocks and data (LANGUAGE.md 5 to 7).
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::test;

TEST(BuildDecl, ReadsLetAndOption) {
  Parsed let("let hidden = 256");
  EXPECT_EQ(let.only<LetDecl>().name.text, "hidden");
  EXPECT_FALSE(let.only<LetDecl>().drawn);
  Parsed drawn("let units ~ choice(8, 16)");
  EXPECT_TRUE(drawn.only<LetDecl>().drawn);
  Parsed option("option epochs = 10 \"passes\"");
  EXPECT_EQ(option.only<OptionDecl>().name.text, "epochs");
  EXPECT_EQ(option.only<OptionDecl>().help, "passes");
  EXPECT_EQ(tree(option.only<OptionDecl>().defaultValue), "10");
}

TEST(BuildDecl, ReadsFunctions) {
  Parsed parsed("fn sigmoid(z, k = 1) = 1 / (1 + exp(-z))\n  derivative sigmoid(z)");
  auto &fn = parsed.only<FnDecl>();
  ASSERT_EQ(fn.params.size(), 2u);
  EXPECT_EQ(fn.params[0].defaultValue, nullptr);
  EXPECT_EQ(tree(fn.params[1].defaultValue), "1");
  EXPECT_EQ(tree(fn.derivative), "(call sigmoid z)");
  Parsed block("fn f(a) {\n let b = a\n b * b\n}");
  EXPECT_EQ(tree(block.only<FnDecl>().body), "(block 1 (* b b))");
}

TEST(BuildDecl, ReadsLayersWithOneOrTwoLists) {
  Parsed two("layer dense(units, weights = glorot)(x: [n]) -> [units] {\n"
             "  param w: [n, units] ~ weights\n  param b: [units] = 0\n  x @ w + b\n}");
  auto &dense = two.only<LayerDecl>();
  EXPECT_EQ(dense.params.size(), 2u);
  EXPECT_TRUE(dense.hasInputs);
  EXPECT_EQ(tree(dense.inputs[0].shape->dims[0]), "n");
  EXPECT_EQ(tree(dense.result->dims[0]), "units");
  auto *body = llvm::cast<BlockExpr>(dense.body);
  EXPECT_TRUE(llvm::cast<ParamStmt>(body->statements[0])->drawn);
  EXPECT_FALSE(llvm::cast<ParamStmt>(body->statements[1])->drawn);

  Parsed untyped("layer residual(f)(x) = x + f(x)");
  EXPECT_TRUE(untyped.only<LayerDecl>().hasInputs);
  Parsed hyper("layer block(n) = seq(dense(n), relu)");
  EXPECT_FALSE(hyper.only<LayerDecl>().hasInputs);
  EXPECT_EQ(hyper.only<LayerDecl>().params.size(), 1u);
  Parsed inputs("layer twice(x: [c, ...]) = 2 * x");
  EXPECT_TRUE(inputs.only<LayerDecl>().hasInputs);
  EXPECT_EQ(inputs.only<LayerDecl>().params.size(), 0u);
  EXPECT_EQ(tree(inputs.only<LayerDecl>().inputs[0].shape->dims[1]), "...");
}

TEST(BuildDecl, ReadsInitsOptimizersMetricsAndModels) {
  Parsed init("init he = random_normal(shape) * sqrt(2 / fan_in)");
  EXPECT_TRUE(init.only<InitDecl>().params.empty());
  EXPECT_EQ(init.only<InitDecl>().fit, nullptr);
  Parsed fitted("init scaled(start = he) = start fit theta / output");
  EXPECT_EQ(tree(fitted.only<InitDecl>().body), "start");
  EXPECT_EQ(tree(fitted.only<InitDecl>().fit), "(/ theta output)");
  // `fit` is a name everywhere else.
  EXPECT_EQ(tree(Parsed("let a = fit + fit(fit)").only<LetDecl>().value), "(+ fit (call fit fit))");
  Parsed optimizer(
      "optimizer sgd(lr = 0.1) {\n  state m = 0\n  m <- grad\n  theta <- theta - lr * m\n}");
  auto *body = optimizer.only<OptimizerDecl>().body;
  ASSERT_EQ(body->statements.size(), 3u);
  EXPECT_EQ(body->value, nullptr);
  EXPECT_EQ(llvm::cast<StateStmt>(body->statements[0])->shape, nullptr);
  EXPECT_EQ(llvm::cast<AssignStmt>(body->statements[2])->name.text, "theta");
  Parsed highest("metric accuracy(logits, label) highest = argmax(logits) == label");
  EXPECT_EQ(highest.only<MetricDecl>().direction, Direction::Highest);
  Parsed none("metric pairs(a, b) { a - b }");
  EXPECT_EQ(none.only<MetricDecl>().direction, Direction::None);
  Parsed model("model net(x: [2], z: [3]) -> [1] { x |> dense(1) }");
  EXPECT_EQ(model.only<ModelDecl>().inputs.size(), 2u);
}

TEST(BuildDecl, ReadsTheForTrainingBranchesOfALayer) {
  Parsed parsed("layer n(e = 1)(x: [c, ...]) {\n  state m: [c] = 0\n  if training {\n    m <- "
                "mean(x)\n    x - m\n"
                "  } else {\n    x\n  }\n}");
  EXPECT_EQ(tree(parsed.only<LayerDecl>().body),
            "(block 1 (if training (block 1 (- x m)) (block 0 x)))");
}

TEST(BuildDecl, ReadsData) {
  Parsed parsed("data d = csv(\"a.csv\", header = none) {\n"
                "  test = csv(\"b.csv\")\n  x = [c1 .. c13]\n  y = category(`petal width (cm)`)\n"
                "  split train = 70%, val = 10%, stratify = y\n  normalize x, y\n  augment x, y = "
                "mix(x, y)\n  balance y\n"
                "  where class < 5\n}");
  auto &data = parsed.only<DataDecl>();
  std::vector<EntryKind> kinds;
  for (const Entry *entry : data.entries)
    kinds.push_back(entry->kind);
  EXPECT_EQ(kinds,
            (std::vector<EntryKind>{EntryKind::Setting, EntryKind::Setting, EntryKind::Setting,
                                    EntryKind::Split, EntryKind::Normalize, EntryKind::Augment,
                                    EntryKind::Balance, EntryKind::Where}));
  auto *split = llvm::cast<SplitEntry>(data.entries[3]);
  ASSERT_EQ(split->settings.size(), 3u);
  EXPECT_EQ(split->settings[0].name.text, "train");
  EXPECT_EQ(llvm::cast<NormalizeEntry>(data.entries[4])->fields.size(), 2u);
  EXPECT_EQ(llvm::cast<AugmentEntry>(data.entries[5])->fields[1].text, "y");
  EXPECT_EQ(llvm::cast<BalanceEntry>(data.entries[6])->field.text, "y");
  auto *category = llvm::cast<CallExpr>(llvm::cast<SettingEntry>(data.entries[2])->value);
  EXPECT_TRUE(llvm::cast<NameExpr>(category->args[0].value)->name.quoted);
}

TEST(BuildDecl, ReadsWhatBecomesOfGaps) {
  Parsed parsed("data d = csv(\"a.csv\", missing = [\"?\"]) {\n  drop missing\n  drop missing [a, "
                "`b c`]\n  fill a, b = mean\n"
                "  fill = 1\n  drop = missing(a)\n}");
  auto &data = parsed.only<DataDecl>();
  ASSERT_EQ(data.entries.size(), 5u);
  EXPECT_TRUE(llvm::cast<DropEntry>(data.entries[0])->columns.empty());
  EXPECT_EQ(llvm::cast<DropEntry>(data.entries[1])->columns[1].text, "b c");
  auto *fill = llvm::cast<FillEntry>(data.entries[2]);
  EXPECT_EQ(fill->columns.size(), 2u);
  EXPECT_EQ(tree(fill->value), "mean");
  EXPECT_EQ(llvm::cast<SettingEntry>(data.entries[3])->name.text, "fill"); // names everywhere else
  EXPECT_EQ(tree(llvm::cast<SettingEntry>(data.entries[4])->value), "(call missing a)");
}

TEST(BuildDecl, ReadsRows) {
  Parsed parsed("data xor = rows(x: [2], y: [1]) { [0, 0] -> [0]; [0, -1] -> [1] }");
  auto &data = parsed.only<DataDecl>();
  ASSERT_EQ(data.entries.size(), 2u);
  auto *row = llvm::cast<RowEntry>(data.entries[1]);
  ASSERT_EQ(row->values.size(), 2u);
  EXPECT_EQ(tree(row->values[0]), "(list 0 (- 1))");
}

TEST(BuildDecl, KeepsDocumentation) {
  Parsed parsed("## First line.\n##   Second.\nfn f(x) = x");
  EXPECT_EQ(parsed.only<FnDecl>().doc, "First line.\n  Second.");
  Parsed apart("## Not about f.\n\nfn f(x) = x");
  EXPECT_EQ(apart.only<FnDecl>().doc, "");
  Parsed behind("fn g(x) = x ## about nothing\nfn f(x) = x");
  EXPECT_EQ(llvm::cast<FnDecl>(behind.program->statements[1])->doc, "");
  Parsed ruled("#######\nfn f(x) = x");
  EXPECT_EQ(ruled.only<FnDecl>().doc, "");
  Parsed inner("layer a(n)(x: [n]) {\n  ## The scale.\n  let s = 2\n  s * x\n}");
  auto *body = llvm::cast<BlockExpr>(inner.only<LayerDecl>().body);
  EXPECT_EQ(llvm::cast<LetDecl>(body->statements[0])->doc, "The scale.");
}
