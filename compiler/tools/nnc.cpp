// nnc: the compiler's command line. Everything it does is in the driver room.
#include "compiler/driver/CommandLine.h"
#include "runtime/process/ending.h"
#include "runtime/process/process.h"
#include "runtime/support/memory.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <cstring>
#include <new>
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

/// Nothing here may allocate.
static void failAtOnce(const char *message) {
  (void)!write(2, "error: ", 7);
  (void)!write(2, message, strlen(message));
  (void)!write(2, "\n", 1);
  _exit(1);
}
static void outOfMemory() { failAtOnce("out of memory"); }

/// Where LLVM would abort: memory, threads or what else the system refuses.
static void handleFailures() {
  std::set_new_handler(outOfMemory);
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { outOfMemory(); });
  llvm::install_fatal_error_handler([](void *, const char *reason, bool) { failAtOnce(reason); });
}

#if defined(__GLIBC__) && !defined(NNC_SANITIZE)
/// MLIR takes memory for its ops without a look at what it gets. Who asks for much at once does
/// look.
extern "C" void *__libc_malloc(size_t) noexcept;
extern "C" void *malloc(size_t size) noexcept {
  void *memory = __libc_malloc(size);
  if (!memory && size < (size_t(16) << 20))
    outOfMemory();
  return memory;
}
#endif

/// Makes the stack as large as compilations need it: where memory is short, it could not grow
/// later, and the process would be killed.
__attribute__((noinline)) static void growStack() {
  volatile char room[512 << 10];
  for (size_t i = 0; i < sizeof room; i += 4096)
    room[i] = 0;
}

int main(int argc, char **argv) {
  if (nnrt::Status status = nnrt::checkStack("nnc", 1 << 20); status.failed())
    failAtOnce(status.message().c_str());
  growStack();
  nn_process_begin();
  handleFailures();
  nnrt::endOnSignals();
  llvm::outs();
  std::atexit(endOutput);
  return result = nnc::runCommandLine(argc, argv);
}
