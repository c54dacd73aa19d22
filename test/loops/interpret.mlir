// The reference interpreter runs the blocks of loops.
// RUN: %interpret %s --function=power --arg=arg0=1 --arg=arg1=2 | FileCheck %s --check-prefix=POWER
// RUN: %interpret %s --function=fibonacci --arg=arg0=0 --arg=arg1=1 | FileCheck %s --check-prefix=FIBONACCI
// RUN: %interpret %s --function=nested --arg=arg0=1 --arg=arg1=3 | FileCheck %s --check-prefix=NESTED
// RUN: %interpret %s --function=batch --batch=2 --arg=arg0=[[1,2],[3,4]] --arg=arg1=[10,20] | FileCheck %s --check-prefix=BATCH
// RUN: %fails -- %interpret %s --function=unknown --arg=arg0=1 | FileCheck %s --check-prefix=UNKNOWN

// 1 · 2 · 2 · 2
// POWER: result0 = 8
func.func @power(%s: tensor<f64>, %w: tensor<f64>) -> tensor<f64> {
  %r = test.repeat 3 times (%s, %w) : (tensor<f64>, tensor<f64>) -> tensor<f64> {
  ^bb0(%a: tensor<f64>, %b: tensor<f64>):
    %c = nn.mul %a, %b : tensor<f64>
    nn.yield %c : tensor<f64>
  }
  return %r : tensor<f64>
}

// Both states change at once: (0, 1), (1, 1), (1, 2), (2, 3), (3, 5), (5, 8).
// FIBONACCI: result0 = 5
// FIBONACCI: result1 = 8
func.func @fibonacci(%s: tensor<f64>, %t: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  %r:2 = test.repeat 5 times (%s, %t) : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  ^bb0(%a: tensor<f64>, %b: tensor<f64>):
    %c = nn.add %a, %b : tensor<f64>
    nn.yield %b, %c : tensor<f64>, tensor<f64>
  }
  return %r#0, %r#1 : tensor<f64>, tensor<f64>
}

// Each run of the outer loop multiplies by 3 twice and adds 1: 1, 10, 91.
// NESTED: result0 = 91
func.func @nested(%s: tensor<f64>, %w: tensor<f64>) -> tensor<f64> {
  %r = test.repeat 2 times (%s, %w) : (tensor<f64>, tensor<f64>) -> tensor<f64> {
  ^bb0(%a: tensor<f64>, %b: tensor<f64>):
    %p = test.repeat 2 times (%a, %b) : (tensor<f64>, tensor<f64>) -> tensor<f64> {
    ^bb0(%c: tensor<f64>, %d: tensor<f64>):
      %e = nn.mul %c, %d : tensor<f64>
      nn.yield %e : tensor<f64>
    }
    %one = nn.constant dense<1.0> : tensor<f64>
    %q = nn.add %p, %one : tensor<f64>
    nn.yield %q : tensor<f64>
  }
  return %r : tensor<f64>
}

// Both dims of the first are the batch, that of the second too. Row i of the state grows by the invariant's element i.
// BATCH: result0 = {{\[\[}}21, 22], [43, 44]]
func.func @batch(%s: tensor<?x?xf64>, %v: tensor<?xf64>) -> tensor<?x?xf64> {
  %r = test.repeat 2 times (%s, %v) : (tensor<?x?xf64>, tensor<?xf64>) -> tensor<?x?xf64> {
  ^bb0(%a: tensor<?x?xf64>, %b: tensor<?xf64>):
    %c = nn.broadcast %b to [0] : tensor<?xf64> -> tensor<?x?xf64>
    %d = nn.add %a, %c : tensor<?x?xf64>
    nn.yield %d : tensor<?x?xf64>
  }
  return %r : tensor<?x?xf64>
}

// UNKNOWN: error: in test.repeat: in test.repeat: no semantics for nn.gradient
func.func @unknown(%s: tensor<f64>) -> tensor<f64> {
  %r = test.repeat 1 times (%s) : (tensor<f64>) -> tensor<f64> {
  ^bb0(%a: tensor<f64>):
    %p = test.repeat 1 times (%a) : (tensor<f64>) -> tensor<f64> {
    ^bb0(%b: tensor<f64>):
      %g = nn.gradient %b wrt %b : tensor<f64>, tensor<f64>
      nn.yield %g : tensor<f64>
    }
    nn.yield %p : tensor<f64>
  }
  return %r : tensor<f64>
}
