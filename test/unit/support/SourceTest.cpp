// Tests of loading texts, and of places in them.
#include "compiler/support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <gtest/gtest.h>

using namespace nnc;

namespace {

/// A file with given bytes that is removed at the end.
class TemporaryFile {
public:
  explicit TemporaryFile(llvm::StringRef bytes) {
    int descriptor;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("source-test", "nn", descriptor, path));
    llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << bytes;
  }
  ~TemporaryFile() { llvm::sys::fs::remove(path); }
  llvm::SmallString<64> path;
};

/// The message with which loading fails; empty if it succeeds.
std::string refusal(llvm::StringRef path) {
  Diagnostics diags;
  std::optional<unsigned> buffer = loadFile(diags, path);
  EXPECT_EQ(buffer.has_value(), !diags.hasErrors());
  EXPECT_LE(diags.errorCount(), 1u);
  return diags.hasErrors() ? diags.all().front().message : "";
}

bool contains(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).contains(part);
}

} // namespace

TEST(Source, LoadsTexts) {
  TemporaryFile file("let a = 1\n");
  Diagnostics diags;
  std::optional<unsigned> buffer = loadFile(diags, file.path);
  ASSERT_TRUE(buffer);
  EXPECT_EQ(bufferText(diags.sources(), *buffer), "let a = 1\n");
  EXPECT_EQ(bufferName(diags.sources(), *buffer), file.path);
}

TEST(Source, RefusesWhatIsNoProgram) {
  EXPECT_TRUE(contains(refusal("/nonexistent.nn"), "cannot open '/nonexistent.nn'"));
  EXPECT_TRUE(contains(refusal("/"), "is a directory"));
  EXPECT_TRUE(contains(refusal("/dev/zero"), "is not a regular file"));
  EXPECT_TRUE(contains(refusal(TemporaryFile("").path), "is empty"));
  EXPECT_TRUE(contains(refusal(TemporaryFile(" \n\n").path), "is empty"));
  EXPECT_TRUE(
      contains(refusal(TemporaryFile(llvm::StringRef("ab\0c", 4)).path), "NUL byte at offset 2"));
  EXPECT_TRUE(contains(refusal(TemporaryFile("let a = \xE9").path), "0xE9 is not valid UTF-8"));
  EXPECT_TRUE(
      contains(refusal(TemporaryFile(std::string(maxSourceBytes + 1, 'x')).path), "too large"));
}

TEST(Source, PointsAtTheByteThatIsNotUtf8) {
  Diagnostics diags;
  EXPECT_FALSE(addBuffer(diags, "ab\nθ\xC3(", "t.nn"));
  EXPECT_EQ(diags.position(diags.all().front().where).str(), "t.nn:2:2");
}

TEST(Source, MapsPlacesBothWays) {
  Diagnostics diags;
  unsigned buffer = *addBuffer(diags, "ab\n\nθσ x\n", "prelude/t.nn");
  llvm::StringRef text = bufferText(diags.sources(), buffer);
  auto place = [&](size_t offset) {
    return diags.position(llvm::SMLoc::getFromPointer(text.data() + offset));
  };
  EXPECT_EQ(place(0).str(), "prelude/t.nn:1:1");
  EXPECT_EQ(place(1).str(), "prelude/t.nn:1:2");
  EXPECT_EQ(place(3).str(), "prelude/t.nn:2:1");
  EXPECT_EQ(place(6).str(), "prelude/t.nn:3:2"); // the second byte of the first letter counts once
  EXPECT_EQ(place(9).str(), "prelude/t.nn:3:4");
  EXPECT_EQ(place(text.size()).str(), "prelude/t.nn:4:1");
  for (size_t offset : {0, 1, 3, 4, 6, 9})
    EXPECT_EQ(locationOf(diags.sources(), "prelude/t.nn", place(offset).line, place(offset).column)
                  .getPointer(),
              text.data() + offset);
  EXPECT_FALSE(locationOf(diags.sources(), "prelude/t.nn", 9, 1).isValid());
  EXPECT_FALSE(locationOf(diags.sources(), "prelude/t.nn", 1, 9).isValid());
  EXPECT_FALSE(locationOf(diags.sources(), "other.nn", 1, 1).isValid());
  EXPECT_EQ(diags.position(Range()).str(), "<unknown>");
}

TEST(Source, JoinsRanges) {
  llvm::StringRef text = "abcdef";
  auto range = [&](size_t begin, size_t end) {
    return Range(llvm::SMLoc::getFromPointer(text.data() + begin),
                 llvm::SMLoc::getFromPointer(text.data() + end));
  };
  Range both = join(range(3, 4), range(1, 2));
  EXPECT_EQ(both.begin.getPointer(), text.data() + 1);
  EXPECT_EQ(both.end.getPointer(), text.data() + 4);
  EXPECT_EQ(join(Range(), range(1, 2)).begin.getPointer(), text.data() + 1);
  EXPECT_FALSE(join(Range(), Range()).isValid());
}
