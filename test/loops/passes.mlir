// Each pass does its work in the blocks of loops.
// RUN: %testopt %s --nn-pipeline-nn --nn-lay-out=block-bytes=64 | FileCheck %s --check-prefix=BLOCKS
// RUN: %testopt %s --nn-pipeline-nn | FileCheck %s --check-prefix=GRAD
// RUN: %testopt %s --nn-pipeline-nn --nn-fuse --nn-schedule --nn-plan-memory | FileCheck %s --check-prefix=PLAN
// RUN: %testopt %s --nn-pipeline-nn --nn-pipeline-kern | FileCheck %s --check-prefix=TILES
// RUN: %testopt %s --nn-pipeline-nn --nn-pipeline-kern --nn-pipeline-loops | FileCheck %s --check-prefix=LOOPS

// A loop that only multiplies with a matrix is no reason against blocks.
// BLOCKS-LABEL: func.func @step
// BLOCKS-SAME: %arg1: tensor<2x32x16xf32>
// BLOCKS: test.repeat 3 times(%arg0, %arg1)
// BLOCKS: ^bb0(%{{.*}}: tensor<?x32xf32>, %[[W:.*]]: tensor<2x32x16xf32>):
// BLOCKS-NOT: nn.reshape
// BLOCKS: nn.contract %{{.*}}, %[[W]]

// The loss, a loop that computes states again, and the derivatives of three runs, which are no loops any more. What two ops computed is
// computed once.
// GRAD-LABEL: func.func @step
// GRAD-NOT: nn.gradient
// GRAD: test.repeat 3 times
// GRAD: nn.tanh
// GRAD-NOT: nn.tanh
// GRAD: nn.yield
// GRAD: test.repeat 2 times
// GRAD-NOT: test.repeat
// GRAD: return

// A state is in one memory from its start on, its weight is where it is, and what a run computes from all of the state is copied there.
// PLAN-LABEL: func.func @step
// PLAN: %[[S:.*]] = kern.fused pointwise(%arg0) at [#kern.place<row + 0>]
// PLAN: test.repeat 3 times(%[[S]], %arg1)
// PLAN-SAME: kern.argument_places = [#kern.place<row + 0>, #kern.place<tensor + 0>], kern.places = [#kern.place<row + 0>]
// PLAN: %[[N:.*]] = kern.fused contraction({{.*}}) at [#kern.place<row + 128>]
// PLAN: %[[C:.*]] = kern.fused pointwise(%[[N]]) at [#kern.place<row + 0>]
// PLAN: nn.yield %[[C]]
// PLAN: kern.fused reduction({{.*}}) at [#kern.place<result + 0>]
// PLAN: kern.guard
// PLAN: kern.fused contraction({{.*}}) at [#kern.place<tensor + 0>]

// TILES: test.repeat
// TILES: kern.fused contraction{{.*}} {kern.tiles

// One loop around calls.
// LOOPS-LABEL: llvm.func @step(
// LOOPS: llvm.call @step_k0
// LOOPS: cf.br ^[[HEAD:.*]](%{{.*}} : i64)
// LOOPS: ^[[HEAD]](%[[I:.*]]: i64):
// LOOPS: llvm.call @step_k1
// LOOPS: llvm.call @step_k
// LOOPS: %[[NEXT:.*]] = llvm.add %[[I]]
// LOOPS: %[[MORE:.*]] = llvm.icmp "ne" %[[NEXT]]
// LOOPS: cf.cond_br %[[MORE]], ^[[HEAD]](%[[NEXT]] : i64)
module attributes {nn.scalars = []} {
  func.func @step(%x: tensor<?x32xf32> {nn.field = "x"}, %w: tensor<32x32xf32> {nn.tensor = "w"})
      -> (tensor<f32> {nn.result = "loss"}, tensor<32x32xf32> {nn.update = "w"}) attributes {nn.guard = "loss"} {
    %h = test.repeat 3 times (%x, %w) : (tensor<?x32xf32>, tensor<32x32xf32>) -> tensor<?x32xf32> {
    ^bb(%s: tensor<?x32xf32>, %v: tensor<32x32xf32>):
      %z = nn.contract %s, %v {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 32, 32>} : (tensor<?x32xf32>, tensor<32x32xf32>) -> tensor<?x32xf32>
      %a = nn.tanh %z : tensor<?x32xf32>
      %b = nn.tanh %z : tensor<?x32xf32>
      %c = nn.add %a, %b : tensor<?x32xf32>
      nn.yield %c : tensor<?x32xf32>
    }
    %loss = nn.reduce_sum %h over [0, 1] : tensor<?x32xf32> -> tensor<f32>
    %g = nn.gradient %loss wrt %w : tensor<f32>, tensor<32x32xf32>
    %n = nn.sub %w, %g : tensor<32x32xf32>
    return %loss, %n : tensor<f32>, tensor<32x32xf32>
  }
}
