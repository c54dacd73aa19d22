// The places of states, elements and stacks.
// RUN: %nnopt %s --nn-fuse --nn-schedule --nn-plan-memory | FileCheck %s

module attributes {nn.scalars = []} {
  // The state is in one memory, and the field is an argument, so the loop starts with a copy of it. Elements are where the field is: 32 bytes
  // each, and the rows of the batch are 3 elements apart. The next state may not be written over the state, which the contraction reads: it is
  // copied at the end. The kernel writes it to the stack too.
  // CHECK-LABEL: func.func @rnn
  // CHECK: %[[S:.*]] = kern.fused pointwise(%arg1) at [#kern.place<row + 0>]
  // CHECK: nn.scan 3 states(%[[S]] : {{.*}}) over(%arg0
  // CHECK-SAME: kern.argument_places = [#kern.place<row + 0>, #kern.place<field + 0 steps[32] pitch 96>, #kern.place<tensor + 0>], kern.places = [#kern.place<row + 0>, #kern.place<result + 0>]
  // CHECK: %[[Y:.*]]:2 = kern.fused contraction({{.*}}) at [#kern.place<row + 64>, #kern.place<result + 0 steps[32] pitch 96>]
  // CHECK: %[[C:.*]] = kern.fused pointwise(%[[Y]]#0) at [#kern.place<row + 0>]
  // CHECK: nn.yield %[[C]], %[[Y]]#1
  func.func @rnn(%x: tensor<?x3x8xf32> {nn.field = "x"}, %s: tensor<?x8xf32> {nn.field = "s"}, %u: tensor<8x8xf32> {nn.tensor = "u"})
      -> (tensor<?x3x8xf32> {nn.result = "y"}) {
    %y:2 = nn.scan 3 states(%s : tensor<?x8xf32>) over(%x : tensor<?x3x8xf32>) with(%u : tensor<8x8xf32>)
        -> (tensor<?x8xf32>, tensor<?x3x8xf32>) {
    ^bb0(%h: tensor<?x8xf32>, %e: tensor<?x8xf32>, %v: tensor<8x8xf32>):
      %p = nn.contract %h, %v {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 8, 8>} : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
      %q = nn.add %p, %e : tensor<?x8xf32>
      %t = nn.tanh %q : tensor<?x8xf32>
      nn.yield %t, %t : tensor<?x8xf32>, tensor<?x8xf32>
    }
    return %y#1 : tensor<?x3x8xf32>
  }

  // The last state is returned, so all of them are in the result's memory. The start is computed there, and each next state over the one before.
  // CHECK-LABEL: func.func @sums
  // CHECK: kern.fused pointwise() at [#kern.place<result + 0>]
  // CHECK: kern.argument_places = [#kern.place<result + 0>, #kern.place<field + 0 steps[16]>], kern.places = [#kern.place<result + 0>]
  // CHECK: kern.fused pointwise({{.*}}) at [#kern.place<result + 0>]
  // CHECK-NOT: kern.fused
  func.func @sums(%x: tensor<5x4xf32> {nn.field = "x"}) -> (tensor<4xf32> {nn.result = "y"}) {
    %0 = nn.constant dense<0.0> : tensor<4xf32>
    %y = nn.scan 5 backward states(%0 : tensor<4xf32>) over(%x : tensor<5x4xf32>) with() -> (tensor<4xf32>) {
    ^bb0(%s: tensor<4xf32>, %e: tensor<4xf32>):
      %n = nn.add %s, %e : tensor<4xf32>
      nn.yield %n : tensor<4xf32>
    }
    return %y : tensor<4xf32>
  }

  // An element of an element: another step, and the pitch of the whole.
  // CHECK-LABEL: func.func @nested
  // CHECK: nn.scan 2
  // CHECK: nn.scan 3
  // CHECK-SAME: kern.argument_places = [#kern.place<row + {{[0-9]+}}>, #kern.place<row + {{[0-9]+}}>, #kern.place<field + 0 steps[48, 16] pitch 96>]
  // CHECK-SAME: kern.places = [#kern.place<row + {{[0-9]+}}>, #kern.place<row + {{[0-9]+}}>, #kern.place<result + 0 steps[48] pitch 96>]
  // CHECK: kern.fused pointwise({{.*}}) at [#kern.place<result + 0 steps[48, 16] pitch 96>, #kern.place<row + {{[0-9]+}}>]
  func.func @nested(%x: tensor<?x2x3x4xf32> {nn.field = "x"}, %a: tensor<?x4xf32> {nn.field = "a"}) -> (tensor<?x2x3x4xf32> {nn.result = "y"}) {
    %y:2 = nn.scan 2 states(%a : tensor<?x4xf32>) over(%x : tensor<?x2x3x4xf32>) with() -> (tensor<?x4xf32>, tensor<?x2x3x4xf32>) {
    ^bb0(%s: tensor<?x4xf32>, %row: tensor<?x3x4xf32>):
      %c = nn.cos %s : tensor<?x4xf32>
      %z:3 = nn.scan 3 states(%s, %c : tensor<?x4xf32>, tensor<?x4xf32>) over(%row : tensor<?x3x4xf32>) with() -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x3x4xf32>) {
      ^bb0(%b: tensor<?x4xf32>, %d: tensor<?x4xf32>, %e: tensor<?x4xf32>):
        %p = nn.mul %b, %e : tensor<?x4xf32>
        %t = nn.tanh %p : tensor<?x4xf32>
        nn.yield %d, %t, %p : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
      }
      nn.yield %z#0, %z#2 : tensor<?x4xf32>, tensor<?x3x4xf32>
    }
    return %y#1 : tensor<?x2x3x4xf32>
  }
}
