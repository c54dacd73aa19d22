// Plots in text: curves in braille dots, histograms in blocks, sparklines.
#pragma once

#include "runtime/record/history.h"

#include <string>
#include <vector>

namespace nnrt {

/// How text may be drawn: `columns` wide; `colours` if the terminal has them, otherwise each curve
/// has its own panel.
struct Canvas {
  int columns = 80;
  bool colours = false;
};
/// The canvas of standard output: 80 columns without colours if it is not a terminal.
Canvas standardCanvas();

/// A line of a plot over epochs, value i being that of epoch i * stride.
struct TextCurve {
  std::string name;
  std::vector<double> values;
  int64_t stride = 1;
};

/// Curves on one scale, `rows` lines high, with the range of values and epochs. Values that are not
/// finite leave a gap.
std::string curvesText(const std::string &title, const std::vector<TextCurve> &curves,
                       const Canvas &canvas, int rows = 10);

/// One line of blocks for each part of the range, with its count.
std::string histogramText(const std::string &title, const Histogram &histogram,
                          const Canvas &canvas);

/// The last `width` values as blocks of eight heights: "▇▅▃▂▁"; empty for fewer than two.
std::string sparkline(const std::vector<double> &values, size_t width);

} // namespace nnrt
