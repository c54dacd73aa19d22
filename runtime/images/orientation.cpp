// Reads the orientation that a camera wrote for a picture: tag 0x0112 of Exif (CIPA DC-008), in a
// JPEG's segment APP1 or a PNG's chunk eXIf. Every offset is checked; if the tag cannot be read,
// the picture stays as it is stored.
#include "runtime/images/image_file.h"

#include <cstring>

namespace nnrt {
namespace {

/// Untrusted bytes: everything beyond their end is 0 and clears `good`.
struct Bytes {
  const unsigned char *data;
  size_t size;
  bool bigEndian;
  bool good = true;

  uint32_t number(size_t at, int bytes) {
    if (at > size || size - at < size_t(bytes)) {
      good = false;
      return 0;
    }
    uint32_t value = 0;
    for (int i = 0; i < bytes; ++i)
      value |= uint32_t(data[at + size_t(i)]) << 8 * (bigEndian ? bytes - 1 - i : i);
    return value;
  }
};

/// The orientation in a TIFF header and the data after it.
int exifOrientation(const unsigned char *tiff, size_t size) {
  if (size < 8 || (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
    return 1;
  Bytes bytes{tiff, size, tiff[0] == 'M'};
  const uint32_t directory = bytes.number(4, 4), entries = bytes.number(directory, 2);
  for (uint32_t i = 0; i < entries && bytes.good; ++i) {
    const size_t entry = size_t(directory) + 2 + 12 * size_t(i);
    if (bytes.number(entry, 2) != 0x0112)
      continue;
    // A short (type 3) is in the first half of the value's four bytes; some writers use a long (4).
    const uint32_t type = bytes.number(entry + 2, 2), count = bytes.number(entry + 4, 4);
    const uint32_t value = type == 3   ? bytes.number(entry + 8, 2)
                           : type == 4 ? bytes.number(entry + 8, 4)
                                       : 0;
    return bytes.good && count == 1 && value >= 1 && value <= 8 ? int(value) : 1;
  }
  return 1;
}

} // namespace

int jpegOrientation(const std::string &contents) {
  Bytes bytes{reinterpret_cast<const unsigned char *>(contents.data()), contents.size(), true};
  for (size_t at = 2;
       bytes.good;) { // after SOI: segments of a marker and a length, up to the picture itself
    const uint32_t marker = bytes.number(at + 1, 1);
    if (bytes.number(at, 1) != 0xff || marker == 0xff) { // stray bytes and fill bytes
      ++at;
      continue;
    }
    if (marker == 0xda || marker == 0xd9)
      return 1;
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) { // markers without a segment
      at += 2;
      continue;
    }
    const uint32_t length = bytes.number(at + 2, 2);
    if (!bytes.good || length < 2 || length > contents.size() - at - 2)
      return 1;
    const unsigned char *segment = bytes.data + at + 4;
    if (marker == 0xe1 && length >= 8 && memcmp(segment, "Exif\0", 6) == 0)
      return exifOrientation(segment + 6, length - 8);
    at += 2 + size_t(length);
  }
  return 1;
}

int pngOrientation(const std::string &contents) {
  Bytes bytes{reinterpret_cast<const unsigned char *>(contents.data()), contents.size(), true};
  for (size_t at = 8;
       bytes.good;) { // after the signature: chunks of a length, a name, data and a checksum
    const uint32_t length = bytes.number(at, 4);
    bytes.number(at + 4, 4);
    if (!bytes.good || length > contents.size() - at - 8)
      return 1;
    if (memcmp(bytes.data + at + 4, "eXIf", 4) == 0)
      return exifOrientation(bytes.data + at + 8, length);
    at += 12 + size_t(length);
  }
  return 1;
}

void turn(Image &image, int orientation) {
  if (orientation < 2 || orientation > 8)
    return;
  const bool swaps = orientation >= 5; // rows become columns
  const int64_t height = swaps ? image.width : image.height,
                width = swaps ? image.height : image.width;
  if (image.pixels.empty()) { // only its size is known
    image.height = height;
    image.width = width;
    return;
  }
  std::vector<unsigned char> pixels(image.pixels.size());
  const size_t channels = size_t(image.channels);
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      // Where the pixel is in the file. Its row 0 is shown at: 1 top, 2 top, 3 bottom, 4 bottom, 5
      // left, 6 right, 7 right, 8 left; its column 0 at: 1 left, 2 right, 3 right, 4 left, 5 top, 6
      // top, 7 bottom, 8 bottom.
      int64_t row = swaps ? x : y, column = swaps ? y : x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        row = image.height - 1 - row;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        column = image.width - 1 - column;
      memcpy(&pixels[size_t(y * width + x) * channels],
             &image.pixels[size_t(row * image.width + column) * channels], channels);
    }
  image.pixels = std::move(pixels);
  image.height = height;
  image.width = width;
}

} // namespace nnrt
