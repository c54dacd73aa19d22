// Which matrices are kept in blocks of columns, and what reads and writes them then.
// RUN: %nnopt %s --nn-lay-out=block-bytes=64 | FileCheck %s
// RUN: %nnopt %s --nn-lay-out | FileCheck %s --check-prefix=OFF

// OFF-NOT: nn.blocks

// The optimizer's state follows its matrix. A bias, a narrow matrix and an embedding stay as they are.
// CHECK: module attributes {nn.blocks = {net.w = 16 : i64, "train0.v/net.w" = 16 : i64}}

// The step multiplies with blocks, makes the gradient in blocks, and updates blocks; nothing is turned around.
// CHECK-LABEL: func.func @step
// CHECK-SAME: %[[W:arg[0-9]+]]: tensor<2x24x16xf32> {nn.tensor = "net.w"}
// CHECK-SAME: %[[V:arg[0-9]+]]: tensor<2x24x16xf32> {nn.tensor = "train0.v/net.w"}
// CHECK-NOT: nn.transpose
// CHECK: nn.contract %{{.*}}, %[[W]] {{.*}}sizes = array<i64: -1, 2, 16, 24>{{.*}} -> tensor<?x32xf32>
// CHECK: %[[G:.*]] = nn.contract {{.*}} -> tensor<2x24x16xf32>
// CHECK-NOT: -> tensor<24x32xf32>
// CHECK: %[[NORM:.*]] = nn.reduce_sum %{{.*}} over [0, 1, 2] : tensor<2x24x16xf32> -> tensor<f32>
// CHECK: nn.add %{{.*}}, %{{.*}} : tensor<2x24x16xf32>
// CHECK: return {{.*}} : tensor<2x24x16xf32>, tensor<2x24x16xf32>, tensor<f32>
func.func @step(%x: tensor<?x24xf32> {nn.field = "x"}, %w: tensor<24x32xf32> {nn.tensor = "net.w"},
                %v: tensor<24x32xf32> {nn.tensor = "train0.v/net.w"})
    -> (tensor<24x32xf32> {nn.update = "net.w"}, tensor<24x32xf32> {nn.update = "train0.v/net.w"}, tensor<f32> {nn.result = "norm"}) {
  %y = nn.contract %x, %w {maps = [affine_map<(m,n,k) -> (m,k)>, affine_map<(m,n,k) -> (k,n)>, affine_map<(m,n,k) -> (m,n)>], sizes = array<i64: -1, 32, 24>} : (tensor<?x24xf32>, tensor<24x32xf32>) -> tensor<?x32xf32>
  %g = nn.contract %x, %y {maps = [affine_map<(m,n,k) -> (m,k)>, affine_map<(m,n,k) -> (m,n)>, affine_map<(m,n,k) -> (k,n)>], sizes = array<i64: -1, 32, 24>} : (tensor<?x24xf32>, tensor<?x32xf32>) -> tensor<24x32xf32>
  %gg = nn.mul %g, %g : tensor<24x32xf32>
  %norm = nn.reduce_sum %gg over [0, 1] : tensor<24x32xf32> -> tensor<f32>
  %v1 = nn.add %v, %g : tensor<24x32xf32>
  %w1 = nn.sub %w, %v1 : tensor<24x32xf32>
  return %w1, %v1, %norm : tensor<24x32xf32>, tensor<24x32xf32>, tensor<f32>
}

// Numbers that are drawn row by row are put into blocks.
// CHECK-LABEL: func.func @init
// CHECK: nn.random_normal
// CHECK: nn.transpose
// CHECK: return {{.*}} : tensor<2x24x16xf32>
func.func @init(%seed: tensor<f64> {nn.scalar = "seed"}, %step: tensor<f64> {nn.scalar = "step"}) -> (tensor<24x32xf32> {nn.update = "net.w"}) {
  %z = nn.random_normal %seed, %step place 1 : tensor<24x32xf32>
  return %z : tensor<24x32xf32>
}

// A matrix that is looked up row by row stays; so does one that is no wider than a block.
// CHECK-LABEL: func.func @others
// CHECK-SAME: tensor<24x32xf32> {nn.tensor = "net.table"}
// CHECK-SAME: tensor<24x16xf32> {nn.tensor = "net.narrow"}
func.func @others(%x: tensor<?x24xf32> {nn.field = "x"}, %t: tensor<24x32xf32> {nn.tensor = "net.table"},
                  %n: tensor<24x16xf32> {nn.tensor = "net.narrow"}) -> (tensor<?x32xf32> {nn.result = "y"}, tensor<?x16xf32> {nn.result = "z"}, tensor<12x32xf32> {nn.result = "s"}) {
  %y = nn.contract %x, %t {maps = [affine_map<(m,n,k) -> (m,k)>, affine_map<(m,n,k) -> (k,n)>, affine_map<(m,n,k) -> (m,n)>], sizes = array<i64: -1, 32, 24>} : (tensor<?x24xf32>, tensor<24x32xf32>) -> tensor<?x32xf32>
  %z = nn.contract %x, %n {maps = [affine_map<(m,n,k) -> (m,k)>, affine_map<(m,n,k) -> (k,n)>, affine_map<(m,n,k) -> (m,n)>], sizes = array<i64: -1, 16, 24>} : (tensor<?x24xf32>, tensor<24x16xf32>) -> tensor<?x16xf32>
  %s = nn.slice %t from [0, 0] to [12, 32] step [1, 1] : tensor<24x32xf32> -> tensor<12x32xf32>
  return %y, %z, %s : tensor<?x32xf32>, tensor<?x16xf32>, tensor<12x32xf32>
}

// A norm that is taken in f64 reads the same blocks.
// CHECK-LABEL: func.func @norm
// CHECK: nn.cast %{{.*}} : tensor<2x24x16xf32> to tensor<2x24x16xf64>
// CHECK: nn.reduce_sum %{{.*}} over [0, 1, 2] : tensor<2x24x16xf64> -> tensor<f64>
func.func @norm(%w: tensor<24x32xf32> {nn.tensor = "net.w"}) -> (tensor<f64> {nn.result = "norm"}) {
  %c = nn.cast %w : tensor<24x32xf32> to tensor<24x32xf64>
  %s = nn.mul %c, %c : tensor<24x32xf64>
  %y = nn.reduce_sum %s over [0, 1] : tensor<24x32xf64> -> tensor<f64>
  return %y : tensor<f64>
}
