// The random ops random_uniform and random_normal: Philox4x32-10 in vector arithmetic.
#include "compiler/dialect/Placed.h"
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <array>

using namespace mlir;

namespace nnc::nn {

namespace {
/// One evaluation of Philox for each lane. All values are i32 (or vectors of it).
class Philox {
public:
  explicit Philox(ElementBuilder &eb) : eb(eb), b(eb.builder()), loc(eb.location()) {}
  using Block = std::array<Value, 4>;

  Block run(Block counter, std::array<Value, 2> key) {
    // Constants of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
    Value multiplier0 = eb.integer(64, 0xD2511F53), multiplier1 = eb.integer(64, 0xCD9E8D57);
    Value bump0 = eb.integer(64, 0x9E3779B9), bump1 = eb.integer(64, 0xBB67AE85);
    // Each word is in the lower half of a 64-bit lane, and the upper half left over from products
    // and sums is ignored. So a round needs only multiplications of lower halves, shifts and
    // exclusive ors, and no data moves between lanes.
    for (Value *word : {&counter[0], &counter[1], &counter[2], &counter[3], &key[0], &key[1]})
      *word = b.create<arith::ExtUIOp>(loc, eb.typeOf(b.getI64Type()), *word);
    for (int round = 0; round < 10; ++round) {
      if (round > 0) {
        key[0] = b.create<arith::AddIOp>(loc, key[0], bump0);
        key[1] = b.create<arith::AddIOp>(loc, key[1], bump1);
      }
      Value product0 = multiply(multiplier0, counter[0]),
            product1 = multiply(multiplier1, counter[2]);
      counter = {exclusiveOr(exclusiveOr(high(product1), counter[1]), key[0]), product1,
                 exclusiveOr(exclusiveOr(high(product0), counter[3]), key[1]), product0};
    }
    for (Value &word : counter)
      word = b.create<arith::TruncIOp>(loc, eb.typeOf(b.getI32Type()), word);
    return counter;
  }

  Value exclusiveOr(Value x, Value y) { return b.create<arith::XOrIOp>(loc, x, y); }

  /// The low and the high 32 bits of a host scalar that holds a whole number below 2^53.
  std::array<Value, 2> words(Value f64) {
    Type i64 = eb.typeOf(b.getI64Type()), i32 = eb.typeOf(b.getI32Type());
    Value whole = b.createOrFold<arith::FPToUIOp>(loc, i64, f64);
    Value high = b.createOrFold<arith::ShRUIOp>(loc, whole, eb.integer(64, 32));
    return {b.createOrFold<arith::TruncIOp>(loc, i32, whole),
            b.createOrFold<arith::TruncIOp>(loc, i32, high)};
  }

  /// block[word], where `word` differs from lane to lane.
  Value pickWord(const Block &block, Value word) {
    Value result = block[0];
    for (uint64_t i = 1; i < 4; ++i) {
      Value here =
          b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, word, eb.integer(32, i));
      result = eb.select(here, block[i], result);
    }
    return result;
  }

  /// (bits >> 8) 2⁻²⁴, in [0, 1).
  Value uniform(Value bits, Type element) {
    Value top = b.createOrFold<arith::ShRUIOp>(loc, bits, eb.integer(32, 8));
    Value whole = b.createOrFold<arith::SIToFPOp>(loc, eb.typeOf(element), top);
    return b.createOrFold<arith::MulFOp>(loc, whole, eb.splat(element, 0x1p-24));
  }

private:
  Value high(Value wide) { return b.create<arith::ShRUIOp>(loc, wide, eb.integer(64, 32)); }
  Value multiply(Value multiplier, Value wide) {
    Value low = b.create<arith::AndIOp>(loc, wide, eb.integer(64, 0xFFFFFFFF));
    return b.create<arith::MulIOp>(loc, multiplier, low);
  }

  ElementBuilder &eb;
  OpBuilder &b;
  Location loc;
};

/// One evaluation gives four words for each of 16 counters. In a run of this length, elements with
/// the same index modulo 16 share a counter.
constexpr int64_t sharedRun = 64;

/// The key, counter and word that give an element its random numbers.
struct Source {
  std::array<Value, 2> key;
  Philox::Block counter;
  Value word;
};
} // namespace

