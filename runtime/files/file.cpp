// Reads and finds files with POSIX calls, and reports what went wrong. Writing is in
// write_file.cpp.
#include "runtime/files/file.h"

#include "runtime/support/buffer.h"
#include "runtime/support/visible.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

std::string baseName(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : slash == 0 ? "/" : path.substr(0, slash);
}

bool isFile(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

Status systemError(const char *doing, const std::string &path, int code) {
  return Status::error(format("cannot %s %s: %s", doing, visible(path).c_str(), strerror(code)));
}

Status changedWhileRead(const std::string &path) {
  return Status::error(
      path + " was cut or written to while it was read: its numbers cannot be believed any more");
}

Status readFile(const std::string &path, std::string &contents, size_t limit) {
  contents.clear();
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return systemError("open", path, errno);
  struct stat info;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    bool folder = S_ISDIR(info.st_mode);
    close(file);
    return Status::error(path +
                         (folder ? " is a directory, not a file" : " is not a regular file"));
  }
  size_t size = size_t(info.st_size) < limit ? size_t(info.st_size) : limit;
  if (Status status = checkMemory(size, path); status.failed()) {
    close(file);
    return status;
  }
  contents.resize(size);
  size_t got = 0;
  while (got < contents.size()) {
    ssize_t n = read(file, &contents[got], contents.size() - got);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      int code = errno;
      close(file);
      return systemError("read", path, code);
    }
    if (n == 0)
      break;
    got += n;
  }
  close(file);
  if (got < size) // the rest may look like a whole file
    return changedWhileRead(path);
  return Status();
}

static std::string join(const std::string &folder, const std::string &path) {
  return folder.empty() ? path : folder.back() == '/' ? folder + path : folder + "/" + path;
}

Status findFile(const std::string &path, const Folders &folders, std::string &found) {
  std::vector<std::string> tries;
  if (!path.empty() && path[0] == '/')
    tries.push_back(path);
  else
    tries.push_back(join(folders.program, path));
  if (!folders.data.empty()) {
    if (path[0] != '/')
      tries.push_back(join(folders.data, path));
    // "../data/mnist/images.gz" may lie in DIR/images.gz as well as under DIR/mnist.
    for (size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1))
      if (path.compare(slash + 1, 3, "../") != 0)
        tries.push_back(join(folders.data, path.substr(slash + 1)));
  }
  for (const std::string &folder : folders.elsewhere)
    if (const std::string candidate = join(folder, path);
        path[0] != '/' && std::find(tries.begin(), tries.end(), candidate) == tries.end())
      tries.push_back(candidate);
  std::string text;
  for (const std::string &candidate : tries) {
    struct stat info;
    if (stat(candidate.c_str(), &info) == 0) {
      found = candidate;
      return Status();
    }
    text += "\n  tried " + candidate;
  }
  Status status = Status::error("there is no file " + path + text);
  if (folders.data.empty())
    status = Status::error("there is no file " + path + text +
                           "\n  --data DIR names another folder to look in");
  return status;
}

} // namespace nnrt
