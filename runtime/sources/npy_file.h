// NumPy's file formats: .npy files, and .npz archives of them.
#pragma once

#include "runtime/support/buffer.h"
#include "runtime/support/status.h"

#include <string>
#include <vector>

namespace nnrt {

/// The kind of a dtype, with NumPy's letter for it.
enum class NpyKind : char { Bool = 'b', Signed = 'i', Unsigned = 'u', Float = 'f' };

struct NpyArray {
  std::string name; // for messages: "x.npy", "digits.npz: x"
  NpyKind kind = NpyKind::Float;
  int bytes = 4; // of an element: 1, 2, 4 or 8
  bool bigEndian = false, fortran = false;
  std::vector<int64_t> shape; // shape[0] examples
  Buffer data; // in the machine's byte order and in C's order; empty if only the header was read
  size_t start = 0; // where in `data` the first element is

  int64_t rows() const { return shape[0]; }
  int64_t rowSize() const; // elements of one example
  bool isExactInF32() const { return bytes < 4 || (bytes == 4 && kind == NpyKind::Float); }
  /// Writes `count` elements from element `first` of the whole array on.
  template <class T> void read(int64_t first, int64_t count, T *out) const;
};

/// Reads an .npy file: versions 1 to 3; booleans, whole numbers and f4, f8, in either byte order
/// and either order of axes. Any other content, a truncated file and a file with extra bytes are
/// errors. A file with the layout of memory is mapped, so it must keep its length while it is used.
Status readNpy(const std::string &path, NpyArray &array, bool headerOnly);

/// The names of an .npz archive's arrays, in the archive's order, without ".npy".
Status listNpz(const std::string &path, std::vector<std::string> &names);

/// Reads one of an .npz archive's arrays, stored or deflated; its checksum must be right (unless
/// `headerOnly`).
Status readNpz(const std::string &path, const std::string &member, NpyArray &array,
               bool headerOnly);

} // namespace nnrt
