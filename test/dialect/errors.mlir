// Shape rules say what does not fit, and show both types.
// RUN: %nnopt %s -split-input-file -verify-diagnostics

func.func @add(%a: tensor<?x10xf32>, %b: tensor<10xf32>) {
  // expected-error @below {{'nn.add' needs operands of one type, not 'tensor<?x10xf32>' and 'tensor<10xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = "nn.add"(%a, %b) : (tensor<?x10xf32>, tensor<10xf32>) -> tensor<?x10xf32>
  return
}

// -----

func.func @batch_inside(%a: tensor<3x?x2xf32>) {
  // expected-error @below {{moves elements across the batch: it goes from 'tensor<3x?x2xf32>' to 'tensor<?x6xf32>'}}
  %y = nn.reshape %a : tensor<3x?x2xf32> -> tensor<?x6xf32>
  return
}

// -----

func.func @integers(%a: tensor<3xi32>) {
  // expected-error @below {{operand #0 must be ranked tensor of 32-bit float or 64-bit float values, but got 'tensor<3xi32>'}}
  %y = nn.exp %a : tensor<3xi32>
  return
}

// -----

func.func @cast(%a: tensor<3xf32>) {
  // expected-error @below {{keeps the shape, but goes from 'tensor<3xf32>' to 'tensor<4xf64>'}}
  %y = nn.cast %a : tensor<3xf32> to tensor<4xf64>
  return
}

// -----

func.func @broadcast(%a: tensor<3xf32>) {
  // expected-error @below {{maps dim 0 of 'tensor<3xf32>' to dim 0 of 'tensor<?x3xf32>', which has another size}}
  %y = nn.broadcast %a to [0] : tensor<3xf32> -> tensor<?x3xf32>
  return
}

// -----

