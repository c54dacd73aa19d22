// Tests of inputs: columns side by side, class numbers of names and of numbers, and cells without a
// value.
#include "runtime/data/dataset.h"
#include "test/unit/runtime/Tables.h"

#include <gtest/gtest.h>

using namespace nnrt;
using namespace nnrt_test;

namespace {

/// Columns c of one number each: 100 c + row.
class Numbers : public nnrt::Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    for (int64_t r = 0; r < count; ++r)
      out.set(r, 100 * column + double(selected[r]));
  }
  bool isWide(int column) const override { return column == 2; }
  std::string place(int64_t row) const override { return "row " + std::to_string(row); }
};

/// Three columns of one number each.
const std::vector<ColumnT> columns = {columnOf("a", "", NN_NUMBER, 1),
                                      columnOf("b", "", NN_NUMBER, 1),
                                      columnOf("c", "", NN_NUMBER, 1)};

} // namespace

TEST(Inputs, ColumnsOfARunStandSideBySide) {
  const std::vector<InputT> inputs = {inputOf({2, 0, 1}, true)};
  const InputTable table{columns, inputs, 0};
  const int64_t rows[] = {7, 5};
  Numbers source;
  InputBuffers buffers;
  ASSERT_FALSE(buffers.allocate(table, false, 2, "a test").failed());
  buffers.fill(source, table, std::vector<ClassNumbers>(3), rows, 0, 2);
  const double expected[] = {207, 7, 107, 205, 5, 105};
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(buffers.at(0, 0).get(i), expected[i]) << i;
}

TEST(Inputs, WideNumbersDoNotFitNarrowInputs) {
  const std::vector<InputT> narrow = {inputOf({0}, false), inputOf({2}, false)},
                            wide = {inputOf({0}, false), inputOf({2}, true)};
  Numbers source;
  source.rows = 1;
  EXPECT_NE(checkWidths(source, {columns, narrow, 0}, "a.nn:1:1")
                .message()
                .find("`c` has numbers that need 64 bits"),
            std::string::npos);
  EXPECT_FALSE(checkWidths(source, {columns, wide, 0}, "a.nn:1:1").failed());
}

TEST(ClassNumbers, OfCodesAndOfNumbers) {
  ClassNumbers names;
  names.byCode = {2, 0, 1};
  EXPECT_EQ(names.of(0), 2);
  EXPECT_TRUE(std::isnan(names.of(-1)));
  names.absent = 7;
  EXPECT_EQ(names.of(-1), 7);
  const ClassNumbers numbers = classesOfNumbers({"-1", "2", "10.5"});
  EXPECT_EQ(numbers.of(-1), 0);
  EXPECT_EQ(numbers.of(10.5), 2);
  EXPECT_EQ(numbers.of(3), -1);
  EXPECT_FALSE(classesOfNumbers({"1", "red"}).isNeeded());
  EXPECT_FALSE(ClassNumbers().isNeeded());
}
