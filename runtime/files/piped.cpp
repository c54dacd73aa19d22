// Reads standard input into a file in memory. That has no name; it is opened through /proc/self/fd.
#include "runtime/files/piped.h"

#include "runtime/files/file.h"
#include "runtime/process/signals.h"
#include "runtime/support/memory.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace nnrt {

static const char shownName[] = "standard input";
std::string PipedInput::name;

PipedInput::~PipedInput() {
  if (file >= 0)
    close(file);
  name.clear();
}

Status PipedInput::read() {
  file = memfd_create("nnc-standard-input", MFD_CLOEXEC);
  if (file < 0)
    return systemError("keep", shownName, errno);
  name = format("/proc/self/fd/%d", file);
  std::vector<char> piece(1 << 20);
  for (size_t total = 0;;) {
    // A handler restarts a read, so poll waits instead: a signal ends it.
    pollfd wait = {0, POLLIN, 0};
    const int ready = poll(&wait, 1, 100);
    if (pendingSignal())
      return Status::error("interrupted while reading standard input");
    if (ready <= 0)
      continue;
    const ssize_t got = ::read(0, piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (got < 0)
      return systemError("read", shownName, errno);
    if (got == 0)
      return total ? Status() : Status::error("standard input is empty");
    NN_TRY(checkMemory(size_t(got), shownName));
    for (ssize_t done = 0; done < got;) {
      const ssize_t n = write(file, piece.data() + done, size_t(got - done));
      if (n < 0 && errno != EINTR)
        return systemError("keep", shownName, errno);
      done += n > 0 ? n : 0;
    }
    total += size_t(got);
  }
}

std::string PipedInput::named(std::string text) {
  for (size_t at = 0; !name.empty() && (at = text.find(name, at)) != std::string::npos;
       at += sizeof shownName - 1)
    text.replace(at, name.size(), shownName);
  return text;
}

} // namespace nnrt
