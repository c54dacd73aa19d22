// Generates random programs of nn ops.
#include "test/unit/lowering/RandomProgram.h"
#include "test/unit/lowering/RandomValues.h"

using namespace mlir;

namespace nnc::test {
namespace {

/// Ops whose elements are computed one by one, and sources of values.
class ElementwiseOps {
public:
  explicit ElementwiseOps(RandomValues &values) : values(values), b(values.b), loc(values.loc) {}

  void select() {
    Value x = values.any(), y = values.like(x);
    values.keep(b.create<nn::SelectOp>(loc, values.integers(values.like(x), 2), x, y));
  }
  void castThere() {
    Value x = values.any();
    if (!values.element.isF32())
      return values.keep(x); // f64 to f32 and back loses digits that the interpreter keeps
    Value wide = b.create<nn::CastOp>(loc, RankedTensorType::get(shapeOf(x), b.getF64Type()), x);
    values.keep(b.create<nn::CastOp>(loc, x.getType(), wide));
  }
  void unary() {
    Value x = values.any();
    switch (values.below(15)) {
    case 0:
      return values.keep(b.create<nn::NegOp>(loc, x));
    case 1:
      return values.keep(values.shrink(b.create<nn::ExpOp>(loc, values.shrink(x))));
    case 2:
      return values.keep(b.create<nn::LogOp>(loc, values.positive(x)));
    case 3:
      return values.keep(b.create<nn::SqrtOp>(loc, values.positive(x)));
    case 4:
      return values.keep(b.create<nn::AbsOp>(loc, x));
    case 5:
      return values.keep(b.create<nn::SignOp>(loc, x));
    case 6:
      return values.keep(b.create<nn::TanhOp>(loc, x));
    case 7:
      return values.keep(b.create<nn::SinOp>(loc, x));
    case 8:
      return values.keep(b.create<nn::CosOp>(loc, x));
    case 9:
      return values.keep(b.create<nn::ErfOp>(loc, x));
    case 10:
      return values.keep(values.shrink(b.create<nn::FloorOp>(
          loc, b.create<nn::MulOp>(loc, x, values.constant(3.7, shapeOf(x))))));
    case 11:
      return values.keep(values.shrink(b.create<nn::CeilOp>(
          loc, b.create<nn::MulOp>(loc, x, values.constant(3.7, shapeOf(x))))));
    case 12:
      return values.keep(b.create<nn::Log1pOp>(loc, values.positive(x)));
    case 13:
      return values.keep(values.shrink(b.create<nn::Expm1Op>(loc, values.shrink(x))));
    default:
      return values.keep(values.shrink(x));
    }
  }
  void binary() {
    Value x = values.any(), y = values.like(x);
    switch (values.below(14)) {
    case 13:
      return values.keep(values.shrink(
          b.create<nn::RemOp>(loc, values.integers(x, 5), values.positive(values.integers(y, 3)))));
    case 0:
      return values.keep(values.shrink(b.create<nn::AddOp>(loc, x, y)));
    case 1:
      return values.keep(b.create<nn::SubOp>(loc, x, y));
    case 2:
      return values.keep(values.shrink(b.create<nn::MulOp>(loc, x, y)));
    case 3:
      return values.keep(values.shrink(b.create<nn::DivOp>(loc, x, values.positive(y))));
    case 4:
      return values.keep(
          values.shrink(b.create<nn::PowOp>(loc, values.positive(x), values.shrink(y))));
    case 5:
      return values.keep(b.create<nn::MaxOp>(loc, x, y));
    case 6:
      return values.keep(b.create<nn::MinOp>(loc, x, y));
    case 7:
      return values.keep(b.create<nn::EqOp>(loc, values.integers(x, 3), values.integers(y, 3)));
    case 8:
      return values.keep(b.create<nn::NeOp>(loc, values.integers(x, 3), values.integers(y, 3)));
    case 9:
      return values.keep(b.create<nn::LtOp>(loc, x, y));
    case 10:
      return values.keep(b.create<nn::LeOp>(loc, x, y));
    case 11:
      return values.keep(b.create<nn::GtOp>(loc, x, y));
    default:
      return values.keep(b.create<nn::GeOp>(loc, x, y));
    }
  }
  void source() {
    switch (values.below(5)) {
    case 0: {
      Sizes shape = shapeOf(values.any());
      if (shape.empty() || shape[0] == batch || elements(shape) > 200)
        shape = {values.randomSize()};
      SmallVector<Attribute> numbers;
      for (int64_t i = 0; i < elements(shape); ++i)
        numbers.push_back(FloatAttr::get(values.element, double(values.below(17)) / 8 - 1));
      return values.keep(
          b.create<nn::ConstantOp>(loc, DenseElementsAttr::get(values.type(shape), numbers)));
    }
    case 1: {
      Value like = values.anyOfRank(1);
      Value index = b.create<nn::IotaOp>(loc, like.getType(), values.below(typeOf(like).getRank()));
      return values.keep(b.create<nn::MulOp>(loc, index, values.constant(0.125, shapeOf(like))));
    }
    case 2: {
      Value n = b.create<nn::BatchSizeOp>(loc);
      if (!values.element.isF64())
        n = b.create<nn::CastOp>(loc, values.type({}), n);
      return values.keep(b.create<nn::DivOp>(loc, values.constant(1, {}), n));
    }
    default: {
      Value step = b.create<nn::ConstantOp>(loc, RankedTensorType::get({}, b.getF64Type()),
                                            double(values.below(1000)));
      Value seed = b.create<nn::AbsOp>(loc, values.seed);
      Type like = values.any().getType();
      auto place = b.getI64IntegerAttr(values.below(100));
      if (values.coin())
        return values.keep(b.create<nn::RandomUniformOp>(loc, like, seed, step, Value(), place));
      return values.keep(b.create<nn::RandomNormalOp>(loc, like, seed, step, Value(), place));
    }
    }
  }

private:
  RandomValues &values;
  OpBuilder &b;
  Location loc;
};

/// Ops that only move elements.
class ShapeOps {
public:
  explicit ShapeOps(RandomValues &values) : values(values), b(values.b), loc(values.loc) {}

