// nn.with_derivative: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.with_derivative {{%[a-z0-9]+}} by {{%[a-z0-9]+}} is {{%[a-z0-9]+}} : tensor<?x3xf32>
func.func @first(%y: tensor<?x3xf32>, %x: tensor<?x3xf32>, %d: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %r = nn.with_derivative %y by %x is %d : tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}
