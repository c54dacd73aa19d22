// nn.dynamic_slice: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.dynamic_slice {{%[a-z0-9]+}} at {{%[a-z0-9]+}} over [2, 3] size [6, 6] : tensor<?x1x8x8xf32>, tensor<?x2xf32> -> tensor<?x1x6x6xf32>
func.func @first(%x: tensor<?x1x8x8xf32>, %o: tensor<?x2xf32>) -> tensor<?x1x6x6xf32> {
  %y = nn.dynamic_slice %x at %o over [2, 3] size [6, 6] : tensor<?x1x8x8xf32>, tensor<?x2xf32> -> tensor<?x1x6x6xf32>
  return %y : tensor<?x1x6x6xf32>
}
