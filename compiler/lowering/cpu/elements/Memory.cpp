// Emits loads and stores: contiguous, with a pattern, or gathered; masked or not.
#include "compiler/lowering/cpu/elements/Memory.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnc {

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape, int64_t pitch) {
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  if (pitch)
    strides[0] = pitch;
  return strides;
}

static Value zeroOf(OpBuilder &b, Location loc, Type type) {
  return b.create<arith::ConstantOp>(loc, b.getZeroAttr(type));
}

static unsigned alignmentOf(const Buffer &buffer) {
  return buffer.type.getElementTypeBitWidth() / 8;
}

Value elementAddress(OpBuilder &b, Location loc, const Buffer &buffer, Value offset) {
  Value number = b.createOrFold<arith::IndexCastOp>(loc, b.getI64Type(), offset);
  return b.create<LLVM::GEPOp>(loc, buffer.base.getType(), buffer.type.getElementType(),
                               buffer.base, ArrayRef<LLVM::GEPArg>{number}, /*inbounds=*/true);
}

// The addresses of vector<lanes x index> offsets, for gathers and scatters.
static Value laneAddresses(OpBuilder &b, Location loc, const Buffer &buffer, Value base,
                           Value offsets) {
  int64_t lanes = cast<VectorType>(offsets.getType()).getNumElements();
  Value numbers =
      b.createOrFold<arith::IndexCastOp>(loc, VectorType::get({lanes}, b.getI64Type()), offsets);
  Type addresses = LLVM::getFixedVectorType(base.getType(), lanes);
  return b.create<LLVM::GEPOp>(loc, addresses, buffer.type.getElementType(), base,
                               ArrayRef<LLVM::GEPArg>{numbers});
}

static Value patternAddresses(OpBuilder &b, Location loc, const Buffer &buffer, Value offset,
                              ArrayRef<int64_t> pattern) {
  Value offsets = b.create<arith::ConstantOp>(
      loc, DenseIntElementsAttr::get(VectorType::get({int64_t(pattern.size())}, b.getI64Type()),
                                     pattern));
  Value base = elementAddress(b, loc, buffer, offset);
  Type addresses = LLVM::getFixedVectorType(base.getType(), pattern.size());
  return b.create<LLVM::GEPOp>(loc, addresses, buffer.type.getElementType(), base,
                               ArrayRef<LLVM::GEPArg>{offsets});
}

static SmallVector<int64_t> multiples(int64_t stride, int64_t lanes) {
  return llvm::map_to_vector(llvm::seq<int64_t>(0, lanes),
                             [&](int64_t lane) { return lane * stride; });
}

static Value allLanes(OpBuilder &b, Location loc, int64_t lanes) {
  auto type = VectorType::get({lanes}, b.getI1Type());
  return b.create<arith::ConstantOp>(loc, DenseElementsAttr::get(type, true));
}

static Value gatherAt(OpBuilder &b, Location loc, const Buffer &buffer, Value addresses,
                      int64_t lanes, Value mask) {
  auto type = VectorType::get({lanes}, buffer.type.getElementType());
  return b.create<LLVM::masked_gather>(loc, type, addresses, mask ? mask : allLanes(b, loc, lanes),
                                       ValueRange{zeroOf(b, loc, type)}, alignmentOf(buffer));
}

namespace {
/// Loads the elements base[offset + pattern[lane]] as whole vectors and shuffles them: a shuffle
/// takes one cycle, a gather about one for each lane.
class PatternLoad {
public:
  PatternLoad(OpBuilder &b, Location loc, const Buffer &buffer, ArrayRef<int64_t> pattern,
              Value mask)
      : b(b), loc(loc), buffer(buffer), pattern(pattern), mask(mask), lanes(pattern.size()),
        low(*llvm::min_element(pattern)), span(*llvm::max_element(pattern) - low + 1) {
    for (int64_t offset : pattern)
      repeats = std::max(repeats, llvm::count(pattern, offset));
  }

  /// Whether this is cheaper: it needs few vectors, and few masks to merge if several lanes need
  /// the same elements.
  bool pays() const { return span <= 4 * lanes && (!mask || repeats <= 4); }

  Value emit(Value offset) {
    Value address = elementAddress(
        b, loc, buffer,
        b.createOrFold<arith::AddIOp>(loc, offset, b.create<arith::ConstantIndexOp>(loc, low)));
    Value result;
    for (int64_t first = 0; first < span; first += 2 * lanes) {
      Value left = loadVector(address, first);
      Value right = first + lanes < span ? loadVector(address, first + lanes) : left;
      Value part = shuffle(left, right, [&](int64_t lane) {
        return std::clamp<int64_t>(pattern[lane] - low - first, 0, 2 * lanes - 1);
      });
      result = !result ? part : shuffle(result, part, [&](int64_t lane) {
        return pattern[lane] - low < first ? lane : lanes + lane;
      });
    }
    // An element that one lane needs also reaches masked lanes.
    if (mask && repeats > 1)
      result = b.create<arith::SelectOp>(loc, mask, result, zeroOf(b, loc, result.getType()));
    return result;
  }

private:
  Value shuffle(Value x, Value y, llvm::function_ref<int64_t(int64_t)> from) {
    SmallVector<int64_t> indices = llvm::map_to_vector(llvm::seq<int64_t>(0, lanes), from);
    if (llvm::equal(indices, llvm::seq<int64_t>(0, lanes)))
      return x;
    return b.create<vector::ShuffleOp>(loc, x, y, indices);
  }

