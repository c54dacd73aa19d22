// nn.log1p: what is printed reads back the same; constants fold.
// RUN: %nnopt %s | %nnopt | FileCheck %s
// RUN: %nnopt %s -nn-simplify | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: @first
// CHECK: nn.log1p {{%[a-z0-9]+}} : tensor<?x3xf32>
func.func @first(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = nn.log1p %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// CHECK-LABEL: @second
// CHECK: nn.log1p {{%[a-z0-9]+}} : tensor<f64>
func.func @second(%x: tensor<f64>) -> tensor<f64> {
  %y = nn.log1p %x : tensor<f64>
  return %y : tensor<f64>
}

// FOLD-LABEL: @folded
// FOLD: %[[C:.*]] = nn.constant dense<0.000000e+00> : tensor<f64>
// FOLD-NEXT: return %[[C]]
func.func @folded() -> tensor<f64> {
  %c = nn.constant dense<0.0> : tensor<f64>
  %y = nn.log1p %c : tensor<f64>
  return %y : tensor<f64>
}
