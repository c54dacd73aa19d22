// Which gradients are built, and which are not.
// RUN: %nnopt %s -nn-differentiate -nn-simplify -split-input-file | FileCheck %s

// Two layers: the gradient of the input is never computed, the hidden one once.
// CHECK-LABEL: @two_layers
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[W:.*]]: tensor<4x3xf32>, %[[V:.*]]: tensor<3x2xf32>
func.func @two_layers(%x: tensor<?x4xf32>, %w: tensor<4x3xf32>, %v: tensor<3x2xf32>) -> (tensor<4x3xf32>, tensor<3x2xf32>) {
  // CHECK: %[[A:.*]] = nn.contract %[[X]], %[[W]]
  // CHECK: %[[H:.*]] = nn.tanh %[[A]]
  // CHECK: %[[B:.*]] = nn.contract %[[H]], %[[V]]
  // CHECK: %[[DB:.*]] = nn.exp %[[B]]
  // CHECK: %[[DH:.*]] = nn.contract %[[DB]], %[[V]]
  // CHECK: %[[DV:.*]] = nn.contract %[[H]], %[[DB]]
  // CHECK: nn.mul %[[H]], %[[H]]
  // CHECK: %[[DA:.*]] = nn.mul %[[DH]]
  // CHECK: %[[DW:.*]] = nn.contract %[[X]], %[[DA]]
  // CHECK-NOT: nn.contract
  // CHECK: return %[[DW]], %[[DV]]
  %a = nn.contract %x, %w {maps = [affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (k, j)>, affine_map<(n, k, j) -> (n, j)>], sizes = array<i64: -1, 4, 3>} : (tensor<?x4xf32>, tensor<4x3xf32>) -> tensor<?x3xf32>
  %h = nn.tanh %a : tensor<?x3xf32>
  %b = nn.contract %h, %v {maps = [affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (k, j)>, affine_map<(n, k, j) -> (n, j)>], sizes = array<i64: -1, 3, 2>} : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %s = nn.exp %b : tensor<?x2xf32>
  %l = nn.reduce_sum %s over [0, 1] : tensor<?x2xf32> -> tensor<f32>
  %dw, %dv = nn.gradient %l wrt %w, %v : tensor<f32>, tensor<4x3xf32>, tensor<3x2xf32>
  return %dw, %dv : tensor<4x3xf32>, tensor<3x2xf32>
}

// -----

// A value that the number does not depend on has gradient zero.
// CHECK-LABEL: @unused
// CHECK: %[[ZERO:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK: %[[G:.*]] = nn.broadcast %[[ZERO]] to [] : tensor<f32> -> tensor<?x3xf32>
// CHECK: return %[[G]]
func.func @unused(%x: tensor<f32>, %w: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = nn.exp %x : tensor<f32>
  %g = nn.gradient %y wrt %w : tensor<f32>, tensor<?x3xf32>
  return %g : tensor<?x3xf32>
}

// -----

// CHECK-LABEL: @itself
// CHECK: %[[ONE:.*]] = nn.constant dense<1.000000e+00> : tensor<f32>
// CHECK: return %[[ONE]]
func.func @itself(%x: tensor<f32>) -> tensor<f32> {
  %g = nn.gradient %x wrt %x : tensor<f32>, tensor<f32>
  return %g : tensor<f32>
}

// -----

// The gradient of a gradient: d²(x³)/dx² = 6x.
// CHECK-LABEL: @twice
// CHECK-NOT: nn.gradient
func.func @twice(%x: tensor<f64>) -> tensor<f64> {
  %a = nn.mul %x, %x : tensor<f64>
  %y = nn.mul %a, %x : tensor<f64>
  %g = nn.gradient %y wrt %x : tensor<f64>, tensor<f64>
  %h = nn.gradient %g wrt %x : tensor<f64>, tensor<f64>
  return %h : tensor<f64>
}

// -----

