// Members of a ZIP archive, stored or deflated: what NumPy's .npz files are.
#pragma once

#include "runtime/buffer.h"
#include "runtime/status.h"

#include <string>
#include <vector>

namespace nnrt {

struct ZipFile {
  struct Member {
    std::string name;
    uint64_t offset = 0, packed = 0, size = 0; // of its local header; bytes in the file, bytes unpacked
    uint32_t checksum = 0;
    uint16_t method = 0; // 0 stored, 8 deflated
  };
  std::string path;
  std::vector<Member> members;
  Buffer file;

  /// Reads the archive's directory. The file is mapped, so it must keep its length while this lives.
  Status open(const std::string &path);
  /// Unpacks the first `limit` bytes of a member; of a whole one the checksum must be right.
  Status read(const Member &member, size_t limit, Buffer &result) const;
};

} // namespace nnrt
