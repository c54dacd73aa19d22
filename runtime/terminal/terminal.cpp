// Draws plots in text. A braille character has 2 × 4 dots: U+2800 plus a bit for each.
#include "runtime/terminal/terminal.h"

#include "runtime/support/status.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sys/ioctl.h>
#include <unistd.h>

namespace nnrt {

static const char *const eighths[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
static const char *const colourCodes[] = {"\033[34m", "\033[33m", "\033[32m",
                                          "\033[35m", "\033[36m", "\033[31m"};

Canvas standardCanvas() {
  Canvas canvas;
  const char *kind = getenv("TERM");
  winsize size{};
  if (isatty(1) && ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
    canvas.columns = std::min<int>(size.ws_col, 160);
  const char *none = getenv("NO_COLOR");
  canvas.colours = isatty(1) && kind && strcmp(kind, "dumb") != 0 && !(none && *none);
  return canvas;
}

namespace {

/// A grid of dots, with a colour for each character.
struct Dots {
  int columns, rows;
  std::vector<uint8_t> bits;
  std::vector<int> colour; // -1: none

  Dots(int columns, int rows)
      : columns(columns), rows(rows), bits(size_t(columns * rows)), colour(bits.size(), -1) {}
  void set(int x, int y, int tint) {
    static const uint8_t bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    size_t at = size_t(y / 4 * columns + x / 2);
    bits[at] |= bit[y % 4][x % 2];
    colour[at] = tint;
  }
  void line(int x0, int y0, int x1, int y1, int tint) {
    int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
    for (int i = 0; i <= steps; ++i)
      set(x0 + (x1 - x0) * i / steps, y0 + int(std::lround(double(y1 - y0) * i / steps)), tint);
  }
  std::string row(int r, bool colours) const {
    std::string text;
    for (int c = 0; c < columns; ++c) {
      size_t at = size_t(r * columns + c);
      int code = 0x2800 + bits[at];
      std::string dot = {char(0xE0 | code >> 12), char(0x80 | (code >> 6 & 63)),
                         char(0x80 | (code & 63))};
      text += bits[at] == 0                ? std::string(" ")
              : colours && colour[at] >= 0 ? colourCodes[colour[at] % 6] + dot + "\033[0m"
                                           : dot;
    }
    return text.erase(text.find_last_not_of(' ') + 1);
  }
};

} // namespace

std::string curvesText(const std::string &title, const std::vector<TextCurve> &curves,
                       const Canvas &canvas, int rows) {
  double low = HUGE_VAL, high = -HUGE_VAL, last = 1;
  for (const TextCurve &curve : curves)
    for (size_t i = 0; i < curve.values.size(); ++i)
      if (std::isfinite(curve.values[i])) {
        low = std::min(low, curve.values[i]);
        high = std::max(high, curve.values[i]);
        last = std::max(last, double(i) * double(curve.stride) + 1);
      }
  if (low > high)
    return title + ": no values\n";
  const std::string top = format("%.4g", high), bottom = format("%.4g", low);
  const int margin = int(std::max(top.size(), bottom.size())), width = canvas.columns - margin - 3;
  std::string text = title;
  if (canvas.colours && curves.size() > 1)
    for (size_t c = 0; c < curves.size(); ++c)
      text += std::string("  ") + colourCodes[c % 6] + "━ " + curves[c].name + "\033[0m";
  text += "\n";
  auto panel = [&](size_t first, size_t end) {
    Dots dots(width, rows);
    for (size_t c = first; c < end; ++c) {
      int oldX = -1, oldY = 0;
      for (size_t i = 0; i < curves[c].values.size(); ++i) {
        double value = curves[c].values[i], epoch = double(i) * double(curves[c].stride) + 1;
        if (!std::isfinite(value)) {
          oldX = -1;
          continue;
        }
        int x = last > 1 ? int((epoch - 1) / (last - 1) * (2 * width - 1)) : 0;
        int y = high > low ? int((high - value) / (high - low) * (4 * rows - 1)) : 2 * rows;
        dots.line(oldX < 0 ? x : oldX, oldX < 0 ? y : oldY, x, y, curves.size() > 1 ? int(c) : -1);
        oldX = x;
        oldY = y;
      }
    }
    for (int r = 0; r < rows; ++r)
      text += format("%*s ┤", margin,
                     r == 0          ? top.c_str()
                     : r == rows - 1 ? bottom.c_str()
                                     : "") +
              dots.row(r, canvas.colours) + "\n";
  };
  if (canvas.colours || curves.size() == 1) {
    panel(0, curves.size());
  } else {
    for (size_t c = 0; c < curves.size(); ++c) {
      text += "  " + curves[c].name + ":\n";
      panel(c, c + 1);
    }
  }
  std::string end = format("epoch %g", last);
  return text + format("%*s 1%*s\n", margin + 1, "", std::max(1, width - 1), end.c_str());
}

std::string histogramText(const std::string &title, const Histogram &h, const Canvas &canvas) {
  double most = 0, total = 0;
  size_t digits = 1;
  for (double count : h.counts) {
    most = std::max(most, count);
    total += count;
    digits = std::max(digits, number(count).size());
  }
  std::string text =
      format("%s: %s from %s to %s\n", title.c_str(), counted(int64_t(total), "value").c_str(),
             number(h.low).c_str(), number(h.high).c_str());
  const int room = canvas.columns - 14 - int(digits) - 1;
  for (size_t i = 0; i < h.counts.size(); ++i) {
    double length = most > 0 ? h.counts[i] / most * room : 0;
    std::string bar;
    for (int k = 0; k < int(length); ++k)
      bar += "█";
    bar += parts[int((length - std::floor(length)) * 8)];
    if (h.counts[i] > 0 && bar.empty())
      bar = parts[1];
    text += format("%10.3g │%s %s\n",
                   h.low + (h.high - h.low) * (double(i) + 0.5) / double(h.counts.size()),
                   bar.c_str(), number(h.counts[i]).c_str());
  }
  return text;
}

std::string sparkline(const std::vector<double> &values, size_t width) {
  std::vector<double> shown(values.end() - long(std::min(width, values.size())), values.end());
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (double value : shown)
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  std::string text;
  if (shown.size() < 2 || low > high)
    return text;
  for (double value : shown)
    text += std::isfinite(value)
                ? eighths[high > low ? int(std::lround((value - low) / (high - low) * 7)) : 0]
                : " ";
  return text;
}

} // namespace nnrt
