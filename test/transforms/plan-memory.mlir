// The order of kernels and the places of tensors.
// RUN: %nnopt %s --nn-fuse --nn-schedule --nn-plan-memory | FileCheck %s

// CHECK: module attributes {nn.offsets = {m = 64 : i64, w = 0 : i64}, nn.persistent_bytes = 128 : i64
module attributes {nn.scalars = []} {
  // The weight is read by the backward product before it is written in place, after the guard.
  // CHECK-LABEL: func.func @step
  // CHECK-SAME: kern.place = #kern.place<field + 0>
  // CHECK-SAME: kern.place = #kern.place<tensor + 0>
  // CHECK: kern.fused reduction({{.*}}) at [#kern.place<result + 0>]
  // CHECK: kern.guard
  // CHECK: kern.fused contraction(%{{.*}}, %arg1) at [#kern.place<row + 0>]
  // CHECK: kern.fused contraction{{.*}} at [#kern.place<tensor + 64>, #kern.place<tensor + 0>]
  func.func @step(%x: tensor<?x4xf32> {nn.field = "x"}, %w: tensor<4x4xf32> {nn.tensor = "w"}, %m: tensor<4x4xf32> {nn.tensor = "m"})
      -> (tensor<f32> {nn.result = "loss"}, tensor<4x4xf32> {nn.update = "w"}, tensor<4x4xf32> {nn.update = "m"}, tensor<4xf32> {nn.result = "b"})
      attributes {nn.guard = "loss"} {
    %loss = nn.reduce_sum %x over [0, 1] : tensor<?x4xf32> -> tensor<f32>
    %g = nn.contract %x, %x {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (n,o)>, affine_map<(n,i,o) -> (i,o)>], sizes = array<i64: -1, 4, 4>} : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<4x4xf32>
    %m1 = nn.add %m, %g : tensor<4x4xf32>
    %w1 = nn.sub %w, %m1 : tensor<4x4xf32>
    %d = nn.contract %x, %w {maps = [affine_map<(n,i,o) -> (n,o)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,i)>], sizes = array<i64: -1, 4, 4>} : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    %b = nn.reduce_sum %d over [0] : tensor<?x4xf32> -> tensor<4xf32>
    return %loss, %w1, %m1, %b : tensor<f32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>
  }

  // The old value is read elsewhere than where the new one is written: computed in scratch, copied last.
  // CHECK-LABEL: func.func @reversed
  // CHECK: %[[R:.*]] = kern.fused pointwise(%arg0) at [#kern.place<fixed + 0>]
  // CHECK: %[[C:.*]] = kern.fused pointwise(%[[R]]) at [#kern.place<tensor + 0>]
  // CHECK: return %[[C]]
  func.func @reversed(%w: tensor<4x4xf32> {nn.tensor = "w"}) -> (tensor<4x4xf32> {nn.update = "w"}) {
    %r = nn.reverse %w over [0] : tensor<4x4xf32> -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  }
}
