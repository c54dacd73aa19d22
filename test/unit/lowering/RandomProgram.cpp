// Generates random programs of nn ops.
#include "test/unit/lowering/RandomProgram.h"
#include "compiler/dialect/NnDialect.h"

#include <random>

using namespace mlir;

namespace nnc::test {
namespace {

using Sizes = SmallVector<int64_t>;
constexpr int64_t batch = ShapedType::kDynamic;

class Maker {
public:
  Maker(unsigned seed, Type element) : random(seed), element(element), b(&testContext()) {}

  OwningOpRef<ModuleOp> make(int count) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    b.setInsertionPointToStart(module->getBody());
    SmallVector<Type> inputs;
    for (int i = 0; i < 4; ++i)
      inputs.push_back(type(randomShape()));
    inputs.push_back(RankedTensorType::get({}, b.getF64Type()));
    auto function = b.create<func::FuncOp>(loc, "f", b.getFunctionType(inputs, {}));
    Block *body = function.addEntryBlock();
    b.setInsertionPointToStart(body);
    for (Value argument : body->getArguments().drop_back())
      values.push_back(argument);
    seedScalar = body->getArguments().back();
    for (int i = 0; i < count; ++i)
      step();
    SmallVector<Value> results;
    int64_t total = values.size();
    for (int64_t i = total - 1; i >= 0 && results.size() < 3; i -= 1 + below(3))
      results.push_back(values[i]);
    b.create<func::ReturnOp>(loc, results);
    function.setFunctionType(b.getFunctionType(inputs, TypeRange(ValueRange(results))));
    return module;
  }

private:
  int64_t below(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random); }
  bool coin() { return below(2); }
  RankedTensorType type(ArrayRef<int64_t> shape) { return RankedTensorType::get(shape, element); }
  static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }
  static Sizes shapeOf(Value v) { return Sizes(typeOf(v).getShape()); }
  static int64_t elements(ArrayRef<int64_t> shape) {
    int64_t product = 1;
    for (int64_t size : shape)
      product *= size == batch ? 4 : size;
    return product;
  }

  int64_t randomSize() {
    static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 20, 32};
    return sizes[below(std::size(sizes))];
  }
  Sizes randomShape() {
    while (true) {
      Sizes shape;
      if (coin())
        shape.push_back(batch);
      for (int64_t dims = below(4); dims > 0; --dims)
        shape.push_back(randomSize());
      if (elements(shape) <= 6000)
        return shape;
    }
  }
  Value any() { return values[below(values.size())]; }
  Value anyOfRank(int64_t least) {
    for (int tries = 0; tries < 30; ++tries)
      if (Value v = any(); typeOf(v).getRank() >= least)
        return v;
    return broadcast(any(), Sizes{batch, 5, 8, 3});
  }
  Value constant(double value, ArrayRef<int64_t> shape) {
    return broadcast(b.create<nn::ConstantOp>(loc, type({}), value), shape);
  }
  /// x with the given shape: by its leading dims that fit, or its sum.
  Value broadcast(Value x, ArrayRef<int64_t> shape) {
    if (typeOf(x).getShape() == shape)
      return x;
    Sizes dims;
    size_t from = 0;
    for (int64_t size : typeOf(x).getShape()) {
      while (from < shape.size() && shape[from] != size)
        ++from;
      if (from == shape.size())
        return broadcast(total(x), shape);
      dims.push_back(from++);
    }
    return b.create<nn::BroadcastOp>(loc, type(shape), x, dims);
  }
  Value total(Value x) {
    Sizes dims = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank()));
    return dims.empty() ? x : shrink(b.create<nn::ReduceMaxOp>(loc, x, dims));
  }
  /// A value of x's type.
  Value like(Value x) {
    for (int tries = 0; tries < 10; ++tries)
      if (Value v = any(); v.getType() == x.getType())
        return v;
    return broadcast(any(), shapeOf(x));
  }
  /// Brings values back to about [-1, 1].
  Value shrink(Value x) { return b.create<nn::TanhOp>(loc, x); }
  Value positive(Value x) {
    Value size = b.create<nn::AbsOp>(loc, x);
    return b.create<nn::AddOp>(loc, size, constant(0.5, shapeOf(x)));
  }
  /// Integers 0 … limit - 1 as T, computed from x.
  Value integers(Value x, int64_t limit) {
    Value scaled = b.create<nn::MulOp>(loc, b.create<nn::AbsOp>(loc, shrink(x)),
                                       constant(double(limit), shapeOf(x)));
    return b.create<nn::FloorOp>(loc, scaled);
  }
  void keep(Value v) {
    if (elements(typeOf(v).getShape()) <= 20000)
      values.push_back(v);
  }

  void step() {
    switch (below(24)) {
    case 0:
    case 1:
    case 2:
      return unary();
    case 3:
    case 4:
    case 5:
    case 6:
      return binary();
    case 7:
      return keep(b.create<nn::SelectOp>(loc, integersOf(2), selectA, selectB));
    case 8:
      return keep(castThere());
    case 9:
      return keep(broadcast(any(), widened()));
    case 10:
      return reshape();
    case 11:
      return transpose();
    case 12:
      return slice();
    case 13:
      return pad();
    case 14:
      return reverse();
    case 15:
      return concat();
    case 16:
      return window();
    case 17:
    case 18:
    case 19:
      return reduce();
    case 20:
      return pick();
    case 21:
      return dynamicSlice();
    case 22:
      return contract();
    default:
      return source();
    }
  }

  Value selectA, selectB;
  Value integersOf(int64_t limit) {
    selectA = any();
    selectB = like(selectA);
    return integers(like(selectA), limit);
  }

  Value castThere() {
    Value x = any();
    Type other = element.isF32() ? Type(b.getF64Type()) : Type(b.getF32Type());
    if (element.isF32())
      return b.create<nn::CastOp>(
          loc, x.getType(), b.create<nn::CastOp>(loc, RankedTensorType::get(shapeOf(x), other), x));
    return x; // f64 to f32 and back loses digits that the interpreter keeps
  }
  Sizes widened() {
    Sizes shape = shapeOf(any());
    if (elements(shape) < 500)
      shape.insert(shape.end() - (shape.empty() || shape[0] == batch ? 0 : below(shape.size() + 1)),
                   randomSize());
    return shape;
  }

  void unary() {
    Value x = any();
    switch (below(15)) {
    case 0:
      return keep(b.create<nn::NegOp>(loc, x));
    case 1:
      return keep(shrink(b.create<nn::ExpOp>(loc, shrink(x))));
    case 2:
      return keep(b.create<nn::LogOp>(loc, positive(x)));
    case 3:
      return keep(b.create<nn::SqrtOp>(loc, positive(x)));
    case 4:
      return keep(b.create<nn::AbsOp>(loc, x));
    case 5:
      return keep(b.create<nn::SignOp>(loc, x));
    case 6:
      return keep(b.create<nn::TanhOp>(loc, x));
    case 7:
      return keep(b.create<nn::SinOp>(loc, x));
    case 8:
      return keep(b.create<nn::CosOp>(loc, x));
    case 9:
      return keep(b.create<nn::ErfOp>(loc, x));
    case 10:
      return keep(shrink(
          b.create<nn::FloorOp>(loc, b.create<nn::MulOp>(loc, x, constant(3.7, shapeOf(x))))));
    case 11:
      return keep(shrink(
          b.create<nn::CeilOp>(loc, b.create<nn::MulOp>(loc, x, constant(3.7, shapeOf(x))))));
    case 12:
      return keep(b.create<nn::Log1pOp>(loc, positive(x)));
    case 13:
      return keep(shrink(b.create<nn::Expm1Op>(loc, shrink(x))));
    default:
      return keep(shrink(x));
    }
  }
  void binary() {
    Value x = any(), y = like(x);
    switch (below(14)) {
    case 13:
      return keep(shrink(b.create<nn::RemOp>(loc, integers(x, 5), positive(integers(y, 3)))));
    case 0:
      return keep(shrink(b.create<nn::AddOp>(loc, x, y)));
    case 1:
      return keep(b.create<nn::SubOp>(loc, x, y));
    case 2:
      return keep(shrink(b.create<nn::MulOp>(loc, x, y)));
    case 3:
      return keep(shrink(b.create<nn::DivOp>(loc, x, positive(y))));
    case 4:
      return keep(shrink(b.create<nn::PowOp>(loc, positive(x), shrink(y))));
    case 5:
      return keep(b.create<nn::MaxOp>(loc, x, y));
    case 6:
      return keep(b.create<nn::MinOp>(loc, x, y));
    case 7:
      return keep(b.create<nn::EqOp>(loc, integers(x, 3), integers(y, 3)));
    case 8:
      return keep(b.create<nn::NeOp>(loc, integers(x, 3), integers(y, 3)));
    case 9:
      return keep(b.create<nn::LtOp>(loc, x, y));
    case 10:
      return keep(b.create<nn::LeOp>(loc, x, y));
    case 11:
      return keep(b.create<nn::GtOp>(loc, x, y));
    default:
      return keep(b.create<nn::GeOp>(loc, x, y));
    }
  }
  void source() {
    switch (below(5)) {
    case 0: {
      Sizes shape = shapeOf(any());
      if (shape.empty() || shape[0] == batch || elements(shape) > 200)
        shape = {randomSize()};
      SmallVector<Attribute> numbers;
      for (int64_t i = 0; i < elements(shape); ++i)
        numbers.push_back(FloatAttr::get(element, double(below(17)) / 8 - 1));
      return keep(b.create<nn::ConstantOp>(loc, DenseElementsAttr::get(type(shape), numbers)));
    }
    case 1: {
      Value like = anyOfRank(1);
      Value index = b.create<nn::IotaOp>(loc, like.getType(), below(typeOf(like).getRank()));
      return keep(b.create<nn::MulOp>(loc, index, constant(0.125, shapeOf(like))));
    }
    case 2: {
      Value n = b.create<nn::BatchSizeOp>(loc);
      if (!element.isF64())
        n = b.create<nn::CastOp>(loc, type({}), n);
      return keep(b.create<nn::DivOp>(loc, constant(1, {}), n));
    }
    default: {
      Value step = b.create<nn::ConstantOp>(loc, RankedTensorType::get({}, b.getF64Type()),
                                            double(below(1000)));
      Value seed = b.create<nn::AbsOp>(loc, seedScalar);
      Type like = any().getType();
      auto place = b.getI64IntegerAttr(below(100));
      if (coin())
        return keep(b.create<nn::RandomUniformOp>(loc, like, seed, step, Value(), place));
      return keep(b.create<nn::RandomNormalOp>(loc, like, seed, step, Value(), place));
    }
    }
  }

  void reshape() {
    Value x = any();
    Sizes shape = shapeOf(x);
    size_t first = !shape.empty() && shape[0] == batch;
    if (coin()) { // split or add a unit dim
      for (size_t i = first; i < shape.size(); ++i)
        if (shape[i] % 2 == 0) {
          shape[i] /= 2;
          shape.insert(shape.begin() + i, 2);
          break;
        }
      if (coin())
        shape.insert(shape.begin() + first + below(shape.size() - first + 1), 1);
    } else { // merge
      int64_t rest = elements(ArrayRef<int64_t>(shape).drop_front(first));
      shape.resize(first);
      shape.push_back(rest);
    }
    if (shape.size() <= 6)
      keep(b.create<nn::ReshapeOp>(loc, type(shape), x));
  }
  void transpose() {
    Value x = any();
    Sizes perm = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank()));
    std::shuffle(perm.begin() + nn::isBatched(x.getType()), perm.end(), random);
    if (!perm.empty())
      keep(b.create<nn::TransposeOp>(loc, x, perm));
  }
  void slice() {
    Value x = any();
    Sizes start, limit, stride;
    for (int64_t size : typeOf(x).getShape()) {
      bool whole = size == batch;
      start.push_back(whole ? 0 : below(size));
      limit.push_back(whole ? -1 : start.back() + 1 + below(size - start.back()));
      stride.push_back(whole ? 1 : 1 + below(3));
    }
    if (!start.empty())
      keep(b.create<nn::SliceOp>(loc, x, start, limit, stride));
  }
  void pad() {
    Value x = any();
    Sizes low, high, interior;
    for (int64_t size : typeOf(x).getShape()) {
      bool whole = size == batch;
      low.push_back(whole ? 0 : below(3));
      high.push_back(whole ? 0 : below(3));
      interior.push_back(whole ? 0 : below(3));
    }
    if (!low.empty() && elements(typeOf(x).getShape()) < 500)
      keep(b.create<nn::PadOp>(loc, x, low, high, interior));
  }
  Sizes someDims(Value x, bool batchToo) {
    Sizes dims;
    for (int64_t dim = 0; dim < typeOf(x).getRank(); ++dim)
      if ((batchToo || !typeOf(x).isDynamicDim(dim)) && coin())
        dims.push_back(dim);
    return dims;
  }
  void reverse() {
    Value x = any();
    Sizes dims = someDims(x, true);
    if (!dims.empty())
      keep(b.create<nn::ReverseOp>(loc, x, dims));
  }
  void concat() {
    Value x = any();
    Sizes dims = someDims(x, false);
    if (dims.empty())
      return;
    SmallVector<Value> parts{x, like(x)};
    if (coin())
      parts.push_back(x);
    keep(b.create<nn::ConcatOp>(loc, parts, dims[0]));
  }
  void window() {
    Value x = any();
    Sizes dims, size, stride, dilation, extent;
    for (int64_t dim : someDims(x, false)) {
      int64_t whole = typeOf(x).getDimSize(dim);
      int64_t r = 1 + below(3), t = 1 + below(2);
      if ((r - 1) * t >= whole)
        continue;
      dims.push_back(dim);
      size.push_back(r);
      dilation.push_back(t);
      stride.push_back(1 + below(3));
      extent.push_back(whole);
    }
    if (dims.empty() || elements(typeOf(x).getShape()) > 2000)
      return;
    Value windows = b.create<nn::WindowsOp>(loc, x, dims, size, stride, dilation);
    keep(windows);
    if (coin())
      keep(shrink(b.create<nn::FoldOp>(loc, b.create<nn::MulOp>(loc, windows, windows), dims,
                                       extent, stride, dilation)));
    else
      keep(b.create<nn::ReduceMaxOp>(
          loc, windows,
          llvm::to_vector(llvm::seq<int64_t>(typeOf(x).getRank(), typeOf(windows).getRank()))));
  }
  void reduce() {
    Value x = anyOfRank(1);
    Sizes dims = someDims(x, true);
    if (dims.empty())
      dims.push_back(below(typeOf(x).getRank()));
    switch (below(4)) {
    case 0:
      return keep(b.create<nn::ReduceMaxOp>(loc, x, dims));
    case 1:
      return keep(b.create<nn::ReduceMinOp>(loc, x, dims));
    case 2: {
      Value at = b.create<nn::ArgmaxOp>(loc, x, dims);
      return keep(b.create<nn::MulOp>(loc, at, constant(1.0 / 64, shapeOf(at))));
    }
    default: {
      Value sum = b.create<nn::ReduceSumOp>(loc, x, dims);
      return keep(b.create<nn::MulOp>(loc, sum, constant(1.0 / 16, shapeOf(sum))));
    }
    }
  }
  void pick() {
    Value x = anyOfRank(1);
    int64_t dim = below(typeOf(x).getRank());
    if (typeOf(x).isDynamicDim(dim))
      return;
    Sizes rest = shapeOf(x);
    int64_t size = rest[dim];
    rest.erase(rest.begin() + dim);
    keep(b.create<nn::PickOp>(loc, x, integers(broadcast(any(), rest), size), dim));
  }
  void dynamicSlice() {
    Value x = anyOfRank(2);
    if (!nn::isBatched(x.getType()))
      return;
    int64_t dim = 1 + below(typeOf(x).getRank() - 1), size = typeOf(x).getDimSize(dim);
    Value offsets = integers(broadcast(any(), Sizes{batch, 1}), size);
    keep(b.create<nn::DynamicSliceOp>(loc, x, offsets, Sizes{dim}, Sizes{1 + below(size)}));
  }
  void contract() {
    // A matrix product, an outer product's sum, or a convolution.
    auto d = [&](unsigned i) { return b.getAffineDimExpr(i); };
    auto maps = [&](ArrayRef<ArrayRef<AffineExpr>> lists, unsigned dims) {
      SmallVector<AffineMap> all;
      for (ArrayRef<AffineExpr> list : lists)
        all.push_back(AffineMap::get(dims, 0, list, b.getContext()));
      return b.getAffineMapArrayAttr(all);
    };
    int64_t n = coin() ? batch : randomSize(), k = randomSize(), m = randomSize();
    Value y;
    switch (below(3)) {
    case 0:
      y = b.create<nn::ContractOp>(
          loc, broadcast(any(), Sizes{n, k}), broadcast(any(), Sizes{k, m}),
          maps({{d(0), d(1)}, {d(1), d(2)}, {d(0), d(2)}}, 3), Sizes{n == batch ? -1 : n, k, m});
      break;
    case 1:
      y = b.create<nn::ContractOp>(
          loc, broadcast(any(), Sizes{n, k}), broadcast(any(), Sizes{n, m}),
          maps({{d(0), d(1)}, {d(0), d(2)}, {d(1), d(2)}}, 3), Sizes{n == batch ? -1 : n, k, m});
      break;
    default: {
      int64_t c = 1 + below(4), o = 1 + below(20), h = 4 + below(9), r = 1 + below(3),
              s = 1 + below(2);
      int64_t out = (h - r) / s + 1;
      AffineExpr row = d(2) * s + d(5), column = d(3) * s + d(6);
      y = b.create<nn::ContractOp>(
          loc, broadcast(any(), Sizes{batch, c, h, h}), broadcast(any(), Sizes{o, c, r, r}),
          maps({{d(0), d(4), row, column}, {d(1), d(4), d(5), d(6)}, {d(0), d(1), d(2), d(3)}}, 7),
          Sizes{-1, o, out, out, c, r, r});
    }
    }
    keep(shrink(b.create<nn::MulOp>(loc, y, constant(0.25, shapeOf(y)))));
  }

  std::mt19937_64 random;
  Type element;
  OpBuilder b;
  Location loc = UnknownLoc::get(&testContext());
  SmallVector<Value> values;
  Value seedScalar;
};

} // namespace

OwningOpRef<ModuleOp> randomProgram(unsigned seed, int ops, const std::string &element,
                                    std::set<std::string> *made) {
  Builder b(&testContext());
  Type type = element == "f64" ? Type(b.getF64Type()) : Type(b.getF32Type());
  OwningOpRef<ModuleOp> module = Maker(seed, type).make(ops);
  if (made)
    module->walk([&](Operation *op) { made->insert(op->getName().getStringRef().str()); });
  return module;
}

} // namespace nnc::test
