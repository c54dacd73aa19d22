// Formats values as text.
#include "runtime/terminal/tables.h"

#include "runtime/support/status.h"
#include "runtime/support/visible.h"

#include <algorithm>

namespace nnrt {

static void nest(const std::vector<double> &values, const std::vector<int64_t> &shape, size_t dim,
                 size_t &at, std::string &text) {
  if (dim == shape.size()) {
    text += number(values[at++]);
    return;
  }
  text += "[";
  bool lines = dim + 1 < shape.size();
  for (int64_t i = 0; i < shape[dim]; ++i) {
    if (i)
      text += lines ? ",\n" + std::string(dim + 1, ' ') : ", ";
    nest(values, shape, dim + 1, at, text);
  }
  text += "]";
}

std::string nested(const std::vector<double> &values, const std::vector<int64_t> &shape) {
  if (shape.size() == 1 && values.size() == 1)
    return number(values[0]); // a vector of one element, such as the value of a network with one
                              // output
  std::string text;
  size_t at = 0;
  nest(values, shape, 0, at, text);
  return text;
}

std::string valueText(const std::vector<double> &values, const std::vector<int64_t> &shape,
                      const std::vector<std::string> &classes) {
  if (shape.size() != 2)
    return "  " + nested(values, shape) + "\n";
  size_t rows = size_t(shape[0]), columns = size_t(shape[1]);
  auto heading = [&](size_t i, size_t of) {
    return classes.size() == of ? visible(classes[i]) : std::to_string(i);
  };
  std::vector<std::string> cells;
  for (double value : values)
    cells.push_back(number(value));
  size_t first = 4; // "true"
  for (size_t r = 0; r < rows; ++r)
    first = std::max(first, characters(heading(r, rows)));
  std::vector<size_t> widths(columns);
  for (size_t c = 0; c < columns; ++c) {
    widths[c] = characters(heading(c, columns));
    for (size_t r = 0; r < rows; ++r)
      widths[c] = std::max(widths[c], characters(cells[r * columns + c]));
  }
  std::string text = "  " + padded("", first, false);
  for (size_t c = 0; c < columns; ++c)
    text += "  " + padded(heading(c, columns), widths[c], true);
  text += "\n";
  for (size_t r = 0; r < rows; ++r) {
    text += "  " + padded(heading(r, rows), first, false);
    for (size_t c = 0; c < columns; ++c)
      text += "  " + padded(cells[r * columns + c], widths[c], true);
    text += "\n";
  }
  return text;
}

} // namespace nnrt
