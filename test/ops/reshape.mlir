// nn.reshape: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.reshape {{%[a-z0-9]+}} : tensor<?x2x6xf32> -> tensor<?x3x4xf32>
func.func @first(%x: tensor<?x2x6xf32>) -> tensor<?x3x4xf32> {
  %y = nn.reshape %x : tensor<?x2x6xf32> -> tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}
