// Prints messages as text: the location, the source line, and carets under the ranges.
//
// llvm::SMDiagnostic is not used: it counts bytes as columns, and it omits the carets if a line has
// a character outside ASCII, such as `θ`.
#include "compiler/support/Diagnostics.h"
#include "runtime/support/visible.h"
#include "llvm/Support/Unicode.h"
#include <cstdlib>
#include <set>

using namespace nnc;
using llvm::raw_ostream;
using llvm::StringRef;

namespace {

/// How many columns of a source line are shown. Longer lines are cut around the caret.
constexpr size_t maxLineWidth = 120;
constexpr unsigned tabStop = 4;

/// A source line prepared for a terminal: tabs are expanded, unprintable bytes replaced, and the
/// column of each byte is known.
struct RenderedLine {
  std::string text;
  // display column of each source byte, then the column after the last
  std::vector<unsigned> columnOfByte;
  // index into `text` of each display column, then text.size()
  std::vector<unsigned> byteOfColumn;
};

RenderedLine render(StringRef line) {
  RenderedLine result;
  unsigned column = 0;
  auto put = [&](StringRef shown, unsigned width) {
    for (unsigned i = 0; i != width; ++i)
      result.byteOfColumn.push_back(result.text.size());
    result.text += shown;
    column += width;
  };
  for (size_t at = 0; at < line.size();) {
    uint8_t lead = line[at];
    size_t most = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, length = 1;
    while (length < most && at + length < line.size() &&
           (uint8_t(line[at + length]) & 0xC0) == 0x80)
      ++length;
    result.columnOfByte.insert(result.columnOfByte.end(), length, column);
    StringRef character = line.substr(at, length);
    int width = llvm::sys::unicode::columnWidthUTF8(character);
    if (character == "\t") {
      unsigned blanks = tabStop - column % tabStop;
      for (unsigned i = 0; i != blanks; ++i)
        put(" ", 1);
    } else if (width < 0 || nnrt::visible(character) != character) {
      put("?", 1); // a control character, or a byte that is not UTF-8
    } else {
      put(character, width);
    }
    at += length;
  }
  result.columnOfByte.push_back(column);
  result.byteOfColumn.push_back(result.text.size());
  return result;
}

/// Sets a colour for the lifetime of the object, if colours are enabled.
class Colored {
public:
  Colored(raw_ostream &os, bool colors, raw_ostream::Colors color) : os(os), colors(colors) {
    if (colors)
      os.changeColor(color, /*Bold=*/true);
  }
  ~Colored() {
    if (colors)
      os.resetColor();
  }

private:
  raw_ostream &os;
  bool colors;
};

class Printer {
public:
  Printer(const llvm::SourceMgr &sources, const std::map<std::string, std::string> &shownNames,
          raw_ostream &os, bool colors)
      : sources(sources), shownNames(shownNames), os(os), colors(colors) {}

  void print(const Diagnostic &message) {
    printHead(message.where, message.severity, message.message);
    std::vector<Range> elsewhere;
    printSource(message.where, message.also, elsewhere);
    for (Range range : elsewhere) {
      printHead(range, Severity::Note, "and here");
      std::vector<Range> none;
      printSource(range, {}, none);
    }
    for (const Diagnostic &note : message.notes)
      print(note);
  }

private:
  void printHead(Range where, Severity severity, StringRef message) {
    Position position = positionOf(sources, where.begin);
    if (position.isValid()) {
      if (auto shown = shownNames.find(position.file.str()); shown != shownNames.end())
        position.file = shown->second;
      os << nnrt::visible(position.str()) << ": ";
    }
    if (severity == Severity::Error)
      Colored(os, colors, raw_ostream::RED), os << "error: ";
    else if (severity == Severity::Warning)
      Colored(os, colors, raw_ostream::MAGENTA), os << "warning: ";
    else
      Colored(os, colors, raw_ostream::CYAN), os << "note: ";
    os << nnrt::visible(message, /*lines=*/true) << '\n';
  }

