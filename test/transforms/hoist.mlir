// What leaves a loop, which loops become one, and what must stay.
// RUN: %nnopt %s -nn-simplify -nn-hoist-loops | FileCheck %s
// RUN: %nnopt %s -nn-pipeline-nn | FileCheck %s

// x w is one contraction for all steps, and so is what only the stack needs. The recurrence stays.
// CHECK-LABEL: func.func @rnn
// CHECK-SAME: %[[X:.*]]: tensor<?x7x3xf32>, %[[W:.*]]: tensor<3x4xf32>, %[[U:.*]]: tensor<4x4xf32>, %[[O:.*]]: tensor<4x2xf32>
// CHECK: %[[XW:.*]] = nn.contract %[[X]], %[[W]] {{.*}} -> tensor<?x7x4xf32>
// CHECK: %[[H:.*]] = nn.scan 7 states
// CHECK-SAME: over(%[[XW]] : tensor<?x7x4xf32>) with(%[[U]] : tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<?x7x4xf32>)
// CHECK: nn.contract
// CHECK-NOT: nn.contract
// CHECK: nn.yield
// CHECK: %[[Y:.*]] = nn.contract %{{.*}}#1, %[[O]] {{.*}} -> tensor<?x7x2xf32>
// CHECK: %[[E:.*]] = nn.exp %[[Y]]
// CHECK: return %[[E]]
func.func @rnn(%x: tensor<?x7x3xf32>, %w: tensor<3x4xf32>, %u: tensor<4x4xf32>, %o: tensor<4x2xf32>) -> tensor<?x7x2xf32> {
  %z = nn.constant dense<0.0> : tensor<f32>
  %s = nn.broadcast %z to [] : tensor<f32> -> tensor<?x4xf32>
  %y:2 = nn.scan 7 states(%s : tensor<?x4xf32>) over(%x : tensor<?x7x3xf32>)
      with(%w, %u, %o : tensor<3x4xf32>, tensor<4x4xf32>, tensor<4x2xf32>) -> (tensor<?x4xf32>, tensor<?x7x2xf32>) {
  ^bb(%h: tensor<?x4xf32>, %e: tensor<?x3xf32>, %a: tensor<3x4xf32>, %b: tensor<4x4xf32>, %c: tensor<4x2xf32>):
    %p = nn.contract %e, %a {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 3, 4>} : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
    %q = nn.contract %h, %b {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 4, 4>} : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    %r = nn.add %p, %q : tensor<?x4xf32>
    %t = nn.tanh %r : tensor<?x4xf32>
    %l = nn.contract %t, %c {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 4, 2>} : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
    %m = nn.exp %l : tensor<?x2xf32>
    nn.yield %t, %m : tensor<?x4xf32>, tensor<?x2xf32>
  }
  return %y#1 : tensor<?x7x2xf32>
}

// The program wants memory saved: all contractions stay.
// CHECK-LABEL: func.func @saving
// CHECK-NEXT: nn.scan 7 recompute
// CHECK: nn.contract
// CHECK: nn.yield
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @saving(%x: tensor<?x7x3xf32>, %w: tensor<3x4xf32>, %s: tensor<?x4xf32>) -> tensor<?x7x4xf32> {
  %y:2 = nn.scan 7 recompute states(%s : tensor<?x4xf32>) over(%x : tensor<?x7x3xf32>)
      with(%w : tensor<3x4xf32>) -> (tensor<?x4xf32>, tensor<?x7x4xf32>) {
  ^bb(%h: tensor<?x4xf32>, %e: tensor<?x3xf32>, %a: tensor<3x4xf32>):
    %p = nn.contract %e, %a {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (i,o)>, affine_map<(n,i,o) -> (n,o)>], sizes = array<i64: -1, 3, 4>} : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
    %r = nn.mul %p, %h : tensor<?x4xf32>
    nn.yield %r, %r : tensor<?x4xf32>, tensor<?x4xf32>
  }
  return %y#1 : tensor<?x7x4xf32>
}