  Sizes widened() {
    Sizes shape = shapeOf(values.any());
    if (elements(shape) < 500)
      shape.insert(shape.end() -
                       (shape.empty() || shape[0] == batch ? 0 : values.below(shape.size() + 1)),
                   values.randomSize());
    return shape;
  }

  void reshape() {
    Value x = values.any();
    Sizes shape = shapeOf(x);
    size_t first = !shape.empty() && shape[0] == batch;
    if (values.coin()) { // split or add a unit dim
      for (size_t i = first; i < shape.size(); ++i)
        if (shape[i] % 2 == 0) {
          shape[i] /= 2;
          shape.insert(shape.begin() + i, 2);
          break;
        }
      if (values.coin())
        shape.insert(shape.begin() + first + values.below(shape.size() - first + 1), 1);
    } else { // merge
      int64_t rest = elements(ArrayRef<int64_t>(shape).drop_front(first));
      shape.resize(first);
      shape.push_back(rest);
    }
    if (shape.size() <= 6)
      values.keep(b.create<nn::ReshapeOp>(loc, values.type(shape), x));
  }
  void transpose() {
    Value x = values.any();
    Sizes perm = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank()));
    std::shuffle(perm.begin() + nn::isBatched(x.getType()), perm.end(), values.random);
    if (!perm.empty())
      values.keep(b.create<nn::TransposeOp>(loc, x, perm));
  }
  void slice() {
    Value x = values.any();
    Sizes start, limit, stride;
    for (int64_t size : typeOf(x).getShape()) {
      bool whole = size == batch;
      start.push_back(whole ? 0 : values.below(size));
      limit.push_back(whole ? -1 : start.back() + 1 + values.below(size - start.back()));
      stride.push_back(whole ? 1 : 1 + values.below(3));
    }
    if (!start.empty())
      values.keep(b.create<nn::SliceOp>(loc, x, start, limit, stride));
  }
  void pad() {
    Value x = values.any();
    Sizes low, high, interior;
    for (int64_t size : typeOf(x).getShape()) {
      bool whole = size == batch;
      low.push_back(whole ? 0 : values.below(3));
      high.push_back(whole ? 0 : values.below(3));
      interior.push_back(whole ? 0 : values.below(3));
    }
    if (!low.empty() && elements(typeOf(x).getShape()) < 500)
      values.keep(b.create<nn::PadOp>(loc, x, low, high, interior));
  }
  void reverse() {
    Value x = values.any();
    Sizes dims = values.someDims(x, true);
    if (!dims.empty())
      values.keep(b.create<nn::ReverseOp>(loc, x, dims));
  }
  void concat() {
    Value x = values.any();
    Sizes dims = values.someDims(x, false);
    if (dims.empty())
      return;
    SmallVector<Value> parts{x, values.like(x)};
    if (values.coin())
      parts.push_back(x);
    values.keep(b.create<nn::ConcatOp>(loc, parts, dims[0]));
  }
  void window() {
    Value x = values.any();
    Sizes dims, size, stride, dilation, extent;
    for (int64_t dim : values.someDims(x, false)) {
      int64_t whole = typeOf(x).getDimSize(dim);
      int64_t r = 1 + values.below(3), t = 1 + values.below(2);
      if ((r - 1) * t >= whole)
        continue;
      dims.push_back(dim);
      size.push_back(r);
      dilation.push_back(t);
      stride.push_back(1 + values.below(3));
      extent.push_back(whole);
    }
    if (dims.empty() || elements(typeOf(x).getShape()) > 2000)
      return;
    Value windows = b.create<nn::WindowsOp>(loc, x, dims, size, stride, dilation);
    values.keep(windows);
    if (values.coin())
      values.keep(values.shrink(b.create<nn::FoldOp>(
          loc, b.create<nn::MulOp>(loc, windows, windows), dims, extent, stride, dilation)));
    else
      values.keep(b.create<nn::ReduceMaxOp>(
          loc, windows,
          llvm::to_vector(llvm::seq<int64_t>(typeOf(x).getRank(), typeOf(windows).getRank()))));
  }
  void dynamicSlice() {
    Value x = values.anyOfRank(2);
    if (!nn::isBatched(x.getType()))
      return;
    int64_t dim = 1 + values.below(typeOf(x).getRank() - 1), size = typeOf(x).getDimSize(dim);
    Value offsets = values.integers(values.broadcast(values.any(), Sizes{batch, 1}), size);
    values.keep(
        b.create<nn::DynamicSliceOp>(loc, x, offsets, Sizes{dim}, Sizes{1 + values.below(size)}));
  }

private:
  RandomValues &values;
  OpBuilder &b;
  Location loc;
};

