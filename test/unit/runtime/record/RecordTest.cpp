// Tests of files that are written during a run, and of plots in text.
#include "runtime/record/monitor.h"
#include "runtime/record/recorder.h"
#include "runtime/support/json.h"
#include "runtime/terminal/terminal.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>
#include <cstring>
#include <sstream>

using namespace nnrt;
using namespace nnrt_test;

TEST(Events, ChecksumsAndFrames) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);           // the check value of CRC-32C
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu); // RFC 3720, appendix B.4
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  std::string record = tfRecord("abc");
  ASSERT_EQ(record.size(), 8u + 4 + 3 + 4);
  EXPECT_EQ(record.substr(0, 8), std::string("\3\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(record.substr(12, 3), "abc");
  uint32_t stored;
  memcpy(&stored, record.data() + 15, 4);
  uint32_t crc = stored - 0xA282EAD8u;
  EXPECT_EQ(crc >> 17 | crc << 15, crc32c("abc"));
}

/// A program with a validation split whose two tensors are monitored.
static void set(LinearProgram &program) {
  program.useRows({0, 1, 1, 3, 2, 5, 3, 7, 4, 9, 5, 11});
  program.data.has_split = true;
  program.data.train = {0.5, -1};
  program.data.val = {0.5, -1};
  program.trainBody.epochs = {5, -1};
  program.trainBody.trained = {0, 1};
  program.train();
  program.evaluate(NN_SPLIT_VAL);
}

static std::vector<Json> linesOf(const std::string &text) {
  std::vector<Json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.emplace_back();
    EXPECT_FALSE(parseJson(line, lines.back()).failed()) << line;
  }
  return lines;
}

TEST(Log, TellsARun) {
  TemporaryFolder folder;
  LinearProgram program;
  set(program);
  ASSERT_EQ(
      caught([&] { return program.main({"--log", folder / "run.jsonl", "--seed", "7"}); }).code, 0);
  std::vector<Json> lines = linesOf(folder.read("run.jsonl"));
  std::vector<std::string> events;
  for (const Json &line : lines)
    events.push_back(line.find("event")->string);
  EXPECT_EQ(events, (std::vector<std::string>{"start", "train", "epoch", "epoch", "epoch", "epoch",
                                              "epoch", "trained", "evaluate", "end"}));
  EXPECT_EQ(lines[0].find("seed")->number, 7);
  EXPECT_NE(lines[0].find("machine")->find("CPU"), nullptr);
  EXPECT_EQ(lines[1].find("rows")->find("val")->number, 3);
  EXPECT_EQ(lines[4].find("epoch")->number, 3);
  EXPECT_NE(lines[4].find("val")->find("loss"), nullptr);
  const Json *tensors = lines[4].find("tensors");
  ASSERT_NE(tensors, nullptr);
  EXPECT_EQ(tensors->members.size(), 2u);
  EXPECT_GT(tensors->members[0].second.find("update")->number, 0);
  EXPECT_EQ(tensors->members[0].second.find("gradient")->kind, Json::Null)
      << "this program has no monitor function";
  EXPECT_EQ(lines[9].find("error"), nullptr);
}

TEST(Log, ResumeGoesOnAfterTheLastWholeLine) {
  TemporaryFolder folder;
  folder.write("run.jsonl", "{\"event\": \"start\"}\n{\"event\": \"ep");
  LinearProgram program;
  set(program);
  ASSERT_EQ(caught([&] { return program.main({"--log", folder / "run.jsonl", "--resume"}); }).code,
            0);
  EXPECT_EQ(linesOf(folder.read("run.jsonl")).size(), 11u);
  ASSERT_EQ(caught([&] { return program.main({"--log", folder / "run.jsonl"}); }).code, 0);
  EXPECT_EQ(linesOf(folder.read("run.jsonl")).size(), 10u) << "without --resume it begins anew";
}

TEST(Log, FailuresAreSaidOnce) {
  TemporaryFolder folder;
  LinearProgram program;
  set(program);
  Caught missing = caught([&] { return program.main({"--log", "/nowhere/run.jsonl"}); });
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.err, "error: cannot write /nowhere/run.jsonl: No such file or directory\n");
  EXPECT_EQ(caught([&] { return program.main({"--log", "/dev/full"}); }).err,
            "error: cannot write /dev/full: No space left on device\n");
  folder.write("file", "");
  Caught notFolder = caught([&] { return program.main({"--tensorboard", folder / "file/tb"}); });
  EXPECT_EQ(notFolder.code, 1);
  EXPECT_EQ(notFolder.err,
            "error: cannot make the folder " + folder / "file/tb" + ": Not a directory\n");
  EXPECT_EQ(caught([&] { return program.main({"--log", ""}); }).code, 2);
}

