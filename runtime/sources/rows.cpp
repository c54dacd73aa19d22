// Rows written in the program itself: x's elements, then y's, in each row.
#include "runtime/sources/source.h"

namespace nnrt {
namespace {

class RowsSource : public Source {
public:
  RowsSource(const nn_source &source, std::vector<int64_t> starts, std::vector<int64_t> sizes)
      : values(source.values), width(source.row_width), starts(std::move(starts)), sizes(std::move(sizes)) {
    rows = source.n_values / width;
  }

  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    int64_t size = sizes[column];
    for (int64_t r = 0; r < count; ++r)
      for (int64_t i = 0; i < size; ++i)
        out.set(r * size + i, values[selected[r] * width + starts[column] + i]);
  }

  std::string place(int64_t row) const override { return format("row %lld", (long long)row + 1); }

private:
  const double *values;
  int64_t width;
  std::vector<int64_t> starts, sizes;
};

} // namespace

Status openRows(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                std::unique_ptr<Source> &result) {
  const nn_source &source = *spec.source;
  if (source.row_width <= 0 || source.n_values < source.row_width)
    return Status::error("the data set has no rows");
  // Only the whole layout tells where y starts: x lies in front, y at the end of each row.
  std::vector<int64_t> starts, sizes;
  for (const ColumnRequest &column : columns) {
    if (column.name != "x" && column.name != "y")
      return Status::error("rows have `x` and `y`, there is no `" + column.name + "`").at(column.where.c_str());
    if (column.size > source.row_width)
      return checkColumnSize(column, source.row_width, "rows");
    starts.push_back(column.name == "x" ? 0 : source.row_width - column.size);
    sizes.push_back(column.size);
  }
  result.reset(new RowsSource(source, std::move(starts), std::move(sizes)));
  return Status();
}

} // namespace nnrt
