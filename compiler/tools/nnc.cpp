// The main function of nnc. Sets up the process and calls the driver, which does everything else.
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

/// Lost output is a failure, also that of --help, which ends the process by itself.
static void endOutput() {
  llvm::raw_fd_ostream &out = llvm::outs();
  out.flush();
  int code = result;
  if (out.has_error()) {
    if (code == 0)
      llvm::errs() << "error: the output could not be written: " << out.error().message() << "\n";
    out.clear_error(); // otherwise the destructor ends the process with its own message
    code = code ? code : 1;
  } else {
    code = nn_output_end(code);
  }
  if (code != result)
    _exit(code);
}

/// Must not allocate.
static void failAtOnce(const char *message) {
  (void)!write(2, "error: ", 7);
  (void)!write(2, message, strlen(message));
  (void)!write(2, "\n", 1);
  _exit(1);
}
static void outOfMemory() { failAtOnce("out of memory"); }

/// Handles failures on which LLVM would abort: no memory, no threads, or whatever else the system
/// refuses.
static void handleFailures() {
  std::set_new_handler(outOfMemory);
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { outOfMemory(); });
  llvm::install_fatal_error_handler([](void *, const char *reason, bool) { failAtOnce(reason); });
}

#if defined(__GLIBC__) && !defined(NNC_SANITIZE)
/// MLIR allocates its ops without checking the result, so small requests that fail end the process.
/// Callers that request much at once do check.
extern "C" void *__libc_malloc(size_t) noexcept;
extern "C" void *malloc(size_t size) noexcept {
  void *memory = __libc_malloc(size);
  if (!memory && size < (size_t(16) << 20))
    outOfMemory();
  return memory;
}
#endif

/// Grows the stack now to the size that compilations need. If memory is short it could not grow
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