TEST(Watch, PrintsNorms) {
  LinearProgram program;
  set(program);
  Caught run = caught([&] { return program.main({"--watch"}); });
  EXPECT_EQ(run.code, 0);
  EXPECT_NE(run.out.find("update/weight"), std::string::npos) << run.out;
  EXPECT_EQ(caught([&] { return program.main({}); }).out.find("update/weight"), std::string::npos);
}

TEST(Monitor, HistogramsCountEveryValue) {
  double values[] = {-1, -0.99, 0, 0.5, 1};
  Histogram h = histogramOf(Elements{values, true}, 5, 4);
  EXPECT_EQ(h.low, -1);
  EXPECT_EQ(h.high, 1);
  EXPECT_EQ(h.counts, (std::vector<double>{2, 0, 1, 2}));
  double same[] = {3, 3};
  EXPECT_EQ(histogramOf(Elements{same, true}, 2, 3).counts, (std::vector<double>{2, 0, 0}));
  EXPECT_EQ(histogramOf(Elements{same, true}, 0, 3).counts, (std::vector<double>{0, 0, 0}));
}

TEST(Monitor, Warnings) {
  TrainRecord record;
  record.tensors = {"a", "b", "c"};
  record.monitored.add(0, {0, {1, 1, 0.001, 1, 1e-6, 0.5, 1, 2000, 1e-9}, {}});
  EXPECT_EQ(gradientWarning(record, 0, 0), nullptr);
  EXPECT_NE(std::string(gradientWarning(record, 0, 1)).find("vanishing"), std::string::npos);
  EXPECT_NE(std::string(gradientWarning(record, 0, 2)).find("exploding"), std::string::npos);
  EXPECT_EQ(updateWarning(tensorLook(record, 0, 0)), nullptr);
  EXPECT_NE(std::string(updateWarning(tensorLook(record, 0, 1))).find("large"), std::string::npos);
  EXPECT_NE(std::string(updateWarning(tensorLook(record, 0, 2))).find("hardly"), std::string::npos);
  EXPECT_EQ(unitsWarning(0.1), nullptr);
  EXPECT_NE(unitsWarning(0.5), nullptr);
}

TEST(Terminal, Sparklines) {
  EXPECT_EQ(sparkline({8, 4, 2, 1}, 10), "█▄▂▁");
  EXPECT_EQ(sparkline({9, 9, 8, 1}, 2), "█▁");
  EXPECT_EQ(sparkline({1, NAN, 2}, 10), "▁ █");
  EXPECT_EQ(sparkline({1, 1}, 10), "▁▁");
  EXPECT_EQ(sparkline({1}, 10), "");
  EXPECT_EQ(sparkline({NAN, NAN}, 10), "");
}

TEST(Terminal, Curves) {
  Canvas canvas{16, false};
  EXPECT_EQ(curvesText("loss", {{"train", {4, 2, 1}}}, canvas, 2), "loss\n"
                                                                   "4 ┤⠉⠒⠢⢄⣀\n"
                                                                   "1 ┤     ⠉⠑⠒⠢⠤⢄⣀\n"
                                                                   "   1    epoch 3\n");
  std::string two = curvesText("loss", {{"train", {4, 2}}, {"val", {5, NAN}}}, canvas, 2);
  EXPECT_NE(two.find("  val:\n"), std::string::npos) << two;
  std::string coloured = curvesText("loss", {{"train", {4, 2}}, {"val", {5, 3}}}, {40, true}, 2);
  EXPECT_NE(coloured.find("\033[33m━ val\033[0m"), std::string::npos) << coloured;
  EXPECT_EQ(curvesText("loss", {{"train", {NAN}}}, canvas), "loss: no values\n");
}

TEST(Terminal, HistogramBars) {
  EXPECT_EQ(histogramText("w", {"w", 0, 2, {4, 1}}, {24, false}), "w: 5 values from 0 to 2\n"
                                                                  "       0.5 │████████ 4\n"
                                                                  "       1.5 │██ 1\n");
}
