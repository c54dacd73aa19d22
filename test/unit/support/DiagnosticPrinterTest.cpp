// Tests of the text form of messages: places, carets under letters of any width, long lines,
// limits.
#include "compiler/support/Diagnostics.h"
#include <gtest/gtest.h>

using namespace nnc;

namespace {

struct Fixture {
  Diagnostics diags;
  llvm::StringRef text;

  explicit Fixture(llvm::StringRef source) {
    if (auto buffer = addBuffer(diags, source, "t.nn"))
      text = bufferText(diags.sources(), *buffer);
  }
  /// The place of the first occurrence of `part`.
  Range find(llvm::StringRef part) {
    const char *at = text.data() + text.find(part);
    return {llvm::SMLoc::getFromPointer(at), llvm::SMLoc::getFromPointer(at + part.size())};
  }
  std::string printed() {
    std::string result;
    llvm::raw_string_ostream os(result);
    diags.print(os, false);
    return result;
  }
};

} // namespace

TEST(DiagnosticPrinter, PrintsPlaceLineAndCarets) {
  Fixture f("let a = 1\nlet b = foo + bar\n");
  f.diags.error(f.find("foo"), "no value is called `foo`")
      .also(f.find("bar"))
      .note(f.find("a ="), "this is near");
  EXPECT_EQ(f.printed(), "t.nn:2:9: error: no value is called `foo`\n"
                         "  let b = foo + bar\n"
                         "          ^~~   ^~~\n"
                         "t.nn:1:5: note: this is near\n"
                         "  let a = 1\n"
                         "      ^~~\n");
  EXPECT_EQ(f.printed(), "") << "each message is printed once";
}

TEST(DiagnosticPrinter, ShowsASecondPlaceOnAnotherLine) {
  Fixture f("first\nsecond\n");
  f.diags.error(f.find("second"), "clash").also(f.find("first"));
  EXPECT_EQ(
      f.printed(),
      "t.nn:2:1: error: clash\n  second\n  ^~~~~~\nt.nn:1:1: note: and here\n  first\n  ^~~~~\n");
}

TEST(DiagnosticPrinter, PlacesCaretsBehindTabsAndWideLetters) {
  Fixture f("\tθ = 漢字 + x\n");
  f.diags.error(f.find("x"), "m");
  EXPECT_EQ(f.printed(), "t.nn:1:11: error: m\n      θ = 漢字 + x\n                 ^\n");
}

TEST(DiagnosticPrinter, ReplacesBytesThatCannotBeShown) {
  Fixture f(""); // the buffer below is rejected as text, and its place is still printed
  EXPECT_FALSE(addBuffer(f.diags, "a\x01\x80\xFF z", "bad.nn"));
  EXPECT_EQ(
      f.printed(),
      "bad.nn:1:3: error: the byte 0x80 is not valid UTF-8; a program is saved as UTF-8 text\n"
      "  a??? z\n    ^\n");
}

TEST(DiagnosticPrinter, CutsLongLines) {
  Fixture f(std::string(5000, 'a') + " here " + std::string(5000, 'b'));
  f.diags.error(f.find("here"), "m");
  std::string printed = f.printed();
  EXPECT_LT(printed.size(), 400u);
  EXPECT_NE(printed.find("here"), std::string::npos);
}

TEST(DiagnosticPrinter, UnderlinesToTheEndOfTheFirstLineOfALongRange) {
  Fixture f("f(a,\n  b)\n");
  f.diags.error(f.find("f(a,\n  b)"), "m");
  EXPECT_EQ(f.printed(), "t.nn:1:1: error: m\n  f(a,\n  ^~~~\n");
}

TEST(DiagnosticPrinter, PointsBehindTheEndOfTheFile) {
  Fixture f("let a =");
  llvm::SMLoc end = llvm::SMLoc::getFromPointer(f.text.end());
  f.diags.error({end, end}, "m");
  EXPECT_EQ(f.printed(), "t.nn:1:8: error: m\n  let a =\n         ^\n");
}

TEST(DiagnosticPrinter, PrintsMessagesWithoutAPlace) {
  Fixture f("x");
  f.diags.error("no file").note("give one");
  f.diags.warning(Range(), "odd");
  EXPECT_EQ(f.printed(), "error: no file\nnote: give one\nwarning: odd\n");
}

TEST(DiagnosticPrinter, ShowsOnlyTheFirstErrors) {
  Fixture f("x");
  for (unsigned i = 0; i != Diagnostics::maxPrinted + 3; ++i)
    f.diags.error("e");
  std::string printed = f.printed();
  EXPECT_EQ(llvm::StringRef(printed).count("error: e"), Diagnostics::maxPrinted);
  EXPECT_TRUE(llvm::StringRef(printed).ends_with("… and 3 more errors\n"));
}

TEST(DiagnosticPrinter, SaysOneThingOnceAtOnePlace) {
  Fixture f("abc");
  for (unsigned i = 0; i != 2; ++i) {
    f.diags.error(f.find("b"), "e");
    f.diags.error(f.find("b"), "another");
    f.diags.error(f.find("c"), "e");
  }
  std::string printed = f.printed();
  EXPECT_EQ(llvm::StringRef(printed).count("error: e"), 2u);
  EXPECT_EQ(llvm::StringRef(printed).count("error: another"), 1u);
}
