// What shares a kernel.
// RUN: %nnopt %s --nn-fuse | FileCheck %s

// The bias, the activation and the saved mask are the contraction's epilogue; the operand is in memory.
// CHECK-LABEL: func.func @epilogue
// CHECK: %[[K:.*]]:2 = kern.fused contraction(%{{.*}}, %{{.*}}, %{{.*}})
// CHECK: nn.contract
// CHECK: nn.add
// CHECK: nn.max
// CHECK: nn.gt
// CHECK: kern.yield
// CHECK-NOT: kern.fused
// CHECK: return %[[K]]#0, %[[K]]#1
func.func @epilogue(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %z = nn.contract %x, %w {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 8, 4>} : (tensor<?x8xf32>, tensor<8x4xf32>) -> tensor<?x4xf32>
  %bb = nn.broadcast %b to [1] : tensor<4xf32> -> tensor<?x4xf32>
  %a = nn.add %z, %bb : tensor<?x4xf32>
  %c = nn.constant dense<0.0> : tensor<f32>
  %zero = nn.broadcast %c to [] : tensor<f32> -> tensor<?x4xf32>
  %r = nn.max %a, %zero : tensor<?x4xf32>
  %m = nn.gt %a, %zero : tensor<?x4xf32>
  return %r, %m : tensor<?x4xf32>, tensor<?x4xf32>
}

// What a reduction alone reads is computed inside it; the exponential that another kernel wants too is not.
// CHECK-LABEL: func.func @softmax
// CHECK: kern.fused reduction
// CHECK: nn.reduce_max
// CHECK: kern.fused pointwise
// CHECK: nn.sub
// CHECK: nn.exp
// CHECK: kern.fused reduction
// CHECK-NOT: nn.exp
// CHECK: nn.reduce_sum
// CHECK: kern.fused pointwise
// CHECK: nn.div
func.func @softmax(%z: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %m = nn.reduce_max %z over [1] : tensor<?x10xf32> -> tensor<?xf32>
  %mb = nn.broadcast %m to [0] : tensor<?xf32> -> tensor<?x10xf32>
  %d = nn.sub %z, %mb : tensor<?x10xf32>
  %e = nn.exp %d : tensor<?x10xf32>
  %s = nn.reduce_sum %e over [1] : tensor<?x10xf32> -> tensor<?xf32>
  %sb = nn.broadcast %s to [0] : tensor<?xf32> -> tensor<?x10xf32>
  %p = nn.div %e, %sb : tensor<?x10xf32>
  return %p : tensor<?x10xf32>
}

// A reshape of what is in memory is a view.
// CHECK-LABEL: func.func @view
// CHECK: %[[V:.*]] = kern.view %arg0
// CHECK: kern.fused contraction(%[[V]], %arg1)
func.func @view(%x: tensor<?x2x4xf32>, %w: tensor<8x4xf32>) -> tensor<?x4xf32> {
  %f = nn.reshape %x : tensor<?x2x4xf32> -> tensor<?x8xf32>
  %z = nn.contract %f, %w {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 8, 4>} : (tensor<?x8xf32>, tensor<8x4xf32>) -> tensor<?x4xf32>
  return %z : tensor<?x4xf32>
}

// A reduction whose result meets its own input again is no cycle: the second kernel reads the first's.
// CHECK-LABEL: func.func @centre
// CHECK: kern.fused reduction
// CHECK: kern.fused pointwise
func.func @centre(%x: tensor<?x6xf32>) -> tensor<?x6xf32> {
  %s = nn.reduce_sum %x over [0] : tensor<?x6xf32> -> tensor<6xf32>
  %sb = nn.broadcast %s to [1] : tensor<6xf32> -> tensor<?x6xf32>
  %d = nn.sub %x, %sb : tensor<?x6xf32>
  return %d : tensor<?x6xf32>
}

