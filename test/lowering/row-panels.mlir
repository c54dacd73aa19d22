// Row-wise kernels that pass rows on to one another are called on a few rows at a time, by each thread on its own, with no barrier in between.
// RUN: %nnopt %s --nn-pipeline-kern | FileCheck %s --check-prefix=MARKS
// RUN: %nnopt %s --nn-pipeline-kern --nn-pipeline-loops | FileCheck %s --check-prefix=CALLS

// Softmax: four kernels; the sum lies where the maximum was, row upon row.
// MARKS-LABEL: func.func @softmax
// MARKS: kern.fused {{ ?}}reduction{{.*}} {kern.panel = array<i64: 0, [[ROWS:[0-9]+]]>}
// MARKS: kern.fused {{ ?}}pointwise{{.*}} {kern.panel = array<i64: 0, [[ROWS]]>}
// MARKS: kern.fused {{ ?}}reduction{{.*}} {kern.panel = array<i64: 0, [[ROWS]]>}
// MARKS: kern.fused {{ ?}}pointwise{{.*}} {kern.panel = array<i64: 0, [[ROWS]]>}
// CALLS-LABEL: llvm.func @softmax
// CALLS-NOT: cf.cond_br
// CALLS: scf.for
// CALLS: llvm.intr.umin
// CALLS: llvm.call @softmax_k0
// CALLS: llvm.call @softmax_k1
// CALLS: llvm.call @softmax_k2
// CALLS: llvm.call @softmax_k3
// CALLS-NOT: llvm.call
// CALLS: llvm.return

// The batch's mean is no row's own; what follows from it is, but reads nothing that another kernel of a panel makes.
// MARKS-LABEL: func.func @centered
// MARKS-NOT: kern.panel
// MARKS-LABEL: func.func @masked
// A mask's random numbers follow from each element's number in the whole batch.
// MARKS-NOT: kern.panel
// MARKS: return
module attributes {nn.scalars = ["seed", "step"]} {
  func.func @softmax(%x: tensor<?x64xf32> {nn.field = "x"}) -> (tensor<?x64xf32> {nn.result = "y"}) {
    %m = nn.reduce_max %x over [1] : tensor<?x64xf32> -> tensor<?xf32>
    %b = nn.broadcast %m to [0] : tensor<?xf32> -> tensor<?x64xf32>
    %d = nn.sub %x, %b : tensor<?x64xf32>
    %e = nn.exp %d : tensor<?x64xf32>
    %s = nn.reduce_sum %e over [1] : tensor<?x64xf32> -> tensor<?xf32>
    %t = nn.broadcast %s to [0] : tensor<?xf32> -> tensor<?x64xf32>
    %p = nn.div %e, %t : tensor<?x64xf32>
    return %p : tensor<?x64xf32>
  }
  func.func @centered(%x: tensor<?x64xf32> {nn.field = "x"}) -> (tensor<?x64xf32> {nn.result = "y"}) {
    %s = nn.reduce_sum %x over [0] : tensor<?x64xf32> -> tensor<64xf32>
    %b = nn.broadcast %s to [1] : tensor<64xf32> -> tensor<?x64xf32>
    %d = nn.sub %x, %b : tensor<?x64xf32>
    return %d : tensor<?x64xf32>
  }
  func.func @masked(%x: tensor<?x64xf32> {nn.field = "x"}, %seed: tensor<f64> {nn.scalar = "seed"}, %step: tensor<f64> {nn.scalar = "step"})
      -> (tensor<?x64xf32> {nn.result = "y"}) {
    %u = nn.random_uniform %seed, %step place 0 : tensor<?x64xf32>
    %d = nn.mul %x, %u : tensor<?x64xf32>
    %s = nn.reduce_sum %d over [1] : tensor<?x64xf32> -> tensor<?xf32>
    %b = nn.broadcast %s to [0] : tensor<?xf32> -> tensor<?x64xf32>
    %q = nn.div %x, %b : tensor<?x64xf32>
    return %q : tensor<?x64xf32>
  }
}
