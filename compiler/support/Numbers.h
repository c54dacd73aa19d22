// Parses decimal numbers in user-written text.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace nnc {

/// Reads all of `text` as a decimal number, rounded to the nearest double. The text may have any
/// length (LLVM's reader overflows its stack on tens of thousands of digits). Returns false if the
/// text is not a number or if a double cannot hold it.
bool readNumber(llvm::StringRef text, double &value);

} // namespace nnc
