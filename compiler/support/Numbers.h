// Numbers in texts that people write.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace nnc {

/// Reads all of `text` as a decimal number, rounded to the nearest double; of any length, unlike
/// LLVM's reader, whose stack a text of tens of thousands of digits overflows. False where it is no
/// number, or one that a double cannot hold: then `value` is infinite or 0.
bool readNumber(llvm::StringRef text, double &value);

} // namespace nnc
