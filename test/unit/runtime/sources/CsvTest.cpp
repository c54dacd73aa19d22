// Tests of CSV files: what is read, and the message for each mistake.
#include "runtime/sources/csv_scan.h"
#include "runtime/sources/source.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>
#define ZLIB_CONST // z_stream::next_in is const
#include <zlib.h>

using namespace nnrt;
using nnrt_test::TemporaryFolder;

namespace {
struct Table {
  TemporaryFolder folder;
  std::unique_ptr<nnrt::Source> source;
  Status status;
  SourceT description;
  std::string path;

  Table(const std::string &text, std::vector<ColumnRequest> columns,
        program::header header = NN_HEADER_AUTO, std::vector<std::string> names = {},
        SourceT settings = {}) {
    folder.write("t.csv", text);
    path = folder / "t.csv";
    description = settings;
    description.kind = NN_CSV;
    description.path = "t.csv";
    description.where = "p.nn:1:5";
    description.header = header;
    description.columns = names;
    SourceSpec spec{&description, 0, 0, 0, 0, 0, 0, 0, 0, {folder.path, ""}};
    status = openSource(spec, columns, source);
  }
  std::vector<double> column(int index) {
    std::vector<double> values(source->rows);
    std::vector<int64_t> rows(source->rows);
    for (size_t i = 0; i < rows.size(); ++i)
      rows[i] = int64_t(i);
    source->fill(index, rows.data(), source->rows, {values.data(), true});
    return values;
  }
  /// The message with the folder taken out.
  std::string error() {
    std::string text = status.message();
    for (size_t at; (at = text.find(folder.path + "/")) != std::string::npos;)
      text.erase(at, folder.path.size() + 1);
    return text;
  }
};

ColumnRequest numbers(const char *name) { return {name, "p.nn:2:7", NN_NUMBER, 1}; }
ColumnRequest category(const char *name) { return {name, "p.nn:2:7", NN_CATEGORY, 1}; }
} // namespace

TEST(Csv, HeaderQuotesBlanksAndLineEnds) {
  Table t("\xEF\xBB\xBF"
          "a, \"b, c\" ,\"say \"\"hi\"\"\"\r\n 1.5 ,-2e3,+7\r\n\r\n\"4\",.5,6.",
          {numbers("a"), numbers("b, c"), numbers("say \"hi\"")});
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.column(0), (std::vector<double>{1.5, 4}));
  EXPECT_EQ(t.column(1), (std::vector<double>{-2000, 0.5}));
  EXPECT_EQ(t.column(2), (std::vector<double>{7, 6}));
  EXPECT_EQ(t.source->place(1), t.path + ":4");
}

TEST(Csv, WithoutHeaderColumnsAreNumbered) {
  Table t("1,2,x\n3,4,y\n", {numbers("c2"), category("c3")});
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.column(0), (std::vector<double>{2, 4}));
  EXPECT_EQ(t.source->category(1)->names, (std::vector<std::string>{"x", "y"}));
}

TEST(Csv, NamesFromTheProgram) {
  Table t("1,2\n", {numbers("second")}, NN_HEADER_AUTO, {"first", "second"});
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.column(0), (std::vector<double>{2}));
  Table skipped("a,b\n1,2\n", {numbers("second")}, NN_HEADER_AUTO, {"first", "second"});
  ASSERT_FALSE(skipped.status.failed()) << skipped.error();
  EXPECT_EQ(skipped.source->rows, 1);
  Table wrong("1,2,3\n", {numbers("second")}, NN_HEADER_AUTO, {"first", "second"});
  EXPECT_EQ(wrong.error(), "t.csv:1 has 3 columns, the program names 2 (at p.nn:1:5)");
}

TEST(Csv, HeaderAsked) {
  Table no("a,b\nc,d\n", {category("c1")}, NN_HEADER_NO);
  ASSERT_FALSE(no.status.failed());
  EXPECT_EQ(no.source->rows, 2);
  Table yes("1,2\n3,4\n", {numbers("1")}, NN_HEADER_YES);
  ASSERT_FALSE(yes.status.failed()) << yes.error();
  EXPECT_EQ(yes.source->rows, 1);
}

TEST(Csv, OtherSeparators) {
  Table semicolon("a;b\n1;2\n", {numbers("b")});
  ASSERT_FALSE(semicolon.status.failed()) << semicolon.error();
  Table tab("a\tb\n1\t2\n", {numbers("b")});
  ASSERT_FALSE(tab.status.failed()) << tab.error();
  EXPECT_EQ(tab.column(0), (std::vector<double>{2}));
}

