// A small strict JSON reader, and quoting of strings for writing JSON. For the headers of weight
// files.
#pragma once

#include "runtime/support/status.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nnrt {

struct Json {
  enum Kind { Null, Bool, Number, String, Array, Object } kind = Null;
  bool boolean = false;
  double number = 0;
  std::string string;
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> members; // in the order of the text

  /// The member called `name`, or null.
  const Json *find(std::string_view name) const;
};

/// Reads one value that fills `text`. Nesting is limited to 16, names must be unique, nothing
/// beyond the standard is accepted.
Status parseJson(std::string_view text, Json &value);

/// `text` in double quotes, escaped.
std::string jsonString(std::string_view text);

} // namespace nnrt
