// The code of a scan: one loop around the calls of kernels, with addresses that depend on the run.
// RUN: %nnopt %s --nn-pipeline-kern --nn-pipeline-loops | FileCheck %s

// CHECK-LABEL: llvm.func @rnn(
// CHECK: llvm.call @rnn_k0
// A backward scan begins with the last element.
// CHECK: %[[LAST:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: cf.br ^[[HEAD:.*]](%[[LAST]] : i64)
// CHECK: ^[[HEAD]](%[[T:.*]]: i64):
// CHECK: %[[STEP:.*]] = llvm.mul %[[T]]
// CHECK: llvm.getelementptr %{{.*}}[%[[STEP]]]
// CHECK: llvm.call @rnn_k1
// The copy of the next state waits for all threads, and the next run for the copy.
// CHECK: llvm.call %{{.*}}(%{{.*}}) : !llvm.ptr, (!llvm.ptr) -> ()
// CHECK: llvm.call @rnn_k
// CHECK: llvm.call %{{.*}}(%{{.*}}) : !llvm.ptr, (!llvm.ptr) -> ()
// CHECK: %[[NEXT:.*]] = llvm.add %[[T]]
// CHECK: cf.cond_br %{{.*}}, ^[[HEAD]](%[[NEXT]] : i64)
// CHECK-NOT: llvm.call
// CHECK: llvm.return
module attributes {nn.scalars = []} {
  func.func @rnn(%x: tensor<?x3x8xf32> {nn.field = "x"}, %s: tensor<?x8xf32> {nn.field = "s"}, %u: tensor<8x8xf32> {nn.tensor = "u"})
      -> (tensor<?x3x8xf32> {nn.result = "y"}) {
    %y:2 = nn.scan 3 backward states(%s : tensor<?x8xf32>) over(%x : tensor<?x3x8xf32>) with(%u : tensor<8x8xf32>)
        -> (tensor<?x8xf32>, tensor<?x3x8xf32>) {
    ^bb0(%h: tensor<?x8xf32>, %e: tensor<?x8xf32>, %v: tensor<8x8xf32>):
      %p = nn.contract %h, %v {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 8, 8>} : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
      %q = nn.add %p, %e : tensor<?x8xf32>
      %t = nn.tanh %q : tensor<?x8xf32>
      nn.yield %t, %t : tensor<?x8xf32>, tensor<?x8xf32>
    }
    return %y#1 : tensor<?x3x8xf32>
  }
}