TEST(Csv, ExactNumbers) {
  Table t("a\n0.1\n123456789012345678\n1e-400\n5e-324\n", {numbers("a")});
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.column(0), (std::vector<double>{0.1, 123456789012345678.0, 0, 5e-324}));
}

TEST(Csv, MissingColumn) {
  Table t("sepal_length,sepal_width\n1,2\n", {numbers("sepal_lenght")});
  EXPECT_EQ(t.error(),
            "t.csv has no column `sepal_lenght`; did you mean `sepal_length`? (at p.nn:2:7)\n"
            "  its columns are: `sepal_length`, `sepal_width`");
}

TEST(Csv, BadCells) {
  for (const char *cell : {"abc", "inf", "1e999", "0x10", "1 2", "--1", "+-1"}) {
    Table t(std::string("a,b\n1,2\n3, ") + cell + "\n", {numbers("b")});
    EXPECT_EQ(t.error(), std::string("t.csv:3:4: column `b` needs a number, found `") + cell +
                             "`\n  the number is needed at p.nn:2:7");
  }
  SourceT all;
  all.has_missing = true; // nothing is missing
  Table empty("a,b\n1,2\n1,\n", {numbers("b")}, NN_HEADER_AUTO, {}, all);
  EXPECT_EQ(empty.error(), "t.csv:3:3: column `b` needs a number, the cell is empty\n  the number "
                           "is needed at p.nn:2:7");
}

TEST(Csv, CellsWithoutAValue) {
  for (const char *cell : {"", "?", "NA", "N/A", "nan", "NaN", "null", "\"\""}) {
    Table t(std::string("a,b\n1,x\n3,y\n") + cell + ",z\n" + "4," + cell + "\n",
            {numbers("a"), category("b")});
    ASSERT_FALSE(t.status.failed()) << t.error();
    EXPECT_EQ(t.source->absent(0), (std::vector<int64_t>{2}));
    EXPECT_EQ(t.source->absent(1), (std::vector<int64_t>{3}));
    EXPECT_TRUE(std::isnan(t.column(0)[2]));
    EXPECT_EQ(t.column(1), (std::vector<double>{0, 1, 2, -1}));
    EXPECT_EQ(t.source->category(1)->names, (std::vector<std::string>{"x", "y", "z"}));
  }
  SourceT own;
  own.has_missing = true;
  own.missing = {"-999"};
  Table t("a,b\n1,x\n-999,?\n", {numbers("a"), category("b")}, NN_HEADER_AUTO, {}, own);
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.source->absent(0), (std::vector<int64_t>{1}));
  EXPECT_TRUE(t.source->absent(1).empty());
  EXPECT_EQ(t.source->category(1)->names, (std::vector<std::string>{"x", "?"}));
}

TEST(Csv, PreviousValuesFlagsAndComparisons) {
  ColumnRequest previous = numbers("a"), flag = numbers("a"), usa = numbers("b"),
                before = category("b");
  previous.absent = before.absent = NN_ABSENT_PREVIOUS;
  flag.kind = NN_MISSING;
  usa.kind = NN_EQUALS;
  usa.text = "?";
  Table t("a,b\n?,?\n,x\n3,?\n,y\nNA,?\n4,x\n", {previous, flag, usa, before});
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.source->absent(0), (std::vector<int64_t>{0, 1})); // there is nothing above them
  const std::vector<double> a = t.column(0);
  EXPECT_EQ(std::vector<double>(a.begin() + 2, a.end()), (std::vector<double>{3, 3, 3, 4}));
  EXPECT_EQ(t.column(1), (std::vector<double>{1, 1, 0, 1, 1, 0}));
  EXPECT_EQ(t.column(2), (std::vector<double>{1, 0, 1, 0, 1, 0}));
  EXPECT_EQ(t.column(3), (std::vector<double>{-1, 0, 0, 1, 1, 0}));
}

namespace {
std::string shapeOf(const std::string &text, std::vector<std::string> names = {},
                    SourceT settings = {}) {
  Table t(text, {}, NN_HEADER_AUTO, names, settings);
  return t.status.failed()
             ? t.error()
             : t.source->guessed() +
                   (t.source->guessed().empty() ? std::to_string(t.source->rows) : "");
}
const char asks[] = "is this line a header?";
} // namespace

