// nn.gradient: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.gradient {{%[a-z0-9]+}} wrt {{%[a-z0-9]+}}, {{%[a-z0-9]+}} : tensor<f32>, tensor<?x3xf32>, tensor<4xf32>
func.func @first(%y: tensor<f32>, %a: tensor<?x3xf32>, %b: tensor<4xf32>) -> (tensor<?x3xf32>, tensor<4xf32>) {
  %g:2 = nn.gradient %y wrt %a, %b : tensor<f32>, tensor<?x3xf32>, tensor<4xf32>
  return %g#0, %g#1 : tensor<?x3xf32>, tensor<4xf32>
}
