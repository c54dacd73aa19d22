// The interface to the reader of `images` sources. The reader needs libpng and libjpeg, so it is a
// separate library (runtime/images), which is linked only with programs that have such a source: in
// others the pointer is null.
#pragma once

#include "runtime/sources/source.h"

namespace nnrt {

/// The contents of a folder of images, as far as one of its images shows.
struct ImageFolder {
  int64_t images = 0, channels = 0, height = 0, width = 0;
  int64_t classes = 0;
};

struct ImageReader {
  /// Reads all images of a source.
  Open *open;
  /// Lists the folder and reads one image's size. Paths are relative to `folders`.
  Status (*probe)(const SourceT &, const Folders &folders, ImageFolder &result);
  /// Reads one image file, or all in a folder without classes, for predict: the column `image`,
  /// others are missing.
  Status (*openLoose)(const SourceT &, const std::string &path, const std::vector<ColumnRequest> &,
                      std::unique_ptr<Source> &);
};

extern "C" {
extern const ImageReader nn_image_reader __attribute__((weak));
}

/// The reader, or null if it is not linked.
inline const ImageReader *imageReader() { return &nn_image_reader; }

} // namespace nnrt
