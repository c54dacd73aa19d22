// Tests of parsing runs: train, evaluate and the other statements that are executed in order
// (LANGUAGE.md 8).
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::test;

static std::string spell(const Path &path) {
  std::string text;
  for (const Ident &part : path.parts)
    text += (text.empty() ? "" : ".") + part.text.str();
  return text;
}

TEST(BuildRun, ReadsEveryEntryOfTrain) {
  Parsed parsed("train m.enc1 on digits {\n  loss = mse(m(x), y); metric r2(m(x), y)\n  optimizer "
                "= adam()\n  clip norm 1.0\n"
                "  clip value 0.5\n  stop when val.loss stalls for 3 epochs\n  keep best "
                "val.accuracy\n  keep lowest val.loss\n"
                "  checkpoint \"run.ckpt\" every 1 epochs\n  constrain m.enc1.weights to "
                "max_norm(theta, 3)\n}");
  auto &train = parsed.only<TrainStmt>();
  EXPECT_EQ(spell(train.target), "m.enc1");
  EXPECT_EQ(spell(train.data), "digits");
  ASSERT_EQ(train.entries.size(), 10u);
  EXPECT_EQ(llvm::cast<SettingEntry>(train.entries[0])->name.text, "loss");
  EXPECT_EQ(tree(llvm::cast<MetricEntry>(train.entries[1])->expr), "(call r2 (call m x) y)");
  EXPECT_EQ(llvm::cast<SettingEntry>(train.entries[2])->name.text, "optimizer");
  EXPECT_EQ(llvm::cast<ClipEntry>(train.entries[3])->by, ClipKind::Norm);
  EXPECT_EQ(llvm::cast<ClipEntry>(train.entries[4])->by, ClipKind::Value);
  EXPECT_EQ(spell(llvm::cast<StopEntry>(train.entries[5])->quantity), "val.loss");
  EXPECT_EQ(tree(llvm::cast<StopEntry>(train.entries[5])->patience), "3 epochs");
  EXPECT_EQ(llvm::cast<KeepEntry>(train.entries[6])->which, KeepKind::Best);
  EXPECT_EQ(llvm::cast<KeepEntry>(train.entries[7])->which, KeepKind::Lowest);
  EXPECT_EQ(tree(llvm::cast<CheckpointEntry>(train.entries[8])->every), "1 epochs");
  EXPECT_EQ(spell(llvm::cast<ConstrainEntry>(train.entries[9])->target), "m.enc1.weights");
  EXPECT_EQ(tree(llvm::cast<ConstrainEntry>(train.entries[9])->value), "(call max_norm theta 3)");
}

TEST(BuildRun, ReadsUpdates) {
  Parsed parsed("train a, b.c on d {\n  update a { loss = 1; optimizer a.w = sgd() }\n"
                "  update a, b { times = 2 }\n  optimizer = adam()\n  update = 3\n}");
  auto &train = parsed.only<TrainStmt>();
  ASSERT_EQ(train.targets.size(), 2u);
  EXPECT_EQ(spell(train.target), "a");
  EXPECT_EQ(spell(train.targets[1]), "b.c");
  EXPECT_EQ(spell(train.data), "d");
  ASSERT_EQ(train.entries.size(), 4u);
  auto *first = llvm::cast<UpdateEntry>(train.entries[0]);
  ASSERT_EQ(first->entries.size(), 2u);
  EXPECT_EQ(spell(llvm::cast<OptimizerEntry>(first->entries[1])->target), "a.w");
  EXPECT_EQ(llvm::cast<UpdateEntry>(train.entries[1])->places.size(), 2u);
  EXPECT_EQ(llvm::cast<SettingEntry>(train.entries[2])->name.text, "optimizer");
  EXPECT_EQ(llvm::cast<SettingEntry>(train.entries[3])->name.text, "update");
}

TEST(BuildRun, KeepsUnknownKeysForSema) {
  Parsed parsed("train m on d { banana = 3 }");
  EXPECT_EQ(llvm::cast<SettingEntry>(parsed.only<TrainStmt>().entries[0])->name.text, "banana");
}

