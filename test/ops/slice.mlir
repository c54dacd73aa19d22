// nn.slice: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.slice {{%[a-z0-9]+}} from [0, 1] to [-1, 7] step [1, 2] : tensor<?x8xf32> -> tensor<?x3xf32>
func.func @first(%x: tensor<?x8xf32>) -> tensor<?x3xf32> {
  %y = nn.slice %x from [0, 1] to [-1, 7] step [1, 2] : tensor<?x8xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
