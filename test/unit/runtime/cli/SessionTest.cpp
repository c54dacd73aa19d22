// Tests of sessions, which keep tensors and sources between programs, and of probes, which tell the
// compiler what a source contains.
#include "runtime/ask.h"
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt_test;

TEST(Session, KeepsWhatWasTrained) {
  char name[] = "nnc", flag[] = "--quiet";
  char *arguments[] = {name, flag};
  nn_session *session = nn_session_create(2, arguments);
  std::vector<float> trained;
  {
    LinearProgram program;
    program.useRows({0, 1, 1, 3, 2, 5});
    program.trainBody.epochs = {50, -1};
    program.train();
    program.print("w");
    EXPECT_EQ(caught([&] { return nn_session_run(session, program.image(), nullptr, 0); }).code, 0);
    trained = finalWeights;
  }
  LinearProgram next;
  next.useRows({0, 1});
  next.print("w");
  Caught run = caught([&] { return nn_session_run(session, next.image(), nullptr, 0); });
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(finalWeights, trained);
  EXPECT_EQ(run.out.find("w = "), 0u) << run.out;

  LinearProgram wider(2); // the same names with other shapes: drawn again
  wider.useRows({0, 1, 2});
  wider.print("w");
  EXPECT_EQ(caught([&] { return nn_session_run(session, wider.image(), nullptr, 0); }).code, 0);
  EXPECT_EQ(finalWeights[1], 0.02f);
  nn_session_destroy(session);
}

TEST(Session, RemembersStatements) {
  nn_session *session = nn_session_create(0, nullptr);
  const int64_t first[] = {7}, second[] = {7, 9};
  auto program = [](LinearProgram &p) {
    p.useRows({0, 1, 1, 3, 2, 5});
    p.trainBody.epochs = {50, -1};
    p.train();
    p.print("w");
  };
  std::vector<float> trained;
  {
    LinearProgram once;
    program(once);
    EXPECT_EQ(caught([&] { return nn_session_run(session, once.image(), first, 0); }).code, 0);
    trained = finalWeights;
  }
  EXPECT_EQ(nn_session_remembers(session, 7), 1);
  EXPECT_EQ(nn_session_remembers(session, 9), 0);
  LinearProgram again; // its training is the earlier one, and is not repeated
  program(again);
  Caught run = caught([&] { return nn_session_run(session, again.image(), second, 1); });
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(finalWeights, trained);
  EXPECT_EQ(run.out.find("w = "), 0u) << run.out;
  EXPECT_EQ(nn_session_remembers(session, 9), 0); // a print statement leaves nothing
  nn_session_destroy(session);
}

TEST(Session, ErrorsDoNotEndIt) {
  nn_session *session = nn_session_create(0, nullptr);
  LinearProgram broken;
  broken.useCsv("nowhere.csv", {"a", "y"});
  broken.train();
  EXPECT_EQ(caught([&] { return nn_session_run(session, broken.image(), nullptr, 0); }).code, 1);
  LinearProgram good;
  good.useRows({0, 1});
  good.print("w");
  EXPECT_EQ(caught([&] { return nn_session_run(session, good.image(), nullptr, 0); }).code, 0);
  nn_session_destroy(session);
}

TEST(Probe, Csv) {
  TemporaryFolder folder;
  folder.write("a.csv", "width,height\n1,2\n3,4\n");
  folder.write("b.csv", "1,2\n3,4\n5,6");
  nn_probe probe = nn_probe_source(sourceOf(NN_CSV, "a.csv"), folder.path);
  ASSERT_EQ(probe.error, "");
  EXPECT_EQ(probe.rows, 2);
  ASSERT_EQ(probe.columns.size(), 2u);
  EXPECT_EQ(probe.columns[1].name, "height");
  probe = nn_probe_source(sourceOf(NN_CSV, "b.csv"), folder.path);
  ASSERT_EQ(probe.error, "");
  EXPECT_EQ(probe.rows, 3);
  EXPECT_EQ(probe.columns[0].name, "c1");
}

TEST(Probe, Mistakes) {
  TemporaryFolder folder;
  folder.write("empty.csv", "");
  EXPECT_EQ(nn_probe_source(sourceOf(NN_CSV, "empty.csv"), folder.path).error,
            folder / "empty.csv" + " is empty");
  EXPECT_NE(nn_probe_source(sourceOf(NN_CSV, "none.csv"), folder.path).error, "");
  EXPECT_NE(nn_probe_source(sourceOf(NN_IDX, "empty.csv"), folder.path).error, "");
}

TEST(Probe, Idx) {
  TemporaryFolder folder;
  const char image[] = "\0\0\x08\x03\0\0\0\2\0\0\0\3\0\0\0\4";
  const char label[] = "\0\0\x08\x01\0\0\0\2";
  folder.write("images", std::string(image, 16) + std::string(24, 0));
  folder.write("labels", std::string(label, 8) + std::string(2, 0));
  SourceT source = sourceOf(NN_IDX, "images");
  source.labels = "labels";
  const nn_probe probe = nn_probe_source(source, folder.path);
  ASSERT_EQ(probe.error, "");
  EXPECT_EQ(probe.rows, 2);
  EXPECT_EQ(probe.columns[0].shape, (std::vector<int64_t>{1, 3, 4}));
}
