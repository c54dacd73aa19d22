// Dates and times in the cells of tables.
#pragma once

#include <string>
#include <string_view>

namespace nnrt {

/// Reads `1949-01`, `1949-01-31`, `2020-01-31 13:05`, `2020-01-31T13:05:06.5Z` as the number that
/// `part` names: "date" (days since 1970-01-01), "time" (seconds), "year", "month", "day",
/// "weekday" (0 for Monday) or "hour". False if the text is not of this form, or no such moment
/// exists.
bool readMoment(std::string_view text, const std::string &part, double &value);

/// The forms it reads, as the second line of an error.
std::string momentCures(const std::string &column);

} // namespace nnrt
