// The calling convention: one function for the call, one for each kernel, a barrier where threads depend on one another.
// RUN: %nnopt %s --nn-pipeline-kern --nn-pipeline-loops | FileCheck %s
// RUN: %nnopt %s --nn-pipeline-kern --nn-pipeline-loops --nn-pipeline-llvm | FileCheck %s --check-prefix=LLVM

// CHECK-LABEL: llvm.func @f(%arg0: !llvm.ptr, %arg1: i32, %arg2: i32)
// CHECK-SAME: nn.fixed_bytes = 256
// CHECK-SAME: nn.row_bytes = 0
// CHECK-SAME: nn.stack_bytes = 0
// CHECK: llvm.call @f_k0
// CHECK: cf.cond_br
// CHECK: llvm.call %{{.*}}(%{{.*}}) : !llvm.ptr, (!llvm.ptr) -> ()
// CHECK: llvm.call @f_k1
// CHECK-LABEL: llvm.func internal @f_k0
// CHECK-SAME: llvm.noalias
// CHECK: scf.for
// CHECK: llvm.load %{{.*}} : !llvm.ptr -> vector<16xf32>
// CHECK-LABEL: llvm.func internal @f_k1

// LLVM-NOT: scf.
// LLVM-NOT: arith.
// LLVM-NOT: vector.
// LLVM-NOT: fastmath
// LLVM-NOT: contract
module attributes {nn.scalars = []} {
  func.func @f(%x: tensor<?x64xf32> {nn.field = "x"}) -> (tensor<?x64xf32> {nn.result = "y"}) {
    %s = nn.reduce_sum %x over [0] : tensor<?x64xf32> -> tensor<64xf32>
    %e = nn.exp %s : tensor<64xf32>
    %b = nn.broadcast %e to [1] : tensor<64xf32> -> tensor<?x64xf32>
    %d = nn.div %x, %b : tensor<?x64xf32>
    return %d : tensor<?x64xf32>
  }
}