TEST(Csv, WhetherTheFirstLineIsAHeader) {
  // Words above numbers: nothing is guessed.
  EXPECT_EQ(shapeOf("a,b\n1,x\n2,y\n"), "2");
  EXPECT_EQ(shapeOf("a,b\n1,?\n?,2\n", {"c", "d"}), "2");
  EXPECT_EQ(shapeOf("\"2019\",\"2020\"\n1,5\n7,2\n"), "2");
  // Numbers.
  EXPECT_EQ(shapeOf("1.5,2,x\n3,4,y\n"), "t.csv: no header, comma, 2 rows");
  EXPECT_EQ(shapeOf("0,1,2\n0.5,-1.5,2.25\n1.5,0.25,1.5\n"), "t.csv: header, comma, 2 rows");
  EXPECT_EQ(shapeOf(",0,1\n0,0.5,-1.5\n1,1.5,0.25\n"), "t.csv: header, comma, 2 rows");
  EXPECT_EQ(shapeOf("land,1990,1991\nA,0.5,1.5\nB,0.25,1.25\n"), "t.csv: header, comma, 2 rows");
  for (const char *doubtful :
       {"0,1,2\n5,3,2\n4,8,1\n", "land,1990,1991\nA,7677850,7754891\nB,8132171,8400412\n",
        "0\n0.5\n1.5\n", "a,1,5\n2,3,4\n", "id,1990,1991\n1,5,6\n2,5,6\n"})
    EXPECT_NE(shapeOf(doubtful).find(asks), std::string::npos) << doubtful << shapeOf(doubtful);
  Table unnamed(",0,1\n0,0.5,-1.5\n1,1.5,0.25\n", {numbers("c1"), numbers("c3")});
  EXPECT_FALSE(unnamed.status.failed()) << unnamed.error();
  Table years("1990,1991\n0.5,-1.5\n1.5,0.25\n", {numbers("1990")});
  EXPECT_FALSE(years.status.failed()) << years.error();
  // Words above words.
  EXPECT_EQ(shapeOf("a,b\nx,y\nz,y\n"), "t.csv: header, comma, 2 rows");
  EXPECT_EQ(shapeOf("x,y\nx,y\nz,y\n"), "t.csv: no header, comma, 3 rows");
  EXPECT_EQ(shapeOf("x,y\nx,y\nz,y\n", {"p", "q"}), "t.csv: no header, comma, 3 rows");
  EXPECT_EQ(shapeOf("p,q\nx,y\nz,y\n", {"p", "q"}), "2");
  EXPECT_NE(shapeOf("a,y\nx,y\nz,y\n").find(asks), std::string::npos);
  EXPECT_NE(shapeOf("a,b\nx,y\nz,y\n", {"p", "q"}).find(asks), std::string::npos);
  EXPECT_NE(shapeOf("a,b\n", {"p", "q"}).find(asks), std::string::npos);
}

TEST(Csv, SeparatorsOutsideOfQuotes) {
  EXPECT_EQ(shapeOf("\"a, b\";\"c; d\";e\n1;2;x\n3;4;y\n"), "t.csv: header, semicolon, 2 rows");
  EXPECT_EQ(shapeOf("a, b|c\n1|2\n3|4\n"), "t.csv: header, bar, 2 rows");
  EXPECT_EQ(shapeOf("a\tb\n1,5\t2,5\n3,5\t4,5\n"), "t.csv: header, tab, 2 rows");
  EXPECT_EQ(shapeOf("1,5;2,5\n3,5;4,5\n"), "t.csv: no header, semicolon, 2 rows");
  EXPECT_EQ(shapeOf("a;b\n\"x\ny;\";2\n\"\"\"z\"\"\";3\n"), "t.csv: header, semicolon, 2 rows");
  EXPECT_EQ(shapeOf("a\n1\n2\n"), "2");
  EXPECT_EQ(shapeOf("a,b,\n1,2,\n3,4,\n"), "2"); // a separator at the end
  EXPECT_EQ(shapeOf("a,b\n1,2,\n3,4,\n", {"x", "y"}), "2");
  EXPECT_EQ(shapeOf("a,b,\n1,2\n3,4\n", {"x", "y"}), "2");
}

