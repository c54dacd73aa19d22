// Flags that nnc does not have: LLVM's parser would propose whatever is nearest, however far away.
#pragma once

#include <string>

namespace nnc {

/// What is wrong with the first flag of the command line that neither the command nor LLVM knows:
/// "there is no flag --weights; …"; empty: all are known. What follows `nnc run FILE` is the
/// program's and not looked at.
std::string unknownFlag(int argc, char **argv);

} // namespace nnc
