// Writes files: to a temporary file in the same folder, which is flushed and renamed. Its name is
// random and cannot have been prepared by others (O_EXCL, O_NOFOLLOW), so two runs may write the
// same path, each its whole file. It is locked while it is written. A file with such a name that is
// not locked was left by a killed process, and is removed when the same path is written next.
#include "runtime/files/file.h"

#include "runtime/process/ending.h"
#include "runtime/support/visible.h"

#include <cerrno>
#include <climits>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

namespace {

int writeAll(int file, const Piece &piece) {
  const char *at = static_cast<const char *>(piece.data);
  size_t left = piece.size;
  while (left) {
    ssize_t n = write(file, at, left < (1u << 30) ? left : (1u << 30));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    if (n == 0)
      return EIO;
    at += n;
    left -= size_t(n);
  }
  return 0;
}

std::string folderOrHere(const std::string &path) {
  const std::string folder = folderOf(path);
  return folder.empty() ? "." : folder;
}

/// Follows symbolic links from `path`; the target need not exist.
Status followLinks(const std::string &path, std::string &target) {
  target = path;
  for (int links = 0; links < 40; ++links) { // as the kernel's limit
    char to[PATH_MAX];
    const ssize_t size = readlink(target.c_str(), to, sizeof to);
    if (size < 0)
      return errno == EINVAL || errno == ENOENT || errno == ENOTDIR
                 ? Status()
                 : systemError("write", path, errno);
    if (size_t(size) == sizeof to)
      return systemError("write", path, ENAMETOOLONG);
    const std::string next(to, size_t(size)), folder = folderOf(target);
    if (struct stat info;
        next[0] == '/' && stat(target.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
      return Status(); // only the kernel knows where /proc/self/fd/1 leads
    target = next[0] == '/' || folder.empty() ? next : (folder == "/" ? "" : folder) + "/" + next;
  }
  return systemError("write", path, ELOOP);
}

/// The start of the names of temporary files for `target`; they end with random letters and `.tmp`.
/// A long name is cut, so that the temporary name fits wherever the name itself does.
const size_t letters = 12;
std::string temporaryStart(const std::string &target) {
  const size_t most = NAME_MAX - letters - 7; // two dots, a hyphen and `.tmp`
  return "." + baseName(target).substr(0, most) + "-";
}

std::string temporaryName(const std::string &target) {
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz012345"; // 32 letters: five bits each
  static uint64_t counter = 0;
  unsigned char random[letters] = {};
  if (getrandom(random, sizeof random, GRND_NONBLOCK) != ssize_t(sizeof random)) {
    const uint64_t own =
        uint64_t(getpid()) << 20 ^ __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED);
    for (size_t i = 0; i < letters; ++i)
      random[i] = (unsigned char)(own >> (5 * i));
  }
  const std::string folder = folderOf(target);
  std::string name = (folder.empty()  ? ""
                      : folder == "/" ? "/"
                                      : folder + "/") +
                     temporaryStart(target);
  for (unsigned char byte : random)
    name += alphabet[byte & 31];
  return name + ".tmp";
}

bool isTemporaryOf(const std::string &name, const std::string &start) {
  return name.size() == start.size() + letters + 4 && name.compare(0, start.size(), start) == 0 &&
         name.compare(name.size() - 4, 4, ".tmp") == 0;
}

/// Removes what killed processes have left beside `target`.
void removeLeftovers(const std::string &target) {
  const std::string folder = folderOrHere(target), start = temporaryStart(target);
  DIR *listing = opendir(folder.c_str());
  if (!listing)
    return;
  while (const dirent *entry = readdir(listing)) {
    if (!isTemporaryOf(entry->d_name, start))
      continue;
    const int file =
        openat(dirfd(listing), entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
      continue;
    struct stat info;
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
        flock(file, LOCK_EX | LOCK_NB) == 0)
      unlinkat(dirfd(listing), entry->d_name, 0);
    close(file);
  }
  closedir(listing);
}

/// A new, empty, locked file beside `target`.
int createBeside(const std::string &target, std::string &name, int &file) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    name = temporaryName(target);
    file = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0 && (errno == EEXIST || errno == EINTR))
      continue;
    if (file < 0)
      return errno;
    // Another process may have removed it as a leftover before it was locked: then the file no
    // longer has a name.
    struct stat info;
    const bool locks = flock(file, LOCK_EX) == 0;
    if (!locks || (fstat(file, &info) == 0 && info.st_nlink > 0))
      return 0; // without locks (some network file systems) nobody removes leftovers either
    close(file);
  }
  return EEXIST;
}