// A stated derivative is used instead of the derived one, and leaves no trace of itself.
// CHECK-LABEL: @stated
// CHECK-SAME: %[[X:.*]]: tensor<f32>
// CHECK-NEXT: %[[Y:.*]] = nn.tanh %[[X]]
// CHECK-NEXT: %[[D:.*]] = nn.cos %[[X]]
// CHECK-NEXT: return %[[Y]], %[[D]]
func.func @stated(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %t = nn.tanh %x : tensor<f32>
  %d = nn.cos %x : tensor<f32>
  %y = nn.with_derivative %t by %x is %d : tensor<f32>
  %g = nn.gradient %y wrt %x : tensor<f32>, tensor<f32>
  return %y, %g : tensor<f32>, tensor<f32>
}

// -----

// x · stop(x): the gradient is stop(x), that is x.
// CHECK-LABEL: @stopped
// CHECK-SAME: %[[X:.*]]: tensor<f32>
// CHECK-NEXT: return %[[X]]
func.func @stopped(%x: tensor<f32>) -> tensor<f32> {
  %s = nn.stop_gradient %x : tensor<f32>
  %y = nn.mul %x, %s : tensor<f32>
  %g = nn.gradient %y wrt %x : tensor<f32>, tensor<f32>
  return %g : tensor<f32>
}

// -----

// An op without a derivative is no obstacle off the way: here it changes data, not parameters.
// CHECK-LABEL: @augmented
// CHECK: nn.dynamic_slice
// CHECK: return
func.func @augmented(%x: tensor<?x4xf32>, %o: tensor<?x1xf32>, %w: tensor<3xf32>) -> tensor<3xf32> {
  %a = nn.dynamic_slice %x at %o over [1] size [3] : tensor<?x4xf32>, tensor<?x1xf32> -> tensor<?x3xf32>
  %b = nn.broadcast %w to [1] : tensor<3xf32> -> tensor<?x3xf32>
  %m = nn.mul %a, %b : tensor<?x3xf32>
  %l = nn.reduce_sum %m over [0, 1] : tensor<?x3xf32> -> tensor<f32>
  %g = nn.gradient %l wrt %w : tensor<f32>, tensor<3xf32>
  return %g : tensor<3xf32>
}

// -----

// A convolution's gradient by its weights is one contraction; by its data, one over the padded gradient.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<?x2x6x6xf32>, %w: tensor<3x2x3x3xf32>) -> (tensor<?x2x6x6xf32>, tensor<3x2x3x3xf32>) {
  // CHECK: %[[Y:.*]] = nn.contract
  // CHECK: %[[D:.*]] = nn.exp %[[Y]]
  // CHECK-NEXT: %[[P:.*]] = nn.pad %[[D]] low [0, 0, 2, 2] high [0, 0, 2, 2] interior [0, 0, 0, 0]
  // CHECK-NEXT: %[[R:.*]] = nn.reverse %{{.*}} over [2, 3]
  // CHECK-NEXT: %[[DX:.*]] = nn.contract %[[P]], %[[R]]
  // CHECK-NEXT: %[[DW:.*]] = nn.contract %{{.*}}, %[[D]]
  // CHECK-NEXT: return %[[DX]], %[[DW]]
  %y = nn.contract %x, %w {maps = [affine_map<(n, o, p, q, c, r, s) -> (n, c, p + r, q + s)>, affine_map<(n, o, p, q, c, r, s) -> (o, c, r, s)>, affine_map<(n, o, p, q, c, r, s) -> (n, o, p, q)>], sizes = array<i64: -1, 3, 4, 4, 2, 3, 3>} : (tensor<?x2x6x6xf32>, tensor<3x2x3x3xf32>) -> tensor<?x3x4x4xf32>
  %e = nn.exp %y : tensor<?x3x4x4xf32>
  %l = nn.reduce_sum %e over [0, 1, 2, 3] : tensor<?x3x4x4xf32> -> tensor<f32>
  %dx, %dw = nn.gradient %l wrt %x, %w : tensor<f32>, tensor<?x2x6x6xf32>, tensor<3x2x3x3xf32>
  return %dx, %dw : tensor<?x2x6x6xf32>, tensor<3x2x3x3xf32>
}
