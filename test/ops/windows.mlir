// nn.windows: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.windows {{%[a-z0-9]+}} over [2, 3] size [2, 2] stride [2, 2] dilation [1, 1] : tensor<?x1x4x4xf32> -> tensor<?x1x2x2x2x2xf32>
func.func @first(%x: tensor<?x1x4x4xf32>) -> tensor<?x1x2x2x2x2xf32> {
  %y = nn.windows %x over [2, 3] size [2, 2] stride [2, 2] dilation [1, 1] : tensor<?x1x4x4xf32> -> tensor<?x1x2x2x2x2xf32>
  return %y : tensor<?x1x2x2x2x2xf32>
}
