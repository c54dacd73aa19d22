// An entry is a file: a line that says what it is, a BLAKE3 checksum of key and object, the object. It is written under another name
// and renamed, so that readers see all of it or nothing; the checksum finds what a full disk or a crash has left.
#include "compiler/codegen/ObjectCache.h"
#include "runtime/ending.h"

#include "compiler/codegen/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace nnc {

// The prefix is the one that pruneCache looks for; it touches no other file.
static constexpr StringLiteral prefix = "llvmcache-";
static constexpr StringLiteral magic = "nnc object 1\n";
static constexpr size_t headerBytes = magic.size() + LLVM_BLAKE3_OUT_LEN;

static void addTo(BLAKE3 &hash, StringRef part) {
  const uint64_t size = part.size();
  hash.update(StringRef(reinterpret_cast<const char *>(&size), sizeof size));
  hash.update(part);
}

ObjectKey::ObjectKey() { add(codeIdentity()); }

ObjectKey &ObjectKey::add(StringRef part) {
  addTo(hash, part);
  return *this;
}

ObjectKey &ObjectKey::add(const Target &target) {
  return add(target.triple).add(target.cpu).add(target.features);
}

std::string ObjectKey::text() const {
  BLAKE3 copy = hash;
  BLAKE3Result<> result = copy.final();
  return toHex(result, /*LowerCase=*/true);
}

static BLAKE3Result<> checksum(StringRef key, StringRef object) {
  BLAKE3 hash;
  addTo(hash, key);
  addTo(hash, object);
  return hash.final();
}

ObjectCache::ObjectCache(StringRef folder, uint64_t limit) : folder(folder), limit(limit) {}

std::string ObjectCache::defaultFolder() {
  if (std::optional<std::string> named = sys::Process::GetEnv("NNC_CACHE_DIR"))
    return *named;
  SmallString<128> path;
  // $XDG_CACHE_HOME, else ~/.cache
  if (!sys::path::cache_directory(path))
    return {};
  sys::path::append(path, "nnc");
  return path.str().str();
}

std::string ObjectCache::path(StringRef key) const {
  SmallString<128> file(folder);
  sys::path::append(file, prefix + key);
  return file.str().str();
}

std::unique_ptr<MemoryBuffer> ObjectCache::find(StringRef key) const {
  if (!enabled())
    return nullptr;
  const std::string file = path(key);
  // The time of access is what prune() goes by; a file system may not keep it by itself.
  Expected<sys::fs::file_t> opened = sys::fs::openNativeFileForRead(file, sys::fs::OF_UpdateAtime);
  if (!opened) {
    consumeError(opened.takeError());
    return nullptr;
  }
  // Volatile: read, not mapped. A file that shrinks while it is mapped would end the process.
  ErrorOr<std::unique_ptr<MemoryBuffer>> read =
      MemoryBuffer::getOpenFile(*opened, file, /*FileSize=*/-1, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  sys::fs::closeFile(*opened);
  if (!read)
    return nullptr;
  StringRef bytes = (*read)->getBuffer();
  if (bytes.size() < headerBytes || !bytes.starts_with(magic))
    return nullptr;
  StringRef stated = bytes.slice(magic.size(), headerBytes), object = bytes.drop_front(headerBytes);
  if (toStringRef(checksum(key, object)) != stated)
    return nullptr;
  // A copy, because who reads an object file wants it aligned.
  return MemoryBuffer::getMemBufferCopy(object, key);
}

/// Writes the entry under a name of its own, then renames it. Not sys::fs::TempFile: that installs signal handlers, and a run
/// in this process has its own.
static bool writeEntry(StringRef file, StringRef key, StringRef object) {
  int descriptor;
  SmallString<128> temporary;
  if (sys::fs::createUniqueFile(file + ".%%%%%%%%", descriptor, temporary))
    return false;
  const nnrt::Disposable disposable(temporary.str().str());
  bool written;
  {
    raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
    stream << magic << toStringRef(checksum(key, object)) << object;
    stream.close();
    written = !stream.has_error();
    stream.clear_error(); // a stream that dies with an error ends the process
  }
  if (written && !sys::fs::rename(temporary, file))
    return true;
  sys::fs::remove(temporary);
  return false;
}

void ObjectCache::keep(StringRef key, StringRef object) {
  if (!enabled() || sys::fs::create_directories(folder))
    return;
  if (writeEntry(path(key), key, object))
    prune();
}

void ObjectCache::prune(bool force) const {
  if (!enabled())
    return;
  CachePruningPolicy policy;
  if (force)
    policy.Interval = std::chrono::seconds(0);
  policy.Expiration = std::chrono::hours(24 * 30);
  policy.MaxSizeBytes = limit;
  pruneCache(folder, policy);
}

} // namespace nnc
