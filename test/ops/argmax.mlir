// nn.argmax: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.argmax {{%[a-z0-9]+}} over [1] : tensor<?x3xf32> -> tensor<?xf32>
func.func @first(%x: tensor<?x3xf32>) -> tensor<?xf32> {
  %y = nn.argmax %x over [1] : tensor<?x3xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