TEST(Csv, LineEnds) {
  for (const char *end : {"\n", "\r\n", "\r"}) {
    const std::string e = end;
    Table t("a,b" + e + e + "1,\"x" + e + "y\"" + e + " " + e + "2,z",
            {numbers("a"), category("b")});
    ASSERT_FALSE(t.status.failed()) << t.error();
    EXPECT_EQ(t.column(0), (std::vector<double>{1, 2}));
    EXPECT_EQ(t.source->category(1)->names, (std::vector<std::string>{"x" + e + "y", "z"}));
    EXPECT_EQ(t.source->place(1), t.path + ":6");
  }
}

TEST(Csv, SettingsOfATable) {
  SourceT settings;
  settings.separator = ';';
  settings.decimal = ',';
  settings.quote = '\'';
  Table t("a;b\n1,5;'x;''y'\n-2,25e1;\"z\n", {numbers("a"), category("b")}, NN_HEADER_AUTO, {},
          settings);
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.column(0), (std::vector<double>{1.5, -22.5}));
  EXPECT_EQ(t.source->category(1)->names, (std::vector<std::string>{"x;'y", "\"z"}));
  Table thousands("a;b\n1,5;x\n1.234,5;y\n", {numbers("a")}, NN_HEADER_AUTO, {}, settings);
  EXPECT_EQ(
      thousands.error(),
      "t.csv:3:1: column `a` needs a number, found `1.234,5`\n  the number is needed at p.nn:2:7");
  Table comma("a;b\n1;x\n1,5;y\n", {numbers("a")});
  EXPECT_EQ(
      comma.error(),
      "t.csv:3:1: column `a` needs a number, found `1,5`\n  the number is needed at p.nn:2:7\n"
      "  `decimal = \",\"` reads numbers that are written like this");
  settings = {};
  settings.quote = noQuotes;
  Table inches("a,b\n1,5\"\n2,\"6\n", {category("b")}, NN_HEADER_AUTO, {}, settings);
  ASSERT_FALSE(inches.status.failed()) << inches.error();
  EXPECT_EQ(inches.source->category(0)->names, (std::vector<std::string>{"5\"", "\"6"}));
}

