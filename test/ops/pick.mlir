// nn.pick: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.pick {{%[a-z0-9]+}}[{{%[a-z0-9]+}}] along 1 : tensor<?x10xf32>, tensor<?xf32> -> tensor<?xf32>
func.func @first(%x: tensor<?x10xf32>, %i: tensor<?xf32>) -> tensor<?xf32> {
  %y = nn.pick %x[%i] along 1 : tensor<?x10xf32>, tensor<?xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
