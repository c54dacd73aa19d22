// The safetensors file format: a JSON header, then raw little-endian tensors. Weight files and
// checkpoints both use it, so other tools can read them.
#pragma once

#include "runtime/support/status.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nnrt {

enum class DType { F32, F64, F16, BF16, Other };

/// A tensor in memory (writing) or inside a file's contents (reading).
struct TensorView {
  std::string name;
  DType type;
  std::vector<int64_t> shape;
  const unsigned char *data;
  size_t size;               // bytes
  std::string typeName = {}; // as in the file, for messages

  int64_t elements() const;
  /// Element i of a floating-point tensor.
  double get(int64_t i) const;
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// Writes the file atomically, with a checksum of its header and data in the metadata.
Status writeSafetensors(const std::string &path, std::vector<TensorView> tensors,
                        const Metadata &metadata);

/// What `format` says in the metadata of files that must have a checksum, followed by a version:
/// "nnc 2".
extern const char *const weightsFormat, *const checkpointFormat;

/// A file that has been read and checked: every tensor is inside the file, sizes match shapes,
/// nothing overlaps, nothing is between or after them, and the checksum is right if there is one.
struct SafetensorsFile {
  std::string path, contents;
  std::vector<TensorView> tensors;
  Metadata metadata;

  const TensorView *find(const std::string &name) const;
  /// A metadata value or null.
  const std::string *meta(const std::string &name) const;
  /// Whether the file has a checksum, and it is right. Files of other programs have none.
  bool checked = false;
};
Status readSafetensors(const std::string &path, SafetensorsFile &file);

} // namespace nnrt
