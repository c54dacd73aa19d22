// A reader for members of ZIP archives, stored or deflated. NumPy's .npz files are such archives.
#pragma once

#include "runtime/support/buffer.h"
#include "runtime/support/status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

struct ZipFile {
  ZipFile() = default;
  ZipFile(const ZipFile &) = delete;
  ~ZipFile();

  struct Member {
    std::string name;
    uint64_t offset = 0, packed = 0,
             size = 0; // of its local header; bytes in the file, bytes unpacked
    uint32_t checksum = 0;
    uint16_t method = 0; // 0 stored, 8 deflated
  };
  std::string path;
  std::vector<Member> members;

  /// Reads the archive's directory. Only a comment may follow it; members are before it, do not
  /// overlap, and have distinct names.
  Status open(const std::string &path);
  /// Unpacks the first `limit` bytes of a member; if it is unpacked as a whole, the checksum must
  /// be right.
  Status read(const Member &member, size_t limit, Buffer &result) const;

private:
  bool readAt(uint64_t offset, void *into, uint64_t size) const;
  bool findDirectory(uint64_t &start, uint64_t &end, uint64_t &count) const;
  Status readDirectory(uint64_t at, uint64_t end, uint64_t count);
  Status checkApart(uint64_t directory) const;
  Status inflate(const Member &member, uint64_t start, uint64_t size, unsigned char *out,
                 const std::string &place) const;

  int file = -1;
  uint64_t length = 0; // of the file
};

} // namespace nnrt
