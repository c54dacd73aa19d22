// nn.constant: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.constant dense<{{.*}}> : tensor<f32>
func.func @first() -> tensor<f32> {
  %y = nn.constant dense<2.5> : tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: @second
// CHECK: nn.constant dense<{{.*}}> : tensor<3xf64>
func.func @second() -> tensor<3xf64> {
  %y = nn.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf64>
  return %y : tensor<3xf64>
}
