// nn.broadcast: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.broadcast {{%[a-z0-9]+}} to [1] : tensor<3xf32> -> tensor<?x3xf32>
func.func @first(%x: tensor<3xf32>) -> tensor<?x3xf32> {
  %y = nn.broadcast %x to [1] : tensor<3xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// CHECK-LABEL: @second
// CHECK: nn.broadcast {{%[a-z0-9]+}} to [2, 0] : tensor<2x3xf32> -> tensor<3x4x2xf32>
func.func @second(%x: tensor<2x3xf32>) -> tensor<3x4x2xf32> {
  %y = nn.broadcast %x to [2, 0] : tensor<2x3xf32> -> tensor<3x4x2xf32>
  return %y : tensor<3x4x2xf32>
}
