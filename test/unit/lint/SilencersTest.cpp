// Tests which comments silence lints, and on which lines.
#include "compiler/lint/Silencers.h"
#include "compiler/support/Diagnostics.h"
#include <gtest/gtest.h>

using namespace nnc;
using llvm::StringRef;

namespace {

struct Text {
  explicit Text(StringRef text)
      : buffer(*addBuffer(diags, text, "silencers.nn")), silencers(diags.sources(), buffer) {}
  /// The place of a word in the text.
  Range at(StringRef word) const {
    StringRef all = bufferText(diags.sources(), buffer),
              found = all.substr(all.find(word), word.size());
    return Range(llvm::SMLoc::getFromPointer(found.begin()),
                 llvm::SMLoc::getFromPointer(found.end()));
  }
  std::string names() const {
    std::string all;
    for (const auto &named : silencers.names())
      all += "<" + named.name.str() + ">";
    return all;
  }
  Diagnostics diags;
  unsigned buffer;
  lint::Silencers silencers;
};

TEST(Silencers, Names) {
  EXPECT_EQ(
      Text("a # nolint: one, two\nb ## nolint:three\n# nolint : four why not, five\n").names(),
      "<one><two><three><four><five>");
  EXPECT_EQ(
      Text("\"# nolint: a\" `# nolint: b` \"\\\"# nolint: c\"\n# a nolint: d\n# nolinted: e\n")
          .names(),
      "");
  EXPECT_EQ(Text("# nolint\n# nolint:\n# nolint: ,a\n# nolint a").names(), "<><><><a><>");
  EXPECT_EQ(Text("").names(), "");
  EXPECT_EQ(Text("\"unclosed # nolint: a\nb # nolint: c").names(), "<c>");
}

TEST(Silencers, TheLinesOfTheRange) {
  Text t("first # nolint: one\r\nsecond\nthird [\n  x, # nolint: two\n  y]\nlast # nolint: one");
  EXPECT_TRUE(t.silencers.silence("one", t.at("first")));
  EXPECT_FALSE(t.silencers.silence("two", t.at("first")));
  EXPECT_FALSE(t.silencers.silence("one", t.at("second")));
  EXPECT_TRUE(t.silencers.silence("two", t.at("[\n  x, # nolint: two\n  y]")));
  EXPECT_FALSE(t.silencers.silence("two", t.at("y]")));
  EXPECT_TRUE(t.silencers.silence("one", t.at("last")));
  EXPECT_FALSE(t.silencers.silence("one", Range()));
}

} // namespace
