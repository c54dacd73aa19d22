// Values as text: numbers, nested lists, aligned tables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

/// "0.5", "[1, 2]", "[[1, 2], [3, 4]]"; a matrix breaks into a line for each row. A vector of one
/// number is shown as that number.
std::string nested(const std::vector<double> &values, const std::vector<int64_t> &shape);

/// A rank-2 value as an aligned table with headings (class names if there are as many as rows,
/// otherwise numbers); a value of another rank as nested(). Ends in a newline.
std::string valueText(const std::vector<double> &values, const std::vector<int64_t> &shape,
                      const std::vector<std::string> &classes);

} // namespace nnrt
