// nn.concat: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.concat {{%[a-z0-9]+}}, {{%[a-z0-9]+}} along 1 : (tensor<?x2xf32>, tensor<?x3xf32>) -> tensor<?x5xf32>
func.func @first(%a: tensor<?x2xf32>, %b: tensor<?x3xf32>) -> tensor<?x5xf32> {
  %y = nn.concat %a, %b along 1 : (tensor<?x2xf32>, tensor<?x3xf32>) -> tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}
