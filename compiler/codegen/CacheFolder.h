// The folder in which compiled code is kept: nothing that somebody else could have written is ever
// used.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/BLAKE3.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace nnc {

/// An open folder that belongs to this user and that nobody else may write into, with the secret
/// that is kept in it. Files are opened below it by name and never through a link; what is no
/// regular file of this user, or may be written by others, counts as not there.
class CacheFolder {
public:
  CacheFolder(const CacheFolder &) = delete;
  ~CacheFolder();

  /// Opens it; `make`: makes what is missing of it. Null where that cannot be, and then `why` says
  /// so if the folder is there and not to be trusted.
  static std::unique_ptr<CacheFolder> open(llvm::StringRef path, bool make, std::string &why);

  /// Seals belong to this folder: a hash of its secret and of what is added, which nobody makes who
  /// cannot read the secret.
  llvm::BLAKE3 beginSeal() const;

  /// The whole file, which counts as used now; nothing if it is not there.
  std::optional<std::string> read(llvm::StringRef name) const;
  /// Replaces the file as a whole. False where that fails; then nothing is left behind.
  bool write(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> pieces) const;

  /// Deletes files whose names begin with `prefix` and that were not used for `seconds`, then those
  /// that were not used for longest until the others have `limit` bytes at most.
  void prune(llvm::StringRef prefix, int64_t seconds, uint64_t limit) const;
  /// Whether `seconds` have passed since this was last asked and true, by whatever process.
  bool isTime(int64_t seconds) const;

private:
  CacheFolder(int handle) : handle(handle) {}
  bool findSecret(bool make);
  int openFile(llvm::StringRef name) const;

  const int handle;
  std::array<uint8_t, 32> secret = {};
};

} // namespace nnc
