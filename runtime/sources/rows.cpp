// Rows written in the program itself: in each row, the elements of one field follow those of
// another.
#include "runtime/sources/source.h"

namespace nnrt {
namespace {

class RowsSource : public Source {
public:
  RowsSource(const SourceT &source, std::vector<int64_t> starts, std::vector<int64_t> sizes)
      : values(source.values.data()), width(source.row_width), starts(std::move(starts)),
        sizes(std::move(sizes)) {
    rows = int64_t(source.values.size()) / width;
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

NN_PART(NN_ROWS);

Status openRows(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                std::unique_ptr<Source> &result) {
  const SourceT &source = *spec.source;
  if (source.row_width <= 0 || int32_t(source.values.size()) < source.row_width)
    return Status::error("the data set has no rows");
  std::vector<int64_t> starts, sizes;
  for (const ColumnRequest &column : columns) {
    int64_t start = 0, end;
    while (start < int32_t(source.columns.size()) && column.name != source.columns[start])
      ++start;
    for (end = start; end < int32_t(source.columns.size()) && column.name == source.columns[end];
         ++end)
      ;
    if (start == end)
      return Status::error("the rows have no field `" + column.name + "`").at(column.where);
    NN_TRY(checkColumnSize(column, end - start, "rows"));
    starts.push_back(start);
    sizes.push_back(column.size);
  }
  result.reset(new RowsSource(source, std::move(starts), std::move(sizes)));
  return Status();
}

} // namespace nnrt
