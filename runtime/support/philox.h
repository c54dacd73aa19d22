// Philox4x32-10 (Salmon et al., 2011): random numbers that are a function of a counter and a key,
// so they do not depend on the order or the thread in which they are requested.
#pragma once

#include <cmath>
#include <cstdint>

namespace nnrt {

struct Philox {
  uint32_t word[4];
};

/// The ten rounds: four random words for each counter (c0 … c3) under a key.
inline Philox philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t key0,
                     uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t(0xD2511F53u) * c0, p1 = uint64_t(0xCD9E8D57u) * c2;
    uint32_t next0 = uint32_t(p1 >> 32) ^ c1 ^ key0, next2 = uint32_t(p0 >> 32) ^ c3 ^ key1;
    c1 = uint32_t(p1);
    c3 = uint32_t(p0);
    c0 = next0;
    c2 = next2;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

/// The purpose of a stream of numbers: streams with different tags are independent under the same
/// seed.
enum class Stream : uint32_t {
  Split = 1,
  Shuffle = 2,
  Generator = 3,
  Centre = 4,
  Balance = 5,
  Text = 6,
  Importance = 7,
  Trial = 16
};

/// Four words for element `index` of a stream; `a` and `b` tell apart streams of the same kind.
inline Philox randomWords(uint64_t seed, Stream stream, uint64_t index, uint32_t a = 0,
                          uint32_t b = 0) {
  return philox(uint32_t(index), uint32_t(index >> 32), a, b, uint32_t(seed),
                uint32_t(seed >> 32) ^ (uint32_t(stream) << 24));
}

/// [0, 1) with 32 bits.
inline double uniformFrom(uint32_t word) { return word * 0x1p-32; }

/// A pair of independent standard normal numbers (Box-Muller) from one block.
inline void normalPair(const Philox &p, double &first, double &second) {
  double u = (double(p.word[0]) + 1) * 0x1p-32; // (0, 1]: its logarithm is finite
  double radius = std::sqrt(-2 * std::log(u)), angle = 2 * M_PI * uniformFrom(p.word[1]);
  first = radius * std::cos(angle);
  second = radius * std::sin(angle);
}

/// A number in 0 … bound - 1. The bias of at most bound / 2^32 does not matter for shuffling.
inline uint32_t below(uint32_t word, uint32_t bound) {
  return uint32_t((uint64_t(word) * bound) >> 32);
}

} // namespace nnrt
