// nn.reduce_max: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.reduce_max {{%[a-z0-9]+}} over [1, 2] : tensor<?x3x4xf32> -> tensor<?xf32>
func.func @first(%x: tensor<?x3x4xf32>) -> tensor<?xf32> {
  %y = nn.reduce_max %x over [1, 2] : tensor<?x3x4xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
