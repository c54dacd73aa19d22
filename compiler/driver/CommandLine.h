// Declares the command line of nnc.
#pragma once

namespace nnc {

/// Handles `nnc FILE -o OUT`, `nnc FILE --emit=STAGE`, `nnc run FILE …`, `nnc check FILE` and `nnc`
/// (the REPL). Exit codes: 0 success; 1 the program is wrong or its run failed; 2 the command line
/// itself is wrong.
int runCommandLine(int argc, char **argv);

} // namespace nnc
