// Tests that interrupted and resumed runs end with the same bits as uninterrupted ones.
#include "test/unit/runtime/LinearProgram.h"

#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

using namespace nnrt_test;

namespace {
/// A run with everything that a checkpoint must store: a split, a watch, momentum, partial batches.
struct Job {
  LinearProgram program;
  TemporaryFolder &folder;
  std::string checkpoint;

  explicit Job(TemporaryFolder &folder, const std::string &name, double every = 1)
      : folder(folder) {
    std::vector<double> values;
    for (int i = 0; i < 45; ++i) {
      values.push_back(i * 0.1);
      values.push_back(i * 0.2 + (i % 3) * 0.3);
    }
    program.useRows(values);
    program.data.has_split = true;
    program.data.train = {-1, -1};
    program.data.val = {0.2, -1};
    program.trainBody.batch = {7, -1};
    program.trainBody.epochs = {6, -1};
    program.trainBody.has_keep = true;
    program.trainBody.keep = {0, NN_SPLIT_VAL, NN_LOWEST};
    program.trainBody.has_stop = true;
    program.trainBody.stop = {-1, NN_SPLIT_VAL, NN_LOWEST};
    program.trainBody.stop_patience = {4, -1};
    checkpoint = folder / (name + ".ckpt");
    program.trainBody.checkpoint = checkpoint;
    program.trainBody.checkpoint_every = {every, -1};
    program.train();
    program.save(folder / (name + ".safetensors"));
  }
  Caught run(std::vector<std::string> flags) {
    return caught([&] { return program.main(flags); });
  }
};
} // namespace

TEST(Checkpoint, ResumedAtAnyStepEndsTheSame) {
  TemporaryFolder folder;
  Job whole(folder, "whole");
  ASSERT_EQ(whole.run({"--quiet"}).code, 0);
  long steps = seen.stepCalls;
  std::string weights = folder.read("whole.safetensors");
  for (long cut : {1L, 3L, 6L, 7L, 13L, steps - 1}) {
    Job part(folder, "part");
    ASSERT_EQ(part.run({"--max-steps", std::to_string(cut)}).code, 0);
    EXPECT_EQ(seen.stepCalls, cut);
    Caught rest = part.run({"--resume"});
    ASSERT_EQ(rest.code, 0) << rest.err;
    EXPECT_NE(rest.out.find("at step " + std::to_string(cut)), std::string::npos) << rest.out;
    EXPECT_EQ(seen.stepCalls, steps - cut);
    EXPECT_EQ(folder.read("part.safetensors"), weights) << "cut at step " << cut;
    std::filesystem::remove(part.checkpoint);
  }
}

TEST(Checkpoint, KilledAtAnyMoment) {
  TemporaryFolder folder;
  Job whole(folder, "whole");
  whole.program.trainBody.epochs = {60, -1};
  whole.program.trainBody.has_stop = false;
  ASSERT_EQ(whole.run({"--quiet"}).code, 0);
  std::string weights = folder.read("whole.safetensors");
  for (int wait : {0, 2000, 5000, 20000}) {
    Job part(folder, "part");
    part.program.trainBody.epochs = {60, -1};
    part.program.trainBody.has_stop = false;
    pid_t child = fork();
    if (child == 0) {
      freopen("/dev/null", "w", stdout);
      _exit(part.program.main({"--threads", "1"}));
    }
    usleep(wait);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    Caught rest = part.run({"--resume"});
    ASSERT_EQ(rest.code, 0) << rest.err;
    EXPECT_EQ(folder.read("part.safetensors"), weights) << "killed after " << wait << " us";
    std::filesystem::remove(part.checkpoint);
    std::filesystem::remove(folder / "part.safetensors");
  }
}

TEST(Checkpoint, FinishedStatementIsSkipped) {
  TemporaryFolder folder;
  Job job(folder, "a");
  ASSERT_EQ(job.run({"--quiet"}).code, 0);
  std::string weights = folder.read("a.safetensors");
  std::filesystem::remove(folder / "a.safetensors");
  Caught again = job.run({"--resume"});
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(seen.stepCalls, 0);
  EXPECT_NE(again.out.find("finished according to"), std::string::npos) << again.out;
  EXPECT_EQ(folder.read("a.safetensors"), weights);
}

TEST(Checkpoint, WithoutOneTheRunStartsFromTheBeginning) {
  TemporaryFolder folder;
  Job job(folder, "a");
  Caught run = job.run({"--resume"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find("starting from the beginning"), std::string::npos) << run.out;
}

TEST(Checkpoint, OfAnotherRunIsRefused) {
  TemporaryFolder folder;
  Job job(folder, "a");
  ASSERT_EQ(job.run({"--max-steps=8"}).code, 0);
  Caught seed = job.run({"--resume", "--seed", "5"});
  EXPECT_EQ(seed.code, 1);
  EXPECT_NE(seed.err.find("does not fit this run: its seed is 0, this run's is 5"),
            std::string::npos)
      << seed.err;
  Caught option = job.run({"--resume", "--rate", "0.5"});
  EXPECT_NE(option.err.find("its option rate is 0.05"), std::string::npos) << option.err;
  job.program.trainBody.batch = {9, -1};
  EXPECT_NE(job.run({"--resume"}).err.find("its batch is 7, this run's is 9"), std::string::npos);
}

TEST(Checkpoint, DamagedFileIsRefused) {
  TemporaryFolder folder;
  Job job(folder, "a");
  ASSERT_EQ(job.run({"--max-steps=8"}).code, 0);
  std::string whole = folder.read("a.ckpt");
  folder.write("a.ckpt", whole.substr(0, whole.size() - 1));
  Caught run = job.run({"--resume"});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("is cut off"), std::string::npos) << run.err;
}

TEST(Checkpoint, UnwritablePlaceIsNoticedBeforeTheFirstStep) {
  TemporaryFolder folder;
  Job job(folder, "none/a");
  Caught run = job.run({});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(seen.stepCalls, 0);
  EXPECT_NE(run.err.find("there is no folder"), std::string::npos) << run.err;
}

TEST(Signals, InterruptWritesACheckpointAndExits) {
  TemporaryFolder folder;
  for (int signal : {SIGINT, SIGTERM}) {
    Job job(folder, "a");
    job.program.trainBody.epochs = {1e7, -1};
    job.program.trainBody.has_stop = false;
    job.program.trainBody.checkpoint_every = {1e9, -1};
    pid_t child = fork();
    if (child == 0) {
      freopen((folder / "err").c_str(), "w", stderr);
      freopen("/dev/null", "w", stdout);
      int code = job.program.main({"--threads", "1"});
      fflush(nullptr);
      _exit(code);
    }
    usleep(100000);
    kill(child, signal);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 128 + signal);
    EXPECT_TRUE(std::filesystem::exists(job.checkpoint));
    EXPECT_NE(folder.read("err").find(signal == SIGINT ? "interrupted by SIGINT after"
                                                       : "interrupted by SIGTERM after"),
              std::string::npos)
        << folder.read("err");
    std::filesystem::remove(job.checkpoint);
  }
}
