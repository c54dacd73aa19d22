// nn.pad: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.pad {{%[a-z0-9]+}} low [0, 1] high [0, 2] interior [0, 1] : tensor<?x3xf32> -> tensor<?x8xf32>
func.func @first(%x: tensor<?x3xf32>) -> tensor<?x8xf32> {
  %y = nn.pad %x low [0, 1] high [0, 2] interior [0, 1] : tensor<?x3xf32> -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
