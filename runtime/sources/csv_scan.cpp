// The CSV reader's lexical half.
#include "runtime/sources/csv_scan.h"

#include "runtime/file.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace nnrt {

CsvScanner::CsvScanner(std::string_view text, std::string file) : text(text), name(std::move(file)) {
  if (this->text.substr(0, 3) == "\xEF\xBB\xBF") // a byte order mark
    at = 3;
  std::string_view first = this->text.substr(at, this->text.find('\n', at) - at);
  if (first.find(',') == std::string_view::npos) {
    if (first.find(';') != std::string_view::npos)
      separator = ';';
    else if (first.find('\t') != std::string_view::npos)
      separator = '\t';
  }
}

std::string CsvScanner::place(const Cell &cell) const {
  return format("%s:%llu:%u", name.c_str(), (unsigned long long)recordLine, cell.column);
}

static bool blank(char c) { return c == ' ' || c == '\t'; }

Status CsvScanner::next(std::vector<Cell> &cells, bool &done) {
  cells.clear();
  unescaped.clear();
  done = false;
  while (true) { // skips empty lines
    size_t end = text.find_first_not_of(" \t\r", at);
    if (separator == '\t' && at < text.size() && text[at] == '\t')
      break;
    if (end == std::string_view::npos) {
      done = true;
      return Status();
    }
    if (text[end] != '\n')
      break;
    at = end + 1;
    ++currentLine;
  }
  recordLine = currentLine;
  size_t lineStart = at;
  while (true) {
    while (at < text.size() && blank(text[at]) && text[at] != separator)
      ++at;
    Cell cell{{}, uint32_t(at - lineStart + 1)};
    if (at < text.size() && text[at] == '"') {
      size_t start = ++at;
      bool doubled = false;
      while (true) {
        at = text.find('"', at);
        if (at == std::string_view::npos)
          return Status::error(place(cell) + ": this quote is never closed");
        if (at + 1 < text.size() && text[at + 1] == '"') {
          doubled = true;
          at += 2;
          continue;
        }
        break;
      }
      cell.text = text.substr(start, at - start);
      for (char c : cell.text)
        currentLine += c == '\n';
      if (doubled) {
        std::string plain;
        for (size_t i = 0; i < cell.text.size(); ++i) {
          plain += cell.text[i];
          if (cell.text[i] == '"')
            ++i;
        }
        unescaped.push_back(std::move(plain));
        cell.text = unescaped.back();
      }
      ++at;
      while (at < text.size() && (blank(text[at]) || text[at] == '\r') && text[at] != separator)
        ++at;
      if (at < text.size() && text[at] != separator && text[at] != '\n')
        return Status::error(place(cell) + ": a quoted cell goes on after its closing quote");
    } else {
      size_t start = at;
      while (at < text.size() && text[at] != separator && text[at] != '\n')
        ++at;
      size_t end = at;
      while (end > start && (blank(text[end - 1]) || text[end - 1] == '\r'))
        --end;
      cell.text = text.substr(start, end - start);
    }
    cells.push_back(cell);
    if (at >= text.size())
      return Status();
    if (text[at++] == '\n') {
      ++currentLine;
      return Status();
    }
  }
}

bool parseNumber(std::string_view text, double &value) {
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-')
      return false;
  }
  std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ptr != text.data() + text.size())
    return false;
  if (result.ec == std::errc::result_out_of_range) {
    // from_chars leaves the value alone: too small is zero, too large is infinite.
    size_t e = text.find_first_of("eE");
    bool tiny = e != std::string_view::npos ? e + 1 < text.size() && text[e + 1] == '-'
                                            : text.substr(0, 3) == "0.0" || text.substr(0, 4) == "-0.0";
    value = tiny ? 0 : HUGE_VAL;
    return true;
  }
  return result.ec == std::errc();
}

Status csvLayout(const nn_source &source, const std::vector<Cell> &first, const CsvScanner &scanner,
                 CsvLayout &layout) {
  if (source.header == NN_HEADER_AUTO) {
    layout.header = true;
    double ignored;
    for (const Cell &cell : first)
      if (parseNumber(cell.text, ignored))
        layout.header = false;
  } else {
    layout.header = source.header == NN_HEADER_YES;
  }
  layout.names.clear();
  if (source.n_columns > 0) {
    if (size_t(source.n_columns) != first.size())
      return Status::error(format("%s:%llu has %zu columns, the program names %d", scanner.file().c_str(),
                                  (unsigned long long)scanner.line(), first.size(), source.n_columns))
          .at(source.where);
    for (int32_t i = 0; i < source.n_columns; ++i)
      layout.names.push_back(source.columns[i]);
  } else {
    for (size_t i = 0; i < first.size(); ++i)
      layout.names.push_back(layout.header ? std::string(first[i].text) : "c" + std::to_string(i + 1));
  }
  return Status();
}

Status checkText(const std::string &contents, const std::string &path) {
  if (contents.empty())
    return Status::error(path + " is empty");
  size_t zero = contents.find('\0');
  if (zero != std::string::npos)
    return Status::error(format("%s is not a text file: byte %zu is 0", path.c_str(), zero + 1));
  if (contents.size() >= 2 && (unsigned char)contents[0] == 0x1f && (unsigned char)contents[1] == 0x8b)
    return Status::error(path + " is compressed; unpack it first");
  return Status();
}

} // namespace nnrt
