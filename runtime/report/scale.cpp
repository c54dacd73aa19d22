// Code that all plots share: scales with round ticks, text, colours.
#include "runtime/report/plots.h"

#include "runtime/support/status.h"
#include "runtime/support/visible.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

std::string htmlText(const std::string &text) {
  std::string out;
  // Control characters are not allowed in HTML or SVG; names of classes and columns, which come
  // from data, may contain any.
  for (char c : visible(text, /*lines=*/true))
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
    }
  return out;
}

const char *paletteColour(int index) {
  static const char *const colours[] = {"#3b86d6", "#d9692c", "#2f9e62", "#b45fc9",
                                        "#b8930c", "#d8487a", "#1a9aa6", "#8c7160"};
  return colours[index % 8];
}

/// A round step (1, 2 or 5 times a power of ten) that divides `range` into about four parts.
static double roundStep(double range) {
  double raw = range / 4, power = std::pow(10, std::floor(std::log10(raw))), part = raw / power;
  return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

Scale::Scale(const std::vector<double> &values, double from, double to, bool mayBeLogarithmic)
    : low(HUGE_VAL), high(-HUGE_VAL), from(from), to(to) {
  for (double value : values)
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  if (empty())
    return;
  logarithmic = mayBeLogarithmic && low > 0 && high >= 100 * low;
  if (high - low < 1e-12 * std::max(1.0, std::fabs(high))) { // a flat line still needs a scale
    low -= 0.5;
    high += 0.5;
  }
}

bool Scale::shows(double value) const {
  return std::isfinite(value) && !empty() && (!logarithmic || value > 0);
}

double Scale::at(double value) const {
  double part =
      logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return from + part * (to - from);
}

double Scale::within(double value) const { return at(std::min(high, std::max(low, value))); }

std::vector<double> Scale::ticks() const {
  std::vector<double> list;
  if (empty())
    return list;
  if (logarithmic) {
    int first = int(std::ceil(std::log10(low) - 1e-9)),
        last = int(std::floor(std::log10(high) + 1e-9));
    int every = std::max(1, (last - first + 4) / 5);
    for (int power = first; power <= last; power += every)
      list.push_back(std::pow(10, power));
    return list;
  }
  double step = roundStep(high - low);
  for (double tick = std::ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step)
    list.push_back(std::fabs(tick) < step * 1e-9 ? 0 : tick);
  return list;
}

std::string textSvg(double x, double y, const char *anchor, const std::string &text,
                    const char *more) {
  return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"currentColor\"%s>", x, y,
                anchor, more) +
         htmlText(text) + "</text>\n";
}

std::string svgOpen(double width, double height, const std::string &title, const char *kind,
                    bool alone) {
  std::string svg =
      alone ? format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\"",
                     width * 2, height * 2)
            : format("<svg class=\"%s\" width=\"%g\" height=\"%g\"", kind, width, height);
  svg += format(" viewBox=\"0 0 %g %g\" role=\"img\" font-family=\"system-ui,sans-serif\" "
                "font-size=\"12\" aria-label=\"%s\">\n",
                width, height, htmlText(title).c_str());
  if (alone)
    svg += format("<title>%s</title>\n<rect width=\"%g\" height=\"%g\" fill=\"white\"/>\n",
                  htmlText(title).c_str(), width, height);
  return svg;
}

std::string gridSvg(const Scale &scale, double left, double right) {
  std::string svg;
  for (double tick : scale.ticks())
    svg += format("<line x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\" "
                  "stroke-opacity=\"0.16\"/>\n",
                  left, right, scale.at(tick), scale.at(tick)) +
           textSvg(left - 6, scale.at(tick) + 4, "end", number(tick));
  return svg;
}

} // namespace nnrt