/// Whether a file can be made at `path`. `target`: where it leads; `direct`: whether it is a device
/// or a pipe, which is written directly; `mode`: the permissions of the file to be replaced, or -1.
Status look(const std::string &path, std::string &target, bool &direct, int &mode) {
  direct = false;
  mode = -1;
  if (path.empty())
    return Status::error("cannot write a file without a name");
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    if (S_ISDIR(info.st_mode))
      return Status::error("cannot write " + visible(path) + ": it is a directory");
    direct = true;
    return Status();
  }
  NN_TRY(followLinks(path, target));
  const std::string folder = folderOrHere(target);
  if (stat(folder.c_str(), &info) != 0)
    return errno == ENOENT ? Status::error("cannot write " + visible(path) +
                                           ": there is no folder " + visible(folder))
                           : systemError("write", path, errno);
  if (!S_ISDIR(info.st_mode))
    return Status::error("cannot write " + visible(path) + ": " + visible(folder) +
                         " is not a folder");
  if (stat(target.c_str(), &info) == 0) {
    mode = int(info.st_mode & 0777);
    if (access(target.c_str(), W_OK) != 0) // a protected file in a folder that is not
      return systemError("write", path, errno);
  } else if (errno != ENOENT) {
    return systemError("write", path, errno); // a name that is too long
  }
  return Status();
}

int writeInto(const std::string &path, const std::vector<Piece> &pieces) {
  const int file = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (file < 0)
    return errno;
  int code = 0;
  for (size_t i = 0; !code && i < pieces.size(); ++i)
    code = writeAll(file, pieces[i]);
  if (close(file) != 0 && !code)
    code = errno;
  return code;
}

/// The rename itself must survive a power cut. Some file systems cannot do that, and some folders
/// may not be read.
int syncFolder(const std::string &folder) {
  const int handle = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0)
    return errno == EACCES ? 0 : errno;
  const int code = fsync(handle) == 0 ? 0 : errno;
  close(handle);
  return code == EINVAL || code == ENOTSUP || code == EROFS ? 0 : code;
}

} // namespace

Status writeFile(const std::string &path, const std::vector<Piece> &pieces) {
  std::string target, temporary;
  bool direct;
  int mode, file;
  NN_TRY(look(path, target, direct, mode));
  if (direct) {
    const int code = writeInto(path, pieces);
    return code ? systemError("write", path, code) : Status();
  }
  int code = createBeside(target, temporary, file);
  if (code)
    return systemError("write", path, code);
  const Disposable disposable(temporary);
  for (size_t i = 0; !code && i < pieces.size(); ++i)
    code = writeAll(file, pieces[i]);
  if (!code && mode >= 0 && fchmod(file, mode_t(mode)) != 0)
    code = errno;
  if (!code && fsync(file) != 0)
    code = errno;
  if (!code && rename(temporary.c_str(), target.c_str()) != 0)
    code = errno;
  if (code)
    unlink(temporary.c_str());
  if (close(file) != 0 && !code) // the lock ends here
    code = errno;
  if (!code)
    code = syncFolder(folderOrHere(target));
  return code ? systemError("write", path, code) : Status();
}

Status checkWritable(const std::string &path) {
  std::string target, temporary;
  bool direct;
  int mode, file;
  NN_TRY(look(path, target, direct, mode));
  if (direct)
    return Status();
  removeLeftovers(target);
  if (int code = createBeside(target, temporary, file))
    return systemError("write", path, code);
  unlink(temporary.c_str());
  close(file);
  return Status();
}

} // namespace nnrt