template <typename OpT>
static Source sourceOf(OpT op, Philox &philox, ElementBuilder &eb, ArrayRef<Index> index) {
  OpBuilder &b = eb.builder();
  Location loc = eb.location();
  std::array<Value, 2> key = philox.words(eb.load(0, {}));
  std::array<Value, 2> step = philox.words(eb.load(1, {}));
  Value place = eb.integer(32, op.getPlace());
  if (Attribute parameter = op->getDiscardableAttr(parameterName))
    place.getDefiningOp()->setAttr(parameterName, parameter);
  key[1] = philox.exclusiveOr(key[1], place);
  Index element = eb.linearize(index, rowMajorStrides(op.getType().getShape()));
  Value wide, word;
  if (op.getFirstRow()) {
    // The distance of the piece from the first element of the whole is only known at run time, so
    // each lane has its own block and word.
    Type i64 = eb.typeOf(b.getI64Type());
    int64_t rowElements = 1;
    for (int64_t size : op.getType().getShape().drop_front())
      rowElements *= size;
    Value first = b.createOrFold<arith::FPToUIOp>(loc, i64, eb.load(2, {}));
    Value skipped =
        b.createOrFold<arith::MulIOp>(loc, first, eb.integer(64, uint64_t(rowElements)));
    Value at = b.createOrFold<arith::AddIOp>(loc, eb.toInteger(element, 64), skipped);
    auto shifted = [&](unsigned bits) -> Value {
      return b.createOrFold<arith::ShRUIOp>(loc, at, eb.integer(64, bits));
    };
    Value run = b.createOrFold<arith::ShLIOp>(loc, shifted(6), eb.integer(64, 4));
    Value lane = b.createOrFold<arith::AndIOp>(loc, at, eb.integer(64, 15));
    wide = b.createOrFold<arith::AddIOp>(loc, run, lane);
    word = b.createOrFold<arith::AndIOp>(loc, shifted(4), eb.integer(64, 3));
  } else {
    Index run = eb.mul(eb.floorDiv(element, sharedRun), 16);
    wide = eb.toInteger(eb.add(run, eb.mod(element, 16)), 64);
    word = eb.toInteger(eb.mod(eb.floorDiv(element, 16), 4), 64);
  }
  Value high = b.createOrFold<arith::ShRUIOp>(loc, wide, eb.integer(64, 32));
  Type i32 = eb.typeOf(b.getI32Type());
  return {key,
          {b.createOrFold<arith::TruncIOp>(loc, i32, wide),
           b.createOrFold<arith::TruncIOp>(loc, i32, high), step[0], step[1]},
          b.createOrFold<arith::TruncIOp>(loc, i32, word)};
}

// random_uniform: y = (word >> 8) 2⁻²⁴

unsigned RandomUniformOp::getCost() { return 80; }
int64_t RandomUniformOp::getSharedRun() { return getFirstRow() ? 1 : sharedRun; }

Value RandomUniformOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  Philox philox(eb);
  Source source = sourceOf(*this, philox, eb, index);
  Value bits = philox.pickWord(philox.run(source.counter, source.key), source.word);
  return philox.uniform(bits, getType().getElementType());
}

// random_normal: y = √(-2 ln(1 - u)) cos(2π v)

unsigned RandomNormalOp::getCost() { return 220; }
int64_t RandomNormalOp::getSharedRun() { return getFirstRow() ? 1 : sharedRun; }

Value RandomNormalOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  OpBuilder &b = eb.builder();
  Location loc = eb.location();
  Type element = getType().getElementType();
  Philox philox(eb);
  Source source = sourceOf(*this, philox, eb, index);
  Value u =
      philox.uniform(philox.pickWord(philox.run(source.counter, source.key), source.word), element);
  source.counter[3] = philox.exclusiveOr(source.counter[3], eb.integer(32, 0x80000000));
  Value other = philox.exclusiveOr(source.word, eb.integer(32, 1));
  Value v = philox.uniform(philox.pickWord(philox.run(source.counter, source.key), other), element);
  Value rest = b.createOrFold<arith::SubFOp>(loc, eb.splat(element, 1), u);
  Value log = b.createOrFold<math::LogOp>(loc, rest);
  Value radius = b.createOrFold<math::SqrtOp>(
      loc, b.createOrFold<arith::MulFOp>(loc, log, eb.splat(element, -2)));
  Value angle = b.createOrFold<arith::MulFOp>(loc, v, eb.splat(element, 6.283185307179586));
  return b.createOrFold<arith::MulFOp>(loc, radius, b.createOrFold<math::CosOp>(loc, angle));
}

} // namespace nnc::nn
