// How many rows a program's data have, as far as that is known before the run.
#pragma once

#include "compiler/driver/Session.h"

#include <optional>

namespace nnc::plan {

struct DataSize {
  int64_t rows = 0;        // of both sources; `where` may drop some
  int64_t trainRows = 0;   // of the training split
  int64_t rowElements = 0; // elements of one prepared example, all fields
};

/// Opens the sources of `data` as far as needed. Nothing where a file is missing or a number
/// depends on an option.
std::optional<DataSize> sizeOf(Session &session, const nn_data &data);

/// The number, if no option decides it.
inline std::optional<double> known(const nn_number &n) {
  return n.slot < 0 ? std::optional<double>(n.value) : std::nullopt;
}

} // namespace nnc::plan
