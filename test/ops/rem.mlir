// nn.rem: what is printed reads back the same; constants fold.
// RUN: %nnopt %s | %nnopt | FileCheck %s
// RUN: %nnopt %s -nn-simplify | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: @first
// CHECK: nn.rem {{%[a-z0-9]+}}, {{%[a-z0-9]+}} : tensor<?x3xf32>
func.func @first(%a: tensor<?x3xf32>, %b: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = nn.rem %a, %b : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// CHECK-LABEL: @second
// CHECK: nn.rem {{%[a-z0-9]+}}, {{%[a-z0-9]+}} : tensor<f64>
func.func @second(%a: tensor<f64>, %b: tensor<f64>) -> tensor<f64> {
  %y = nn.rem %a, %b : tensor<f64>
  return %y : tensor<f64>
}

// FOLD-LABEL: @folded
// FOLD: %[[C:.*]] = nn.constant dense<1.000000e+00> : tensor<f64>
// FOLD-NEXT: return %[[C]]
func.func @folded() -> tensor<f64> {
  %c = nn.constant dense<3.0> : tensor<f64>
  %two = nn.constant dense<2.0> : tensor<f64>
  %y = nn.rem %c, %two : tensor<f64>
  return %y : tensor<f64>
}
