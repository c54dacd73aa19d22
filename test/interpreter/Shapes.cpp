// The interpreter's ops that move elements, and constants.
#include "mlir/IR/BuiltinAttributes.h"
#include "test/interpreter/Interpreter.h"
#include <algorithm>
#include <cmath>

namespace nnc::reference {

static Tensor constant(const Call &call) {
  auto value = mlir::cast<mlir::DenseElementsAttr>(call.op->getAttr("value"));
  Tensor result(call.resultShape);
  size_t i = 0;
  for (const llvm::APFloat &element : value.getValues<llvm::APFloat>()) {
    bool inexact;
    llvm::APFloat wide = element;
    wide.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &inexact);
    result.data[i++] = wide.convertToDouble();
  }
  return result;
}

static Tensor iota(const Call &call) {
  Shape dims = call.list("dims");
  return generate(call.resultShape, [&](const Shape &index) {
    int64_t linear = 0;
    for (int64_t dim : dims)
      linear = linear * call.resultShape[dim] + index[dim];
    return double(linear);
  });
}

static Tensor pad(const Call &call) {
  Shape low = call.list("low"), interior = call.list("interior");
  Tensor result(call.resultShape);
  forEachIndex(call.operand(0).shape, [&](const Shape &index) {
    Shape to;
    for (size_t i = 0; i < index.size(); ++i)
      to.push_back(low[i] + index[i] * (interior[i] + 1));
    result(to) = call.operand(0)(index);
  });
  return result;
}

static Tensor concat(const Call &call) {
  int64_t dim = call.number("dim"), offset = 0;
  Tensor result(call.resultShape);
  for (const Tensor &part : call.operands) {
    forEachIndex(part.shape, [&](const Shape &index) {
      Shape to = index;
      to[dim] += offset;
      result(to) = part(index);
    });
    offset += part.shape[dim];
  }
  return result;
}

/// The position of window element `index` (trailing dims last) in the whole.
static Shape fromWindow(const Call &call, const Shape &index, size_t rank) {
  Shape dims = call.list("dims"), stride = call.list("stride"), dilation = call.list("dilation");
  Shape at(index.begin(), index.begin() + rank);
  for (size_t k = 0; k < dims.size(); ++k)
    at[dims[k]] = index[dims[k]] * stride[k] + index[rank + k] * dilation[k];
  return at;
}

static Tensor dynamicSlice(const Call &call) {
  const Tensor &x = call.operand(0), &offsets = call.operand(1);
  Shape dims = call.list("dims"), sizes = call.list("sizes");
  return generate(call.resultShape, [&](const Shape &index) {
    Shape at = index;
    for (size_t k = 0; k < dims.size(); ++k) {
      Shape which;
      if (offsets.shape.size() == 2)
        which.push_back(index[0]);
      which.push_back(int64_t(k));
      double last = double(x.shape[dims[k]] - sizes[k]), offset = offsets(which);
      at[dims[k]] +=
          std::isnan(offset) ? 0 : int64_t(std::clamp(std::floor(offset + 0.5), 0.0, last));
    }
    return x(at);
  });
}

void addShapes(Table &table) {
  table["nn.constant"] = constant;
  table["nn.iota"] = iota;
  table["nn.batch_size"] = [](const Call &call) { return Tensor({}, double(call.batch)); };
  table["nn.broadcast"] = [](const Call &call) {
    Shape dims = call.list("dims");
    return generate(call.resultShape, [&](const Shape &index) {
      Shape at;
      for (int64_t dim : dims)
        at.push_back(index[dim]);
      return call.operand(0)(at);
    });
  };
  table["nn.reshape"] = [](const Call &call) {
    return Tensor(call.resultShape, call.operand(0).data);
  };
  table["nn.transpose"] = [](const Call &call) {
    Shape perm = call.list("perm");
    return generate(call.resultShape, [&](const Shape &index) {
      Shape at(index.size());
      for (size_t i = 0; i < perm.size(); ++i)
        at[perm[i]] = index[i];
      return call.operand(0)(at);
    });
  };
  table["nn.slice"] = [](const Call &call) {
    Shape start = call.list("start"), stride = call.list("stride");
    return generate(call.resultShape, [&](const Shape &index) {
      Shape at;
      for (size_t i = 0; i < index.size(); ++i)
        at.push_back(start[i] + stride[i] * index[i]);
      return call.operand(0)(at);
    });
  };
  table["nn.pad"] = pad;
  table["nn.reverse"] = [](const Call &call) {
    Shape dims = call.list("dims");
    return generate(call.resultShape, [&](const Shape &index) {
      Shape at = index;
      for (int64_t dim : dims)
        at[dim] = call.resultShape[dim] - 1 - index[dim];
      return call.operand(0)(at);
    });
  };
  table["nn.concat"] = concat;
  table["nn.windows"] = [](const Call &call) {
    return generate(call.resultShape, [&](const Shape &index) {
      return call.operand(0)(fromWindow(call, index, call.operand(0).shape.size()));
    });
  };
  table["nn.fold"] = [](const Call &call) {
    Tensor result(call.resultShape);
    forEachIndex(call.operand(0).shape, [&](const Shape &index) {
      result(fromWindow(call, index, call.resultShape.size())) += call.operand(0)(index);
    });
    return result;
  };
  table["nn.dynamic_slice"] = dynamicSlice;
}

} // namespace nnc::reference
