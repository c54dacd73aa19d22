// One function for each rewrite; those that must not happen too.
// RUN: %nnopt %s -nn-simplify | FileCheck %s

// CHECK-LABEL: @identities
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32>
// CHECK-NEXT: return %[[X]]
func.func @identities(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %zero = nn.constant dense<0.0> : tensor<f32>
  %below = nn.constant dense<-0.0> : tensor<f32>
  %one = nn.constant dense<1.0> : tensor<f32>
  %zeros = nn.broadcast %zero to [] : tensor<f32> -> tensor<?x3xf32>
  %ones = nn.broadcast %one to [] : tensor<f32> -> tensor<?x3xf32>
  %belows = nn.broadcast %below to [] : tensor<f32> -> tensor<?x3xf32>
  %a = nn.add %belows, %x : tensor<?x3xf32>
  %b = nn.mul %a, %ones : tensor<?x3xf32>
  %c = nn.div %b, %ones : tensor<?x3xf32>
  %d = nn.sub %c, %zeros : tensor<?x3xf32>
  %e = nn.neg %d : tensor<?x3xf32>
  %f = nn.neg %e : tensor<?x3xf32>
  %g = nn.pow %f, %ones : tensor<?x3xf32>
  return %g : tensor<?x3xf32>
}

// -0 + 0 is 0, and 0 - 0 is no -0: zeros have signs, which 1/x shows.
// CHECK-LABEL: @signs_of_zeros
// CHECK: nn.add
// CHECK: nn.sub
// CHECK: nn.sub
// CHECK-NEXT: nn.neg
// CHECK: nn.sub
func.func @signs_of_zeros(%x: tensor<3xf32>, %y: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %zeros = nn.constant dense<0.0> : tensor<3xf32>
  %a = nn.add %x, %zeros : tensor<3xf32>
  %b = nn.sub %zeros, %x : tensor<3xf32>
  %d = nn.sub %x, %y : tensor<3xf32>
  %c = nn.neg %d : tensor<3xf32>
  %n = nn.neg %x : tensor<3xf32>
  %e = nn.sub %n, %y : tensor<3xf32>
  return %a, %b, %c, %e : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// x·0 is NaN for an infinite x; but a comparison is finite.
// CHECK-LABEL: @zeros
// CHECK: %[[A:.*]] = nn.mul
// CHECK-NOT: nn.mul
// CHECK: return %[[A]]
func.func @zeros(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %zeros = nn.constant dense<0.0> : tensor<3xf32>
  %a = nn.mul %x, %zeros : tensor<3xf32>
  %gt = nn.gt %x, %zeros : tensor<3xf32>
  %b = nn.mul %gt, %zeros : tensor<3xf32>
  return %a, %b : tensor<3xf32>, tensor<3xf32>
}

// x-x and exp(log x) may hide a NaN or lose nothing: they stay.
// CHECK-LABEL: @unsafe
// CHECK: nn.sub
// CHECK: nn.log
// CHECK: nn.exp
func.func @unsafe(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %a = nn.sub %x, %x : tensor<3xf32>
  %b = nn.log %x : tensor<3xf32>
  %c = nn.exp %b : tensor<3xf32>
  return %a, %c : tensor<3xf32>, tensor<3xf32>
}

// Signs move outwards and meet in the sum: (-a)b + c = c - ab.
// CHECK-LABEL: @signs
// CHECK: %[[M:.*]] = nn.mul
// CHECK-NEXT: %[[S:.*]] = nn.sub %{{.*}}, %[[M]]
// CHECK-NEXT: return %[[S]]
func.func @signs(%a: tensor<3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>) -> tensor<3xf32> {
  %n = nn.neg %a : tensor<3xf32>
  %m = nn.mul %n, %b : tensor<3xf32>
  %s = nn.add %m, %c : tensor<3xf32>
  return %s : tensor<3xf32>
}

// CHECK-LABEL: @powers
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>
// CHECK: %[[SQUARE:.*]] = nn.mul %[[X]], %[[X]]
// CHECK: %[[ROOT:.*]] = nn.sqrt %[[X]]
// CHECK: %[[INVERSE:.*]] = nn.div %{{.*}}, %[[X]]
// CHECK: return %[[SQUARE]], %[[ROOT]], %[[INVERSE]]
func.func @powers(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %two = nn.constant dense<2.0> : tensor<3xf32>
  %half = nn.constant dense<0.5> : tensor<3xf32>
  %minus = nn.constant dense<-1.0> : tensor<3xf32>
  %a = nn.pow %x, %two : tensor<3xf32>
  %b = nn.pow %x, %half : tensor<3xf32>
  %c = nn.pow %x, %minus : tensor<3xf32>
  return %a, %b, %c : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// Scalars are computed before they are repeated; host scalars fold in f64.
// CHECK-LABEL: @scalars
// CHECK-DAG: %[[C:.*]] = nn.constant dense<3.000000e-01> : tensor<f32>
// CHECK: %[[P:.*]] = nn.mul %{{.*}}, %[[C]] : tensor<f32>
// CHECK: %[[B:.*]] = nn.broadcast %[[P]] to []
// CHECK: nn.mul %{{.*}}, %[[B]] : tensor<?x3xf32>
func.func @scalars(%x: tensor<?x3xf32>, %s: tensor<f32>) -> tensor<?x3xf32> {
  %a = nn.constant dense<0.1> : tensor<f64>
  %b = nn.constant dense<3.0> : tensor<f64>
  %c = nn.mul %a, %b : tensor<f64>
  %t = nn.cast %c : tensor<f64> to tensor<f32>
  %u = nn.broadcast %t to [] : tensor<f32> -> tensor<?x3xf32>
  %v = nn.broadcast %s to [] : tensor<f32> -> tensor<?x3xf32>
  %w = nn.mul %u, %v : tensor<?x3xf32>
  %y = nn.mul %x, %w : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// Σ of repetitions is a product; along the batch, with n.
// CHECK-LABEL: @sum_of_broadcast
// CHECK: nn.batch_size
// CHECK-NOT: nn.reduce_sum
// CHECK: return
func.func @sum_of_broadcast(%x: tensor<3xf32>) -> tensor<3xf32> {
  %b = nn.broadcast %x to [1] : tensor<3xf32> -> tensor<?x3x4xf32>
  %s = nn.reduce_sum %b over [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
  return %s : tensor<3xf32>
}

// CHECK-LABEL: @sums
// CHECK-NEXT: nn.reduce_sum %{{.*}} over [0, 1, 3]
// CHECK-NEXT: return
func.func @sums(%x: tensor<?x3x4x5xf32>) -> tensor<4xf32> {
  %a = nn.reduce_sum %x over [1, 3] : tensor<?x3x4x5xf32> -> tensor<?x4xf32>
  %b = nn.reduce_sum %a over [0] : tensor<?x4xf32> -> tensor<4xf32>
  return %b : tensor<4xf32>
}

// CHECK-LABEL: @moves
// CHECK-SAME: %[[X:.*]]: tensor<?x2x6xf32>
// CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]] : tensor<?x2x6xf32> -> tensor<?x12xf32>
// CHECK-NEXT: return %[[R]], %[[X]], %[[X]], %[[X]]
func.func @moves(%x: tensor<?x2x6xf32>) -> (tensor<?x12xf32>, tensor<?x2x6xf32>, tensor<?x2x6xf32>, tensor<?x2x6xf32>) {
  %a = nn.reshape %x : tensor<?x2x6xf32> -> tensor<?x4x3xf32>
  %b = nn.reshape %a : tensor<?x4x3xf32> -> tensor<?x12xf32>
  %c = nn.transpose %x by [0, 2, 1] : tensor<?x2x6xf32> -> tensor<?x6x2xf32>
  %d = nn.transpose %c by [0, 2, 1] : tensor<?x6x2xf32> -> tensor<?x2x6xf32>
  %e = nn.pad %x low [0, 1, 2] high [0, 3, 0] interior [0, 0, 1] : tensor<?x2x6xf32> -> tensor<?x6x13xf32>
  %f = nn.slice %e from [0, 1, 2] to [-1, 3, 13] step [1, 1, 2] : tensor<?x6x13xf32> -> tensor<?x2x6xf32>
  %g = nn.reverse %x over [1] : tensor<?x2x6xf32> -> tensor<?x2x6xf32>
  %h = nn.reverse %g over [1] : tensor<?x2x6xf32> -> tensor<?x2x6xf32>
  return %b, %d, %f, %h : tensor<?x12xf32>, tensor<?x2x6xf32>, tensor<?x2x6xf32>, tensor<?x2x6xf32>
}

// A transposed operand is another map, not a copy.
// CHECK-LABEL: @transposed
// CHECK-NOT: nn.transpose
// CHECK: nn.contract
// CHECK-NOT: nn.transpose
// CHECK: return
func.func @transposed(%x: tensor<?x3xf32>, %w: tensor<4x3xf32>) -> tensor<?x4xf32> {
  %t = nn.transpose %w by [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  %y = nn.contract %x, %t {maps = [affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (k, j)>, affine_map<(n, k, j) -> (n, j)>], sizes = array<i64: -1, 3, 4>} : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: @total
// CHECK: nn.reduce_sum %{{.*}} over [0]
// CHECK: nn.batch_size
func.func @total(%x: tensor<?xf32>, %p: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %a = nn.total %x : tensor<?xf32> -> tensor<f32>
  %b = nn.total %p : tensor<f32> -> tensor<f32>
  return %a, %b : tensor<f32>, tensor<f32>
}

// CHECK-LABEL: @selects
// CHECK-SAME: %[[C:.*]]: tensor<3xf32>, %[[A:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<3xf32>
// CHECK: %[[S:.*]] = nn.select %[[C]], %[[A]], %[[B]]
// CHECK: return %[[A]], %[[S]]
func.func @selects(%c: tensor<3xf32>, %a: tensor<3xf32>, %b: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %one = nn.constant dense<1.0> : tensor<3xf32>
  %x = nn.select %one, %a, %b : tensor<3xf32>
  %i = nn.select %c, %a, %one : tensor<3xf32>
  %y = nn.select %c, %i, %b : tensor<3xf32>
  return %x, %y : tensor<3xf32>, tensor<3xf32>
}

// Equal computations are shared, unused ones dropped.
// CHECK-LABEL: @shared
// CHECK-COUNT-1: nn.exp
// CHECK-NOT: nn.log
func.func @shared(%x: tensor<3xf32>) -> tensor<3xf32> {
  %a = nn.exp %x : tensor<3xf32>
  %b = nn.exp %x : tensor<3xf32>
  %unused = nn.log %x : tensor<3xf32>
  %y = nn.mul %a, %b : tensor<3xf32>
  return %y : tensor<3xf32>
}

// x > 0 is max(x, 0) > 0, so that x itself need not be kept; a truth value needs no select.
// CHECK-LABEL: @relu_and_its_derivative
// CHECK: %[[M:.*]] = nn.max
// CHECK-NEXT: %[[G:.*]] = nn.gt %[[M]], %{{.*}}
// CHECK-NEXT: return %[[M]], %[[G]]
func.func @relu_and_its_derivative(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %zero = nn.constant dense<0.0> : tensor<3xf32>
  %one = nn.constant dense<1.0> : tensor<3xf32>
  %y = nn.max %zero, %x : tensor<3xf32>
  %p = nn.gt %x, %zero : tensor<3xf32>
  %d = nn.select %p, %one, %zero : tensor<3xf32>
  return %y, %d : tensor<3xf32>, tensor<3xf32>
}

// A quotient is IEEE's, whatever repeats: 41 (1 / 41) is not 1. Only by a power of two a product is the same.
// CHECK-LABEL: @quotients
// CHECK: nn.div %{{.*}} : tensor<?x3xf32>
// CHECK: nn.div %{{.*}} : tensor<?x3xf32>
// CHECK: nn.mul %{{.*}} : tensor<?x3xf32>
// CHECK: %[[I:.*]] = nn.div %{{.*}}, %{{.*}} : tensor<f32>
// CHECK: nn.broadcast %[[I]]
// CHECK: nn.mul %{{.*}} : tensor<?x3xf32>
func.func @quotients(%x: tensor<?x3xf32>, %s: tensor<f32>) -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>) {
  %b = nn.broadcast %s to [] : tensor<f32> -> tensor<?x3xf32>
  %c = nn.constant dense<49.0> : tensor<f32>
  %d = nn.broadcast %c to [] : tensor<f32> -> tensor<?x3xf32>
  %four = nn.constant dense<4.0> : tensor<f32>
  %fours = nn.broadcast %four to [] : tensor<f32> -> tensor<?x3xf32>
  %one = nn.constant dense<1.0> : tensor<f32>
  %ones = nn.broadcast %one to [] : tensor<f32> -> tensor<?x3xf32>
  %y = nn.div %x, %b : tensor<?x3xf32>
  %z = nn.div %x, %d : tensor<?x3xf32>
  %w = nn.div %x, %fours : tensor<?x3xf32>
  %i = nn.div %ones, %b : tensor<?x3xf32>
  %v = nn.mul %x, %i : tensor<?x3xf32>
  return %y, %z, %w, %v : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
}

// Factors are not regrouped, even where they repeat: γ x may overflow where γ / s does not, and the other way round.
// CHECK-LABEL: @factors
// CHECK: nn.mul %{{.*}} : tensor<?x3xf32>
// CHECK: nn.div %{{.*}} : tensor<?x3xf32>
func.func @factors(%x: tensor<?x3xf32>, %g: tensor<3xf32>, %s: tensor<3xf32>) -> tensor<?x3xf32> {
  %gb = nn.broadcast %g to [1] : tensor<3xf32> -> tensor<?x3xf32>
  %sb = nn.broadcast %s to [1] : tensor<3xf32> -> tensor<?x3xf32>
  %p = nn.mul %gb, %x : tensor<?x3xf32>
  %y = nn.div %p, %sb : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// Σ (-x) s = -(Σ x) s.
// CHECK-LABEL: @out_of_sums
// CHECK: %[[R:.*]] = nn.reduce_sum %arg0 over [0]
// CHECK: nn.mul %[[R]]
// CHECK: nn.neg
func.func @out_of_sums(%x: tensor<?x3xf32>, %s: tensor<f32>) -> tensor<3xf32> {
  %n = nn.neg %x : tensor<?x3xf32>
  %b = nn.broadcast %s to [] : tensor<f32> -> tensor<?x3xf32>
  %p = nn.mul %n, %b : tensor<?x3xf32>
  %y = nn.reduce_sum %p over [0] : tensor<?x3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// Dims of size 1 come and go.
// CHECK-LABEL: @through_reshapes
// CHECK-NEXT: nn.log %arg0 : tensor<?xf32>
// CHECK-NEXT: nn.add
// CHECK-NEXT: return
func.func @through_reshapes(%x: tensor<?xf32>, %m: tensor<?xf32>) -> tensor<?xf32> {
  %a = nn.reshape %x : tensor<?xf32> -> tensor<?x1xf32>
  %b = nn.reshape %m : tensor<?xf32> -> tensor<?x1xf32>
  %c = nn.log %a : tensor<?x1xf32>
  %d = nn.add %c, %b : tensor<?x1xf32>
  %e = nn.reshape %d : tensor<?x1xf32> -> tensor<?xf32>
  return %e : tensor<?xf32>
}

// 0.5 x + 0.5 x is twice 0.5 x, which is x but for the least numbers.
// CHECK-LABEL: @twice_half
// CHECK: %[[H:.*]] = nn.mul %arg0, %{{.*}}
// CHECK: %[[T:.*]] = nn.mul %[[H]], %{{.*}}
// CHECK-NEXT: return %[[T]]
func.func @twice_half(%x: tensor<3xf32>) -> tensor<3xf32> {
  %half = nn.constant dense<0.5> : tensor<3xf32>
  %a = nn.mul %x, %half : tensor<3xf32>
  %b = nn.add %a, %a : tensor<3xf32>
  return %b : tensor<3xf32>
}

// (x + y) + y is not x + 2 y, which rounds elsewhere, and is infinite where 2 y is.
// CHECK-LABEL: @one_more
// CHECK-NEXT: %[[T:.*]] = nn.add %arg0, %arg1
// CHECK-NEXT: %[[S:.*]] = nn.add %[[T]], %arg1
// CHECK-NEXT: return %[[S]]
func.func @one_more(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %a = nn.add %x, %y : tensor<3xf32>
  %b = nn.add %a, %y : tensor<3xf32>
  return %b : tensor<3xf32>
}

// Divided by n - 1, a sum is no mean, however many elements there are.
// CHECK-LABEL: @centred_nearly
// CHECK: %[[S:.*]] = nn.reduce_sum
// CHECK: %[[M:.*]] = nn.div %[[S]]
// CHECK: %[[N:.*]] = nn.mul %[[M]]
// CHECK: nn.sub %[[S]], %[[N]]
func.func @centred_nearly(%x: tensor<2000000xf32>) -> tensor<f32> {
  %s = nn.reduce_sum %x over [0] : tensor<2000000xf32> -> tensor<f32>
  %c = nn.constant dense<1999999.0> : tensor<f32>
  %m = nn.div %s, %c : tensor<f32>
  %b = nn.broadcast %m to [] : tensor<f32> -> tensor<2000000xf32>
  %d = nn.sub %x, %b : tensor<2000000xf32>
  %y = nn.reduce_sum %d over [0] : tensor<2000000xf32> -> tensor<f32>
  return %y : tensor<f32>
}

// Σ (x - mean x) = 0, written so that an infinite or NaN x still shows; it takes the mean over the same dims.
// CHECK-LABEL: @sum_of_centred
// CHECK: %[[M:.*]] = nn.mul %{{.*}}, %{{.*}} : tensor<3xf32>
// CHECK: nn.sub %[[M]], %[[M]] : tensor<3xf32>
// CHECK: nn.reduce_sum %{{.*}} over [2] : tensor<?x3x4xf32>
// CHECK-NOT: nn.reduce_sum
func.func @sum_of_centred(%x: tensor<?x3x4xf32>) -> (tensor<3xf32>, tensor<?x3xf32>) {
  %sum = nn.reduce_sum %x over [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
  %n = nn.batch_size
  %four = nn.constant dense<4.0> : tensor<f64>
  %one = nn.constant dense<1.0> : tensor<f64>
  %count = nn.mul %n, %four : tensor<f64>
  %share = nn.div %one, %count : tensor<f64>
  %f = nn.cast %share : tensor<f64> to tensor<f32>
  %fb = nn.broadcast %f to [] : tensor<f32> -> tensor<3xf32>
  %mean = nn.mul %sum, %fb : tensor<3xf32>
  %mb = nn.broadcast %mean to [1] : tensor<3xf32> -> tensor<?x3x4xf32>
  %d = nn.sub %x, %mb : tensor<?x3x4xf32>
  %zero = nn.reduce_sum %d over [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
  %other = nn.reduce_sum %d over [2] : tensor<?x3x4xf32> -> tensor<?x3xf32>
  return %zero, %other : tensor<3xf32>, tensor<?x3xf32>
}

// Not the mean, but the sum of as many as there are examples: nothing cancels.
// CHECK-LABEL: @sum_of_shifted
// CHECK: nn.reduce_sum
// CHECK: nn.reduce_sum
func.func @sum_of_shifted(%x: tensor<?x3x4xf32>) -> tensor<3xf32> {
  %sum = nn.reduce_sum %x over [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
  %n = nn.batch_size
  %f = nn.cast %n : tensor<f64> to tensor<f32>
  %fb = nn.broadcast %f to [] : tensor<f32> -> tensor<3xf32>
  %mean = nn.div %sum, %fb : tensor<3xf32>
  %mb = nn.broadcast %mean to [1] : tensor<3xf32> -> tensor<?x3x4xf32>
  %d = nn.sub %x, %mb : tensor<?x3x4xf32>
  %e = nn.exp %d : tensor<?x3x4xf32>
  %all = nn.add %d, %e : tensor<?x3x4xf32>
  %y = nn.reduce_sum %all over [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// Σ (a x + c) is a Σ x + n c where Σ x is there.
// CHECK-LABEL: @sum_of_known_sums
// CHECK: %[[S:.*]] = nn.reduce_sum %arg0 over [0]
// CHECK-NOT: nn.reduce_sum
// CHECK: nn.mul %[[S]], %arg1
// CHECK: return %[[S]]
func.func @sum_of_known_sums(%x: tensor<?x3xf32>, %a: tensor<3xf32>, %c: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %s = nn.reduce_sum %x over [0] : tensor<?x3xf32> -> tensor<3xf32>
  %ab = nn.broadcast %a to [1] : tensor<3xf32> -> tensor<?x3xf32>
  %cb = nn.broadcast %c to [1] : tensor<3xf32> -> tensor<?x3xf32>
  %p = nn.mul %x, %ab : tensor<?x3xf32>
  %q = nn.add %p, %cb : tensor<?x3xf32>
  %t = nn.reduce_sum %q over [0] : tensor<?x3xf32> -> tensor<3xf32>
  return %s, %t : tensor<3xf32>, tensor<3xf32>
}

// A slice of zeros around x needs fewer zeros, or less of x.
// CHECK-LABEL: @slice_of_pad
// CHECK: %[[P:.*]] = nn.pad %arg0 low [0, 1] high [0, 0] interior [0, 0]
// CHECK: %[[S:.*]] = nn.slice %arg0 from [0, 2] to [-1, 5] step [1, 1]
// CHECK: %[[Q:.*]] = nn.pad %[[S]] low [0, 0] high [0, 1] interior [0, 0]
// CHECK: return %[[P]], %[[Q]], %arg0
func.func @slice_of_pad(%x: tensor<?x5xf32>) -> (tensor<?x6xf32>, tensor<?x4xf32>, tensor<?x5xf32>) {
  %p = nn.pad %x low [0, 2] high [0, 2] interior [0, 0] : tensor<?x5xf32> -> tensor<?x9xf32>
  %a = nn.slice %p from [0, 1] to [-1, 7] step [1, 1] : tensor<?x9xf32> -> tensor<?x6xf32>
  %b = nn.slice %p from [0, 4] to [-1, 8] step [1, 1] : tensor<?x9xf32> -> tensor<?x4xf32>
  %i = nn.pad %x low [0, 1] high [0, 1] interior [0, 1] : tensor<?x5xf32> -> tensor<?x11xf32>
  %c = nn.slice %i from [0, 1] to [-1, 10] step [1, 2] : tensor<?x11xf32> -> tensor<?x5xf32>
  return %a, %b, %c : tensor<?x6xf32>, tensor<?x4xf32>, tensor<?x5xf32>
}

// The gradient of a padded convolution by its input is computed without the padding's own.
// CHECK-LABEL: @slice_of_contraction
// CHECK: %[[P:.*]] = nn.pad %arg0 low [0, 1] high [0, 1] interior [0, 0] : tensor<?x8xf32> -> tensor<?x10xf32>
// CHECK: %[[C:.*]] = nn.contract %[[P]], %arg1 {{.*}}sizes = array<i64: -1, 8, 3>
// CHECK-NEXT: return %[[C]]
func.func @slice_of_contraction(%dy: tensor<?x8xf32>, %w: tensor<3xf32>) -> tensor<?x8xf32> {
  %p = nn.pad %dy low [0, 2] high [0, 2] interior [0, 0] : tensor<?x8xf32> -> tensor<?x12xf32>
  %c = nn.contract %p, %w {maps = [affine_map<(n,x,q) -> (n,x+q)>, affine_map<(n,x,q) -> (q)>, affine_map<(n,x,q) -> (n,x)>], sizes = array<i64: -1, 10, 3>} : (tensor<?x12xf32>, tensor<3xf32>) -> tensor<?x10xf32>
  %s = nn.slice %c from [0, 1] to [-1, 9] step [1, 1] : tensor<?x10xf32> -> tensor<?x8xf32>
  return %s : tensor<?x8xf32>
}

// A splat and a reshape beside an operand that is neither: nothing moves, and it comes to an end.
// CHECK-LABEL: @beside_a_reshape
// CHECK: nn.reshape
// CHECK: nn.select
func.func @beside_a_reshape(%w: tensor<6x2xf32>, %r: tensor<12xf32>, %m: tensor<f32>) -> tensor<6x2xf32> {
  %a = nn.broadcast %m to [] : tensor<f32> -> tensor<6x2xf32>
  %b = nn.reshape %r : tensor<12xf32> -> tensor<6x2xf32>
  %c = nn.select %a, %b, %w : tensor<6x2xf32>
  return %c : tensor<6x2xf32>
}
