// The cache of compiled objects: a folder with each object under a hash of everything that
// determines its bytes.
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

/// The name of an object: a hash of parts that are added in a fixed order. The compiler itself is
/// the first part, so a new compiler never reads what an old one wrote.
class ObjectKey {
public:
  ObjectKey();
  /// Adds a part, including its length: ("ab", "c") differs from ("a", "bc").
  ObjectKey &add(llvm::StringRef part);
  ObjectKey &add(const Target &target);
  /// 64 hexadecimal digits.
  std::string text() const;

private:
  llvm::BLAKE3 hash;
};

/// Identifies the code of this process: the build ids of the executable and of every loaded library
/// (LLVM generates the code, so its version matters), as bytes. A file without a build id is hashed
/// completely.
llvm::StringRef codeIdentity();

/// Finds and stores objects. If anything is wrong with the folder or an entry, nothing is found and
/// nothing is stored, without an error. Several processes may use a folder at the same time.
class ObjectCache {
public:
  /// A cache that stores and finds nothing.
  ObjectCache() = default;
  /// A cache in `folder`, which is created when the first object is stored. Holds at most about
  /// `limit` bytes: see prune().
  explicit ObjectCache(llvm::StringRef folder, uint64_t limit = defaultLimit);

  /// The folder if no flag sets another: $NNC_CACHE_DIR (empty: none), $XDG_CACHE_HOME/nnc,
  /// ~/.cache/nnc.
  static std::string defaultFolder();
  /// 512 MB: enough for some thousands of programs.
  static constexpr uint64_t defaultLimit = uint64_t(512) << 20;

  bool enabled() const { return !folder.empty(); }

  /// The object stored under `key`, or null. An entry is used only if its seal is right. The seal
  /// covers key and object, and only processes of this user can make it (CacheFolder).
  std::unique_ptr<llvm::MemoryBuffer> find(llvm::StringRef key) const;

  /// Stores an object. Prunes from time to time.
  void keep(llvm::StringRef key, llvm::StringRef object);

  /// Deletes objects that were not used for a month, and then the least recently used ones until
  /// the rest is below the limit. Without `force`, at most once every twenty minutes per folder.
  void prune(bool force = false) const;

  /// The file of an entry.
  std::string path(llvm::StringRef key) const;

  /// Why the folder exists but is not used. Empty if it is used, or does not exist yet.
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
