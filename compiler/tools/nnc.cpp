// nnc: the compiler's command line. Everything it does is in the driver room.
#include "compiler/driver/CommandLine.h"

int main(int argc, char **argv) { return nnc::runCommandLine(argc, argv); }
