// The folder of compiled code. Nothing that anybody else could have written is ever used.
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
/// stored in it. Files in it are opened by name and never through a link. A file that is not a
/// regular file of this user, or that others may write, is treated as missing.
class CacheFolder {
public:
  CacheFolder(const CacheFolder &) = delete;
  ~CacheFolder();

  /// Opens the folder; with `make`, creates what is missing. Returns null if that fails; if the
  /// folder exists but cannot be trusted, `why` says why.
  static std::unique_ptr<CacheFolder> open(llvm::StringRef path, bool make, std::string &why);

  /// Begins a seal of this folder: a hash of its secret and of the data added to it. Only processes
  /// that can read the secret can make seals.
  llvm::BLAKE3 beginSeal() const;

  /// Reads the whole file, and marks it as used now. Nothing if it does not exist.
  std::optional<std::string> read(llvm::StringRef name) const;
  /// Replaces the file as a whole. Returns false if that fails; then nothing is left behind.
  bool write(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> pieces) const;

  /// Deletes files whose names begin with `prefix` and that were not used for `seconds`, then the
  /// least recently used ones until at most `limit` bytes remain.
  void prune(llvm::StringRef prefix, int64_t seconds, uint64_t limit) const;
  /// Whether `seconds` have passed since any process last got true from this function.
  bool isTime(int64_t seconds) const;

private:
  explicit CacheFolder(int handle) : handle(handle) {}
  bool findSecret(bool make);
  int openFile(llvm::StringRef name) const;

  const int handle;
  std::array<uint8_t, 32> secret = {};
};

} // namespace nnc
