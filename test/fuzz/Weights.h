// Weight files and checkpoints end with a checksum's test that hardly any change passes: the
// targets mend it.
#pragma once

#include <string>

namespace nnc_fuzz {

/// `file` with the checksum that belongs to it, if it has a place for one. Another file is given
/// back as it is.
std::string withChecksum(std::string file);

} // namespace nnc_fuzz
