// File system work on POSIX calls, which say what went wrong.
#include "runtime/file.h"

#include "runtime/buffer.h"

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

static Status systemError(const char *doing, const std::string &path, int code) {
  return Status::error(format("cannot %s %s: %s", doing, path.c_str(), strerror(code)));
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
    return Status::error(path + (folder ? " is a directory, not a file" : " is not a regular file"));
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
  contents.resize(got);
  close(file);
  return Status();
}

static int writeAll(int file, const Piece &piece) {
  const char *at = static_cast<const char *>(piece.data);
  size_t left = piece.size;
  while (left) {
    ssize_t n = write(file, at, left < (1u << 30) ? left : (1u << 30));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    at += n;
    left -= n;
  }
  return 0;
}

Status writeFile(const std::string &path, const std::vector<Piece> &pieces) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    if (S_ISDIR(info.st_mode))
      return Status::error("cannot write " + path + ": it is a directory");
    // A device or a pipe (/dev/stdout) cannot be replaced; write into it.
    int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    int code = file < 0 ? errno : 0;
    for (size_t i = 0; !code && i < pieces.size(); ++i)
      code = writeAll(file, pieces[i]);
    if (file >= 0)
      close(file);
    return code ? systemError("write", path, code) : Status();
  }
  std::string temporary = path + ".tmp";
  int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0)
    return systemError("write", path, errno);
  int code = 0;
  for (size_t i = 0; !code && i < pieces.size(); ++i)
    code = writeAll(file, pieces[i]);
  if (!code && fsync(file) != 0)
    code = errno;
  if (close(file) != 0 && !code)
    code = errno;
  if (!code && rename(temporary.c_str(), path.c_str()) != 0)
    code = errno;
  if (code) {
    unlink(temporary.c_str());
    return systemError("write", path, code);
  }
  // The rename itself must survive a power cut; a folder that cannot be synced is no reason to fail.
  std::string folder = folderOf(path);
  int handle = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle >= 0) {
    (void)!fsync(handle);
    close(handle);
  }
  return Status();
}

Status checkWritable(const std::string &path) {
  struct stat info;
  if (path.empty())
    return Status::error("cannot write a file without a name");
  if (stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode))
      return Status::error("cannot write " + path + ": it is a directory");
    if (!S_ISREG(info.st_mode))
      return Status();
  }
  std::string folder = folderOf(path).empty() ? "." : folderOf(path);
  if (stat(folder.c_str(), &info) != 0)
    return Status::error("cannot write " + path + ": there is no folder " + folder);
  if (!S_ISDIR(info.st_mode))
    return Status::error("cannot write " + path + ": " + folder + " is not a folder");
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    return systemError("write", path, errno);
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
    for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
      if (path.compare(slash + 1, 3, "../") != 0)
        tries.push_back(join(folders.data, path.substr(slash + 1)));
  }
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
    status = Status::error("there is no file " + path + text + "\n  --data DIR names another folder to look in");
  return status;
}

} // namespace nnrt
