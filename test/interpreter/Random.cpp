// The interpreter's random ops: Philox4x32-10, one number at a time, after the paper's pseudocode.
#include "test/interpreter/Interpreter.h"
#include <array>
#include <cmath>

namespace nnc::reference {

using Words = std::array<uint32_t, 4>;

static Words philox(Words counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t p = uint64_t(0xD2511F53u) * counter[0], q = uint64_t(0xCD9E8D57u) * counter[2];
    counter = {uint32_t(q >> 32) ^ counter[1] ^ key[0], uint32_t(q),
               uint32_t(p >> 32) ^ counter[3] ^ key[1], uint32_t(p)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

static double fraction(uint32_t bits) { return (bits >> 8) * 0x1p-24; }

template <typename Draw> static Tensor draw(const Call &call, Draw drawOne) {
  uint64_t seed = uint64_t(call.operand(0).data[0]), step = uint64_t(call.operand(1).data[0]);
  uint32_t place = uint32_t(call.number("place"));
  Tensor result(call.resultShape);
  // For a piece of a batch: the number of its row 0 in the whole.
  uint64_t first = call.op->getNumOperands() > 2 ? uint64_t(call.operand(2).data[0]) : 0;
  for (size_t d = 1; d < call.resultShape.size(); ++d)
    first *= uint64_t(call.resultShape[d]);
  for (uint64_t e = 0; e < result.data.size(); ++e) {
    uint64_t at = first + e, block = (at >> 6) * 16 + (at & 15);
    Words counter{uint32_t(block), uint32_t(block >> 32), uint32_t(step), uint32_t(step >> 32)};
    result.data[e] =
        drawOne(counter, {uint32_t(seed), uint32_t(seed >> 32) ^ place}, unsigned(at >> 4) & 3);
  }
  return result;
}

void addRandom(Table &table) {
  table["nn.random_uniform"] = [](const Call &call) {
    return draw(call, [](Words counter, std::array<uint32_t, 2> key, unsigned word) {
      return fraction(philox(counter, key)[word]);
    });
  };
  table["nn.random_normal"] = [](const Call &call) {
    return draw(call, [](Words counter, std::array<uint32_t, 2> key, unsigned word) {
      double u = fraction(philox(counter, key)[word]);
      counter[3] ^= 0x80000000u;
      double v = fraction(philox(counter, key)[word ^ 1]);
      return std::sqrt(-2 * std::log(1 - u)) * std::cos(2 * M_PI * v);
    });
  };
}

} // namespace nnc::reference
