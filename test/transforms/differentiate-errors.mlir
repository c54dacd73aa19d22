// An op without a derivative on the way is an error at its place.
// RUN: %nnopt %s -nn-differentiate -split-input-file -verify-diagnostics

func.func @no_derivative(%x: tensor<?x4xf32>, %o: tensor<?x1xf32>) -> tensor<?x4xf32> {
  // expected-error @below {{'nn.dynamic_slice' has no derivative}}
  %a = nn.dynamic_slice %x at %o over [1] size [3] : tensor<?x4xf32>, tensor<?x1xf32> -> tensor<?x3xf32>
  %l = nn.reduce_sum %a over [0, 1] : tensor<?x3xf32> -> tensor<f32>
  // expected-note @below {{the gradient requested here passes through it}}
  %g = nn.gradient %l wrt %x : tensor<f32>, tensor<?x4xf32>
  return %g : tensor<?x4xf32>
}
