// The command line of nnc: what was asked for, and the exit code.
#pragma once

namespace nnc {

/// `nnc FILE -o OUT`, `nnc FILE --emit=STAGE`, `nnc run FILE …`, `nnc check FILE`, `nnc` (the
/// REPL). Exit codes: 0 done; 1 the program is wrong, or its run failed; 2 the command line is
/// wrong.
int runCommandLine(int argc, char **argv);

} // namespace nnc
