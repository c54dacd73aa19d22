// Tests chains of row-wise kernels on fewer rows than a panel has, on whole panels and on more, and
// with enough panels for several threads.
#include "test/unit/lowering/Compiled.h"

using namespace nnc::test;

static const int64_t batches[] = {1, 15, 16, 17, 100, 1000};

TEST(RowPanels, Softmax) {
  for (int64_t rows : batches)
    check(R"(func.func @f(%x: tensor<?x40xf32>) -> tensor<?x40xf32> {
      %m = nn.reduce_max %x over [1] : tensor<?x40xf32> -> tensor<?xf32>
      %b = nn.broadcast %m to [0] : tensor<?xf32> -> tensor<?x40xf32>
      %d = nn.sub %x, %b : tensor<?x40xf32>
      %e = nn.exp %d : tensor<?x40xf32>
      %s = nn.reduce_sum %e over [1] : tensor<?x40xf32> -> tensor<?xf32>
      %t = nn.broadcast %s to [0] : tensor<?xf32> -> tensor<?x40xf32>
      %p = nn.div %e, %t : tensor<?x40xf32>
      return %p : tensor<?x40xf32>
    })",
          rows, 1e-5);
}

// In every panel the batch's size is that of the whole batch.
TEST(RowPanels, BatchSize) {
  for (int64_t rows : batches)
    check(R"(func.func @f(%x: tensor<?x600xf32>) -> tensor<?x600xf32> {
      %s = nn.reduce_sum %x over [1] : tensor<?x600xf32> -> tensor<?xf32>
      %n = nn.batch_size
      %f = nn.cast %n : tensor<f64> to tensor<f32>
      %b = nn.broadcast %f to [] : tensor<f32> -> tensor<?xf32>
      %q = nn.div %s, %b : tensor<?xf32>
      %t = nn.broadcast %q to [0] : tensor<?xf32> -> tensor<?x600xf32>
      %d = nn.sub %x, %t : tensor<?x600xf32>
      return %d : tensor<?x600xf32>
    })",
          rows, 1e-5);
}

TEST(RowPanels, Normalisation) {
  for (int64_t rows : batches)
    check(R"(func.func @f(%x: tensor<?x8x36xf32>) -> (tensor<?x8xf32>, tensor<?x8x36xf32>) {
      %s = nn.reduce_sum %x over [2] : tensor<?x8x36xf32> -> tensor<?x8xf32>
      %b = nn.broadcast %s to [0, 1] : tensor<?x8xf32> -> tensor<?x8x36xf32>
      %d = nn.sub %x, %b : tensor<?x8x36xf32>
      %q = nn.mul %d, %d : tensor<?x8x36xf32>
      %v = nn.reduce_sum %q over [2] : tensor<?x8x36xf32> -> tensor<?x8xf32>
      %r = nn.sqrt %v : tensor<?x8xf32>
      %t = nn.broadcast %r to [0, 1] : tensor<?x8xf32> -> tensor<?x8x36xf32>
      %y = nn.div %d, %t : tensor<?x8x36xf32>
      return %r, %y : tensor<?x8xf32>, tensor<?x8x36xf32>
    })",
          rows, 1e-5);
}
