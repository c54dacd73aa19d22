// Corrects the checksum of weight files and checkpoints, because almost any change to an input
// makes it wrong.
#pragma once

#include <string>

namespace nnc_fuzz {

/// `file` with its correct checksum, if it has a place for one. Other files are returned unchanged.
std::string withChecksum(std::string file);

} // namespace nnc_fuzz