func.func @broadcast_dims(%a: tensor<3xf32>) {
  // expected-error @below {{needs one result dim for each dim of 'tensor<3xf32>', not [0, 1]}}
  %y = nn.broadcast %a to [0, 1] : tensor<3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @reshape(%a: tensor<?x6xf32>) {
  // expected-error @below {{keeps the number of elements, but goes from 6 ('tensor<?x6xf32>') to 8 ('tensor<?x2x4xf32>')}}
  %y = nn.reshape %a : tensor<?x6xf32> -> tensor<?x2x4xf32>
  return
}

// -----

func.func @reshape_batch(%a: tensor<?x6xf32>) {
  // expected-error @below {{keeps the batch, but goes from 'tensor<?x6xf32>' to 'tensor<6xf32>'}}
  %y = nn.reshape %a : tensor<?x6xf32> -> tensor<6xf32>
  return
}

// -----

func.func @transpose_batch(%a: tensor<?x6xf32>) {
  // expected-error @below {{'nn.transpose' cannot move the batch of 'tensor<?x6xf32>' by [1, 0]}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.transpose %a by [1, 0] : tensor<?x6xf32> -> tensor<6x6xf32>
  return
}

// -----

func.func @slice(%a: tensor<6xf32>) {
  // expected-error @below {{'nn.slice' has no elements 2 to 7 by 1 along dim 0 of 'tensor<6xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.slice %a from [2] to [7] step [1] : tensor<6xf32> -> tensor<5xf32>
  return
}

// -----

func.func @slice_batch(%a: tensor<?x6xf32>) {
  // expected-error @below {{'nn.slice' takes all of the batch: start 0, limit -1, stride 1}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.slice %a from [0, 0] to [4, 6] step [1, 1] : tensor<?x6xf32> -> tensor<?x6xf32>
  return
}

// -----

func.func @pad(%a: tensor<?x6xf32>) {
  // expected-error @below {{'nn.pad' cannot pad the batch of 'tensor<?x6xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.pad %a low [1, 0] high [0, 0] interior [0, 0] : tensor<?x6xf32> -> tensor<?x6xf32>
  return
}

// -----

func.func @concat(%a: tensor<?x2x3xf32>, %b: tensor<?x2x4xf32>) {
  // expected-error @below {{'nn.concat' along dim 1 needs equal other dims, not 'tensor<?x2x3xf32>' and 'tensor<?x2x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.concat %a, %b along 1 : (tensor<?x2x3xf32>, tensor<?x2x4xf32>) -> tensor<?x4x3xf32>
  return
}

// -----

func.func @windows(%a: tensor<?x2xf32>) {
  // expected-error @below {{'nn.windows' needs at least 3 elements along dim 1 of 'tensor<?x2xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.windows %a over [1] size [3] stride [1] dilation [1] : tensor<?x2xf32> -> tensor<?x0x3xf32>
  return
}

// -----

func.func @fold(%a: tensor<?x3x2xf32>) {
  // expected-error @below {{'nn.fold' reaches element 5 along dim 1, beyond its extent of 5}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.fold %a over [1] extent [5] stride [2] dilation [1] : tensor<?x3x2xf32> -> tensor<?x5xf32>
  return
}

// -----

func.func @reduce(%a: tensor<?x3xf32>) {
  // expected-error @below {{'nn.reduce_sum' has no dim 2 in rank 2; dims are [2]}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.reduce_sum %a over [2] : tensor<?x3xf32> -> tensor<?xf32>
  return
}

// -----

func.func @reduce_order(%a: tensor<?x3xf32>) {
  // expected-error @below {{'nn.reduce_sum' needs ascending, distinct dims, not [1, 0]}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.reduce_sum %a over [1, 0] : tensor<?x3xf32> -> tensor<f32>
  return
}

// -----

func.func @pick(%a: tensor<?x3xf32>, %i: tensor<3xf32>) {
  // expected-error @below {{'nn.pick' along dim 1 of 'tensor<?x3xf32>' needs indices of type 'tensor<?xf32>', not 'tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.pick %a[%i] along 1 : tensor<?x3xf32>, tensor<3xf32> -> tensor<?xf32>
  return
}

// -----

func.func @contract(%a: tensor<?x784xf32>, %b: tensor<100x10xf32>) {
  // expected-error @below {{'nn.contract' has d1 = 784, but dim 0 of 'tensor<100x10xf32>' has another size}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.contract %a, %b {maps = [affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (k, j)>, affine_map<(n, k, j) -> (n, j)>], sizes = array<i64: -1, 784, 10>} : (tensor<?x784xf32>, tensor<100x10xf32>) -> tensor<?x10xf32>
  return
}

// -----

func.func @contract_alone(%a: tensor<3x4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'nn.contract' has d0 in one map only; sum or broadcast that operand first}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.contract %a, %b {maps = [affine_map<(i, k) -> (i, k)>, affine_map<(i, k) -> (k)>, affine_map<(i, k) -> ()>], sizes = array<i64: 3, 4>} : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @conv(%a: tensor<?x8xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{'nn.contract' reaches element 8 along dim 1 of 'tensor<?x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.contract %a, %b {maps = [affine_map<(n, p, r) -> (n, p + r)>, affine_map<(n, p, r) -> (r)>, affine_map<(n, p, r) -> (n, p)>], sizes = array<i64: -1, 7, 3>} : (tensor<?x8xf32>, tensor<3xf32>) -> tensor<?x7xf32>
  return
}

// -----

func.func @conv_map(%a: tensor<?x8xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{cannot address dim 1 of 'tensor<?x8xf32>' by affine_map<(d0, d1, d2) -> (d0, d1 - d2)>: only a dim or s*d0 + t*d1}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.contract %a, %b {maps = [affine_map<(n, p, r) -> (n, p - r)>, affine_map<(n, p, r) -> (r)>, affine_map<(n, p, r) -> (n, p)>], sizes = array<i64: -1, 6, 3>} : (tensor<?x8xf32>, tensor<3xf32>) -> tensor<?x6xf32>
  return
}

// -----

func.func @dynamic_slice(%a: tensor<?x1x8x8xf32>, %o: tensor<?x1xf32>) {
  // expected-error @below {{'nn.dynamic_slice' of 'tensor<?x1x8x8xf32>' along [2, 3] needs offsets of shape 'tensor<?x2xf32>', not 'tensor<?x1xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %y = nn.dynamic_slice %a at %o over [2, 3] size [6, 6] : tensor<?x1x8x8xf32>, tensor<?x1xf32> -> tensor<?x1x6x6xf32>
  return
}

// -----

func.func @gradient(%y: tensor<?xf32>, %a: tensor<3xf32>) {
  // expected-error @below {{'nn.gradient' needs one number to differentiate, not 'tensor<?xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %g = "nn.gradient"(%y, %a) : (tensor<?xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @random(%seed: tensor<f32>, %step: tensor<f64>) {
  // expected-error @below {{operand #0 must be tensor<f64>, but got 'tensor<f32>'}}
  %y = "nn.random_uniform"(%seed, %step) {place = 0 : i64} : (tensor<f32>, tensor<f64>) -> tensor<?x4xf32>
  return
}

// -----

func.func @iota() {
  // expected-error @below {{can count along the batch only as the first of its dims, not [1, 0]}}
  %y = nn.iota [1, 0] : tensor<?x4xf32>
  return
}

// -----

func.func @never(%s: tensor<f32>) {
  // expected-error @below {{must step at least once, not 0 times}}
  %y = nn.scan 0 states(%s : tensor<f32>) over() with() -> (tensor<f32>) {
  ^bb(%h: tensor<f32>):
    nn.yield %h : tensor<f32>
  }
  return
}

// -----

// The elements of a batch's sequences are along dim 1.
func.func @length(%x: tensor<?x4xf32>) {
  // expected-error @below {{steps 3 times through a sequence of type 'tensor<?x4xf32>'}}
  %y = nn.scan 3 states() over(%x : tensor<?x4xf32>) with() -> (tensor<?x3xf32>) {
  ^bb(%e: tensor<?xf32>):
    nn.yield %e : tensor<?xf32>
  }
  return
}

// -----

func.func @no_elements(%x: tensor<?xf32>) {
  // expected-error @below {{steps 3 times through a sequence of type 'tensor<?xf32>'}}
  %y = nn.scan 3 states() over(%x : tensor<?xf32>) with() -> (tensor<3xf32>) {
  ^bb(%e: tensor<f32>):
    nn.yield %e : tensor<f32>
  }
  return
}

// -----

// Stacks of these elements would be along dim 1.
func.func @batch_within(%x: tensor<3x?xf32>) {
  // expected-error @below {{steps 3 times through a sequence of type 'tensor<3x?xf32>'}}
  %y = nn.scan 3 states() over(%x : tensor<3x?xf32>) with() -> (tensor<?x3xf32>) {
  ^bb(%e: tensor<?xf32>):
    nn.yield %e : tensor<?xf32>
  }
  return
}

// -----

func.func @arguments(%x: tensor<3x2xf32>) {
  // expected-error @below {{has block arguments of other types than its operands give}}
  %y = nn.scan 3 states() over(%x : tensor<3x2xf32>) with() -> (tensor<3x2xf32>) {
  ^bb(%e: tensor<3x2xf32>):
    nn.yield %e : tensor<3x2xf32>
  }
  return
}

// -----

func.func @too_few(%s: tensor<f32>) {
  // expected-error @below {{must yield its 1 states and what it stacks}}
  %y:2 = nn.scan 3 states(%s : tensor<f32>) over() with() -> (tensor<f32>, tensor<3xf32>) {
  ^bb(%h: tensor<f32>):
    nn.yield %h : tensor<f32>
  }
  return
}

// -----

func.func @stack(%s: tensor<f32>) {
  // expected-error @below {{yields 'tensor<f32>' for its result of type 'tensor<4xf32>'}}
  %y:2 = nn.scan 3 states(%s : tensor<f32>) over() with() -> (tensor<f32>, tensor<4xf32>) {
  ^bb(%h: tensor<f32>):
    nn.yield %h, %h : tensor<f32>, tensor<f32>
  }
  return
}

// -----

func.func @state(%s: tensor<f32>, %w: tensor<2xf32>) {
  // expected-error @below {{yields 'tensor<2xf32>' for a state that starts as 'tensor<f32>'}}
  %y = nn.scan 3 states(%s : tensor<f32>) over() with(%w : tensor<2xf32>) -> (tensor<2xf32>) {
  ^bb(%h: tensor<f32>, %v: tensor<2xf32>):
    nn.yield %v : tensor<2xf32>
  }
  return
}
