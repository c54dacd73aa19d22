// A folder of objects compiled before, each under a hash of everything that determines its bytes.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace nnc {

struct Target;
class CacheFolder;

/// The name of an object: a hash that parts are added to, in a fixed order. The compiler itself is
/// the first part, so that a new compiler never reads what an old one wrote.
class ObjectKey {
public:
  ObjectKey();
  /// Adds a part. Its length counts too: ("ab", "c") is not ("a", "bc").
  ObjectKey &add(llvm::StringRef part);
  ObjectKey &add(const Target &target);
  /// 64 hexadecimal digits.
  std::string text() const;

private:
  llvm::BLAKE3 hash;
};

/// What identifies the code of this process: the build ids of the executable and of every library
/// that it has loaded (LLVM generates the code, so its version counts), as bytes. A file without a
/// build id is hashed whole.
llvm::StringRef codeIdentity();

/// Finds and keeps objects. A cache is a convenience: whatever is wrong with its folder or with an
/// entry, the answer is that nothing is there, and nothing is kept. Several processes may use one
/// folder at once.
class ObjectCache {
public:
  /// Keeps nothing and finds nothing.
  ObjectCache() = default;
  /// In `folder`, which is made when the first object is kept. At most about `limit` bytes: see
  /// prune().
  explicit ObjectCache(llvm::StringRef folder, uint64_t limit = defaultLimit);

  /// Where objects are kept unless a flag says it: $NNC_CACHE_DIR (empty: nowhere),
  /// $XDG_CACHE_HOME/nnc, ~/.cache/nnc.
  static std::string defaultFolder();
  /// 512 MB: some thousands of programs.
  static constexpr uint64_t defaultLimit = uint64_t(512) << 20;

  bool enabled() const { return !folder.empty(); }

  /// The object that was kept under `key`, or null. An entry is used only if its seal is right,
  /// which covers key and object and which only this user's processes can make (CacheFolder).
  std::unique_ptr<llvm::MemoryBuffer> find(llvm::StringRef key) const;

  /// Keeps an object. From time to time this prunes.
  void keep(llvm::StringRef key, llvm::StringRef object);

  /// Deletes objects that were not used for a month, and those that were not used for longest until
  /// what is left is below the limit. Without `force` at most once every twenty minutes for each
  /// folder.
  void prune(bool force = false) const;

  /// The file of an entry.
  std::string path(llvm::StringRef key) const;

  /// Why the folder, which is there, is not used; empty where it is, or is not there yet.
  std::string distrust() const;

private:
  struct State {
    std::mutex mutex;
    std::shared_ptr<const CacheFolder> folder; // once it is open
    std::string distrust;
  };
  std::shared_ptr<const CacheFolder> opened(bool make) const;

  std::string folder;
  uint64_t limit = defaultLimit;
  std::shared_ptr<State> state = std::make_shared<State>();
};

} // namespace nnc
