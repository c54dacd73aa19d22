// Status, and text helpers: the format of numbers, sizes, times and shapes in all messages.
#include "runtime/support/status.h"

#include "runtime/support/visible.h"

#include <cmath>
#include <cstdio>
#include <cstring>

namespace nnrt {

std::string format(const char *pattern, ...) {
  va_list args;
  va_start(args, pattern);
  va_list again;
  va_copy(again, args);
  int size = vsnprintf(nullptr, 0, pattern, args);
  va_end(args);
  std::string text(size > 0 ? size : 0, '\0');
  if (size > 0)
    vsnprintf(&text[0], size + 1, pattern, again);
  va_end(again);
  return text;
}

const std::string &Status::message() const {
  static const std::string none;
  return text ? *text : none;
}

Status Status::at(const std::string &where) const {
  if (!text)
    return Status();
  if (where.empty())
    return Status(*text);
  size_t line = text->find('\n');
  std::string head = text->substr(0, line),
              tail = line == std::string::npos ? "" : text->substr(line);
  return Status(head + " (at " + where + ")" + tail);
}

std::string number(double value) {
  if (std::isnan(value))
    return "nan";
  if (value == 0)
    return "0"; // also for -0
  return format("%.6g", value);
}

std::string grouped(int64_t value) {
  std::string digits = std::to_string(value);
  for (int at = int(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    digits.insert(at, ",");
  return digits;
}

std::string counted(int64_t count, const char *noun) {
  const size_t length = strlen(noun);
  const char *several = length && noun[length - 1] == 's' ? "es" : "s"; // "classes"
  return grouped(count) + " " + noun + (count == 1 ? "" : several);
}

std::string bytes(uint64_t value) {
  static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double shown = double(value);
  int unit = 0;
  while (shown >= 1024 && unit < 6) {
    shown /= 1024;
    ++unit;
  }
  return unit == 0 ? format("%llu bytes", (unsigned long long)value)
                   : format("%.1f %s", shown, units[unit]);
}

std::string duration(double seconds) {
  if (seconds < 0.000995)
    return format("%.3g us", seconds * 1e6);
  if (seconds < 0.0995)
    return format("%.1f ms", seconds * 1e3);
  if (seconds < 99.5)
    return format("%.1f s", seconds);
  int64_t whole = int64_t(seconds + 0.5);
  if (whole < 3600)
    return format("%lld min %02lld s", (long long)(whole / 60), (long long)(whole % 60));
  return format("%lld h %02lld min", (long long)(whole / 3600), (long long)(whole / 60 % 60));
}

std::string shapeText(const std::vector<int64_t> &shape) {
  if (shape.empty())
    return "a number";
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

int64_t elementCount(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

size_t characters(const std::string &text) {
  size_t count = 0;
  for (char c : text)
    count += (c & 0xC0) != 0x80;
  return count;
}

std::string padded(const std::string &text, size_t to, bool right) {
  const size_t count = characters(text);
  const std::string space(to > count ? to - count : 0, ' ');
  return right ? space + text : text + space;
}

std::string quoted(const std::string &text, size_t limit) {
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    if (at >= limit && text.size() > limit + 3)
      return shown + "...";
    uint32_t code;
    const size_t size = firstCharacter(std::string_view(text).substr(at), code);
    shown += visible(std::string_view(text).substr(at, size));
    at += size;
  }
  return shown;
}

} // namespace nnrt
