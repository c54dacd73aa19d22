// nn.reverse: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.reverse {{%[a-z0-9]+}} over [1, 2] : tensor<?x3x4xf32> -> tensor<?x3x4xf32>
func.func @first(%x: tensor<?x3x4xf32>) -> tensor<?x3x4xf32> {
  %y = nn.reverse %x over [1, 2] : tensor<?x3x4xf32> -> tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

// The batch is an order like another.
// CHECK-LABEL: @batch
// CHECK: nn.reverse {{%[a-z0-9]+}} over [0] : tensor<?x3xf32> -> tensor<?x3xf32>
func.func @batch(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = nn.reverse %x over [0] : tensor<?x3xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
