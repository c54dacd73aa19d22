// Ops that Differentiate derives carry the location of the op they come from.
// RUN: %nnopt %s -nn-differentiate -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// CHECK: nn.sin %{{.*}} loc("model.nn":3:7)
// CHECK: nn.cos %{{.*}} loc("model.nn":3:7)
// CHECK: nn.mul %{{.*}} loc("model.nn":3:7)
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %s = nn.sin %x : tensor<3xf32> loc("model.nn":3:7)
  %l = nn.reduce_sum %s over [0] : tensor<3xf32> -> tensor<f32> loc("model.nn":4:1)
  %g = nn.gradient %l wrt %x : tensor<f32>, tensor<3xf32> loc("model.nn":9:1)
  return %g : tensor<3xf32>
}
