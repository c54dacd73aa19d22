// Plots as inline SVG: axes with round ticks, one polyline for each curve.
#include "runtime/report.h"

#include "runtime/status.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

static const double width = 440, height = 240, left = 58, right = 12, top = 24, bottom = 32;

/// A round step (1, 2 or 5 times a power of ten) that cuts `range` into about four.
static double roundStep(double range) {
  double raw = range / 4, power = std::pow(10, std::floor(std::log10(raw))), part = raw / power;
  return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

std::string curvesSvg(const std::string &title, const std::vector<Curve> &curves, int64_t stride, int64_t mark) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  size_t count = 0;
  for (const Curve &curve : curves) {
    count = std::max(count, curve.values.size());
    for (double value : curve.values)
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
  }
  if (low > high)
    return "";
  if (high - low < 1e-12 * std::max(1.0, std::fabs(high))) { // a flat line still needs a scale
    low -= 0.5;
    high += 0.5;
  }
  double last = count ? double(count - 1) * double(stride) : 0; // epochs count from 0 here, from 1 for the reader
  auto x = [&](double epoch) { return left + (last > 0 ? epoch / last : 0.5) * (width - left - right); };
  auto y = [&](double value) { return top + (high - value) / (high - low) * (height - top - bottom); };

  std::string svg = format("<svg width=\"%g\" height=\"%g\" viewBox=\"0 0 %g %g\" role=\"img\">\n", width, height, width,
                           height);
  svg += format("<text x=\"%g\" y=\"14\" style=\"font-weight:600\">%s</text>\n", left, htmlText(title).c_str());
  double tickStep = roundStep(high - low);
  for (double tick = std::ceil(low / tickStep) * tickStep; tick <= high + tickStep * 1e-9; tick += tickStep)
    svg += format("<line x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\"/><text x=\"%g\" y=\"%.1f\" "
                  "text-anchor=\"end\">%s</text>\n",
                  left, width - right, y(tick), y(tick), left - 6, y(tick) + 4,
                  number(std::fabs(tick) < tickStep * 1e-9 ? 0 : tick).c_str());
  if (last > 0) {
    double every = std::max(1.0, roundStep(last + 1));
    for (double epoch = 0; epoch <= last + 1; epoch += every) {
      double shown = epoch == 0 ? 1 : epoch;
      svg += format("<text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\">%g</text>\n", x(shown - 1), height - 14, shown);
    }
  }
  svg += format("<text x=\"%g\" y=\"%g\" text-anchor=\"end\">epoch</text>\n", width - right, height - 2);
  if (mark >= 0 && double(mark) <= last)
    svg += format("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%g\" y2=\"%g\" stroke=\"#999\" stroke-dasharray=\"3 3\"/>\n",
                  x(double(mark)), x(double(mark)), top, height - bottom);
  static const char *const colours[] = {"#2878c8", "#d0602a"};
  for (size_t c = 0; c < curves.size(); ++c) {
    const std::vector<double> &values = curves[c].values;
    // More points than pixels only make the file big; the last one is always drawn.
    size_t step = std::max<size_t>(1, values.size() / 800);
    std::string points;
    auto flush = [&] {
      if (!points.empty())
        svg += format("<polyline fill=\"none\" stroke-width=\"1.5\" stroke=\"%s\" points=\"%s\"/>\n", colours[c % 2],
                      points.c_str());
      points.clear();
    };
    for (size_t i = 0; i < values.size(); i = i + 1 < values.size() ? std::min(i + step, values.size() - 1) : i + 1) {
      if (!std::isfinite(values[i])) {
        flush();
        continue;
      }
      points += format("%.1f,%.1f ", x(double(i) * double(stride)), y(values[i]));
    }
    flush();
    svg += format("<text x=\"%g\" y=\"14\" text-anchor=\"end\" style=\"fill:%s\">%s</text>\n",
                  width - right - 40 * double(curves.size() - 1 - c), colours[c % 2], htmlText(curves[c].name).c_str());
  }
  return svg + "</svg>\n";
}

} // namespace nnrt
