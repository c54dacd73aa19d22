// nn.cast: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.cast {{%[a-z0-9]+}} : tensor<f64> to tensor<f32>
func.func @first(%x: tensor<f64>) -> tensor<f32> {
  %y = nn.cast %x : tensor<f64> to tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: @second
// CHECK: nn.cast {{%[a-z0-9]+}} : tensor<?x2xf32> to tensor<?x2xf64>
func.func @second(%x: tensor<?x2xf32>) -> tensor<?x2xf64> {
  %y = nn.cast %x : tensor<?x2xf32> to tensor<?x2xf64>
  return %y : tensor<?x2xf64>
}
