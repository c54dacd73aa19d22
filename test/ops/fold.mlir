// nn.fold: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.fold {{%[a-z0-9]+}} over [2, 3] extent [4, 4] stride [2, 2] dilation [1, 1] : tensor<?x1x2x2x2x2xf32> -> tensor<?x1x4x4xf32>
func.func @first(%x: tensor<?x1x2x2x2x2xf32>) -> tensor<?x1x4x4xf32> {
  %y = nn.fold %x over [2, 3] extent [4, 4] stride [2, 2] dilation [1, 1] : tensor<?x1x2x2x2x2xf32> -> tensor<?x1x4x4xf32>
  return %y : tensor<?x1x4x4xf32>
}
