// Reads PNG through libpng. Its errors leave by longjmp, so nothing between setjmp and there may
// need a destructor.
#include "runtime/images/image_file.h"

#include <csetjmp>
#include <cstring>
#include <png.h>

namespace nnrt {
namespace {

/// Deflate packs at most this many bytes into one: a file that is shorter than its rows need is
/// truncated, and no memory is allocated for it.
const uint64_t mostUnpacked = 1032;

struct Reading {
  const unsigned char *at;
  size_t left;
  char message[200];
  char warning[200]; // the first
};

/// Whether every chunk ends within the file: libpng allocates memory for some kinds before it reads
/// them.
bool chunksFit(const std::string &contents) {
  for (size_t at = 8; at + 12 <= contents.size() && contents.compare(at + 4, 4, "IEND") != 0;) {
    uint32_t length = 0;
    for (size_t i = 0; i < 4; ++i)
      length = length << 8 | (unsigned char)contents[at + i];
    if (length > contents.size() - at - 12)
      return false;
    at += 12 + size_t(length);
  }
  return true;
}

void give(png_structp png, png_bytep into, size_t size) {
  auto &reading = *static_cast<Reading *>(png_get_io_ptr(png));
  if (size > reading.left)
    png_error(png, "the file is cut off");
  memcpy(into, reading.at, size);
  reading.at += size;
  reading.left -= size;
}

void fail(png_structp png, png_const_charp message) {
  auto &reading = *static_cast<Reading *>(png_get_error_ptr(png));
  snprintf(reading.message, sizeof reading.message, "%s", message);
  longjmp(png_jmpbuf(png), 1);
}

void note(png_structp png, png_const_charp message) {
  auto &reading = *static_cast<Reading *>(png_get_error_ptr(png));
  if (!reading.warning[0])
    snprintf(reading.warning, sizeof reading.warning, "%s", message);
}

/// Everything that may longjmp. `rows` is filled for image.pixels, which the first of two calls
/// sizes. `packed`: bytes of the rows as they are in the file.
bool header(png_structp png, png_infop info, Image &image, uint64_t &packed) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_read_info(png, info);
  packed = uint64_t(png_get_rowbytes(png, info)) * png_get_image_height(png, info);
  png_set_expand(png); // palettes, fewer than 8 bits, transparent colours
  png_set_scale_16(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  image.channels = png_get_channels(png, info);
  image.height = png_get_image_height(png, info);
  image.width = png_get_image_width(png, info);
  return true;
}

bool pixels(png_structp png, png_bytepp rows) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_read_image(png, rows);
  png_read_end(png, nullptr);
  return true;
}

} // namespace

Status readPng(const std::string &contents, bool sizeOnly, Image &image) {
  if (!chunksFit(contents))
    return Status::error("the file is cut off");
  Reading reading = {reinterpret_cast<const unsigned char *>(contents.data()), contents.size(), "",
                     ""};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, fail, note);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    return Status::error("there is no memory for it");
  }
  png_set_read_fn(png, &reading, give);
  uint64_t packed = 0;
  bool good = header(png, info, image, packed);
  Status status;
  if (good && image.height * image.width > mostPixels) {
    status = Status::error(
        format("it has %lld times %lld pixels", (long long)image.height, (long long)image.width));
  } else if (good && !sizeOnly && packed / mostUnpacked > contents.size()) {
    status = Status::error("the file is cut off");
  } else if (good && !sizeOnly) {
    const size_t rowBytes = size_t(image.width) * image.channels;
    image.pixels.resize(rowBytes * size_t(image.height));
    std::vector<png_bytep> rows(image.height);
    for (int64_t y = 0; y < image.height; ++y)
      rows[y] = image.pixels.data() + y * rowBytes;
    good = png_get_rowbytes(png, info) == rowBytes && pixels(png, rows.data());
  }
  png_destroy_read_struct(&png, &info, nullptr);
  image.warning = reading.warning;
  if (good && !status.failed())
    turn(image, pngOrientation(contents));
  if (status.failed() || good)
    return status;
  return Status::error(reading.message[0] ? reading.message : "its rows have an unexpected length");
}

} // namespace nnrt
