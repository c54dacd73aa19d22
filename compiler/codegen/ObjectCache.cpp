// Implements the object cache. An entry is a file with a magic line, a seal (BLAKE3 of the folder's
// secret, the key and the object) and the object. It is written under another name and renamed, so
// that readers see all of it or nothing. The seal detects files damaged by a full disk or a crash,
// and files that others have written.
#include "compiler/codegen/ObjectCache.h"

#include "compiler/codegen/CacheFolder.h"
#include "compiler/codegen/Target.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace llvm;

namespace nnc {

// Pruning only touches files with this prefix.
static constexpr StringLiteral prefix = "llvmcache-";
static constexpr StringLiteral magic = "nnc object 2\n";
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

static BLAKE3Result<> seal(const CacheFolder &folder, StringRef key, StringRef object) {
  BLAKE3 hash = folder.beginSeal();
  addTo(hash, key);
  addTo(hash, object);
  return hash.final();
}

ObjectCache::ObjectCache(StringRef folder, uint64_t limit) : folder(folder), limit(limit) {}

std::string ObjectCache::defaultFolder() {
  if (std::optional<std::string> named = sys::Process::GetEnv("NNC_CACHE_DIR"))
    return *named;
  SmallString<128> path;
  // $XDG_CACHE_HOME, or ~/.cache
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

std::shared_ptr<const CacheFolder> ObjectCache::opened(bool make) const {
  std::lock_guard<std::mutex> lock(state->mutex);
  if (!state->folder && !folder.empty())
    state->folder = CacheFolder::open(folder, make, state->distrust);
  return state->folder;
}

std::string ObjectCache::distrust() const {
  if (opened(/*make=*/true))
    return "";
  std::lock_guard<std::mutex> lock(state->mutex);
  return state->distrust;
}

std::unique_ptr<MemoryBuffer> ObjectCache::find(StringRef key) const {
  std::shared_ptr<const CacheFolder> in = opened(/*make=*/false);
  std::optional<std::string> read = in ? in->read((prefix + key).str()) : std::nullopt;
  if (!read)
    return nullptr;
  StringRef bytes = *read;
  if (bytes.size() < headerBytes || !bytes.starts_with(magic))
    return nullptr;
  StringRef stated = bytes.slice(magic.size(), headerBytes), object = bytes.drop_front(headerBytes);
  if (toStringRef(seal(*in, key, object)) != stated)
    return nullptr;
  // A copy, because readers of an object file need it aligned.
  return MemoryBuffer::getMemBufferCopy(object, key);
}

void ObjectCache::keep(StringRef key, StringRef object) {
  if (std::shared_ptr<const CacheFolder> in = opened(/*make=*/true);
      in && in->write((prefix + key).str(), {magic, toStringRef(seal(*in, key, object)), object}))
    prune();
}

void ObjectCache::prune(bool force) const {
  std::shared_ptr<const CacheFolder> in = opened(/*make=*/false);
  if (in && (force || in->isTime(20 * 60)))
    in->prune(prefix, int64_t(30) * 24 * 3600, limit);
}

} // namespace nnc
