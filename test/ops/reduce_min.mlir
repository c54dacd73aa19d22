// nn.reduce_min: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.reduce_min {{%[a-z0-9]+}} over [1] : tensor<?x3xf32> -> tensor<?xf32>
func.func @first(%x: tensor<?x3xf32>) -> tensor<?xf32> {
  %y = nn.reduce_min %x over [1] : tensor<?x3xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
