// Shapes that contain the batch twice: planned, and refused by the lowering, which knows no such strides.
// RUN: %testopt %s --nn-fuse=unfused --nn-plan-memory | FileCheck %s
// RUN: not %testopt %s --nn-pipeline-kern --nn-pipeline-loops 2>&1 | FileCheck %s --check-prefix=LOOPS
// RUN: %interpret %s --batch 2 --arg 'x=[[1,2],[3,4]]' | FileCheck %s --check-prefix=VALUE

// CHECK: nn.square_bytes = 64
// CHECK: at [#kern.place<square + 0>]
// LOOPS: error: no code can be generated for the shape of 'tensor<?x?xf32>': only its first dim can be the batch
// VALUE: y = [16, 36]
module attributes {nn.scalars = []} {
  func.func @f(%x: tensor<?x2xf32> {nn.field = "x"}) -> (tensor<?xf32> {nn.result = "y"}) {
    %s = nn.contract %x, %x {maps = [affine_map<(n,m,i) -> (n,i)>, affine_map<(n,m,i) -> (m,i)>, affine_map<(n,m,i) -> (n,m)>], sizes = array<i64: -1, -1, 2>} : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x?xf32>
    %y = nn.reduce_sum %s over [1] : tensor<?x?xf32> -> tensor<?xf32>
    return %y : tensor<?xf32>
  }
}
