// nn.total: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.total {{%[a-z0-9]+}} : tensor<?x3xf32> -> tensor<3xf32>
func.func @first(%x: tensor<?x3xf32>) -> tensor<3xf32> {
  %y = nn.total %x : tensor<?x3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: @second
// CHECK: nn.total {{%[a-z0-9]+}} : tensor<f32> -> tensor<f32>
func.func @second(%x: tensor<f32>) -> tensor<f32> {
  %y = nn.total %x : tensor<f32> -> tensor<f32>
  return %y : tensor<f32>
}
