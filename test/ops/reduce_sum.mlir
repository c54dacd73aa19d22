// nn.reduce_sum: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.reduce_sum {{%[a-z0-9]+}} over [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
func.func @first(%x: tensor<?x3x4xf32>) -> tensor<3xf32> {
  %y = nn.reduce_sum %x over [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}
