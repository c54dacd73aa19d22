// Reports flags that nnc does not have. (LLVM's parser would suggest the nearest flag, however
// different.)
#pragma once

#include <string>

namespace nnc {

/// A message about the first flag that neither the command nor LLVM knows: "there is no flag
/// --weights; …". Empty if all are known. The arguments after `nnc run FILE` belong to the program
/// and are not checked.
std::string unknownFlag(int argc, char **argv);

} // namespace nnc
