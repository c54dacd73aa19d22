// Finds how many rows a program's data has, as far as that is known before the run.
#pragma once

#include "compiler/driver/Session.h"

#include <optional>

namespace nnc::plan {

struct DataSize {
  int64_t rows = 0;        // of data and test data; `where` may drop some
  int64_t trainRows = 0;   // of the training split
  int64_t rowElements = 0; // elements of all fields of one prepared example
};

/// Opens the sources of `data` as far as needed. Returns nothing if a file is missing or a number
/// depends on an option.
std::optional<DataSize> sizeOf(Session &session, const DataT &data);

/// The number, if it does not depend on an option.
inline std::optional<double> known(const nn_number &n) {
  return n.slot < 0 ? std::optional<double>(n.value) : std::nullopt;
}

} // namespace nnc::plan
