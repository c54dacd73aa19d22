// Implements CacheFolder. All calls use the folder's handle, so nobody can exchange the folder in
// between. O_NONBLOCK prevents waiting for a pipe in the folder.
#include "compiler/codegen/CacheFolder.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace llvm;

namespace nnc {

static const char secretName[] = "key";

static bool isOwn(const struct stat &info) {
  return info.st_uid == geteuid() && !(info.st_mode & (S_IWGRP | S_IWOTH));
}

static std::optional<std::string> readAll(int file, size_t size) {
  std::string bytes(size, 0);
  for (size_t got = 0; got < size;) {
    const ssize_t n = ::read(file, &bytes[got], size - got);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return std::nullopt;
    got += size_t(n);
  }
  return bytes;
}

static bool writeAll(int file, StringRef bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    bytes = bytes.drop_front(size_t(n));
  }
  return true;
}

static bool randomBytes(void *bytes, size_t size) {
  return getrandom(bytes, size, 0) == ssize_t(size);
}

CacheFolder::~CacheFolder() { ::close(handle); }

std::unique_ptr<CacheFolder> CacheFolder::open(StringRef path, bool make, std::string &why) {
  why.clear();
  if (make)
    if (const std::error_code error =
            sys::fs::create_directories(path, /*IgnoreExisting=*/true, sys::fs::owner_all)) {
      why = "it cannot be made: " + error.message();
      return nullptr;
    }
  const std::string name = path.str();
  const int handle = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) {
    if (make || errno != ENOENT)
      why = errno == ENOTDIR ? "it is not a folder"
                             : std::string("it cannot be opened: ") + strerror(errno);
    return nullptr;
  }
  std::unique_ptr<CacheFolder> folder(new CacheFolder(handle));
  struct stat info;
  if (fstat(handle, &info) != 0)
    return nullptr;
  if (info.st_uid != geteuid())
    why = "it belongs to another user";
  else if (!isOwn(info))
    why = "others may write into it (chmod go-w " + name + ")";
  else if (folder->findSecret(make))
    return folder;
  else if (fstatat(handle, secretName, &info, AT_SYMLINK_NOFOLLOW) == 0)
    why = "its `key` is not a whole file of this user's that nobody else may read (delete it)";
  else if (make)
    why = "no file can be made in it";
  return nullptr;
}

/// Opens a file that belongs to this user. Returns its descriptor, or -1.
int CacheFolder::openFile(StringRef name) const {
  const int file =
      openat(handle, name.str().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat info;
  if (file < 0 || (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && isOwn(info)))
    return file;
  ::close(file);
  return -1;
}

/// Reads the secret. With `make`, creates one if there is none.
bool CacheFolder::findSecret(bool make) {
  // If two processes create one at the same time, both take the one that was linked first.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (const int file = openFile(secretName); file >= 0) {
      auto done = make_scope_exit([&] { ::close(file); });
      struct stat info;
      if (fstat(file, &info) != 0 || (info.st_mode & 077) || info.st_size != off_t(secret.size()))
        return false;
      std::optional<std::string> bytes = readAll(file, secret.size());
      if (bytes)
        std::copy(bytes->begin(), bytes->end(), secret.begin());
      return bytes.has_value();
    }
    std::array<uint8_t, 32> fresh;
    if (!make || attempt || !randomBytes(fresh.data(), fresh.size()))
      return false;
    uint64_t number;
    if (!randomBytes(&number, sizeof number))
      return false;
    const std::string temporary = "key." + utohexstr(number);
    const int file = openat(handle, temporary.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
      return false;
    const bool written = writeAll(file, toStringRef(fresh));
    if (::close(file) == 0 && written)
      (void)!linkat(handle, temporary.c_str(), handle, secretName,
                    0); // fails if another process was first
    unlinkat(handle, temporary.c_str(), 0);
  }
  return false;
}

BLAKE3 CacheFolder::beginSeal() const {
  BLAKE3 hash;
  hash.update(ArrayRef<uint8_t>(secret));
  return hash;
}

std::optional<std::string> CacheFolder::read(StringRef name) const {
  const int file = openFile(name);
  if (file < 0)
    return std::nullopt;
  auto done = make_scope_exit([&] { ::close(file); });
  // prune() uses the access time, which a file system may not maintain.
  const timespec used[] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
  futimens(file, used);
  struct stat info;
  return fstat(file, &info) == 0 ? readAll(file, size_t(info.st_size)) : std::nullopt;
}

bool CacheFolder::write(StringRef name, ArrayRef<StringRef> pieces) const {
  uint64_t number;
  if (!randomBytes(&number, sizeof number))
    return false;
  const std::string temporary = (name + "." + utohexstr(number)).str();
  const int file =
      openat(handle, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  bool written = all_of(pieces, [&](StringRef piece) { return writeAll(file, piece); });
  written &= ::close(file) == 0;
  if (written && renameat(handle, temporary.c_str(), handle, name.str().c_str()) == 0)
    return true;
  unlinkat(handle, temporary.c_str(), 0);
  return false;
}

bool CacheFolder::isTime(int64_t seconds) const {
  // Nothing else changes the file of the secret, so its modification time can store this one.
  struct stat info;
  if (fstatat(handle, secretName, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      info.st_mtime + seconds > time(nullptr))
    return false;
  const timespec now[] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
  utimensat(handle, secretName, now, AT_SYMLINK_NOFOLLOW);
  return true;
}

void CacheFolder::prune(StringRef prefix, int64_t seconds, uint64_t limit) const {
  struct Entry {
    std::string name;
    time_t used;
    uint64_t bytes;
  };
  const int copy = openat(handle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); // closedir() closes it
  DIR *listing = copy < 0 ? nullptr : fdopendir(copy);
  if (!listing)
    return;
  std::vector<Entry> entries;
  uint64_t total = 0;
  const time_t now = time(nullptr);
  while (const dirent *found = readdir(listing)) {
    const std::string name = found->d_name;
    struct stat info;
    if (!StringRef(name).starts_with(prefix) ||
        fstatat(handle, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
      continue;
    const time_t used = std::max(info.st_atime, info.st_mtime);
    if (used + seconds < now) {
      unlinkat(handle, name.c_str(), 0);
      continue;
    }
    entries.push_back({name, used, uint64_t(info.st_size)});
    total += uint64_t(info.st_size);
  }
  closedir(listing);
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return a.used < b.used; });
  for (size_t i = 0; total > limit && i < entries.size(); ++i) {
    unlinkat(handle, entries[i].name.c_str(), 0);
    total -= entries[i].bytes;
  }
}

} // namespace nnc
