// nn.transpose: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.transpose {{%[a-z0-9]+}} by [0, 2, 1] : tensor<?x2x3xf32> -> tensor<?x3x2xf32>
func.func @first(%x: tensor<?x2x3xf32>) -> tensor<?x3x2xf32> {
  %y = nn.transpose %x by [0, 2, 1] : tensor<?x2x3xf32> -> tensor<?x3x2xf32>
  return %y : tensor<?x3x2xf32>
}
