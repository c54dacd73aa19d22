// nn.stop_gradient: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.stop_gradient {{%[a-z0-9]+}} : tensor<?x3xf32>
func.func @first(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = nn.stop_gradient %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
