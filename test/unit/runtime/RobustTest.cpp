// Tests of hostile input and failures in files, memory and terminals.
#include "runtime/files/file.h"
#include "runtime/program/settings.h"
#include "runtime/sources/zip_file.h"
#include "runtime/support/buffer.h"
#include "runtime/support/visible.h"
#include "runtime/weights/safetensors.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace nnrt;
using nnrt_test::TemporaryFolder;

TEST(Visible, ControlsAreEscaped) {
  EXPECT_EQ(visible("k\x1b]0;pwn\x07"), "k\\x1b]0;pwn\\x07");
  EXPECT_EQ(visible("a\nb\tc\x7f"), "a\\x0ab\\x09c\\x7f");
  EXPECT_EQ(visible("a\nb\tc\r", true), "a\nb\tc\\x0d");
  EXPECT_EQ(visible("\xc2\x9b"
                    "31m"),
            "\\x9b31m"); // C1, as UTF-8
  EXPECT_EQ(visible("\x9b"
                    "31m"),
            "\\x9b31m");                                       // and as a byte of Latin-1
  EXPECT_EQ(visible("gpj\xe2\x80\xae.exe"), "gpj\\u202e.exe"); // right-to-left override
  EXPECT_EQ(visible("a\xe2\x80\xa8"
                    "b"),
            "a\\u2028b");                                // line separator
  EXPECT_EQ(visible("\xf3\xa0\x80\x81"), "\\U000e0001"); // a tag
  EXPECT_EQ(visible("\xc0\x9b\xed\xa0\x80\xff"),
            "\\xc0\\x9b\\xed\\xa0\\x80\\xff"); // too long, half a pair, not UTF-8
  EXPECT_EQ(visible("θ é 😀 你"), "θ é 😀 你");
  EXPECT_EQ(quoted("\x1b[31m"), "\\x1b[31m");
}

