// Files that grow while a run is in progress.
#include "runtime/files/file.h"
#include "runtime/record/recorder.h"
#include "runtime/support/visible.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

GrowingFile::~GrowingFile() {
  if (file >= 0)
    close(file);
}

Status GrowingFile::open(const std::string &name, bool goOn) {
  path = name;
  auto failed = [&](int code) { return systemError("write", path, code); };
  file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0)
    return failed(errno);
  fcntl(file, F_SETFL, fcntl(file, F_GETFL) & ~O_NONBLOCK); // a reader of a pipe may be slow
  if (!S_ISREG(info.st_mode))
    return Status();
  if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return Status::error("cannot write " + visible(path) + ": another run is writing it");
  off_t end = goOn ? info.st_size : 0;
  char last = '\n'; // truncate to the end of the last complete line
  while (end > 0 && (pread(file, &last, 1, end - 1) != 1 || last != '\n'))
    --end;
  if (ftruncate(file, end) != 0 || lseek(file, end, SEEK_SET) < 0)
    return failed(errno);
  return Status();
}

Status GrowingFile::replace(const std::string &text) {
  NN_TRY(writeFile(path, {{text.data(), text.size()}}));
  close(file);
  file = -1;
  return open(path, true);
}

Status GrowingFile::write(const std::string &text) {
  for (size_t at = 0; at < text.size();) {
    ssize_t n = ::write(file, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return systemError("write", path, errno);
    at += size_t(n);
  }
  return Status();
}

} // namespace nnrt
