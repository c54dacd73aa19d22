// One IDX file (the MNIST format), plain or compressed with gzip.
#pragma once

#include "runtime/buffer.h"
#include "runtime/status.h"

#include <string>
#include <vector>

namespace nnrt {

/// The types an IDX file may hold; numbers are big-endian.
enum class IdxType : uint8_t { U8 = 0x08, I8 = 0x09, I16 = 0x0B, I32 = 0x0C, F32 = 0x0D, F64 = 0x0E };

struct IdxFile {
  std::string path;
  IdxType type = IdxType::U8;
  std::vector<int64_t> shape; // shape[0] items
  Buffer data;                // as in the file; empty after readIdxHeader

  int64_t items() const { return shape[0]; }
  int64_t itemSize() const; // elements of one item
  int elementBytes() const;
  /// Element i of the whole file.
  double element(int64_t i) const;
};

/// Reads only the type and the shape.
Status readIdxHeader(const std::string &path, IdxFile &file);

/// Reads everything. A file that is cut off or has bytes behind its end is an error that says how many bytes there are
/// and how many there should be.
Status readIdx(const std::string &path, IdxFile &file);

} // namespace nnrt