// The scores of one query against many keys are not kept for all queries.
// CHECK-LABEL: func.func @scores
// CHECK-NEXT: nn.scan 7
// CHECK: nn.contract
// CHECK: nn.contract
// CHECK: nn.yield
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @scores(%x: tensor<?x7x3xf32>, %k: tensor<?x9x3xf32>) -> tensor<?x7x3xf32> {
  %y = nn.scan 7 states() over(%x : tensor<?x7x3xf32>) with(%k : tensor<?x9x3xf32>) -> (tensor<?x7x3xf32>) {
  ^bb(%e: tensor<?x3xf32>, %a: tensor<?x9x3xf32>):
    %p = nn.contract %a, %e {maps = [affine_map<(n,j,i) -> (n,j,i)>, affine_map<(n,j,i) -> (n,i)>, affine_map<(n,j,i) -> (n,j)>], sizes = array<i64: -1, 9, 3>} : (tensor<?x9x3xf32>, tensor<?x3xf32>) -> tensor<?x9xf32>
    %q = nn.exp %p : tensor<?x9xf32>
    %r = nn.contract %a, %q {maps = [affine_map<(n,i,j) -> (n,j,i)>, affine_map<(n,i,j) -> (n,j)>, affine_map<(n,i,j) -> (n,i)>], sizes = array<i64: -1, 3, 9>} : (tensor<?x9x3xf32>, tensor<?x9xf32>) -> tensor<?x3xf32>
    nn.yield %r : tensor<?x3xf32>
  }
  return %y : tensor<?x7x3xf32>
}

// The gradients of a weight and of a bias are one contraction and one sum after the loop, which
// keeps only what the state needs.
// CHECK-LABEL: func.func @sums
// CHECK: %[[L:.*]]:2 = nn.scan 7 backward states(%{{[a-z0-9]+}} : tensor<?x4xf32>)
// CHECK-NOT: nn.contract
// CHECK-NOT: nn.reduce_sum
// CHECK: nn.yield
// CHECK-DAG: nn.contract %arg0, %[[L]]#1 {{.*}} : (tensor<?x7x3xf32>, tensor<?x7x4xf32>) -> tensor<3x4xf32>
// CHECK-DAG: nn.reduce_sum %[[L]]#1 over [0, 1] : tensor<?x7x4xf32> -> tensor<4xf32>
// CHECK: return
func.func @sums(%x: tensor<?x7x3xf32>, %g: tensor<?x7x4xf32>, %s: tensor<?x4xf32>) -> (tensor<3x4xf32>, tensor<4xf32>) {
  %z = nn.constant dense<0.0> : tensor<f32>
  %zw = nn.broadcast %z to [] : tensor<f32> -> tensor<3x4xf32>
  %zb = nn.broadcast %z to [] : tensor<f32> -> tensor<4xf32>
  %y:3 = nn.scan 7 backward states(%s, %zw, %zb : tensor<?x4xf32>, tensor<3x4xf32>, tensor<4xf32>)
      over(%x, %g : tensor<?x7x3xf32>, tensor<?x7x4xf32>) with() -> (tensor<?x4xf32>, tensor<3x4xf32>, tensor<4xf32>) {
  ^bb(%h: tensor<?x4xf32>, %w: tensor<3x4xf32>, %b: tensor<4xf32>, %e: tensor<?x3xf32>, %f: tensor<?x4xf32>):
    %d = nn.mul %h, %f : tensor<?x4xf32>
    %n = nn.tanh %d : tensor<?x4xf32>
    %p = nn.contract %e, %n {maps = [affine_map<(n,i,o) -> (n,i)>, affine_map<(n,i,o) -> (n,o)>, affine_map<(n,i,o) -> (i,o)>], sizes = array<i64: -1, 3, 4>} : (tensor<?x3xf32>, tensor<?x4xf32>) -> tensor<3x4xf32>
    %q = nn.add %w, %p : tensor<3x4xf32>
    %r = nn.reduce_sum %n over [0] : tensor<?x4xf32> -> tensor<4xf32>
    %t = nn.add %b, %r : tensor<4xf32>
    nn.yield %n, %q, %t : tensor<?x4xf32>, tensor<3x4xf32>, tensor<4xf32>
  }
  return %y#1, %y#2 : tensor<3x4xf32>, tensor<4xf32>
}