TEST(Csv, Encodings) {
  EXPECT_EQ(Table("a,b\n1,M\xfcller\n", {category("b")}).error(),
            "t.csv:2:4: byte 0xfc is no character: the file is not UTF-8 (at p.nn:1:5)\n  "
            "`encoding = \"latin1\"` reads it if it is in "
            "Latin-1, `encoding = \"cp1252\"` if it comes from Windows");
  for (const char *bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82"})
    EXPECT_NE(Table(std::string("a,b\n1,x") + bad + "\n", {category("b")})
                  .error()
                  .find("t.csv:2:4: byte"),
              std::string::npos);
  SourceT settings;
  settings.encoding = NN_LATIN1;
  Table latin("a,b\n1,M\xfcller\n", {category("b")}, NN_HEADER_AUTO, {}, settings);
  ASSERT_FALSE(latin.status.failed()) << latin.error();
  EXPECT_EQ(latin.source->category(0)->names, (std::vector<std::string>{"Müller"}));
  settings.encoding = NN_CP1252;
  Table windows("a,b\n1,5 \x80\n", {category("b")}, NN_HEADER_AUTO, {}, settings);
  ASSERT_FALSE(windows.status.failed()) << windows.error();
  EXPECT_EQ(windows.source->category(0)->names, (std::vector<std::string>{"5 €"}));
  Table none("a,b\n1,5 \x81\n", {category("b")}, NN_HEADER_AUTO, {}, settings);
  EXPECT_EQ(none.error(), "t.csv:2:5: byte 0x81 is no character of Windows-1252 (at p.nn:1:5)");
  const std::string wide("\xff\xfe"
                         "a\0,\0b\0\n\0"
                         "1\0,\0\xac\x20=\xd8\0\xde\n\0",
                         22);
  EXPECT_EQ(Table(wide, {category("b")}).error(), "t.csv is in UTF-16: it begins with its mark (at "
                                                  "p.nn:1:5)\n  `encoding = \"utf-16\"` reads it");
  settings.encoding = NN_UTF16;
  Table utf16(wide, {category("b")}, NN_HEADER_AUTO, {}, settings);
  ASSERT_FALSE(utf16.status.failed()) << utf16.error();
  EXPECT_EQ(utf16.source->category(0)->names, (std::vector<std::string>{"€😀"}));
}

static std::string zipped(const std::string &text) {
  z_stream z = {};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, 0);
  z.next_in = reinterpret_cast<const Bytef *>(text.data());
  z.avail_in = uInt(text.size());
  z.next_out = reinterpret_cast<Bytef *>(&out[0]);
  z.avail_out = uInt(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

TEST(Csv, Gzipped) {
  std::string text = "a\n";
  for (int i = 0; i < 200000; ++i)
    text += std::to_string(i * 7919 % 100003) + "\n";
  Table t(zipped(text.substr(0, 500002)) + zipped(text.substr(500002)),
          {numbers("a")}); // two parts
  ASSERT_FALSE(t.status.failed()) << t.error();
  EXPECT_EQ(t.source->rows, 200000);
  EXPECT_EQ(t.column(0)[199999], 199999.0 * 7919 - 100003 * std::floor(199999.0 * 7919 / 100003));
  const std::string packed = zipped(text);
  EXPECT_NE(Table(packed.substr(0, packed.size() / 2), {numbers("a")})
                .error()
                .find("t.csv is damaged: its compressed data end too early"),
            std::string::npos);
  std::string damaged = packed;
  damaged[packed.size() / 2] ^= 0x5A;
  EXPECT_NE(Table(damaged, {numbers("a")}).error().find("t.csv is damaged"), std::string::npos);
  damaged = packed;
  damaged[packed.size() - 7] ^= 1; // its checksum
  EXPECT_NE(Table(damaged, {numbers("a")}).error().find("t.csv is damaged"), std::string::npos);
  EXPECT_FALSE(Table(packed + std::string(512, 0), {numbers("a")}).status.failed()); // padding
  EXPECT_NE(Table(packed + std::string(4, 0) + "other", {numbers("a")})
                .error()
                .find("t.csv is damaged: after the end of its compressed data"),
            std::string::npos);
}

TEST(Csv, CellsThatAreNotUsedMayBeAnything) {
  Table t("a,b\n1,?\n2,\n", {numbers("a")});
  EXPECT_FALSE(t.status.failed()) << t.error();
}

TEST(Csv, RaggedRows) {
  Table t("a,b\n1,2\n3\n", {numbers("a")});
  EXPECT_EQ(t.error(), "t.csv:3: this row has 1 cell, the table has 2 columns, parted by commas");
}

TEST(Csv, OpenQuote) {
  Table t("a,b\n1,\"2\n", {numbers("a")});
  EXPECT_EQ(t.error(), "t.csv:2:3: this quote is never closed\n  where quotes are part of the "
                       "cells, `quote = none` says so");
}

TEST(Csv, FilesThatAreNoTables) {
  EXPECT_EQ(Table("", {numbers("a")}).error(), "t.csv is empty (at p.nn:1:5)");
  EXPECT_EQ(Table("\n \n", {numbers("a")}).error(), "t.csv has only empty lines (at p.nn:1:5)");
  EXPECT_EQ(Table("a,b\n", {numbers("a")}).error(), "t.csv has a header but no rows (at p.nn:1:5)");
  EXPECT_EQ(Table(std::string("a\n1\n\0\n", 6), {numbers("a")}).error(),
            "t.csv is not a text file: byte 5 is 0 (at p.nn:1:5)");
}

TEST(Csv, DirectoryAndMissingFile) {
  TemporaryFolder folder;
  SourceT description;
  description.kind = NN_CSV;
  description.path = ".";
  description.where = "p.nn:1:5";
  SourceSpec spec{&description, 0, 0, 0, 0, 0, 0, 0, 0, {folder.path, ""}};
  std::unique_ptr<nnrt::Source> source;
  EXPECT_EQ(openSource(spec, {}, source).message(),
            folder.path + "/. is a directory, not a file (at p.nn:1:5)");
  description.path = "none.csv";
  EXPECT_EQ(openSource(spec, {}, source).message(),
            "there is no file none.csv (at p.nn:1:5)\n  tried " + folder.path +
                "/none.csv\n  --data DIR names another folder to look in");
}

TEST(Csv, DataFolder) {
  TemporaryFolder program, data;
  std::string found;
  data.write("x.csv", "a\n1\n");
  EXPECT_FALSE(findFile("../data/tabular/x.csv", {program.path, data.path}, found).failed());
  EXPECT_EQ(found, data / "x.csv");
  program.write("x.csv", "a\n1\n");
  EXPECT_FALSE(findFile("x.csv", {program.path, data.path}, found).failed());
  EXPECT_EQ(found, program / "x.csv");
}
