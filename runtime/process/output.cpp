// Writes to standard output, and checks each write. If the reader has gone, the run is asked to
// end, as by a signal, so that it still writes its checkpoint. If a disk is full, the run continues
// and fails at its end.
#include "runtime/process/output.h"

#include "runtime/process/process.h"
#include "runtime/process/signals.h"
#include "runtime/support/visible.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace nnrt {

static std::atomic<int> lost{0};

static void noteFailure(int code) {
  int none = 0;
  lost.compare_exchange_strong(none, code ? code : EIO);
  if (code == EPIPE)
    askToStop(SIGPIPE);
}

void drawText(const std::string &text) {
  errno = 0;
  if (fwrite(text.data(), 1, text.size(), stdout) != text.size() || fflush(stdout) != 0)
    noteFailure(errno);
}

void show(const std::string &text) { drawText(visible(text, true)); }

void showError(const std::string &text) {
  fflush(stdout);
  const std::string shown = visible(text, true);
  fwrite(shown.data(), 1, shown.size(), stderr);
}

int outputError() { return lost.load(); }

} // namespace nnrt

extern "C" void nn_process_begin(void) {
  for (int descriptor = 0; descriptor <= 2; ++descriptor)
    if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
      (void)!open("/dev/null", O_RDWR); // opens the lowest free descriptor, which is this one
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
  sigaction(SIGXFSZ, &ignore, nullptr);
}

extern "C" int nn_output_end(int code) {
  errno = 0;
  if (fflush(stdout) != 0)
    nnrt::noteFailure(errno);
  else if (ferror(stdout))
    nnrt::noteFailure(EIO);
  if (code != 0 || !nnrt::outputError())
    return code;
  nnrt::showError(std::string("error: the output could not be written: ") +
                  strerror(nnrt::outputError()) + "\n");
  return 1;
}

extern "C" int nn_output_lost(void) { return nnrt::outputError() != 0; }
