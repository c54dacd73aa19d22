// Changes the size and the channels of images.
#include "runtime/images/image_file.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

void setChannels(Image &image, int channels) {
  if (image.channels == channels)
    return;
  const size_t count = size_t(image.height * image.width);
  std::vector<unsigned char> pixels(count * channels);
  for (size_t i = 0; i < count; ++i)
    if (channels == 3) {
      std::fill_n(&pixels[3 * i], 3, image.pixels[i]);
    } else {
      const unsigned char *p = &image.pixels[3 * i];
      pixels[i] = (unsigned char)std::lround(0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]);
    }
  image.pixels = std::move(pixels);
  image.channels = channels;
}

namespace {

/// The source pixels of one pixel of the result, along one axis.
struct Window {
  int64_t first;
  std::vector<double> weights; // their sum is 1
};

/// A triangle as wide as two pixels, of the source or of the result, whichever is larger; centres
/// of pixels are at halves.
std::vector<Window> windows(int64_t from, int64_t to) {
  const double scale = double(from) / double(to), reach = std::max(1.0, scale);
  std::vector<Window> result(to);
  for (int64_t i = 0; i < to; ++i) {
    const double centre = (double(i) + 0.5) * scale;
    Window &window = result[i];
    window.first = std::max<int64_t>(0, int64_t(std::floor(centre - reach)));
    const int64_t last = std::min<int64_t>(from, int64_t(std::ceil(centre + reach)));
    double sum = 0;
    for (int64_t k = window.first; k < last; ++k) {
      window.weights.push_back(std::max(0.0, 1 - std::fabs((double(k) + 0.5 - centre) / reach)));
      sum += window.weights.back();
    }
    for (double &weight : window.weights)
      weight /= sum;
  }
  return result;
}

} // namespace

void resize(Image &image, int64_t height, int64_t width) {
  if (image.height == height && image.width == width)
    return;
  const int64_t channels = image.channels, rowSize = width * channels;
  const std::vector<Window> across = windows(image.width, width),
                            down = windows(image.height, height);
  // Row by row of the source: each is resized to the width of the result, then added to every row
  // of the result that it contributes to. Windows begin and end in ascending order, so these rows
  // are neighbours.
  std::vector<double> sums(size_t(height * rowSize)), wide(static_cast<size_t>(rowSize));
  int64_t begin = 0, end = 0;
  for (int64_t y = 0; y < image.height; ++y) {
    while (end < height && down[end].first <= y)
      ++end;
    while (begin < end && down[begin].first + int64_t(down[begin].weights.size()) <= y)
      ++begin;
    if (begin == end)
      continue;
    for (int64_t x = 0; x < width; ++x)
      for (int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (size_t k = 0; k < across[x].weights.size(); ++k)
          sum += across[x].weights[k] *
                 image.pixels[(y * image.width + across[x].first + int64_t(k)) * channels + c];
        wide[x * channels + c] = sum;
      }
    for (int64_t to = begin; to < end; ++to) {
      const double weight = down[to].weights[y - down[to].first];
      for (int64_t i = 0; i < rowSize; ++i)
        sums[to * rowSize + i] += weight * wide[i];
    }
  }
  image.pixels.resize(sums.size());
  for (size_t i = 0; i < sums.size(); ++i)
    image.pixels[i] = (unsigned char)std::lround(std::min(255.0, std::max(0.0, sums[i])));
  image.height = height;
  image.width = width;
}

} // namespace nnrt
