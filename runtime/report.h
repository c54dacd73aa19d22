// Pieces of the HTML report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

/// `text` with <, >, & and quotes escaped.
std::string htmlText(const std::string &text);

/// A line of a plot; values that are not finite leave a gap.
struct Curve {
  std::string name;
  std::vector<double> values;
};

/// An SVG plot of curves over epochs, value i being that of epoch i * stride. `mark` >= 0 marks an epoch (the one kept)
/// by a vertical line.
std::string curvesSvg(const std::string &title, const std::vector<Curve> &curves, int64_t stride, int64_t mark);

} // namespace nnrt
