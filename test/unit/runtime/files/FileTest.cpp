// Tests that files are written completely or not at all.
#include "runtime/files/file.h"
#include "runtime/support/buffer.h"
#include "test/unit/runtime/LinearProgram.h"

#include <filesystem>

using namespace nnrt;
using nnrt_test::TemporaryFolder;

TEST(File, ReplacesAtomically) {
  TemporaryFolder folder;
  folder.write("f", "old");
  EXPECT_FALSE(writeFile(folder / "f", {{"new", 3}, {"er", 2}}).failed());
  EXPECT_EQ(folder.read("f"), "newer");
  EXPECT_FALSE(std::filesystem::exists(folder / "f.tmp"));
}

TEST(File, ErrorsSayWhatIsWrong) {
  TemporaryFolder folder;
  std::string path = folder / "none/f";
  EXPECT_EQ(writeFile(path, {{"x", 1}}).message(),
            "cannot write " + path + ": there is no folder " + (folder / "none"));
  EXPECT_EQ(checkWritable(path).message(),
            "cannot write " + path + ": there is no folder " + (folder / "none"));
  EXPECT_EQ(checkWritable(folder.path).message(),
            "cannot write " + folder.path + ": it is a directory");
  folder.write("f", "");
  EXPECT_EQ(checkWritable(folder / "f/g").message(),
            "cannot write " + (folder / "f/g") + ": " + (folder / "f") + " is not a folder");
}

TEST(File, FullDiskLeavesNothingBehind) {
  EXPECT_EQ(writeFile("/dev/full", {{"x", 1}}).message(),
            "cannot write /dev/full: No space left on device");
}

TEST(Buffer, HugeAllocationsFailWithAMessage) {
  Buffer buffer;
  Status status = buffer.allocate(size_t(1) << 50, "a batch");
  ASSERT_TRUE(status.failed());
  EXPECT_EQ(status.message().find("out of memory: 1.0 PiB needed for a batch"), 0u)
      << status.message();
  EXPECT_TRUE(buffer.allocate(SIZE_MAX, "a batch").failed());
}

TEST(Buffer, IsZeroedAndAligned) {
  for (size_t size : {1u, 100u, 5000000u}) {
    Buffer buffer;
    ASSERT_FALSE(buffer.allocate(size, "a test").failed());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0u);
    for (size_t i = 0; i < size; i += 997)
      EXPECT_EQ(buffer.data()[i], 0);
    buffer.data()[size - 1] = 1;
  }
}
