// Tests of tensors in the arena's order and in row-major order.
#include "runtime/device/arena.h"
#include "test/unit/runtime/Tables.h"
#include "gtest/gtest.h"

using namespace nnrt;

namespace {

/// A program with one 3 x 4 matrix in blocks of two columns, and the same matrix row-major.
struct TwoMatrices {
  ProgramT program;
  TwoMatrices() {
    program.elements = "f32";
    program.tensors = {nnrt_test::tensorOf("net.w", "w", 0, {3, 4}, NN_PARAMETER, 2),
                       nnrt_test::tensorOf("net.u", "u", 64, {3, 4}, NN_PARAMETER)};
  }
};

const std::vector<float> byRows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
const std::vector<float> byBlocks = {0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11};

std::vector<float> moved(void (Arena::*move)(int32_t, const unsigned char *, unsigned char *) const,
                         int32_t tensor, const std::vector<float> &from) {
  TwoMatrices matrices;
  Arena arena(matrices.program, false);
  std::vector<float> to(from.size(), -1);
  (arena.*move)(tensor, reinterpret_cast<const unsigned char *>(from.data()),
                reinterpret_cast<unsigned char *>(to.data()));
  return to;
}

} // namespace

TEST(Arena, ExportsBlocksRowByRow) {
  EXPECT_EQ(moved(&Arena::exportTensor, 0, byBlocks), byRows);
  EXPECT_EQ(moved(&Arena::exportTensor, 1, byRows), byRows);
}

TEST(Arena, ImportsRowsIntoBlocks) {
  EXPECT_EQ(moved(&Arena::importTensor, 0, byRows), byBlocks);
  EXPECT_EQ(moved(&Arena::importTensor, 1, byRows), byRows);
}

TEST(RowMajor, CopiesOnlyWhatIsInBlocks) {
  TwoMatrices matrices;
  Arena arena(matrices.program, false);
  RowMajor rows(arena);
  auto *blocks = reinterpret_cast<const unsigned char *>(byBlocks.data());
  const unsigned char *copy = rows.of(0, blocks);
  EXPECT_EQ(std::vector<float>(reinterpret_cast<const float *>(copy),
                               reinterpret_cast<const float *>(copy) + 12),
            byRows);
  EXPECT_EQ(rows.of(1, blocks), blocks);
}
