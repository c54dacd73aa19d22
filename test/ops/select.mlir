// nn.select: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.select {{%[a-z0-9]+}}, {{%[a-z0-9]+}}, {{%[a-z0-9]+}} : tensor<?x3xf32>
func.func @first(%c: tensor<?x3xf32>, %a: tensor<?x3xf32>, %b: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = nn.select %c, %a, %b : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
