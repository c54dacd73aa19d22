// Which loops the derivative of a scan has, and what they read.
// RUN: %nnopt %s -nn-differentiate -split-input-file | FileCheck %s

// The forward scan again, with the states before each run in addition; then the same in the other
// direction. tanh's value is read from the stack that there is, and the product is not computed again.
// CHECK-LABEL: @rnn
// CHECK-SAME: %[[X:.*]]: tensor<?x5x3xf32>, %[[S:.*]]: tensor<?x3xf32>, %[[W:.*]]: tensor<3x3xf32>
// CHECK: %[[Y:.*]]:2 = nn.scan 5 states(%[[S]] :
// CHECK: %[[L:.*]]:3 = nn.scan 5 states(%[[S]] : tensor<?x3xf32>) over(%[[X]] : tensor<?x5x3xf32>) with(%[[W]] : tensor<3x3xf32>) -> (tensor<?x3xf32>, tensor<?x5x3xf32>, tensor<?x5x3xf32>) {
// CHECK: ^bb0(%[[H:.*]]: tensor<?x3xf32>, %{{.*}}: tensor<?x3xf32>, %{{.*}}: tensor<3x3xf32>):
// CHECK: nn.yield %[[T:.*]], %[[T]], %[[H]] :
// CHECK: %[[R:.*]]:3 = nn.scan 5 backward states(%{{.*}}, %{{.*}} : tensor<?x3xf32>, tensor<3x3xf32>) over(%[[L]]#2, %[[Y]]#1 : tensor<?x5x3xf32>, tensor<?x5x3xf32>) with(%[[W]] : tensor<3x3xf32>) -> (tensor<?x3xf32>, tensor<3x3xf32>, tensor<?x5x3xf32>) {
// CHECK-NOT: nn.tanh
// CHECK: nn.yield
// CHECK: return %[[R]]#2, %[[R]]#0, %[[R]]#1
func.func @rnn(%x: tensor<?x5x3xf32>, %s: tensor<?x3xf32>, %w: tensor<3x3xf32>) -> (tensor<?x5x3xf32>, tensor<?x3xf32>, tensor<3x3xf32>) {
  %y:2 = nn.scan 5 states(%s : tensor<?x3xf32>) over(%x : tensor<?x5x3xf32>) with(%w : tensor<3x3xf32>) -> (tensor<?x3xf32>, tensor<?x5x3xf32>) {
  ^bb(%h: tensor<?x3xf32>, %e: tensor<?x3xf32>, %v: tensor<3x3xf32>):
    %p = nn.contract %h, %v {maps = [affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (k, j)>, affine_map<(n, k, j) -> (n, j)>], sizes = array<i64: -1, 3, 3>} : (tensor<?x3xf32>, tensor<3x3xf32>) -> tensor<?x3xf32>
    %z = nn.add %p, %e : tensor<?x3xf32>
    %t = nn.tanh %z : tensor<?x3xf32>
    nn.yield %t, %t : tensor<?x3xf32>, tensor<?x3xf32>
  }
  %l = nn.reduce_sum %y#0 over [0, 1] : tensor<?x3xf32> -> tensor<f32>
  %g:3 = nn.gradient %l wrt %x, %s, %w : tensor<f32>, tensor<?x5x3xf32>, tensor<?x3xf32>, tensor<3x3xf32>
  return %g#0, %g#1, %g#2 : tensor<?x5x3xf32>, tensor<?x3xf32>, tensor<3x3xf32>
}

// -----

// Nothing of a run is needed: no second forward scan, and no sum for the number that nobody asks for.
// CHECK-LABEL: @linear
// CHECK: nn.scan 4 states(
// CHECK: nn.scan 4 backward states(%{{.*}} : tensor<f32>) over() with(%{{.*}} : tensor<f32>) -> (tensor<f32>, tensor<4xf32>) {
// CHECK-NOT: nn.scan
// CHECK: return
func.func @linear(%x: tensor<4xf32>, %w: tensor<f32>) -> tensor<4xf32> {
  %z = nn.constant dense<0.0> : tensor<f32>
  %y = nn.scan 4 states(%z : tensor<f32>) over(%x : tensor<4xf32>) with(%w : tensor<f32>) -> (tensor<f32>) {
  ^bb(%s: tensor<f32>, %e: tensor<f32>, %v: tensor<f32>):
    %p = nn.mul %s, %v : tensor<f32>
    %t = nn.add %p, %e : tensor<f32>
    nn.yield %t : tensor<f32>
  }
  %g = nn.gradient %y wrt %x : tensor<f32>, tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// The loss does not depend on the sequence: its gradient is 0, without a loop.
// CHECK-LABEL: @apart
// CHECK-COUNT-1: nn.scan
// CHECK-NOT: nn.scan
// CHECK: return
func.func @apart(%x: tensor<4xf32>, %w: tensor<f32>) -> tensor<4xf32> {
  %y:2 = nn.scan 4 states(%w : tensor<f32>) over(%x : tensor<4xf32>) with() -> (tensor<f32>, tensor<4xf32>) {
  ^bb(%s: tensor<f32>, %e: tensor<f32>):
    %t = nn.exp %s : tensor<f32>
    %u = nn.exp %e : tensor<f32>
    nn.yield %t, %u : tensor<f32>, tensor<f32>
  }
  %g = nn.gradient %y#0 wrt %x : tensor<f32>, tensor<4xf32>
  return %g : tensor<4xf32>
}
