// nn.random_uniform: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.random_uniform {{%[a-z0-9]+}}, {{%[a-z0-9]+}} place 7 : tensor<?x4xf32>
func.func @first(%seed: tensor<f64>, %step: tensor<f64>) -> tensor<?x4xf32> {
  %y = nn.random_uniform %seed, %step place 7 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: @piece
// CHECK: nn.random_uniform {{%[a-z0-9]+}}, {{%[a-z0-9]+}} from {{%[a-z0-9]+}} place 7 : tensor<?x4xf32>
func.func @piece(%seed: tensor<f64>, %step: tensor<f64>, %first: tensor<f64>) -> tensor<?x4xf32> {
  %y = nn.random_uniform %seed, %step from %first place 7 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
