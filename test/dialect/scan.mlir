// The reference interpreter runs scans: both directions, elements of examples and of tables, one in another.
// RUN: %interpret %s --function=sums --arg=x=[1,2,3] | FileCheck %s --check-prefix=SUMS
// RUN: %interpret %s --function=backward --arg=x=[1,2,3] | FileCheck %s --check-prefix=BACKWARD
// RUN: %interpret %s --function=batch --batch=2 --arg=x=[[[1,2],[3,4],[5,6]],[[1,0],[1,0],[2,0]]] | FileCheck %s --check-prefix=BATCH
// RUN: %interpret %s --function=nested --arg=x=[[1,2,3],[4,5,6]] | FileCheck %s --check-prefix=NESTED
// RUN: %interpret %s --function=both --arg=a=1 --arg=b=1 | FileCheck %s --check-prefix=BOTH
// RUN: %fails -- %interpret %s --function=unknown --arg=x=[1,2] | FileCheck %s --check-prefix=UNKNOWN

// SUMS: result0 = 6
// SUMS: result1 = [1, 3, 6]
func.func @sums(%x: tensor<3xf64> {nn.field = "x"}) -> (tensor<f64>, tensor<3xf64>) {
  %z = nn.constant dense<0.0> : tensor<f64>
  %y:2 = nn.scan 3 states(%z : tensor<f64>) over(%x : tensor<3xf64>) with() -> (tensor<f64>, tensor<3xf64>) {
  ^bb(%s: tensor<f64>, %e: tensor<f64>):
    %t = nn.add %s, %e : tensor<f64>
    nn.yield %t, %t : tensor<f64>, tensor<f64>
  }
  return %y#0, %y#1 : tensor<f64>, tensor<3xf64>
}

// BACKWARD: result0 = 6
// BACKWARD: result1 = [6, 5, 3]
func.func @backward(%x: tensor<3xf64> {nn.field = "x"}) -> (tensor<f64>, tensor<3xf64>) {
  %z = nn.constant dense<0.0> : tensor<f64>
  %y:2 = nn.scan 3 backward states(%z : tensor<f64>) over(%x : tensor<3xf64>) with() -> (tensor<f64>, tensor<3xf64>) {
  ^bb(%s: tensor<f64>, %e: tensor<f64>):
    %t = nn.add %s, %e : tensor<f64>
    nn.yield %t, %t : tensor<f64>, tensor<f64>
  }
  return %y#0, %y#1 : tensor<f64>, tensor<3xf64>
}

// For each example, the sums of its rows so far. The stack is along dim 1.
// BATCH: result0 = {{\[\[}}[1, 2], [4, 6], [9, 12]], {{\[\[}}1, 0], [2, 0], [4, 0]]]
func.func @batch(%x: tensor<?x3x2xf64> {nn.field = "x"}) -> tensor<?x3x2xf64> {
  %z = nn.constant dense<0.0> : tensor<f64>
  %zero = nn.broadcast %z to [] : tensor<f64> -> tensor<?x2xf64>
  %y:2 = nn.scan 3 states(%zero : tensor<?x2xf64>) over(%x : tensor<?x3x2xf64>) with() -> (tensor<?x2xf64>, tensor<?x3x2xf64>) {
  ^bb(%s: tensor<?x2xf64>, %e: tensor<?x2xf64>):
    %t = nn.add %s, %e : tensor<?x2xf64>
    nn.yield %t, %t : tensor<?x2xf64>, tensor<?x2xf64>
  }
  return %y#1 : tensor<?x3x2xf64>
}

// The sums of each row, which go on in the next: of rows first to last, in a row last to first.
// NESTED: result0 = {{\[\[}}6, 5, 3], [21, 17, 12]]
func.func @nested(%x: tensor<2x3xf64> {nn.field = "x"}) -> tensor<2x3xf64> {
  %z = nn.constant dense<0.0> : tensor<f64>
  %y:2 = nn.scan 2 states(%z : tensor<f64>) over(%x : tensor<2x3xf64>) with() -> (tensor<f64>, tensor<2x3xf64>) {
  ^bb(%s: tensor<f64>, %row: tensor<3xf64>):
    %i:2 = nn.scan 3 backward states(%s : tensor<f64>) over(%row : tensor<3xf64>) with() -> (tensor<f64>, tensor<3xf64>) {
    ^bb(%t: tensor<f64>, %e: tensor<f64>):
      %u = nn.add %t, %e : tensor<f64>
      nn.yield %u, %u : tensor<f64>, tensor<f64>
    }
    nn.yield %i#0, %i#1 : tensor<f64>, tensor<3xf64>
  }
  return %y#1 : tensor<2x3xf64>
}

// All states change at once: (1, 1), (1, 2), (2, 3), (3, 5).
// BOTH: result0 = 3
// BOTH: result1 = 5
func.func @both(%a: tensor<f64> {nn.scalar = "a"}, %b: tensor<f64> {nn.scalar = "b"}) -> (tensor<f64>, tensor<f64>) {
  %y:2 = nn.scan 3 states(%a, %b : tensor<f64>, tensor<f64>) over() with() -> (tensor<f64>, tensor<f64>) {
  ^bb(%s: tensor<f64>, %t: tensor<f64>):
    %u = nn.add %s, %t : tensor<f64>
    nn.yield %t, %u : tensor<f64>, tensor<f64>
  }
  return %y#0, %y#1 : tensor<f64>, tensor<f64>
}

// UNKNOWN: error: in nn.scan: no semantics for nn.gradient
func.func @unknown(%x: tensor<2xf64> {nn.field = "x"}) -> tensor<2xf64> {
  %y = nn.scan 2 states() over(%x : tensor<2xf64>) with() -> (tensor<2xf64>) {
  ^bb(%e: tensor<f64>):
    %g = nn.gradient %e wrt %e : tensor<f64>, tensor<f64>
    nn.yield %g : tensor<f64>
  }
  return %y : tensor<2xf64>
}
