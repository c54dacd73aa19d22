// One IDX file (the MNIST format), plain or compressed with gzip.
#pragma once

#include "runtime/support/buffer.h"
#include "runtime/support/status.h"

#include <string>
#include <vector>

namespace nnrt {

/// The types an IDX file may hold; numbers are big-endian.
enum class IdxType : uint8_t {
  U8 = 0x08,
  I8 = 0x09,
  I16 = 0x0B,
  I32 = 0x0C,
  F32 = 0x0D,
  F64 = 0x0E
};

struct IdxFile {
  std::string path;
  IdxType type = IdxType::U8;
  std::vector<int64_t> shape; // shape[0] items
  Buffer data;                // as in the file; empty after readIdxHeader
  size_t start = 0;           // where in `data` the first element is

  int64_t items() const { return shape[0]; }
  int64_t itemSize() const; // elements of one item
  int elementBytes() const;
  bool isExactInF32() const { return type != IdxType::I32 && type != IdxType::F64; }
  /// The bytes of element i of the whole file.
  const unsigned char *bytes(int64_t i) const { return data.data() + start + i * elementBytes(); }
  /// Element i of the whole file.
  double element(int64_t i) const;
};

/// Reads only the type and the shape.
Status readIdxHeader(const std::string &path, IdxFile &file);

/// Reads everything; a file that is not compressed is mapped instead, so it must keep its length
/// while it is used. A truncated file, or one with extra bytes at the end, is an error that gives
/// the actual and the expected number of bytes.
Status readIdx(const std::string &path, IdxFile &file);

/// widen.cpp: bytes to floats.
void widen(const unsigned char *from, float *to, int64_t count);

} // namespace nnrt
