// Tests of the results of runs: printed values and tables, weight files, the report.
#include "runtime/record/history.h"
#include "runtime/report/plots.h"
#include "runtime/support/status.h"
#include "runtime/terminal/tables.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>

using namespace nnrt;
using namespace nnrt_test;

TEST(Tables, Values) {
  EXPECT_EQ(nested({0.5}, {}), "0.5");
  EXPECT_EQ(nested({1, 2.25, 1e-7}, {3}), "[1, 2.25, 1e-07]");
  EXPECT_EQ(nested({1, 2, 3, 4}, {2, 2}), "[[1, 2],\n [3, 4]]");
  EXPECT_EQ(nested({}, {0}), "[]");
  EXPECT_EQ(nested({0.5}, {1}), "0.5");
  EXPECT_EQ(nested({0.5}, {1, 1}), "[[0.5]]");
  EXPECT_EQ(number(0.99871234), "0.998712");
  EXPECT_EQ(number(-0.0), "0");
}

TEST(Tables, ConfusionHasHeadings) {
  EXPECT_EQ(valueText({10, 0, 3, 21}, {2, 2}, {"cat", "mouse"}), "         cat  mouse\n"
                                                                 "  cat     10      0\n"
                                                                 "  mouse    3     21\n");
  EXPECT_EQ(valueText({1, 0, 0, 1}, {2, 2}, {}), "        0  1\n"
                                                 "  0     1  0\n"
                                                 "  1     0  1\n");
}

TEST(Text, Numbers) {
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-999), "-999");
  EXPECT_EQ(bytes(1536), "1.5 KiB");
  EXPECT_EQ(duration(0.0123), "12.3 ms");
  EXPECT_EQ(duration(125), "2 min 05 s");
  EXPECT_EQ(duration(3725), "1 h 02 min");
  EXPECT_EQ(quoted("a\x01"
                   "b"),
            "a\\x01b");
}

TEST(Weights, SaveAndLoad) {
  TemporaryFolder folder;
  LinearProgram writer;
  writer.useRows({0, 1, 1, 3, 2, 5});
  writer.trainBody.epochs = {50, -1};
  writer.train();
  writer.print("w");
  writer.save(folder / "w.safetensors");
  ASSERT_EQ(caught([&] { return writer.main({"--quiet"}); }).code, 0);
  std::vector<float> saved = finalWeights;

  LinearProgram reader;
  reader.useRows({0, 1});
  reader.load(folder / "w.safetensors");
  reader.print("w");
  ASSERT_EQ(caught([&] { return reader.main({}); }).code, 0);
  EXPECT_EQ(finalWeights, saved);

  LinearProgram partly;
  partly.useRows({0, 1});
  partly.load(folder / "w.safetensors", {"dense1.w"});
  partly.print("w");
  ASSERT_EQ(caught([&] { return partly.main({}); }).code, 0);
  EXPECT_EQ(finalWeights[0], 0.01f);
  EXPECT_EQ(finalWeights[1], saved[1]);

  LinearProgram wider(2);
  wider.useRows({0, 1, 2});
  wider.load(folder / "w.safetensors");
  Caught mismatch = caught([&] { return wider.main({}); });
  EXPECT_EQ(mismatch.code, 1);
  EXPECT_EQ(mismatch.err, "error: tensor `dense1.w` has shape [1] in " + folder / "w.safetensors" +
                              ", but [2] in net (at linear.nn:11:1)\n");
  LinearProgram missing;
  missing.useRows({0, 1});
  missing.load("none.safetensors");
  EXPECT_NE(caught([&] {
              return missing.main({});
            }).err.find("error: there is no file none.safetensors (at linear.nn:11:1)"),
            std::string::npos);
}

TEST(Weights, DestinationIsCheckedBeforeTheRun) {
  LinearProgram program;
  program.useRows({0, 1});
  program.train();
  program.save("/nowhere/w.safetensors");
  Caught run = caught([&] { return program.main({}); });
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(seen.stepCalls, 0);
  EXPECT_EQ(run.err, "error: cannot write /nowhere/w.safetensors: there is no folder /nowhere (at "
                     "linear.nn:10:1)\n");
}

TEST(Report, IsSelfContained) {
  TemporaryFolder folder;
  LinearProgram program;
  program.useRows({0, 1, 1, 3, 2, 5, 3, 7, 4, 9, 5, 11});
  program.data.has_split = true;
  program.data.train = {0.5, -1};
  program.data.val = {0.5, -1};
  program.train();
  program.evaluate(NN_SPLIT_VAL);
  program.report(folder / "r.html");
  ASSERT_EQ(caught([&] { return program.main({}); }).code, 0);
  std::string html = folder.read("r.html");
  for (const char *part :
       {"<!DOCTYPE html>", "<h1>linear</h1>", "train net on points", "3 train, 3 val, 0 test",
        "<svg", "<polyline", "evaluate net on points.val", "mae", "Residuals of y",
        "predicted over true y", "</html>"})
    EXPECT_NE(html.find(part), std::string::npos) << part;
  EXPECT_EQ(html.find("://"), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
}

TEST(Report, CurvesOfAnyForm) {
  EXPECT_EQ(curvesSvg({"loss", {{"train", {NAN}}}, -1}), "");
  for (std::vector<double> values :
       {std::vector<double>{1}, {1, 1, 1}, {1, NAN, 3}, std::vector<double>(5000, 2)}) {
    std::string svg = curvesSvg({"a<b", {{"train", values}, {"val", {}}}, 0});
    EXPECT_NE(svg.find("</svg>"), std::string::npos);
    EXPECT_NE(svg.find("a&lt;b"), std::string::npos);
    EXPECT_LT(svg.size(), 50000u);
  }
}

TEST(History, LongRunsKeepFewerEpochs) {
  History history;
  for (int64_t e = 0; e < 100000; ++e)
    history.add(e, {0, {double(e), 1}, {2}});
  EXPECT_LE(history.rows(), History::limit);
  EXPECT_GE(history.rows(), History::limit / 2);
  EXPECT_EQ(history.columns(), 4u);
  for (size_t row = 0; row < history.rows(); ++row)
    EXPECT_EQ(history.value(row, 1), double(row) * double(history.stride()));
}
