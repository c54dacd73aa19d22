// Tests of nn_summarize_columns: statistics of columns.
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt_test;

static nn_source sourceOf(int kind, const char *path) {
  nn_source s{};
  s.kind = kind;
  s.path = path;
  return s;
}

TEST(Columns, OfATable) {
  TemporaryFolder folder;
  folder.write("a.csv", "age,on\n30,0\n-40,1\n");
  const nn_source s = sourceOf(NN_CSV, "a.csv");
  const nn_column columns[] = {{"on", "", NN_NUMBER, 1}, {"age", "", NN_NUMBER, 1}};
  nn_column_summary summaries[2];
  ASSERT_EQ(nn_summarize_columns(&s, folder.path.c_str(), nullptr, columns, 2, summaries), 0);
  EXPECT_EQ(summaries[0].most, 1);
  EXPECT_TRUE(summaries[0].is_binary);
  EXPECT_EQ(summaries[1].least, -40);
  EXPECT_EQ(summaries[1].most, 30);
  EXPECT_DOUBLE_EQ(summaries[1].mean_square, (30 * 30 + 40 * 40) / 2.0);
  EXPECT_FALSE(summaries[1].is_binary);
  // Found in the other folder too.
  EXPECT_EQ(nn_summarize_columns(&s, "nowhere", folder.path.c_str(), columns, 2, summaries), 0);
}

TEST(Columns, OfRows) {
  const double values[] = {0, 200, 1, 3, 5, 0};
  nn_source s = sourceOf(NN_ROWS, nullptr);
  s.values = values;
  s.n_values = 6;
  s.row_width = 3;
  const char *fields[] = {"x", "x", "y"};
  s.columns = fields;
  s.n_columns = 3;
  const nn_column columns[] = {{"x", "", NN_NUMBER, 2}, {"y", "", NN_NUMBER, 1}};
  nn_column_summary summaries[2];
  ASSERT_EQ(nn_summarize_columns(&s, "", nullptr, columns, 2, summaries), 0);
  EXPECT_EQ(summaries[0].most, 200);
  EXPECT_EQ(summaries[0].least, 0);
  EXPECT_TRUE(summaries[1].is_binary);
}

TEST(Columns, WhatCannotBeRead) {
  TemporaryFolder folder;
  folder.write("bad.csv", "age\n30\nold\n");
  nn_column_summary summary;
  const nn_column age{"age", "", NN_NUMBER, 1}, other{"size", "", NN_NUMBER, 1};
  nn_source s = sourceOf(NN_CSV, "bad.csv");
  EXPECT_EQ(nn_summarize_columns(&s, folder.path.c_str(), nullptr, &age, 1, &summary), 1);
  EXPECT_EQ(nn_summarize_columns(&s, folder.path.c_str(), nullptr, &other, 1, &summary), 1);
  s.path = "missing.csv";
  EXPECT_EQ(nn_summarize_columns(&s, folder.path.c_str(), nullptr, &age, 1, &summary), 1);
  s = sourceOf(NN_IMAGES, "nowhere"); // not read
  EXPECT_EQ(nn_summarize_columns(&s, "", nullptr, &age, 1, &summary), 0);
  EXPECT_EQ(summary.most, 255);
  s = sourceOf(NN_MOONS, nullptr);
  EXPECT_EQ(nn_summarize_columns(&s, "", nullptr, &age, 1, &summary), 1);
}