  /// Prints the line of `where` with carets under it and under each range of `also` on the same
  /// line. The other ranges go to `elsewhere`.
  void printSource(Range where, llvm::ArrayRef<Range> also, std::vector<Range> &elsewhere) {
    unsigned buffer = where.isValid() ? sources.FindBufferContainingLoc(where.begin) : 0;
    if (buffer == 0)
      return;
    StringRef text = bufferText(sources, buffer);
    const char *begin = where.begin.getPointer(), *end = begin;
    while (begin != text.begin() && begin[-1] != '\n')
      --begin;
    while (end != text.end() && *end != '\n')
      ++end;
    RenderedLine line = render(StringRef(begin, end - begin));

    std::string marks(line.byteOfColumn.size(), ' ');
    auto mark = [&](Range range) {
      size_t first = line.columnOfByte[range.begin.getPointer() - begin];
      const char *last = range.end.isValid() ? range.end.getPointer() : range.begin.getPointer();
      size_t stop = line.columnOfByte[std::clamp(last, range.begin.getPointer(), end) - begin];
      for (size_t column = first + 1; column < stop; ++column)
        marks[column] = '~';
      marks[first] = '^';
    };
    for (Range range : also) {
      if (range.begin.getPointer() >= begin && range.begin.getPointer() <= end)
        mark(range);
      else
        elsewhere.push_back(range);
    }
    mark(where);
    printCut(line, marks, line.columnOfByte[where.begin.getPointer() - begin]);
  }

  /// Prints a line and its marks, cut to maxLineWidth columns around `focus`.
  void printCut(const RenderedLine &line, StringRef marks, size_t focus) {
    size_t width = line.byteOfColumn.size() - 1, first = 0, count = width;
    if (width > maxLineWidth) {
      first = focus > maxLineWidth / 2 ? focus - maxLineWidth / 2 : 0;
      count = std::min(maxLineWidth, width - first);
    }
    StringRef shown =
        StringRef(line.text).slice(line.byteOfColumn[first], line.byteOfColumn[first + count]);
    StringRef before = first ? "…" : "", after = first + count < width ? "…" : "";
    os << "  " << before << shown.rtrim() << after << '\n';
    os << "  " << (first ? " " : "");
    Colored(os, colors, raw_ostream::GREEN), os << marks.substr(first, count + 1).rtrim();
    os << '\n';
  }

  const llvm::SourceMgr &sources;
  const std::map<std::string, std::string> &shownNames;
  raw_ostream &os;
  bool colors;
};

} // namespace

/// Colours are used only on a terminal, and only if NO_COLOR is unset or empty (no-color.org).
static bool wantsColors(raw_ostream &os) {
  const char *none = std::getenv("NO_COLOR");
  return !(none && *none) && os.is_displayed() && os.has_colors();
}

void Diagnostics::print(raw_ostream &os) { print(os, wantsColors(os)); }

void Diagnostics::print(raw_ostream &os, bool colors) {
  Printer printer(manager, shownNames, os, colors);
  unsigned hidden = 0;
  std::set<std::pair<const char *, StringRef>> said;
  for (size_t i = 0; i != printed; ++i)
    if (messages[i].where.isValid())
      said.insert({messages[i].where.begin.getPointer(), messages[i].message});
  for (; printed != messages.size(); ++printed) {
    const Diagnostic &message = messages[printed];
    // A model is elaborated once for each function that needs it, and reports the same errors each
    // time.
    if (message.where.isValid() &&
        !said.insert({message.where.begin.getPointer(), message.message}).second)
      continue;
    if (message.severity == Severity::Error && ++shownErrors > maxPrinted)
      ++hidden;
    else
      printer.print(message);
  }
  if (hidden)
    os << "… and " << hidden << " more " << (hidden == 1 ? "error" : "errors") << '\n';
  os.flush();
}
