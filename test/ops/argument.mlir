// nn.argument: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.argument {{%[a-z0-9]+}} number 3 : tensor<?x3xf32>
func.func @first(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = nn.argument %x number 3 : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