  /// Loads elements first … first + lanes - 1 of the span. Those that no lane needs are not read.
  Value loadVector(Value base, int64_t first) {
    auto type = VectorType::get({lanes}, buffer.type.getElementType());
    Value address =
        b.create<LLVM::GEPOp>(loc, base.getType(), buffer.type.getElementType(), base,
                              ArrayRef<LLVM::GEPArg>{int32_t(first)}, /*inbounds=*/true);
    Value wanted = wantedOf(first);
    if (!wanted)
      return b.create<LLVM::LoadOp>(loc, type, address, alignmentOf(buffer));
    return b.create<LLVM::MaskedLoadOp>(loc, type, address, wanted,
                                        ValueRange{zeroOf(b, loc, type)}, alignmentOf(buffer));
  }

  Value wantedOf(int64_t first) {
    auto type = VectorType::get({lanes}, b.getI1Type());
    if (!mask) {
      if (first + lanes <= span)
        return {};
      SmallVector<bool> inside;
      for (int64_t i = 0; i < lanes; ++i)
        inside.push_back(first + i < span);
      return b.create<arith::ConstantOp>(loc, DenseElementsAttr::get(type, ArrayRef<bool>(inside)));
    }
    // For all n: the n-th lane that needs each element.
    Value none = zeroOf(b, loc, type), wanted;
    for (int64_t n = 0; n < repeats; ++n) {
      Value some = shuffle(mask, none, [&](int64_t i) {
        int64_t seen = 0;
        for (int64_t lane = 0; lane < lanes; ++lane)
          if (pattern[lane] - low == first + i && seen++ == n)
            return lane;
        return lanes;
      });
      wanted = wanted ? b.create<arith::OrIOp>(loc, wanted, some).getResult() : some;
    }
    return wanted;
  }

  OpBuilder &b;
  Location loc;
  const Buffer &buffer;
  ArrayRef<int64_t> pattern;
  Value mask;
  int64_t lanes, low, span, repeats = 0;
};
} // namespace

Value loadPattern(OpBuilder &b, Location loc, const Buffer &buffer, Value offset,
                  ArrayRef<int64_t> pattern, Value mask) {
  PatternLoad load(b, loc, buffer, pattern, mask);
  if (load.pays())
    return load.emit(offset);
  return gatherAt(b, loc, buffer, patternAddresses(b, loc, buffer, offset, pattern), pattern.size(),
                  mask);
}

Value loadElements(OpBuilder &b, Location loc, const Buffer &buffer, Value offset, int64_t lanes,
                   int64_t stride, Value mask) {
  Type element = buffer.type.getElementType();
  if (lanes == 1) {
    if (!mask)
      return b.create<LLVM::LoadOp>(loc, element, elementAddress(b, loc, buffer, offset));
    // Element 0 always exists.
    Value zero = b.create<arith::ConstantIndexOp>(loc, 0);
    Value safe = b.create<arith::SelectOp>(loc, mask, offset, zero);
    Value loaded = b.create<LLVM::LoadOp>(loc, element, elementAddress(b, loc, buffer, safe));
    return b.create<arith::SelectOp>(loc, mask, loaded, zeroOf(b, loc, element));
  }
  if (stride != 1)
    return loadPattern(b, loc, buffer, offset, multiples(stride, lanes), mask);
  auto type = VectorType::get({lanes}, element);
  Value address = elementAddress(b, loc, buffer, offset);
  if (!mask)
    return b.create<LLVM::LoadOp>(loc, type, address, alignmentOf(buffer));
  return b.create<LLVM::MaskedLoadOp>(loc, type, address, mask, ValueRange{zeroOf(b, loc, type)},
                                      alignmentOf(buffer));
}

Value gatherElements(OpBuilder &b, Location loc, const Buffer &buffer, Value offsets, Value mask) {
  auto vector = dyn_cast<VectorType>(offsets.getType());
  if (!vector)
    return loadElements(b, loc, buffer, offsets, 1, 1, mask);
  return gatherAt(b, loc, buffer, laneAddresses(b, loc, buffer, buffer.base, offsets),
                  vector.getNumElements(), mask);
}

void storeElements(OpBuilder &b, Location loc, const Buffer &buffer, Value offset, Value value,
                   int64_t stride, Value mask) {
  auto vector = dyn_cast<VectorType>(value.getType());
  if (!vector) {
    auto put = [&](OpBuilder &b, Location loc) {
      b.create<LLVM::StoreOp>(loc, value, elementAddress(b, loc, buffer, offset));
    };
    if (!mask)
      return put(b, loc);
    b.create<scf::IfOp>(loc, mask, [&](OpBuilder &b, Location loc) {
      put(b, loc);
      b.create<scf::YieldOp>(loc);
    });
    return;
  }
  int64_t lanes = vector.getNumElements();
  if (stride != 1) {
    b.create<LLVM::masked_scatter>(
        loc, value, patternAddresses(b, loc, buffer, offset, multiples(stride, lanes)),
        mask ? mask : allLanes(b, loc, lanes), alignmentOf(buffer));
    return;
  }
  Value address = elementAddress(b, loc, buffer, offset);
  if (mask)
    b.create<LLVM::MaskedStoreOp>(loc, value, address, mask, alignmentOf(buffer));
  else
    b.create<LLVM::StoreOp>(loc, value, address, alignmentOf(buffer));
}

} // namespace nnc