// An operand that is a constant is made in the block, a state that stays an invariant, and so is a
// sequence of one value; what nobody needs is gone.
// CHECK-LABEL: func.func @tidy
// CHECK-SAME: %[[X:.*]]: tensor<5x2xf32>, %[[S:.*]]: tensor<2xf32>
// CHECK-NEXT: %[[Y:.*]] = nn.scan 5 states(%[[S]] : tensor<2xf32>) over(%[[X]] : tensor<5x2xf32>) with(%[[S]] : tensor<2xf32>) -> (tensor<2xf32>)
// CHECK-NEXT: ^bb0
// CHECK: nn.constant dense<3.
// CHECK: nn.yield %{{[0-9]+}} : tensor<2xf32>
// CHECK: return %[[Y]], %[[X]], %[[S]]
func.func @tidy(%x: tensor<5x2xf32>, %s: tensor<2xf32>) -> (tensor<2xf32>, tensor<5x2xf32>, tensor<2xf32>) {
  %c = nn.constant dense<3.0> : tensor<2xf32>
  %r = nn.broadcast %s to [1] : tensor<2xf32> -> tensor<5x2xf32>
  %y:5 = nn.scan 5 states(%s, %s, %c : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
      over(%x, %r : tensor<5x2xf32>, tensor<5x2xf32>) with(%c : tensor<2xf32>)
      -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<5x2xf32>, tensor<5x2xf32>) {
  ^bb(%a: tensor<2xf32>, %same: tensor<2xf32>, %unread: tensor<2xf32>, %e: tensor<2xf32>, %f: tensor<2xf32>, %k: tensor<2xf32>):
    %p = nn.mul %a, %k : tensor<2xf32>
    %q = nn.sub %p, %same : tensor<2xf32>
    %t = nn.mul %q, %e : tensor<2xf32>
    %u = nn.add %t, %f : tensor<2xf32>
    %v = nn.sin %unread : tensor<2xf32>
    nn.yield %u, %same, %v, %e, %v : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
  return %y#0, %y#3, %y#1 : tensor<2xf32>, tensor<5x2xf32>, tensor<2xf32>
}

// Two loops with equal states are one, which gives what both gave.
// CHECK-LABEL: func.func @equal
// CHECK: nn.scan 5
// CHECK-SAME: -> (tensor<2xf32>, tensor<5x2xf32>)
// CHECK: nn.sin
// CHECK-NOT: nn.sin
// CHECK-NOT: nn.scan
// CHECK: return
func.func @equal(%x: tensor<5x2xf32>, %s: tensor<2xf32>) -> (tensor<2xf32>, tensor<5x2xf32>) {
  %y = nn.scan 5 states(%s : tensor<2xf32>) over(%x : tensor<5x2xf32>) with() -> (tensor<2xf32>) {
  ^bb(%a: tensor<2xf32>, %e: tensor<2xf32>):
    %p = nn.mul %a, %e : tensor<2xf32>
    %q = nn.sin %p : tensor<2xf32>
    nn.yield %q : tensor<2xf32>
  }
  %z:2 = nn.scan 5 states(%s : tensor<2xf32>) over(%x : tensor<5x2xf32>) with() -> (tensor<2xf32>, tensor<5x2xf32>) {
  ^bb(%a: tensor<2xf32>, %e: tensor<2xf32>):
    %p = nn.mul %a, %e : tensor<2xf32>
    %q = nn.sin %p : tensor<2xf32>
    nn.yield %q, %a : tensor<2xf32>, tensor<2xf32>
  }
  return %y, %z#1 : tensor<2xf32>, tensor<5x2xf32>
}

// Another direction, or another recurrence, is another loop.
// CHECK-LABEL: func.func @unequal
// CHECK: nn.scan 5 states
// CHECK: nn.scan 5 backward states
// CHECK: nn.scan 5 states
// CHECK: return
func.func @unequal(%x: tensor<5x2xf32>, %s: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %y = nn.scan 5 states(%s : tensor<2xf32>) over(%x : tensor<5x2xf32>) with() -> (tensor<2xf32>) {
  ^bb(%a: tensor<2xf32>, %e: tensor<2xf32>):
    %p = nn.mul %a, %e : tensor<2xf32>
    %q = nn.sin %p : tensor<2xf32>
    nn.yield %q : tensor<2xf32>
  }
  %z = nn.scan 5 backward states(%s : tensor<2xf32>) over(%x : tensor<5x2xf32>) with() -> (tensor<2xf32>) {
  ^bb(%a: tensor<2xf32>, %e: tensor<2xf32>):
    %p = nn.mul %a, %e : tensor<2xf32>
    %q = nn.sin %p : tensor<2xf32>
    nn.yield %q : tensor<2xf32>
  }
  %v = nn.scan 5 states(%s : tensor<2xf32>) over(%x : tensor<5x2xf32>) with() -> (tensor<2xf32>) {
  ^bb(%a: tensor<2xf32>, %e: tensor<2xf32>):
    %p = nn.mul %a, %e : tensor<2xf32>
    %q = nn.cos %p : tensor<2xf32>
    nn.yield %q : tensor<2xf32>
  }
  return %y, %z, %v : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
