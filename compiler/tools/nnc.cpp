// nnc: the compiler's command line. Everything it does is in the driver room.
#include "compiler/driver/CommandLine.h"
#include "runtime/process.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <unistd.h>

static int result = 0;

/// Output that never arrived is a failure, also that of --help, which ends the process by itself.
static void endOutput() {
  llvm::raw_fd_ostream &out = llvm::outs();
  out.flush();
  int code = result;
  if (out.has_error()) {
    if (code == 0)
      llvm::errs() << "error: the output could not be written: " << out.error().message() << "\n";
    out.clear_error(); // else it ends the process in its own way
    code = code ? code : 1;
  } else {
    code = nn_output_end(code);
  }
  if (code != result)
    _exit(code);
}

int main(int argc, char **argv) {
  nn_process_begin();
  llvm::outs();
  std::atexit(endOutput);
  return result = nnc::runCommandLine(argc, argv);
}
