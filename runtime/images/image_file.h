// One image in memory, read from a PNG or JPEG file, and operations on it.
#pragma once

#include "runtime/support/status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

/// Bytes, row after row, with the channels of a pixel together, as both libraries give them.
struct Image {
  int channels = 0; // 1 gray, 3 red, green and blue
  int64_t height = 0, width = 0;
  std::vector<unsigned char> pixels;
  std::string warning; // the library's warning about a file that it could read; empty: none
};

/// Reads a file according to its first bytes, whatever its name. Palettes become colours, 16 bits
/// become 8, and transparency is ignored. With `sizeOnly` no pixels are read. Errors name the file.
Status readImage(const std::string &path, bool sizeOnly, Image &image);

/// png.cpp, jpeg.cpp: `contents` is the whole file; messages do not name it.
Status readPng(const std::string &contents, bool sizeOnly, Image &image);
Status readJpeg(const std::string &contents, bool sizeOnly, Image &image);

/// orientation.cpp: the orientation that a camera wrote, 1 … 8 as in Exif; 1 (as stored) if nothing
/// sensible is written.
int jpegOrientation(const std::string &contents);
int pngOrientation(const std::string &contents);
/// Turns or mirrors an image that is stored with that orientation, so that it is upright.
void turn(Image &image, int orientation);

/// resize.cpp. Gray becomes three equal channels; three channels become one by 0.299 R + 0.587 G +
/// 0.114 B (ITU-R BT.601).
void setChannels(Image &image, int channels);
/// Bilinear; if the image becomes smaller, each pixel is a weighted mean of all the pixels it
/// replaces.
void resize(Image &image, int64_t height, int64_t width);

/// Images with more pixels are rejected: they would be a mistake or an attack, not a training
/// example.
const int64_t mostPixels = int64_t(1) << 28;

} // namespace nnrt
