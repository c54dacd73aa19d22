// nn.max_plus: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.max_plus {{%[a-z0-9]+}}, {{%[a-z0-9]+}} {maps = [{{.*}}], sizes = array<i64: -1, 3, 4>} : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
func.func @first(%a: tensor<?x3xf32>, %b: tensor<3x4xf32>) -> tensor<?x4xf32> {
  %y = nn.max_plus %a, %b {maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>], sizes = array<i64: -1, 3, 4>} : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
