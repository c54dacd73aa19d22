// What a loop must look like.
// RUN: %testopt %s -split-input-file -verify-diagnostics

func.func @types(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  // expected-error @below {{has block arguments of other types than its operands}}
  %y = test.repeat 2 times (%a, %b) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> {
  ^bb(%s: tensor<2xf32>, %t: tensor<3xf32>):
    nn.yield %s : tensor<2xf32>
  }
  return
}

// -----

func.func @outside(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  // expected-note @below {{required by region isolation constraints}}
  %y = test.repeat 2 times (%a) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb(%s: tensor<2xf32>):
    // expected-error @below {{using value defined outside the region}}
    %t = nn.add %s, %b : tensor<2xf32>
    nn.yield %t : tensor<2xf32>
  }
  return
}

// -----

func.func @end(%a: tensor<2xf32>) {
  // expected-error @below {{must end the block of a loop}}
  nn.yield %a : tensor<2xf32>
}

// -----

func.func @square(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %y = nn.reshape %x : tensor<?x?xf32> -> tensor<?x1x?xf32>
  // expected-error @below {{keeps the batch, but goes from 'tensor<?x1x?xf32>' to 'tensor<?xf32>'}}
  %z = nn.reshape %y : tensor<?x1x?xf32> -> tensor<?xf32>
  return %x : tensor<?x?xf32>
}
