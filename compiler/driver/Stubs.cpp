#include "compiler/driver/Emit.h"
#include "compiler/driver/Repl.h"
namespace nnc {
__attribute__((weak)) int runRepl(SessionOptions, int, char **) { return 1; }
__attribute__((weak)) void printMath(Session &, llvm::raw_ostream &, bool) {}
__attribute__((weak)) void printPlan(Session &, llvm::raw_ostream &) {}
__attribute__((weak)) bool checkGradients(Session &, llvm::raw_ostream &) { return true; }
}
