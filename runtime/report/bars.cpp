// Draws bars and dots: histograms of weights, trials of a search.
#include "runtime/report/plots.h"

#include "runtime/support/status.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

static const double width = 440, height = 230, left = 56, right = 14, top = 26, bottom = 40;

std::string barsSvg(const std::string &title, const std::vector<double> &counts, double low,
                    double high, bool alone) {
  if (counts.empty())
    return "";
  std::vector<double> ends = counts;
  ends.push_back(0);
  Scale upright(ends, height - bottom, top, false), across({low, high}, left, width - right, false);
  std::string svg = svgOpen(width, height, title, "bars", alone) +
                    textSvg(left, 14, "start", title, " font-weight=\"600\"") +
                    gridSvg(upright, left, width - right);
  const double each = (width - left - right) / double(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    double from = low + (high - low) * double(i) / double(counts.size()),
           to = low + (high - low) * double(i + 1) / double(counts.size());
    svg += format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                  "fill=\"%s\"><title>%s to %s: %s</title></rect>\n",
                  left + each * double(i), upright.at(counts[i]), std::max(0.5, each - 1),
                  height - bottom - upright.at(counts[i]), paletteColour(0), number(from).c_str(),
                  number(to).c_str(), number(counts[i]).c_str());
  }
  for (double tick : across.ticks())
    svg += textSvg(across.at(tick), height - bottom + 16, "middle", number(tick));
  return svg + "</svg>\n";
}

std::string smallBarsSvg(const std::string &title, const std::vector<double> &counts) {
  const double each = 3, tall = 24, wide = each * double(counts.size());
  double most = 0;
  for (double count : counts)
    most = std::max(most, count);
  if (!(most > 0))
    return "";
  std::string path;
  for (size_t i = 0; i < counts.size(); ++i)
    path += format("M%g %gv%.1fh%gV%g", each * double(i), tall, -tall * counts[i] / most,
                   each - 0.5, tall);
  return format("<svg class=\"small\" width=\"%g\" height=\"%g\" viewBox=\"0 0 %g %g\" "
                "role=\"img\" aria-label=\"%s\"><title>%s</title>"
                "<path fill=\"%s\" d=\"%s\"/></svg>",
                wide, tall, wide, tall, htmlText(title).c_str(), htmlText(title).c_str(),
                paletteColour(0), path.c_str());
}

std::string dotsSvg(const Dots &dots) {
  std::vector<double> x, y;
  for (auto &point : dots.points)
    if (std::isfinite(point.first) && std::isfinite(point.second)) {
      x.push_back(point.first);
      y.push_back(point.second);
    }
  if (x.empty())
    return "";
  Scale across(x, left + 8, width - right - 8, true), upright(y, height - bottom, top + 6, true);
  std::string svg =
      svgOpen(width, height, dots.title, "dots", false) +
      textSvg(left, 14, "start", dots.title + (upright.isLogarithmic() ? " (logarithmic)" : ""),
              " font-weight=\"600\"") +
      gridSvg(upright, left, width - right);
  for (double tick : across.ticks())
    svg += textSvg(across.at(tick), height - bottom + 16, "middle", number(tick));
  svg += textSvg(width - right, height - 6, "end",
                 dots.across + (across.isLogarithmic() ? " (logarithmic)" : ""));
  std::string path, circles;
  double best = dots.lowest ? HUGE_VAL : -HUGE_VAL;
  for (size_t i = 0; i < dots.points.size(); ++i) {
    auto [px, py] = dots.points[i];
    if (!across.shows(px) || !upright.shows(py))
      continue;
    bool first = path.empty();
    best = dots.lowest ? std::min(best, py) : std::max(best, py);
    path += format(first ? "M%.1f %.1f" : "H%.1fV%.1f", across.at(px), upright.at(best));
    bool chosen = int64_t(i) == dots.best;
    circles += format(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\" fill=\"%s\"><title>%s: %s</title></circle>\n",
        across.at(px), upright.at(py), chosen ? 6.0 : 3.5, paletteColour(chosen ? 1 : 0),
        number(px).c_str(), number(py).c_str());
  }
  if (dots.line)
    svg += format("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-opacity=\"0.7\"/>\n",
                  path.c_str(), paletteColour(1));
  return svg + circles + "</svg>\n";
}

} // namespace nnrt
