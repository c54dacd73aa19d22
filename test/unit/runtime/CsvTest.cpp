// CSV files: what is read, and what each mistake is called.
#include "LinearProgram.h"
#include "runtime/sources/csv_scan.h"
#include "runtime/sources/source.h"

using namespace nnrt;
using nnrt_test::TemporaryFolder;

namespace {
struct Table {
  TemporaryFolder folder;
  std::unique_ptr<Source> source;
  Status status;
  nn_source description{};
  std::string path;

  Table(const std::string &text, std::vector<ColumnRequest> columns, int header = NN_HEADER_AUTO,
        std::vector<const char *> names = {}) {
    folder.write("t.csv", text);
    path = folder / "t.csv";
    description.kind = NN_CSV;
    description.path = "t.csv";
    description.where = "p.nn:1:5";
    description.header = header;
    description.columns = names.data();
    description.n_columns = int32_t(names.size());
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
  Table t("\xEF\xBB\xBF" "a, \"b, c\" ,\"say \"\"hi\"\"\"\r\n 1.5 ,-2e3,+7\r\n\r\n\"4\",.5,6.",
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
  EXPECT_EQ(t.error(), "t.csv has no column `sepal_lenght`; did you mean `sepal_length`? (at p.nn:2:7)\n"
                       "  its columns are: `sepal_length`, `sepal_width`");
}

TEST(Csv, BadCells) {
  for (const char *cell : {"abc", "?", "NaN", "inf", "1e999", "0x10", "1 2", "--1", "+-1"}) {
    Table t(std::string("a,b\n1,2\n3, ") + cell + "\n", {numbers("b")});
    EXPECT_EQ(t.error(), std::string("t.csv:3:4: column `b` needs a number, found `") + cell + "`");
  }
  Table empty("a,b\n1,\n", {numbers("b")});
  EXPECT_EQ(empty.error(), "t.csv:2:3: column `b` needs a number, the cell is empty");
  Table noClass("a,b\n1,\n", {category("b")});
  EXPECT_EQ(noClass.error(), "t.csv:2:3: column `b` needs a class, the cell is empty");
}

TEST(Csv, CellsThatAreNotUsedMayBeAnything) {
  Table t("a,b\n1,?\n2,\n", {numbers("a")});
  EXPECT_FALSE(t.status.failed()) << t.error();
}

TEST(Csv, RaggedRows) {
  Table t("a,b\n1,2\n3\n", {numbers("a")});
  EXPECT_EQ(t.error(), "t.csv:3: this row has 1 cell, the table has 2 columns");
}

TEST(Csv, OpenQuote) {
  Table t("a,b\n1,\"2\n", {numbers("a")});
  EXPECT_EQ(t.error(), "t.csv:2:3: this quote is never closed");
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
  nn_source description{};
  description.kind = NN_CSV;
  description.path = ".";
  description.where = "p.nn:1:5";
  SourceSpec spec{&description, 0, 0, 0, 0, 0, 0, 0, 0, {folder.path, ""}};
  std::unique_ptr<Source> source;
  EXPECT_EQ(openSource(spec, {}, source).message(), folder.path + "/. is a directory, not a file (at p.nn:1:5)");
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
