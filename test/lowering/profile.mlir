// A profiled function stamps the end of every kernel, and of every wait where there are several threads: of two kernels, 0 and 1
// are the kernels and 2 the wait behind the first.
// RUN: %nnopt %s --nn-pipeline-kern --nn-pipeline-loops | FileCheck %s
// RUN: %nnopt %s --nn-pipeline-kern --nn-pipeline-loops --nn-pipeline-llvm -o /dev/null

// CHECK-LABEL: llvm.func @measured(
// CHECK: %[[SECOND:.*]] = llvm.mlir.constant(1 : i32)
// CHECK: llvm.call @measured_k0
// CHECK: %[[FIRST:.*]] = llvm.mlir.constant(0 : i32)
// CHECK: llvm.call %{{.*}}(%{{.*}}, %arg1, %[[FIRST]]) : !llvm.ptr, (!llvm.ptr, i32, i32) -> ()
// CHECK: cf.cond_br %{{.*}}, ^[[MEET:.*]], ^[[AFTER:.*]]
// CHECK: ^[[MEET]]:
// CHECK-NEXT: llvm.call %{{.*}}(%{{.*}}) : !llvm.ptr, (!llvm.ptr) -> ()
// CHECK: %[[WAIT:.*]] = llvm.mlir.constant(2 : i32)
// CHECK: llvm.call %{{.*}}(%{{.*}}, %arg1, %[[WAIT]]) : !llvm.ptr, (!llvm.ptr, i32, i32) -> ()
// CHECK-NEXT: cf.br ^[[AFTER]]
// CHECK: llvm.call @measured_k1
// CHECK: llvm.call %{{.*}}(%{{.*}}, %arg1, %[[SECOND]]) : !llvm.ptr, (!llvm.ptr, i32, i32) -> ()
// CHECK-NEXT: llvm.return

// Without the attribute there is not a trace of it.
// CHECK-LABEL: llvm.func @plain(
// CHECK-NOT: (!llvm.ptr, i32, i32)
// CHECK: llvm.return
module attributes {nn.scalars = []} {
  func.func @measured(%x: tensor<?x64xf32> {nn.field = "x"}) -> (tensor<?x64xf32> {nn.result = "y"}) attributes {nn.profile} {
    %s = nn.reduce_sum %x over [0] : tensor<?x64xf32> -> tensor<64xf32>
    %b = nn.broadcast %s to [1] : tensor<64xf32> -> tensor<?x64xf32>
    %d = nn.div %x, %b : tensor<?x64xf32>
    return %d : tensor<?x64xf32>
  }
  func.func @plain(%x: tensor<?x64xf32> {nn.field = "x"}) -> (tensor<?x64xf32> {nn.result = "y"}) {
    %s = nn.reduce_sum %x over [0] : tensor<?x64xf32> -> tensor<64xf32>
    %b = nn.broadcast %s to [1] : tensor<64xf32> -> tensor<?x64xf32>
    %d = nn.div %x, %b : tensor<?x64xf32>
    return %d : tensor<?x64xf32>
  }
}
