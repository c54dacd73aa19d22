// nn.batch_size: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @first
// CHECK: nn.batch_size
func.func @first() -> tensor<f64> {
  %y = nn.batch_size
  return %y : tensor<f64>
}