TEST(WriteFile, KeepsPermissionsAndLinks) {
  TemporaryFolder folder;
  folder.write("f", "old");
  ASSERT_EQ(chmod((folder / "f").c_str(), 0640), 0);
  ASSERT_EQ(symlink("f", (folder / "link").c_str()), 0);
  ASSERT_FALSE(writeFile(folder / "link", {{"new", 3}}).failed());
  EXPECT_EQ(folder.read("f"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  struct stat info;
  ASSERT_EQ(stat((folder / "f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
  const mode_t mask = umask(027);
  ASSERT_FALSE(writeFile(folder / "g", {{"x", 1}}).failed());
  umask(mask);
  ASSERT_EQ(stat((folder / "g").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
  ASSERT_EQ(symlink("made", (folder / "ahead").c_str()), 0); // to a file that does not exist yet
  ASSERT_FALSE(writeFile(folder / "ahead", {{"y", 1}}).failed());
  EXPECT_EQ(folder.read("made"), "y");
  ASSERT_EQ(symlink("loop", (folder / "loop").c_str()), 0);
  EXPECT_TRUE(checkWritable(folder / "loop").failed());
}

TEST(WriteFile, LongNames) {
  TemporaryFolder folder;
  const std::string most = folder / std::string(255, 'n'), more = folder / std::string(256, 'n');
  EXPECT_FALSE(checkWritable(most).failed());
  EXPECT_FALSE(writeFile(most, {{"x", 1}}).failed());
  EXPECT_EQ(checkWritable(more).message(), "cannot write " + more + ": File name too long");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1);
}

TEST(WriteFile, WritersAtOnce) {
  TemporaryFolder folder;
  const std::string path = folder / "f";
  std::vector<pid_t> children;
  for (char letter : {'a', 'b', 'c', 'd'}) {
    const pid_t child = fork();
    if (child == 0) {
      const std::string text(300000, letter);
      for (int i = 0; i < 30; ++i)
        if (writeFile(path, {{text.data(), 1000}, {text.data(), text.size() - 1000}}).failed())
          _exit(1);
      _exit(0);
    }
    children.push_back(child);
  }
  while (!isFile(path))
    usleep(100);
  for (int i = 0; i < 200; ++i) {
    const std::string text = folder.read("f");
    ASSERT_EQ(text.size(), 300000u);
    ASSERT_EQ(text.find_first_not_of(text[0]), std::string::npos);
  }
  for (pid_t child : children) {
    int status;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1);
}

TEST(WriteFile, TidiesUpAfterTheKilled) {
  TemporaryFolder folder;
  folder.write(".f-abcdefghijkl.tmp", "half");
  folder.write(".f-bbbbbbbbbbbb.tmp", "being written");
  folder.write(".g-abcdefghijkl.tmp", "of another file");
  folder.write(".f-abc.tmp", "somebody's own");
  const int busy = open((folder / ".f-bbbbbbbbbbbb.tmp").c_str(), O_WRONLY);
  ASSERT_EQ(flock(busy, LOCK_EX), 0);
  EXPECT_FALSE(checkWritable(folder / "f").failed());
  EXPECT_FALSE(isFile(folder / ".f-abcdefghijkl.tmp"));
  for (const char *name : {".f-bbbbbbbbbbbb.tmp", ".g-abcdefghijkl.tmp", ".f-abc.tmp"})
    EXPECT_TRUE(isFile(folder / name)) << name;
  close(busy);
}

TEST(Checksum, EveryBitCounts) {
  TemporaryFolder folder;
  float w[4] = {1, 2, 3, 4};
  ASSERT_FALSE(writeSafetensors(folder / "f",
                                {{"w", DType::F32, {4}, (unsigned char *)w, sizeof w}},
                                {{"format", weightsFormat}})
                   .failed());
  const std::string whole = folder.read("f");
  SafetensorsFile file;
  ASSERT_FALSE(readSafetensors(folder / "f", file).failed());
  EXPECT_TRUE(file.checked);
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = char(damaged[bit / 8] ^ 1 << bit % 8);
    folder.write("f", damaged);
    EXPECT_TRUE(readSafetensors(folder / "f", file).failed()) << bit;
  }
  folder.write("f", whole + '\0');
  EXPECT_TRUE(readSafetensors(folder / "f", file).failed());
}

namespace {
std::string openError(const std::string &contents) {
  TemporaryFolder folder;
  folder.write("a.npz", contents);
  ZipFile zip;
  std::string text = zip.open(folder / "a.npz").message();
  return text.empty() ? text : text.substr(folder.path.size() + 1);
}

std::string little(uint64_t value, int bytes) {
  std::string text;
  for (; bytes-- > 0; value >>= 8)
    text += char(value);
  return text;
}

/// A directory entry, and the end of the directory.
std::string entry(const std::string &name, uint64_t packed, uint64_t offset) {
  return "PK\1\2" + std::string(6, '\0') + little(0, 10) + little(packed, 4) + little(packed, 4) +
         little(name.size(), 2) + little(0, 12) + little(offset, 4) + name;
}
std::string ending(uint64_t count, uint64_t start) {
  return "PK\5\6" + little(0, 4) + little(count, 2) + little(count, 2) + little(0, 4) +
         little(start, 4) + little(0, 2);
}
} // namespace

TEST(Zip, LiesOfTheDirectory) {
  const std::string body = "PK\3\4" + std::string(26, '\0') + std::string(10, 'x');
  EXPECT_EQ(openError(body + entry("x.npy", 10, 0) + ending(1, body.size())), "");
  EXPECT_NE(openError(body + entry("x.npy", 11, 0) + ending(1, body.size()))
                .find("reaches into what follows it"),
            std::string::npos);
  EXPECT_NE(
      openError(body + entry("x.npy", 10, 1u << 31) + ending(1, body.size())).find("reaches into"),
      std::string::npos);
  EXPECT_NE(openError(body + body + entry("x.npy", 10, 0) + entry("x.npy", 10, 40) + ending(2, 80))
                .find("twice"),
            std::string::npos);
  EXPECT_NE(openError(body + body + entry("x.npy", 20, 0) + entry("y.npy", 10, 40) + ending(2, 80))
                .find("reaches into"),
            std::string::npos);
  EXPECT_NE(
      openError(body + entry("x.npy", 10, 0) + ending(65534, body.size())).find("ends too early"),
      std::string::npos);
  EXPECT_NE(openError(body + entry("x.npy", 10, 0) + ending(1, 0xFFFFFFF0)).find("cut off"),
            std::string::npos);
  EXPECT_NE(openError(body + entry("x.npy", 0xFFFFFFFF, 0) + ending(1, body.size()))
                .find("sizes of `x.npy` are missing"),
            std::string::npos);
  // 42 bytes: a record of zip64 that would begin before the file, or after its end.
  for (uint64_t at : {uint64_t(0), uint64_t(64), UINT64_MAX, uint64_t(1) << 63})
    EXPECT_NE(openError("PK\6\7" + little(0, 4) + little(at, 8) + little(1, 4) + "PK\5\6" +
                        little(0, 4) + std::string(12, '\xff') + little(0, 2)),
              "");
}

TEST(Buffer, MappedFilesThatShrink) {
  TemporaryFolder folder;
  folder.write("f", std::string(64 << 10, 'x'));
  const int file = open((folder / "f").c_str(), O_RDWR);
  Buffer whole, cut, written;
  ASSERT_TRUE(whole.map(file, 64 << 10));
  EXPECT_TRUE(whole.intact());
  ASSERT_TRUE(cut.map(file, 64 << 10));
  ASSERT_EQ(ftruncate(file, 100), 0);
  EXPECT_EQ(cut.data()[10], 'x');
  EXPECT_EQ(cut.data()[60000], 0); // no SIGBUS
  EXPECT_FALSE(cut.intact());
  EXPECT_FALSE(whole.intact()); // it has not been read yet
  ASSERT_EQ(ftruncate(file, 64 << 10), 0);
  EXPECT_FALSE(cut.intact()); // from then on
  ASSERT_TRUE(written.map(file, 64 << 10));
  usleep(20000); // clocks of file systems are coarse
  ASSERT_EQ(pwrite(file, "y", 1, 7), 1);
  EXPECT_FALSE(written.intact());
  close(file);
}

TEST(Memory, LimitsAreAskedBefore) {
  // In a child process, because not every user may raise a limit again.
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit = {rlim_t(1) << 30, rlim_t(1) << 30};
    setrlimit(RLIMIT_AS, &limit);
    Buffer buffer;
    const std::string text = buffer.allocate(size_t(2) << 30, "a test").message();
    _exit(text.find("2.0 GiB needed for a test") != std::string::npos &&
                  text.find("(ulimit -v)") != std::string::npos
              ? 0
              : 1);
  }
  int status;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_GT(availableMemory().bytes, 0u);
  EXPECT_LT(availableMemory().bytes, uint64_t(1) << 50);
}

TEST(Settings, OfTraining) {
  const ProgramT program;
  TrainT train;
  train.batch = {8, -1};
  train.epochs = {2, -1};
  train.steps = {0, -1};
  Engine engine(program, nullptr, 1);
  TrainNumbers numbers;
  EXPECT_FALSE(trainNumbers(engine, train, numbers).failed());
  auto error = [&](nn_number TrainT::*which, double value) {
    TrainT changed = train;
    changed.has_stop = true;
    changed.stop_patience = changed.checkpoint_every = {1, -1};
    changed.checkpoint = "f";
    changed.*which = {value, -1};
    return trainNumbers(engine, changed, numbers).message();
  };
  EXPECT_EQ(error(&TrainT::batch, -8),
            "`batch` is -8, but it must be a whole number of at least 0");
  EXPECT_EQ(error(&TrainT::batch, 1e18),
            "`batch` is 1e+18, but it must be at most 9,007,199,254,740,992");
  EXPECT_EQ(error(&TrainT::epochs, 1e18),
            "`epochs` is 1e+18, but it must be at most 9,007,199,254,740,992");
  for (double value : {-1.0, 0.0, double(NAN), double(-INFINITY)})
    EXPECT_NE(error(&TrainT::epochs, value).find("must be above 0"), std::string::npos) << value;
  for (auto which : {&TrainT::stop_patience, &TrainT::checkpoint_every})
    for (double value : {-1.0, 0.0, 0.5, double(NAN), double(INFINITY), 1e18})
      EXPECT_NE(error(which, value), "") << value;
  uint64_t seed = 1;
  EXPECT_FALSE(seedOf(engine, {7, -1}, "`seed`", seed).failed());
  EXPECT_EQ(seed, 7u);
  for (double value : {-1.0, 0.5, 1e30, double(NAN)})
    EXPECT_TRUE(seedOf(engine, {value, -1}, "`seed`", seed).failed()) << value;
  EXPECT_NE(checkTrials(1e9, true).message().find("from 1 to 1,000,000"), std::string::npos);
  EXPECT_TRUE(checkTrials(0, false).failed());
  EXPECT_FALSE(checkTrials(0, true).failed());
}
