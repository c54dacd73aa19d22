// Tests of texts: characters numbered by code point, consecutive examples, and files that are not
// text.
#include "runtime/sources/text_file.h"
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt;
using namespace nnrt_test;

namespace {
struct TextSource : testing::Test {
  TemporaryFolder folder;
  TextFile text;
  std::string read(const std::string &contents) {
    folder.write("a.txt", contents);
    std::string error = readText(folder / "a.txt", NN_UTF8, text).message();
    return error.substr(0, folder.path.size() + 1) == folder.path + "/"
               ? error.substr(folder.path.size() + 1)
               : error;
  }
  Status open(int64_t length, double classes, std::unique_ptr<nnrt::Source> &source) {
    SourceT description;
    description.kind = NN_TEXT;
    description.path = "a.txt";
    description.where = "a.nn:1:1";
    description.length = length;
    SourceSpec spec{&description, 0, classes, 0, 0, 0, 0, 0, 0, {folder.path, ""}};
    return openSource(
        spec, {{"x", "a.nn:2:1", NN_CATEGORY, length}, {"y", "a.nn:3:1", NN_CATEGORY, length}},
        source);
  }
};
} // namespace

TEST_F(TextSource, CharactersAreNumberedByCodePoint) {
  EXPECT_EQ(read("b€aüa😀\n"), "");
  EXPECT_EQ(text.characters, (std::vector<std::string>{"\n", "a", "b", "ü", "€", "😀"}));
  EXPECT_EQ(text.codes, (std::vector<uint16_t>{2, 4, 1, 3, 1, 5, 0}));
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "ab"),
            ""); // a byte order mark
  EXPECT_EQ(text.characters, (std::vector<std::string>{"a", "b"}));
}

TEST_F(TextSource, NotUtf8) {
  EXPECT_EQ(read("ab\nc\xff"), "a.txt:2:2: byte 0xff is no character: the file is not UTF-8\n"
                               "  `encoding = \"latin1\"` reads it if it is in Latin-1, `encoding "
                               "= \"cp1252\"` if it comes from Windows");
  for (const char *bad :
       {"a\x80", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
    EXPECT_NE(read(bad).find("is not UTF-8"), std::string::npos) << bad;
  EXPECT_EQ(read(""), "a.txt is empty");
}

TEST_F(TextSource, EachExampleKnowsWhatFollows) {
  read("abcabcabd"); // two examples of four, with one character behind the second
  std::unique_ptr<nnrt::Source> source;
  Status status = open(4, 4, source);
  ASSERT_FALSE(status.failed()) << status.message();
  EXPECT_EQ(source->rows, 2);
  const int64_t rows[] = {1, 0};
  float x[8], y[8];
  source->fill(0, rows, 2, {x, false});
  source->fill(1, rows, 2, {y, false});
  EXPECT_EQ(std::vector<float>(x, x + 8), (std::vector<float>{1, 2, 0, 1, 0, 1, 2, 0}));
  EXPECT_EQ(std::vector<float>(y, y + 8), (std::vector<float>{2, 0, 1, 3, 1, 2, 0, 1}));
  EXPECT_EQ(source->place(1), folder / "a.txt" + ", characters 5 to 8");
  EXPECT_EQ(source->category(0)->names.size(), 4u);
}

TEST_F(TextSource, Mistakes) {
  read("abcd");
  std::unique_ptr<nnrt::Source> source;
  EXPECT_EQ(open(4, 0, source).message(),
            folder / "a.txt" +
                " has 4 characters, but an example of 4 needs one more (at a.nn:1:1)");
  EXPECT_EQ(open(2, 7, source).message(),
            folder / "a.txt" +
                " has 4 different characters, but the program was compiled for 7 (at a.nn:1:1)");
}