/// Reductions and contractions.
class SumOps {
public:
  explicit SumOps(RandomValues &values) : values(values), b(values.b), loc(values.loc) {}

  void reduce() {
    Value x = values.anyOfRank(1);
    Sizes dims = values.someDims(x, true);
    if (dims.empty())
      dims.push_back(values.below(typeOf(x).getRank()));
    switch (values.below(4)) {
    case 0:
      return values.keep(b.create<nn::ReduceMaxOp>(loc, x, dims));
    case 1:
      return values.keep(b.create<nn::ReduceMinOp>(loc, x, dims));
    case 2: {
      Value at = b.create<nn::ArgmaxOp>(loc, x, dims);
      return values.keep(b.create<nn::MulOp>(loc, at, values.constant(1.0 / 64, shapeOf(at))));
    }
    default: {
      Value sum = b.create<nn::ReduceSumOp>(loc, x, dims);
      return values.keep(b.create<nn::MulOp>(loc, sum, values.constant(1.0 / 16, shapeOf(sum))));
    }
    }
  }
  void pick() {
    Value x = values.anyOfRank(1);
    int64_t dim = values.below(typeOf(x).getRank());
    if (typeOf(x).isDynamicDim(dim))
      return;
    Sizes rest = shapeOf(x);
    int64_t size = rest[dim];
    rest.erase(rest.begin() + dim);
    values.keep(b.create<nn::PickOp>(
        loc, x, values.integers(values.broadcast(values.any(), rest), size), dim));
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
    int64_t n = values.coin() ? batch : values.randomSize(), k = values.randomSize(),
            m = values.randomSize();
    Value y;
    switch (values.below(3)) {
    case 0:
      y = b.create<nn::ContractOp>(loc, values.broadcast(values.any(), Sizes{n, k}),
                                   values.broadcast(values.any(), Sizes{k, m}),
                                   maps({{d(0), d(1)}, {d(1), d(2)}, {d(0), d(2)}}, 3),
                                   Sizes{n == batch ? -1 : n, k, m});
      break;
    case 1:
      y = b.create<nn::ContractOp>(loc, values.broadcast(values.any(), Sizes{n, k}),
                                   values.broadcast(values.any(), Sizes{n, m}),
                                   maps({{d(0), d(1)}, {d(0), d(2)}, {d(1), d(2)}}, 3),
                                   Sizes{n == batch ? -1 : n, k, m});
      break;
    default: {
      int64_t c = 1 + values.below(4), o = 1 + values.below(20), h = 4 + values.below(9),
              r = 1 + values.below(3), s = 1 + values.below(2);
      int64_t out = (h - r) / s + 1;
      AffineExpr row = d(2) * s + d(5), column = d(3) * s + d(6);
      y = b.create<nn::ContractOp>(
          loc, values.broadcast(values.any(), Sizes{batch, c, h, h}),
          values.broadcast(values.any(), Sizes{o, c, r, r}),
          maps({{d(0), d(4), row, column}, {d(1), d(4), d(5), d(6)}, {d(0), d(1), d(2), d(3)}}, 7),
          Sizes{-1, o, out, out, c, r, r});
    }
    }
    values.keep(values.shrink(b.create<nn::MulOp>(loc, y, values.constant(0.25, shapeOf(y)))));
  }

private:
  RandomValues &values;
  OpBuilder &b;
  Location loc;
};

