// nn.iota: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.iota [1] : tensor<?x4xf32>
func.func @first() -> tensor<?x4xf32> {
  %y = nn.iota [1] : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: @second
// CHECK: nn.iota [1, 0] : tensor<2x4xf32>
func.func @second() -> tensor<2x4xf32> {
  %y = nn.iota [1, 0] : tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
