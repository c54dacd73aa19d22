// One image in memory, read from a PNG or JPEG file, and what can be done to it.
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
  std::string
      warning; // what the library said of a file that it could read all the same; empty: nothing
};

/// Reads a file by what it begins with, whatever it is called. Palettes become colours, 16 bits 8,
/// and what is transparent shows as if it were not. With `sizeOnly` no pixels are read. Errors name
/// the file.
Status readImage(const std::string &path, bool sizeOnly, Image &image);

/// png.cpp, jpeg.cpp: `contents` is the whole file; messages do not name it.
Status readPng(const std::string &contents, bool sizeOnly, Image &image);
Status readJpeg(const std::string &contents, bool sizeOnly, Image &image);

/// orientation.cpp: what a camera wrote of how it was held, 1 … 8 as in Exif; 1, as it lies, where
/// nothing sensible is written.
int jpegOrientation(const std::string &contents);
int pngOrientation(const std::string &contents);
/// Turns or mirrors an image that lies in its file with that orientation, as it is to be looked at.
void turn(Image &image, int orientation);

/// resize.cpp. Gray becomes three equal channels; of three one is made by 0.299 R + 0.587 G + 0.114
/// B (ITU-R BT.601).
void setChannels(Image &image, int channels);
/// Bilinear; where the image becomes smaller, each pixel is a weighted mean of all it stands for.
void resize(Image &image, int64_t height, int64_t width);

/// An image is refused above so many pixels: it would be no training example, but a mistake or an
/// attack.
const int64_t mostPixels = int64_t(1) << 28;

} // namespace nnrt
