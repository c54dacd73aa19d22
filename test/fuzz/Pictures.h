// Reads a picture in all ways and processes it.
#pragma once

#include "Fuzz.h"
#include "runtime/images/image_file.h"

namespace nnc_fuzz {

inline void lookAt(nnrt::Image image) {
  use(image.pixels.data(), image.pixels.size());
  use(image.warning.data(), image.warning.size());
  nnrt::setChannels(image, image.channels == 1 ? 3 : 1);
  nnrt::resize(image, 7, 5);
  use(image.pixels.data(), image.pixels.size());
}

/// Reads only the size, as the compiler does, then also the pixels; the two must agree.
inline void readPicture(nnrt::Status (*read)(const std::string &, bool, nnrt::Image &),
                        const std::string &contents) {
  nnrt::Image size, image;
  const bool known = !read(contents, true, size).failed();
  if (read(contents, false, image).failed())
    return;
  if (!known || size.height != image.height || size.width != image.width ||
      size.channels != image.channels)
    __builtin_trap();
  lookAt(image);
}

} // namespace nnc_fuzz