class Maker {
public:
  Maker(unsigned seed, Type element)
      : values(seed, element), elementwise(values), shapes(values), sums(values) {}

  OwningOpRef<ModuleOp> make(int count) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(values.loc);
    values.b.setInsertionPointToStart(module->getBody());
    SmallVector<Type> inputs;
    for (int i = 0; i < 4; ++i)
      inputs.push_back(values.type(values.randomShape()));
    inputs.push_back(RankedTensorType::get({}, values.b.getF64Type()));
    auto function =
        values.b.create<func::FuncOp>(values.loc, "f", values.b.getFunctionType(inputs, {}));
    Block *body = function.addEntryBlock();
    values.b.setInsertionPointToStart(body);
    for (Value argument : body->getArguments().drop_back())
      values.all.push_back(argument);
    values.seed = body->getArguments().back();
    for (int i = 0; i < count; ++i)
      step();
    SmallVector<Value> results;
    int64_t total = values.all.size();
    for (int64_t i = total - 1; i >= 0 && results.size() < 3; i -= 1 + values.below(3))
      results.push_back(values.all[i]);
    values.b.create<func::ReturnOp>(values.loc, results);
    function.setFunctionType(values.b.getFunctionType(inputs, TypeRange(ValueRange(results))));
    return module;
  }

private:
  void step() {
    switch (values.below(24)) {
    case 0:
    case 1:
    case 2:
      return elementwise.unary();
    case 3:
    case 4:
    case 5:
    case 6:
      return elementwise.binary();
    case 7:
      return elementwise.select();
    case 8:
      return elementwise.castThere();
    case 9:
      return values.keep(values.broadcast(values.any(), shapes.widened()));
    case 10:
      return shapes.reshape();
    case 11:
      return shapes.transpose();
    case 12:
      return shapes.slice();
    case 13:
      return shapes.pad();
    case 14:
      return shapes.reverse();
    case 15:
      return shapes.concat();
    case 16:
      return shapes.window();
    case 17:
    case 18:
    case 19:
      return sums.reduce();
    case 20:
      return sums.pick();
    case 21:
      return shapes.dynamicSlice();
    case 22:
      return sums.contract();
    default:
      return elementwise.source();
    }
  }

  RandomValues values;
  ElementwiseOps elementwise;
  ShapeOps shapes;
  SumOps sums;
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
