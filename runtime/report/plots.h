// Plots as SVG, in the report and as separate files: lines over epochs, dots, bars.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nnrt {

/// `text` with <, >, & and quotes escaped.
std::string htmlText(const std::string &text);

/// A line of a plot: value i is that of epoch i * stride. Values that are not finite leave a gap.
struct Curve {
  std::string name;
  std::vector<double> values;
  int64_t stride = 1;
  int colour = 0; // of the palette
  bool dashed = false;
  std::vector<double> spread; // of the values, drawn as a band around the line; empty: none
};

struct Plot {
  std::string title;
  std::vector<Curve> curves;
  int64_t mark = -1; // >= 0: an epoch, the one kept, with a vertical line
};

/// Curves over epochs with axes and a legend; the vertical axis is logarithmic if the values span
/// two decades or more. Empty if there is nothing to draw. `alone`: a separate file rather than a
/// part of a page.
std::string curvesSvg(const Plot &plot, bool alone = false);

/// Values over one quantity, a dot each; `best` >= 0 is drawn large. `line` joins the best values
/// so far (`lowest` says which).
struct Dots {
  std::string title, across;
  std::vector<std::pair<double, double>> points;
  int64_t best = -1;
  bool line = false, lowest = true;
};
std::string dotsSvg(const Dots &dots);

/// Pairs, one dot each: with a diagonal where both are equal and one scale for both axes, or with a
/// line at 0.
struct Pairs {
  std::string title, across;
  std::vector<std::pair<double, double>> points;
  bool diagonal = false;
};
std::string pairsSvg(const Pairs &pairs);

/// Lines between points whose coordinates are from 0 to 1, with a legend; `diagonal`: with a dashed
/// line from the origin. With `dots`, each point is drawn too.
struct Lines {
  std::string title, across, upright;
  struct Line {
    std::string name;
    std::vector<std::pair<double, double>> points;
  };
  std::vector<Line> lines;
  bool diagonal = false, dots = false;
};
std::string linesSvg(const Lines &lines);

/// Bars of equal width from `low` to `high`.
std::string barsSvg(const std::string &title, const std::vector<double> &counts, double low,
                    double high, bool alone = false);

/// Bars without axes, as small as a word, for tables.
std::string smallBarsSvg(const std::string &title, const std::vector<double> &counts);

/// The colours of curves, in turn: readable on light and dark backgrounds.
const char *paletteColour(int index);

/// An axis: maps values to pixels between two ends, and computes its ticks.
class Scale {
public:
  /// Covers the finite values of `values`. If it may be logarithmic, it is so for positive values
  /// that span two decades or more.
  Scale(const std::vector<double> &values, double from, double to, bool mayBeLogarithmic);
  bool empty() const { return low > high; }
  double at(double value) const;
  /// The same, clamped to the ends.
  double within(double value) const;
  std::vector<double> ticks() const;
  bool isLogarithmic() const { return logarithmic; }
  /// Whether a value can be shown on this axis.
  bool shows(double value) const;

private:
  double low, high, from, to;
  bool logarithmic = false;
};

/// The opening tag of a part of a page, or of a file with a white background; `kind` is its class.
std::string svgOpen(double width, double height, const std::string &title, const char *kind,
                    bool alone);
/// Horizontal lines and numbers for a vertical scale, from `left` to `right`.
std::string gridSvg(const Scale &scale, double left, double right);
/// Text; `anchor` is start, middle or end.
std::string textSvg(double x, double y, const char *anchor, const std::string &text,
                    const char *more = "");

} // namespace nnrt
