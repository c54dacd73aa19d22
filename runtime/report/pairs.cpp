// Draws many pairs of numbers as dots: predicted over true, residuals over predicted.
#include "runtime/report/plots.h"

#include "runtime/support/status.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

static const double width = 440, height = 340, left = 62, right = 14, top = 26, bottom = 42;

std::string pairsSvg(const Pairs &pairs) {
  std::vector<double> x, y;
  for (const auto &[px, py] : pairs.points)
    if (std::isfinite(px) && std::isfinite(py)) {
      x.push_back(px);
      y.push_back(py);
    }
  if (x.empty())
    return "";
  if (pairs.diagonal) { // both axes have one scale, so that correct predictions are on the diagonal
    x.insert(x.end(), y.begin(), y.end());
    y = x;
  } else {
    y.push_back(0);
  }
  const Scale across(x, left + 6, width - right - 6, false),
      upright(y, height - bottom - 6, top + 6, false);
  std::string svg = svgOpen(width, height, pairs.title, "pairs", false) +
                    textSvg(left, 14, "start", pairs.title, " font-weight=\"600\"") +
                    gridSvg(upright, left, width - right);
  for (double tick : across.ticks())
    svg += textSvg(across.at(tick), height - bottom + 16, "middle", number(tick));
  svg += textSvg(width - right, height - 8, "end", pairs.across);
  const auto ends = std::minmax_element(x.begin(), x.end());
  const double low = *ends.first, high = *ends.second;
  svg += format("<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\" stroke-dasharray=\"5 3\"/>\n",
                across.at(low), upright.at(pairs.diagonal ? low : 0), across.at(high),
                upright.at(pairs.diagonal ? high : 0), paletteColour(1));
  // One path: a report should stay small.
  std::string path;
  for (const auto &[px, py] : pairs.points)
    if (std::isfinite(px) && std::isfinite(py))
      path += format("M%.1f %.1fh0", across.at(px), upright.at(py));
  return svg +
         format("<path fill=\"none\" stroke=\"%s\" stroke-width=\"4.5\" stroke-linecap=\"round\" "
                "stroke-opacity=\"0.45\" d=\"",
                paletteColour(0)) +
         path + "\"/>\n</svg>\n";
}

} // namespace nnrt
