// Files that are written while a run goes on.
#include "runtime/record/recorder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

GrowingFile::~GrowingFile() {
  if (file >= 0)
    close(file);
}

Status GrowingFile::open(const std::string &name, bool goOn) {
  path = name;
  auto failed = [&](int code) { return Status::error(format("cannot write %s: %s", path.c_str(), strerror(code))); };
  file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | (goOn ? 0 : O_TRUNC), 0666);
  if (file < 0)
    return failed(errno);
  if (!goOn)
    return Status();
  struct stat info;
  off_t end = fstat(file, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
  char last = '\n'; // back to the end of the last complete line
  while (end > 0 && (pread(file, &last, 1, end - 1) != 1 || last != '\n'))
    --end;
  if (S_ISREG(info.st_mode) && (ftruncate(file, end) != 0 || lseek(file, end, SEEK_SET) < 0))
    return failed(errno);
  return Status();
}

Status GrowingFile::write(const std::string &text) {
  for (size_t at = 0; at < text.size();) {
    ssize_t n = ::write(file, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return Status::error(format("cannot write %s: %s", path.c_str(), strerror(errno)));
    at += size_t(n);
  }
  return Status();
}

} // namespace nnrt
