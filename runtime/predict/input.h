// Opens the files that predict reads.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// The elements of one column, row after row, from a table of plain numbers; the other columns are
/// zero.
class MatrixSource : public Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    int64_t size = sizes[column];
    for (int64_t r = 0; r < count; ++r)
      for (int64_t i = 0; i < size; ++i)
        out.set(r * size + i, column == main ? numbers[selected[r] * width + i] : 0);
  }
  bool has(int column) const override { return column == main; }
  std::string place(int64_t row) const override {
    return format("%s:%u", path.c_str(), lines[row]);
  }

  std::string path;
  int main = 0;
  int64_t width = 0;
  std::vector<int64_t> sizes;
  std::vector<double> numbers;
  std::vector<uint32_t> lines;
};

/// Opens the input as a table with the data set's columns, by name if it has a header, otherwise by
/// position. Columns may be missing.
Status openTable(Run &run, const DataT &data, std::unique_ptr<Source> &source);

/// Opens an input of the same kind as the data set's own source: images (a file, or a folder of
/// them), NumPy arrays, a text. `source` stays null if it is none of these.
Status openAlike(Run &run, const DataT &data, std::unique_ptr<Source> &source);

/// Opens the input as rows of `width` numbers; further cells of a row are ignored. `described` is
/// its format.
Status openMatrix(const SourceT &described, const std::string &path, int64_t width,
                  std::unique_ptr<MatrixSource> &matrix);

/// The names of the columns of a table, to suggest one; none if it has no header.
std::vector<std::string> namesOf(const DataT &data, const std::string &path);

} // namespace nnrt
