// Reads dates and times of the Gregorian calendar.
#include "runtime/sources/cells/moments.h"

#include <cmath>
#include <cstdint>

namespace nnrt {
namespace {

struct Moment {
  int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0;
  double second = 0;
};

/// Takes `digits` digits from the start of a text.
bool take(std::string_view &text, size_t digits, int64_t &number) {
  if (text.size() < digits)
    return false;
  number = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view &text, char c) {
  if (text.empty() || text[0] != c)
    return false;
  text.remove_prefix(1);
  return true;
}

bool isLeap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int64_t daysOf(int64_t year, int64_t month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && isLeap(year));
}

/// ` 13:05`, `T13:05:06.5Z`, or nothing.
bool takeClock(std::string_view &text, Moment &m) {
  if (text.empty())
    return true;
  if (!take(text, ' ') && !take(text, 'T'))
    return false;
  int64_t second = 0;
  if (!take(text, 2, m.hour) || !take(text, ':') || !take(text, 2, m.minute))
    return false;
  if (take(text, ':')) {
    if (!take(text, 2, second))
      return false;
    m.second = double(second);
    if (take(text, '.')) {
      double scale = 0.1;
      size_t digits = 0;
      for (int64_t digit; take(text, 1, digit); scale /= 10, ++digits)
        m.second += double(digit) * scale;
      if (!digits)
        return false;
    }
  }
  take(text, 'Z');
  return text.empty() && m.hour < 24 && m.minute < 60 && second < 60;
}

bool read(std::string_view text, Moment &m) {
  if (!take(text, 4, m.year) || !take(text, '-') || !take(text, 2, m.month) || m.month < 1 ||
      m.month > 12)
    return false;
  if (text.empty())
    return true;
  return take(text, '-') && take(text, 2, m.day) && m.day >= 1 &&
         m.day <= daysOf(m.year, m.month) && takeClock(text, m);
}

/// Days from 1970-01-01.
int64_t dayNumber(const Moment &m) {
  auto before = [](int64_t year) { // days of the years from 0 on that come before it
    return year == 0 ? 0 : 365 * year + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1;
  };
  int64_t days = before(m.year) - before(1970) + m.day - 1;
  for (int64_t month = 1; month < m.month; ++month)
    days += daysOf(m.year, month);
  return days;
}

} // namespace

bool readMoment(std::string_view text, const std::string &part, double &value) {
  Moment m;
  if (!read(text, m))
    return false;
  const int64_t days = dayNumber(m);
  if (part == "date")
    value = double(days);
  else if (part == "time")
    value = double(days * 86400 + m.hour * 3600 + m.minute * 60) + m.second;
  else if (part == "year")
    value = double(m.year);
  else if (part == "month")
    value = double(m.month);
  else if (part == "day")
    value = double(m.day);
  else if (part == "weekday") // 1970-01-01 was a Thursday
    value = double(((days + 3) % 7 + 7) % 7);
  else
    value = double(m.hour);
  return true;
}

std::string momentCures(const std::string &column) {
  return "\n  `1949-01`, `1949-01-31`, `2020-01-31 13:05`, `2020-01-31T13:05:06.5Z` are read; `" +
         column + "` as it is, is read by `category(" + column +
         ")`, and `missing = [\"…\"]` lists cells without a value";
}

} // namespace nnrt
