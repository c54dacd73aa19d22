// What reads `images` sources. It needs libpng and libjpeg, so it is a library of its own
// (runtime/images), which only programs with such a source are linked with: everyone else sees a
// null pointer.
#pragma once

#include "runtime/sources/source.h"

namespace nnrt {

/// What a folder of images holds, as far as one image of it tells.
struct ImageFolder {
  int64_t images = 0, channels = 0, height = 0, width = 0;
  int64_t classes = 0;
};

struct ImageReader {
  /// Reads all images of a source.
  Status (*open)(const SourceSpec &, const std::vector<ColumnRequest> &, std::unique_ptr<Source> &);
  /// Lists the folder and reads one image's size. Paths are relative to `folders`.
  Status (*probe)(const nn_source &, const Folders &folders, ImageFolder &result);
  /// Reads one image file, or all in a folder without classes, for predict: the column `image`,
  /// others are missing.
  Status (*openLoose)(const nn_source &, const std::string &path,
                      const std::vector<ColumnRequest> &, std::unique_ptr<Source> &);
};

extern "C" {
extern const ImageReader nn_image_reader __attribute__((weak));
}

/// The reader, or null where it is not linked.
inline const ImageReader *imageReader() { return &nn_image_reader; }

} // namespace nnrt
