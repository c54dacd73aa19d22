// Draws curves over epochs, one polyline each; page.js shows the values under the pointer.
#include "runtime/report/plots.h"

#include "runtime/support/status.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

static const double width = 440, left = 56, right = 14, plotHeight = 190, legendRow = 17;

/// The part of a name that fits in a row of the legend: the end of a long name, where runs of one
/// comparison differ ("…, fold 2 of 5").
static std::string shortened(const std::string &name) {
  const size_t most = 48;
  if (name.size() <= most)
    return name;
  size_t from = name.size() - most;
  while (from < name.size() && (name[from] & 0xC0) == 0x80) // whole characters
    ++from;
  return "…" + name.substr(from);
}

/// Names with their colours, in as many rows as they need; `y` is the first baseline and moves
/// below the last.
static std::string legendSvg(const std::vector<Curve> &curves, double &y) {
  std::string svg;
  double x = left;
  for (const Curve &curve : curves) {
    const std::string name = shortened(curve.name);
    double need = 30 + 6.6 * double(name.size());
    if (x > left && x + need > width) {
      x = left;
      y += legendRow;
    }
    svg += format("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
                  "stroke-width=\"3\"%s/>\n",
                  x, x + 18, y - 4, y - 4, paletteColour(curve.colour),
                  curve.dashed ? " stroke-dasharray=\"4 3\"" : "") +
           textSvg(x + 23, y, "start", name);
    x += need + 8;
  }
  y += legendRow;
  return svg;
}

/// Sequences of finite values as polylines, with the data that page.js needs to show them.
static std::string lineSvg(const Curve &curve, const Scale &across, const Scale &upright) {
  // More points than pixels only make the file big; the last one is always drawn.
  const size_t count = curve.values.size(), step = std::max<size_t>(1, count / 800);
  std::string points, lines, epochs, values;
  auto flush = [&] {
    if (!points.empty())
      lines +=
          format("<polyline fill=\"none\" stroke-width=\"1.8\" stroke=\"%s\"%s points=\"%s\"/>\n",
                 paletteColour(curve.colour), curve.dashed ? " stroke-dasharray=\"5 3\"" : "",
                 points.c_str());
    points.clear();
  };
  size_t drawn = 0;
  double lastX = 0, lastY = 0;
  for (size_t i = 0; i < count; i = i + 1 < count ? std::min(i + step, count - 1) : i + 1) {
    double epoch = double(i) * double(curve.stride) + 1;
    if (!upright.shows(curve.values[i])) {
      flush();
      continue;
    }
    lastX = across.at(epoch);
    lastY = upright.at(curve.values[i]);
    ++drawn;
    points += format("%.1f,%.1f ", lastX, lastY);
    epochs += format("%g ", epoch);
    values += format("%.4g ", curve.values[i]);
  }
  flush();
  if (drawn == 1)
    lines += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", lastX, lastY,
                    paletteColour(curve.colour));
  return format("<g data-name=\"%s\" data-epochs=\"%s\" data-values=\"%s\">\n",
                htmlText(curve.name).c_str(), epochs.c_str(), values.c_str()) +
         lines + "</g>\n";
}

/// The band of a curve's spread, where it is finite.
static std::string bandSvg(const Curve &curve, const Scale &across, const Scale &upright) {
  const size_t count = std::min(curve.values.size(), curve.spread.size()),
               step = std::max<size_t>(1, count / 400);
  std::string above, below;
  for (size_t i = 0; i < count; i = i + 1 < count ? std::min(i + step, count - 1) : i + 1) {
    const double value = curve.values[i], spread = curve.spread[i],
                 x = across.at(double(i) * double(curve.stride) + 1);
    if (!upright.shows(value) || !(spread >= 0))
      continue;
    above += format("%.1f,%.1f ", x, upright.within(value + spread));
    below = format("%.1f,%.1f ", x, upright.within(value - spread)) + below;
  }
  if (above.empty())
    return "";
  return format("<polygon fill=\"%s\" fill-opacity=\"0.15\" points=\"",
                paletteColour(curve.colour)) +
         above + below + "\"/>\n";
}

std::string curvesSvg(const Plot &plot, bool alone) {
  double last = 1;
  std::vector<double> values, epochs;
  for (const Curve &curve : plot.curves) {
    if (!curve.values.empty())
      last = std::max(last, double(curve.values.size() - 1) * double(curve.stride) + 1);
    values.insert(values.end(), curve.values.begin(), curve.values.end());
    for (size_t i = 0; i < curve.spread.size() && i < curve.values.size(); ++i) {
      values.push_back(curve.values[i] + curve.spread[i]);
      const double value = curve.values[i]; // if the values are positive: a band down to 0 would
                                            // have no end on a logarithmic axis
      values.push_back(value > 0 ? std::max(value - curve.spread[i], value / 2)
                                 : value - curve.spread[i]);
    }
  }
  if (Scale(values, 0, 1, false).empty())
    return "";
  double y = 36;
  std::string legend = legendSvg(plot.curves, y);
  const double top = y - 6, bottom = top + plotHeight;
  Scale upright(values, bottom, top, true), across({1, last}, left, width - right, false);
  std::string svg = svgOpen(width, bottom + 36, plot.title + " over epochs", "curves", alone);
  if (!alone) // for page.js
    svg.insert(svg.size() - 2, format(" data-left=\"%g\" data-right=\"%g\" data-last=\"%g\"", left,
                                      width - right, last));
  svg += textSvg(left, 14, "start", plot.title + (upright.isLogarithmic() ? " (logarithmic)" : ""),
                 " font-weight=\"600\"") +
         legend + gridSvg(upright, left, width - right);
  std::vector<double> ticks = {1};
  if (last > 1)
    ticks = Scale({0, last}, 0, 1, false).ticks();
  for (double tick : ticks) {
    double epoch = tick == 0 ? 1 : tick;
    if (epoch == std::floor(epoch))
      svg += textSvg(last > 1 ? across.at(epoch) : (left + width - right) / 2, bottom + 16,
                     "middle", number(epoch));
  }
  svg += textSvg(width - right, bottom + 31, "end", "epoch");
  if (plot.mark >= 0 && double(plot.mark) + 1 <= last && last > 1)
    svg += format("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\" "
                  "stroke-opacity=\"0.6\" "
                  "stroke-dasharray=\"3 3\"><title>kept: epoch %lld</title></line>\n",
                  across.at(double(plot.mark) + 1), across.at(double(plot.mark) + 1), top, bottom,
                  (long long)plot.mark + 1);
  for (const Curve &curve : plot.curves)
    svg += bandSvg(curve, across, upright);
  for (const Curve &curve : plot.curves)
    svg += lineSvg(curve, across, upright);
  return svg + "</svg>\n";
}

} // namespace nnrt