// Normalisation: the mean is one kernel, for its own sum must be complete; all sums of what it is subtracted from share the next.
// x minus the mean is computed anew where it is wanted rather than written, since a vector of channels costs nothing to read,
// and a product that is only summed is never written.
// CHECK-LABEL: func.func @normalise
// CHECK: %[[M:.*]] = kern.fused reduction(%arg0) : (tensor<?x32x256xf32>) -> tensor<32xf32>
// CHECK: %[[G:.*]]:3 = kern.fused reduction(%[[M]], %arg0, %arg1)
// CHECK: nn.sub
// CHECK: nn.mul
// CHECK: kern.yield %{{.*}}, %{{.*}}, %{{.*}} : tensor<32xf32>, tensor<32xf32>, tensor<32xf32>
// CHECK: %[[Y:.*]] = kern.fused pointwise(%[[M]], %arg0, %[[G]]#0)
// CHECK: nn.sub
// CHECK: nn.mul
// CHECK: kern.yield %{{[^,]*}} : tensor<?x32x256xf32>
// CHECK: return %[[Y]], %[[G]]#1, %[[G]]#2
func.func @normalise(%x: tensor<?x32x256xf32>, %dy: tensor<?x32x256xf32>) -> (tensor<?x32x256xf32>, tensor<32xf32>, tensor<32xf32>) {
  %m = nn.reduce_sum %x over [0, 2] : tensor<?x32x256xf32> -> tensor<32xf32>
  %mb = nn.broadcast %m to [1] : tensor<32xf32> -> tensor<?x32x256xf32>
  %d = nn.sub %x, %mb : tensor<?x32x256xf32>
  %q = nn.mul %d, %d : tensor<?x32x256xf32>
  %v = nn.reduce_sum %q over [0, 2] : tensor<?x32x256xf32> -> tensor<32xf32>
  %vb = nn.broadcast %v to [1] : tensor<32xf32> -> tensor<?x32x256xf32>
  %y = nn.mul %d, %vb : tensor<?x32x256xf32>
  %p = nn.mul %dy, %d : tensor<?x32x256xf32>
  %s = nn.reduce_sum %dy over [0, 2] : tensor<?x32x256xf32> -> tensor<32xf32>
  %t = nn.reduce_sum %p over [0, 2] : tensor<?x32x256xf32> -> tensor<32xf32>
  return %y, %s, %t : tensor<?x32x256xf32>, tensor<32xf32>, tensor<32xf32>
}

// What is added to a sum that nobody else wants takes its place in memory, however cheap it is.
// CHECK-LABEL: func.func @in_place_of_the_sum
// CHECK: kern.fused contraction
// CHECK: nn.contract
// CHECK: nn.add
// CHECK: kern.yield
func.func @in_place_of_the_sum(%x: tensor<?x256xf32>, %w: tensor<256x512xf32>, %b: tensor<512xf32>) -> (tensor<512xf32>, tensor<?xf32>) {
  %z = nn.contract %x, %w {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 256, 512>} : (tensor<?x256xf32>, tensor<256x512xf32>) -> tensor<?x512xf32>
  %bb = nn.broadcast %b to [1] : tensor<512xf32> -> tensor<?x512xf32>
  %a = nn.add %z, %bb : tensor<?x512xf32>
  %s = nn.reduce_sum %a over [0] : tensor<?x512xf32> -> tensor<512xf32>
  %t = nn.reduce_max %a over [1] : tensor<?x512xf32> -> tensor<?xf32>
  return %s, %t : tensor<512xf32>, tensor<?xf32>
}

// Random numbers stay out of a contraction's epilogue: in a kernel of their own four vectors share an evaluation.
// CHECK-LABEL: func.func @dropped
// CHECK: kern.fused contraction
// CHECK-NOT: nn.random_uniform
// CHECK: kern.yield
// CHECK: kern.fused pointwise
// CHECK: nn.random_uniform
func.func @dropped(%x: tensor<?x8xf32>, %w: tensor<8x64xf32>, %seed: tensor<f64>, %step: tensor<f64>) -> tensor<?x64xf32> {
  %z = nn.contract %x, %w {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 8, 64>} : (tensor<?x8xf32>, tensor<8x64xf32>) -> tensor<?x64xf32>
  %u = nn.random_uniform %seed, %step place 3 : tensor<?x64xf32>
  %y = nn.mul %z, %u : tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// A sum that needs another one is made in a kernel of its own, also when a third reduction has joined the first.
// CHECK-LABEL: func.func @variance_and_largest
// CHECK: kern.fused reduction
// CHECK: nn.reduce_sum
// CHECK: nn.reduce_max
// CHECK: kern.fused reduction
// CHECK: nn.reduce_sum
func.func @variance_and_largest(%x: tensor<64x32xf32>) -> (tensor<32xf32>, tensor<32xf32>) {
  %sum = nn.reduce_sum %x over [0] : tensor<64x32xf32> -> tensor<32xf32>
  %all = nn.broadcast %sum to [1] : tensor<32xf32> -> tensor<64x32xf32>
  %off = nn.sub %x, %all : tensor<64x32xf32>
  %square = nn.mul %off, %off : tensor<64x32xf32>
  %squares = nn.reduce_sum %square over [0] : tensor<64x32xf32> -> tensor<32xf32>
  %largest = nn.reduce_max %x over [0] : tensor<64x32xf32> -> tensor<32xf32>
  return %squares, %largest : tensor<32xf32>, tensor<32xf32>
}
