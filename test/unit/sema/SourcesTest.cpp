// Tests of file sources: columns from the file, and its errors at the line that names it.
#include "Check.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnc;

namespace {

/// A folder with `table.csv`: the columns width, height, `kind of thing`.
struct Sources : testing::Test {
  void SetUp() override {
    llvm::SmallString<128> path;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("sema", path));
    dir = path.str().str();
    write("table.csv", "width,height,kind of thing\n1,2,a\n3,4,b\n");
  }
  void TearDown() override { llvm::sys::fs::remove_directories(dir); }
  void write(llvm::StringRef name, llvm::StringRef text) {
    std::error_code error;
    llvm::raw_fd_ostream(dir + "/" + name.str(), error) << text;
  }
  Checked check(llvm::StringRef text) {
    sema::Options options;
    options.sourceDir = dir;
    return Checked(text, options);
  }
  std::string dir;
};

} // namespace

TEST_F(Sources, columns) {
  Checked c =
      check("data d = csv(\"table.csv\") { x = [width, height]; y = category(`kind of thing`) }\n");
  ASSERT_EQ(c.errors(), Messages{});
  const sema::DataInfo &info = c.symbols.data.front().second;
  EXPECT_EQ(info.source.columns.size(), 3u);
  EXPECT_EQ(info.fields.size(), 2u);
}

TEST_F(Sources, unknownColumn) {
  Checked c = check("data d = csv(\"table.csv\") {\n  x = [width, hieght]\n}\n");
  EXPECT_EQ(c.errors(), Messages{"2:15 unknown column `hieght`"});
  EXPECT_EQ(c.notes(), Messages{"did you mean `height`?"});
}

TEST_F(Sources, ranges) {
  EXPECT_EQ(check("data d = csv(\"table.csv\") { x = [width .. height] }\n").errors(), Messages{});
  EXPECT_EQ(check("data d = csv(\"table.csv\") { x = [height .. width] }\n").errors(),
            Messages{"1:34 no columns in this range: `height` comes after `width`"});
}

TEST_F(Sources, missingFile) {
  Checked c = check("data d = csv(\"none.csv\") { x = [a, b] }\nmodel m(x: [2]) { x |> dense(2) }\n"
                    "train m on d { loss = mse(m(x), y); optimizer = adam; epochs = 1 }\n");
  auto errors = c.errors();
  ASSERT_EQ(errors.size(),
            2u); // the columns of a missing file are not reported; the missing field is
  EXPECT_EQ(errors[0].substr(0, 5), "1:14 ");
  EXPECT_EQ(errors[1], "3:33 unknown name `y`");
}

TEST_F(Sources, directoryInsteadOfFile) {
  llvm::sys::fs::create_directory(dir + "/folder");
  auto errors = check("data d = csv(\"folder\") { x = [a] }\n").errors();
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].substr(0, 5), "1:14 ");
}

TEST_F(Sources, dataDirIsTried) {
  sema::Options options;
  options.sourceDir = dir + "/elsewhere";
  options.dataDir = dir;
  Checked c("data d = csv(\"data/table.csv\") { x = [width] }\n", options);
  EXPECT_EQ(c.errors(), Messages{});
  EXPECT_EQ(c.symbols.data.front().second.source.dir, dir);
}

TEST_F(Sources, settings) {
  EXPECT_EQ(check("data d = csv(\"table.csv\", header = maybe) { x = [width] }\n").errors(),
            Messages{"1:36 `header` is `auto`, `yes` or `none`"});
  EXPECT_EQ(check("data d = csv(\"table.csv\", colums = [a]) { x = [width] }\n").errors(),
            Messages{"1:27 `csv` has no parameter `colums`"});
  EXPECT_EQ(check("data d = csv(\"table.csv\", columns = [a, b, a]) { x = [a] }\n").errors(),
            Messages{"1:44 two columns are called `a`"});
  EXPECT_EQ(check("data d = csv(3) { x = [a] }\n").errors(),
            Messages{"1:14 the name of a file is expected here, in quotes"});
}

TEST_F(Sources, testSource) {
  write("other.csv", "width,depth\n1,2\n");
  EXPECT_EQ(
      check("data d = csv(\"table.csv\") { test = csv(\"other.csv\"); x = [width] }\n").errors(),
      Messages{"1:36 the test source has other columns or shapes than the training source"});
  EXPECT_EQ(check("data d = csv(\"table.csv\") { test = csv(\"table.csv\"); split test = 10%; x = "
                  "[width] }\n")
                .errors(),
            Messages{"1:67 the test split has a source of its own"});
}
