// Tests of nn_summarize_columns: statistics of columns.
#include "runtime/ask.h"
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt_test;

TEST(Columns, OfATable) {
  TemporaryFolder folder;
  folder.write("a.csv", "age,on\n30,0\n-40,1\n");
  const SourceT source = sourceOf(NN_CSV, "a.csv");
  const std::vector<ColumnT> columns = {columnOf("on", "", NN_NUMBER, 1),
                                        columnOf("age", "", NN_NUMBER, 1)};
  const auto summaries = nn_summarize_columns(source, folder.path, "", columns);
  ASSERT_EQ(summaries.size(), 2u);
  EXPECT_EQ(summaries[0].most, 1);
  EXPECT_TRUE(summaries[0].is_binary);
  EXPECT_EQ(summaries[1].least, -40);
  EXPECT_EQ(summaries[1].most, 30);
  EXPECT_DOUBLE_EQ(summaries[1].mean_square, (30 * 30 + 40 * 40) / 2.0);
  EXPECT_FALSE(summaries[1].is_binary);
  // Found in the other folder too.
  EXPECT_EQ(nn_summarize_columns(source, "nowhere", folder.path, columns).size(), 2u);
}

TEST(Columns, OfRows) {
  SourceT source = sourceOf(NN_ROWS);
  source.values = {0, 200, 1, 3, 5, 0};
  source.row_width = 3;
  source.columns = {"x", "x", "y"};
  const auto summaries = nn_summarize_columns(
      source, "", "", {columnOf("x", "", NN_NUMBER, 2), columnOf("y", "", NN_NUMBER, 1)});
  ASSERT_EQ(summaries.size(), 2u);
  EXPECT_EQ(summaries[0].most, 200);
  EXPECT_EQ(summaries[0].least, 0);
  EXPECT_TRUE(summaries[1].is_binary);
}

TEST(Columns, WhatCannotBeRead) {
  TemporaryFolder folder;
  folder.write("bad.csv", "age\n30\nold\n");
  auto summaries = [&](const SourceT &source, const char *column) {
    return nn_summarize_columns(source, folder.path, "", {columnOf(column, "", NN_NUMBER, 1)});
  };
  EXPECT_TRUE(summaries(sourceOf(NN_CSV, "bad.csv"), "age").empty());
  EXPECT_TRUE(summaries(sourceOf(NN_CSV, "bad.csv"), "size").empty());
  EXPECT_TRUE(summaries(sourceOf(NN_CSV, "missing.csv"), "age").empty());
  const auto images = summaries(sourceOf(NN_IMAGES, "nowhere"), "age"); // not read
  ASSERT_EQ(images.size(), 1u);
  EXPECT_EQ(images[0].most, 255);
  EXPECT_TRUE(summaries(sourceOf(NN_MOONS), "age").empty());
}
