// nn.scan: what is printed reads back the same.
// RUN: %nnopt %s | %nnopt | FileCheck %s

// CHECK-LABEL: @all
// CHECK: nn.scan 3 backward recompute states(%{{[a-z0-9]+}} : tensor<?xf32>) over(%{{[a-z0-9]+}} : tensor<?x3x2xf32>) with(%{{[a-z0-9]+}} : tensor<2xf32>) -> (tensor<?xf32>, tensor<?x3xf32>) {
// CHECK-NEXT: ^bb0(%{{[a-z0-9]+}}: tensor<?xf32>, %{{[a-z0-9]+}}: tensor<?x2xf32>, %{{[a-z0-9]+}}: tensor<2xf32>):
// CHECK: nn.yield %{{[a-z0-9]+}}, %{{[a-z0-9]+}} : tensor<?xf32>, tensor<?xf32>
func.func @all(%s: tensor<?xf32>, %x: tensor<?x3x2xf32>, %w: tensor<2xf32>) -> tensor<?x3xf32> {
  %y:2 = nn.scan 3 backward recompute states(%s : tensor<?xf32>) over(%x : tensor<?x3x2xf32>) with(%w : tensor<2xf32>) -> (tensor<?xf32>, tensor<?x3xf32>) {
  ^bb(%h: tensor<?xf32>, %e: tensor<?x2xf32>, %v: tensor<2xf32>):
    %r = nn.broadcast %v to [1] : tensor<2xf32> -> tensor<?x2xf32>
    %p = nn.mul %e, %r : tensor<?x2xf32>
    %q = nn.reduce_sum %p over [1] : tensor<?x2xf32> -> tensor<?xf32>
    %t = nn.add %h, %q : tensor<?xf32>
    nn.yield %t, %t : tensor<?xf32>, tensor<?xf32>
  }
  return %y#1 : tensor<?x3xf32>
}

// CHECK-LABEL: @alone
// CHECK: nn.scan 2 states(%{{[a-z0-9]+}} : tensor<f32>) over() with() -> (tensor<f32>) {
func.func @alone(%s: tensor<f32>) -> tensor<f32> {
  %y = nn.scan 2 states(%s : tensor<f32>) over() with() -> (tensor<f32>) {
  ^bb(%h: tensor<f32>):
    %t = nn.mul %h, %h : tensor<f32>
    nn.yield %t : tensor<f32>
  }
  return %y : tensor<f32>
}