TEST(BuildRun, ReadsEvaluateWithAndWithoutEntries) {
  Parsed with("evaluate net on d.test { metric a(net(x), y); metric b(net(x), y) }");
  EXPECT_EQ(spell(with.only<EvaluateStmt>().data), "d.test");
  EXPECT_EQ(with.only<EvaluateStmt>().entries.size(), 2u);
  Parsed without("evaluate net on d.test");
  EXPECT_TRUE(without.only<EvaluateStmt>().entries.empty());
}

TEST(BuildRun, ReadsFilesAndValues) {
  Parsed save("save net to \"net.safetensors\"");
  EXPECT_EQ(tree(save.only<SaveStmt>().file), "\"net.safetensors\"");
  Parsed load("load base from \"b\" except base.head, base.f1");
  EXPECT_EQ(spell(load.only<LoadStmt>().target), "base");
  ASSERT_EQ(load.only<LoadStmt>().except.size(), 2u);
  EXPECT_EQ(spell(load.only<LoadStmt>().except[1]), "base.f1");
  Parsed freeze("freeze base.conv1, base.conv2");
  EXPECT_EQ(freeze.only<FreezeStmt>().places.size(), 2u);
  Parsed report("report \"r.html\"");
  EXPECT_EQ(tree(report.only<ReportStmt>().file), "\"r.html\"");
  Parsed print("print net([0, 1]), best");
  EXPECT_EQ(print.only<PrintStmt>().values.size(), 2u);
  Parsed plot("plot net.w, val.loss to \"p.svg\"");
  EXPECT_EQ(plot.only<PlotStmt>().values.size(), 2u);
  EXPECT_EQ(tree(plot.only<PlotStmt>().file), "\"p.svg\"");
  Parsed predict("predict net on csv(\"new.csv\") to \"out.csv\"");
  EXPECT_EQ(tree(predict.only<PredictStmt>().data), "(call csv \"new.csv\")");
}

TEST(BuildRun, ReadsSearch) {
  Parsed parsed(
      "search best by tpe, trials = 25, minimize val.loss {\n  let units ~ choice(8, 16)\n"
      "  model net(x: [2]) { x |> dense(units) }\n  train net on d { loss = 1 }\n}");
  auto &search = parsed.only<SearchStmt>();
  EXPECT_EQ(search.name.text, "best");
  EXPECT_EQ(search.method.text, "tpe");
  ASSERT_EQ(search.settings.size(), 1u);
  EXPECT_TRUE(search.minimize);
  EXPECT_EQ(spell(search.objective), "val.loss");
  ASSERT_EQ(search.body.size(), 3u);
  EXPECT_TRUE(llvm::cast<LetDecl>(search.body[0])->drawn);
  Parsed unnamed("search by random, maximize val.accuracy { }");
  EXPECT_TRUE(unnamed.only<SearchStmt>().name.empty());
  EXPECT_FALSE(unnamed.only<SearchStmt>().minimize);
}

TEST(BuildRun, DemandsOneGoalOfASearch) {
  EXPECT_EQ(Parsed("search by random { }").errors(),
            "1:1: a search needs a goal: `minimize val.loss` or `maximize …`\n");
  EXPECT_EQ(Parsed("search by grid, minimize a, maximize b { }").errors(),
            "1:29: a search has one goal\n");
}

TEST(BuildRun, ReadsCompareAndEnsemble) {
  Parsed compare("compare acts { let act ~ each(relu, tanh)  ; train m on d { loss = 1 } }");
  EXPECT_EQ(compare.only<CompareStmt>().name.text, "acts");
  EXPECT_EQ(compare.only<CompareStmt>().body.size(), 2u);
  Parsed unnamed("compare { let act ~ each(relu, tanh) }");
  EXPECT_TRUE(unnamed.only<CompareStmt>().name.empty());
  Parsed ensemble("ensemble five of best on wine { members = 5 }");
  EXPECT_EQ(ensemble.only<EnsembleStmt>().name.text, "five");
  EXPECT_EQ(spell(ensemble.only<EnsembleStmt>().of), "best");
}
