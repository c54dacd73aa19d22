// Draws lines in the unit square: ROC, precision over recall, calibration.
#include "runtime/report/plots.h"

#include "runtime/support/status.h"

namespace nnrt {

static const double width = 440, height = 360, left = 62, right = 14, top = 44, bottom = 42;

std::string linesSvg(const Lines &lines) {
  const Scale across({0, 1}, left, width - right, false),
      upright({0, 1}, height - bottom, top, false);
  std::string svg = svgOpen(width, height, lines.title, "pairs", false) +
                    textSvg(left, 14, "start", lines.title, " font-weight=\"600\"") +
                    textSvg(left - 50, 32, "start", lines.upright) +
                    gridSvg(upright, left, width - right);
  for (double tick : across.ticks())
    svg += textSvg(across.at(tick), height - bottom + 16, "middle", number(tick));
  svg += textSvg(width - right, height - 8, "end", lines.across);
  if (lines.diagonal)
    svg += format("<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"currentColor\" stroke-opacity=\"0.4\" "
                  "stroke-dasharray=\"5 3\"/>\n",
                  across.at(0), upright.at(0), across.at(1), upright.at(1));
  for (size_t i = 0; i < lines.lines.size(); ++i) {
    std::string path, dots;
    for (const auto &[x, y] : lines.lines[i].points) {
      path += format("%s%.1f %.1f", path.empty() ? "M" : "L", across.within(x), upright.within(y));
      if (lines.dots)
        dots += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", across.within(x),
                       upright.within(y), paletteColour(int(i)));
    }
    svg +=
        format("<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" d=\"", paletteColour(int(i))) +
        path + "\"><title>" + htmlText(lines.lines[i].name) + "</title></path>\n" + dots;
  }
  // The legend is inside, at the end that curves seldom reach.
  if (lines.lines.size() > 1)
    for (size_t i = 0; i < lines.lines.size(); ++i) {
      const double y = height - bottom - 12 - 16 * double(lines.lines.size() - 1 - i);
      const std::string &name = lines.lines[i].name;
      svg += format("<path d=\"M%.1f %.1fh14\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                    width - right - 24, y - 4, paletteColour(int(i))) +
             textSvg(width - right - 30, y, "end",
                     characters(name) > 30 ? name.substr(0, 27) + "…" : name);
    }
  return svg + "</svg>\n";
}

} // namespace nnrt
