// LayOut: first decides for all functions together which tensors get blocks, then rewrites each
// function.
#include "compiler/transforms/LayOut.h"
#include "compiler/dialect/Blocks.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/Walks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace nnc {
namespace {

/// A matrix with fewer rows is too small for its layout to matter.
constexpr int64_t fewRows = 16;

using Names = llvm::SetVector<StringAttr>;

int64_t columnsOf(Type type, const LayOutOptions &options) {
  return options.blockBytes * 8 / cast<RankedTensorType>(type).getElementTypeBitWidth();
}

bool hasBlocks(Type type, const LayOutOptions &options) {
  auto matrix = dyn_cast<RankedTensorType>(type);
  if (!matrix || matrix.getRank() != 2 || !matrix.hasStaticShape() ||
      matrix.getDimSize(0) < fewRows)
    return false;
  int64_t columns = columnsOf(type, options);
  return columns > 1 && matrix.getDimSize(1) > columns && matrix.getDimSize(1) % columns == 0;
}

AffineMap mapOf(nn::ContractionOp op, unsigned i) {
  return i == 0 ? op.getLeftMap() : i == 1 ? op.getRightMap() : op.getOutMap();
}

bool isPlain(AffineMap map) {
  return llvm::all_of(map.getResults(), [](AffineExpr e) { return isa<AffineDimExpr>(e); });
}

/// The loop dim along the columns of the matrix that map `i` addresses, if it can be split into
/// blocks.
std::optional<unsigned> columnDim(nn::ContractionOp op, unsigned i) {
  AffineMap map = mapOf(op, i);
  if (map.getNumResults() != 2 || !isPlain(map))
    return std::nullopt;
  unsigned column = cast<AffineDimExpr>(map.getResult(1)).getPosition();
  for (unsigned other = 0; other < 3; ++other)
    for (AffineExpr e : mapOf(op, other).getResults())
      if (!isa<AffineDimExpr>(e) && e.isFunctionOfDim(column))
        return std::nullopt;
  return column;
}

bool reducesAll(nn::ReductionOp op) {
  return !op.needsIndex() && int64_t(op.getReducedDims().size()) ==
                                 cast<RankedTensorType>(op->getOperand(0).getType()).getRank();
}

bool isElementwise(Operation *op, Type type) {
  return isa<nn::ScalarBodyOp>(op) && op->getNumResults() == 1 &&
         cast<RankedTensorType>(op->getResult(0).getType()).getShape() ==
             cast<RankedTensorType>(type).getShape();
}

/// The block arguments of `loop` that are operand number `operand`, or nothing if the loop does
/// something else with it: if it starts a state, for example.
std::optional<SmallVector<BlockArgument>> invariantsOf(nn::LoopOp loop, unsigned operand) {
  SmallVector<BlockArgument> found;
  for (BlockArgument argument : loop.getBlock().getArguments())
    if (loop.getInvariant(argument.getArgNumber()) == operand)
      found.push_back(argument);
  return found.empty() ? std::nullopt : std::optional(std::move(found));
}

StringAttr tensorOf(func::FuncOp function, unsigned argument) {
  return function.getArgAttrOfType<StringAttr>(argument, "nn.tensor");
}

StringAttr updateOf(func::FuncOp function, unsigned result) {
  return function.getResultAttrOfType<StringAttr>(result, "nn.update");
}

Operation *returnOf(func::FuncOp function) { return function.getBody().front().getTerminator(); }

/// Decides which tensors are kept in blocks.
class Choice {
public:
  Choice(ModuleOp module, const LayOutOptions &options) : options(options) {
    for (auto function : module.getOps<func::FuncOp>()) {
      for (BlockArgument argument : function.getArguments())
        if (StringAttr name = tensorOf(function, argument.getArgNumber()))
          consider(name, argument);
      for (OpOperand &value : returnOf(function)->getOpOperands())
        if (StringAttr name = updateOf(function, value.getOperandNumber()))
          joinUpdate(function, name, value.get());
    }
  }

  Names names() const {
    Names result;
    for (StringAttr name : seen) {
      // A matrix and the optimizer's state for it get the same layout.
      bool wanted = false, barred = false;
      for (auto member = groups.findLeader(name.getAsOpaquePointer());
           member != groups.member_end(); ++member) {
        wanted |= multiplied.contains(StringAttr::getFromOpaquePointer(*member));
        barred |= lookedAt.contains(StringAttr::getFromOpaquePointer(*member));
      }
      if (wanted && !barred)
        result.insert(name);
    }
    return result;
  }

private:
  void consider(StringAttr name, BlockArgument argument) {
    if (!hasBlocks(argument.getType(), options))
      return;
    add(name);
    considerUses(name, argument);
  }

  /// `matrix` is the tensor, in a function or in a loop that it does not change in.
  void considerUses(StringAttr name, BlockArgument matrix) {
    for (OpOperand &use : matrix.getUses()) {
      Operation *user = use.getOwner();
      if (auto contraction = dyn_cast<nn::ContractionOp>(user)) {
        if (columnDim(contraction, use.getOperandNumber()))
          multiplied.insert(name);
        else
          lookedAt.insert(name);
      } else if (auto reduction = dyn_cast<nn::ReductionOp>(user)) {
        if (!reducesAll(reduction))
          lookedAt.insert(name);
      } else if (auto loop = dyn_cast<nn::LoopOp>(user)) {
        if (std::optional<SmallVector<BlockArgument>> inside =
                invariantsOf(loop, use.getOperandNumber()))
          for (BlockArgument argument : *inside)
            considerUses(name, argument);
        else
          lookedAt.insert(name);
      } else if (!isElementwise(user, matrix.getType()) &&
                 !user->hasTrait<OpTrait::IsTerminator>()) {
        lookedAt.insert(name);
      }
    }
  }

  void add(StringAttr name) {
    seen.insert(name);
    groups.insert(name.getAsOpaquePointer());
  }

  /// Joins `name` with the tensors from which its new value is computed elementwise.
  void joinUpdate(func::FuncOp function, StringAttr name, Value value) {
    Type type = value.getType();
    if (!hasBlocks(type, options))
      return;
    add(name);
    SmallVector<Value> work{value};
    llvm::DenseSet<Value> visited;
    while (!work.empty()) {
      Value next = work.pop_back_val();
      if (next.getType() != type || !visited.insert(next).second)
        continue;
      if (auto argument = dyn_cast<BlockArgument>(next)) {
        if (StringAttr other = tensorOf(function, argument.getArgNumber())) {
          add(other);
          groups.unionSets(name.getAsOpaquePointer(), other.getAsOpaquePointer());
        }
      } else if (isElementwise(next.getDefiningOp(), type)) {
        llvm::append_range(work, next.getDefiningOp()->getOperands());
      }
    }
  }

  const LayOutOptions &options;
  Names seen;
  llvm::EquivalenceClasses<const void *> groups;
  llvm::DenseSet<StringAttr> multiplied, lookedAt;
};

/// Rewrites one function. The twin of a value is the same matrix in blocks.
class FunctionLayOut {
public:
  /// `columns` is the width of a block for matrices of every element type, since a cast does not
  /// move elements.
  FunctionLayOut(func::FuncOp function, const Names &names, int64_t columns)
      : function(function), names(names), columns(columns), b(function.getContext()) {}

  void run() {
    Block &body = function.getBody().front();
    for (BlockArgument argument : function.getArguments())
      if (StringAttr name = tensorOf(function, argument.getArgNumber());
          name && names.contains(name))
        enter(argument);
    for (OpOperand &value : returnOf(function)->getOpOperands()) {
      StringAttr name = updateOf(function, value.getOperandNumber());
      if (name && names.contains(name))
        value.set(twinOf(value.get()));
    }
    while (!work.empty())
      convertUsers(work.pop_back_val());
    nn::eraseDeadOps(function.getBody());
    function.setFunctionType(FunctionType::get(function.getContext(), body.getArgumentTypes(),
                                               returnOf(function)->getOperandTypes()));
  }

private:
  /// Gives the argument blocks. Its users read the row-major matrix until they are converted.
  void enter(BlockArgument argument) {
    SmallVector<OpOperand *> uses =
        llvm::map_to_vector(argument.getUses(), [](OpOperand &use) { return &use; });
    argument.setType(nn::blockedType(cast<RankedTensorType>(argument.getType()), columns));
    b.setInsertionPointToStart(argument.getOwner());
    Value matrix = nn::fromBlocks(b, argument.getLoc(), argument);
    for (OpOperand *use : uses)
      use->set(matrix);
    setTwin(matrix, argument);
    outside[matrix] = matrix;
  }

  void setTwin(Value matrix, Value blocks) {
    twins[matrix] = blocks;
    work.push_back(matrix);
  }

  Value twinOf(Value matrix) {
    if (Value known = twins.lookup(matrix))
      return known;
    Operation *op = matrix.getDefiningOp();
    if (auto contraction = dyn_cast_or_null<nn::ContractionOp>(op))
      if (auto column = columnDim(contraction, 2)) {
        Value blocks = inBlocks(contraction, 2, *column, {});
        setTwin(matrix, blocks);
        return blocks;
      }
    if (op && isElementwise(op, matrix.getType())) {
      SmallVector<Value> operands =
          llvm::map_to_vector(op->getOperands(), [&](Value v) { return twinOf(v); });
      b.setInsertionPoint(op);
      Operation *twin = b.clone(*op);
      twin->setOperands(operands);
      auto type = cast<RankedTensorType>(matrix.getType());
      twin->getResult(0).setType(nn::blockedType(type, columns));
      setTwin(matrix, twin->getResult(0));
      return twin->getResult(0);
    }
    b.setInsertionPointAfterValue(matrix);
    return twins[matrix] = nn::toBlocks(b, matrix.getLoc(), matrix, columns);
  }

  /// Makes the users of a matrix use its twin instead.
  void convertUsers(Value matrix) {
    Value blocks = twins.lookup(matrix);
    for (OpOperand &use : llvm::make_early_inc_range(matrix.getUses())) {
      Operation *user = use.getOwner();
      if (auto contraction = dyn_cast<nn::ContractionOp>(user)) {
        if (auto column = columnDim(contraction, use.getOperandNumber())) {
          Value result = inBlocks(contraction, use.getOperandNumber(), *column, blocks);
          replace(contraction->getResult(0), result);
          continue;
        }
      } else if (auto reduction = dyn_cast<nn::ReductionOp>(user)) {
        if (reducesAll(reduction)) {
          b.setInsertionPoint(reduction);
          replace(reduction->getResult(0), reduction.cloneOver(b, blocks, {0, 1, 2}));
          continue;
        }
      } else if (auto loop = dyn_cast<nn::LoopOp>(user)) {
        if (auto inside = invariantsOf(loop, use.getOperandNumber())) {
          use.set(blocks);
          for (BlockArgument argument : *inside)
            enter(argument);
          continue;
        }
      } else if (isElementwise(user, matrix.getType())) {
        twinOf(user->getResult(0));
        continue;
      }
      use.set(outsideOf(matrix));
    }
  }

  /// The row-major matrix, read through its blocks. The op that originally computed it is no longer
  /// needed.
  Value outsideOf(Value matrix) {
    Value &known = outside[matrix];
    if (!known) {
      Value blocks = twins.lookup(matrix);
      b.setInsertionPointAfterValue(blocks);
      known = nn::fromBlocks(b, matrix.getLoc(), blocks);
    }
    return known;
  }

  void replace(Value old, Value with) {
    old.replaceAllUsesWith(with);
    if (auto twin = twins.find(old); twin != twins.end()) {
      Value blocks = twin->second;
      twins.erase(twin);
      setTwin(with, blocks);
    }
  }

  /// The contraction with the matrix of map `i` in blocks. For i < 2, `blocks` is that operand.
  Value inBlocks(nn::ContractionOp op, unsigned i, unsigned column, Value blocks) {
    MLIRContext *context = op.getContext();
    unsigned dims = op.getLoopSizes().size() + 1;
    AffineExpr outer = getAffineDimExpr(column, context),
               inner = getAffineDimExpr(column + 1, context);
    SmallVector<AffineExpr> renamed;
    for (unsigned d = 0; d + 1 < dims; ++d)
      renamed.push_back(d == column ? outer * columns + inner
                                    : getAffineDimExpr(d + (d > column), context));
    SmallVector<AffineMap> maps;
    for (unsigned m = 0; m < 3; ++m) {
      AffineMap map = mapOf(op, m);
      if (m == i) {
        AffineExpr row = map.getResult(0).replaceDims(renamed);
        maps.push_back(AffineMap::get(dims, 0, {outer, row, inner}, context));
      } else {
        maps.push_back(map.replaceDimsAndSymbols(renamed, {}, dims, 0));
      }
    }
    SmallVector<int64_t> sizes(op.getLoopSizes());
    sizes[column] /= columns;
    sizes.insert(sizes.begin() + column + 1, columns);
    b.setInsertionPoint(op);
    return op.cloneWith(b, i == 0 ? blocks : op.getLeft(), i == 1 ? blocks : op.getRight(), maps,
                        sizes);
  }

  func::FuncOp function;
  const Names &names;
  const int64_t columns;
  OpBuilder b;
  llvm::DenseMap<Value, Value> twins, outside;
  SmallVector<Value> work; // matrices with twins whose users must still be converted
};

} // namespace

void layOut(ModuleOp module, const LayOutOptions &options) {
  if (options.blockBytes == 0)
    return;
  Names names = Choice(module, options).names();
  if (names.empty())
    return;
  Builder b(module.getContext());
  NamedAttrList blocks;
  int64_t columns = 0; // all persistent tensors have the same element type
  for (auto function : module.getOps<func::FuncOp>()) {
    for (BlockArgument argument : function.getArguments())
      if (StringAttr name = tensorOf(function, argument.getArgNumber());
          name && names.contains(name))
        blocks.set(name, b.getI64IntegerAttr(columns = columnsOf(argument.getType(), options)));
    for (OpOperand &value : returnOf(function)->getOpOperands())
      if (StringAttr name = updateOf(function, value.getOperandNumber());
          name && names.contains(name))
        blocks.set(name, b.getI64IntegerAttr(columns = columnsOf(value.get().getType(), options)));
  }
  for (auto function : module.getOps<func::FuncOp>())
    FunctionLayOut(function, names, columns).run();
  module->setAttr("nn.blocks", blocks.getDictionary(module.getContext()));
}

namespace {
struct LayOutPass : PassWrapper<LayOutPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LayOutPass)
  LayOutPass() = default;
  explicit LayOutPass(const LayOutOptions &options) { blockBytes = options.blockBytes; }
  LayOutPass(const LayOutPass &other) : PassWrapper(other) { blockBytes = other.blockBytes; }
  StringRef getArgument() const override { return "nn-lay-out"; }
  StringRef getDescription() const override {
    return "keep the matrices that contractions use in blocks of columns";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<nn::NnDialect>();
  }
  void runOnOperation() override { layOut(getOperation(), {blockBytes}); }
  Option<int64_t> blockBytes{*this, "block-bytes", llvm::cl::desc("bytes of a row of a block"),
                             llvm::cl::init(0)};
};
} // namespace

std::unique_ptr<Pass> createLayOutPass(const LayOutOptions &options) {
  return std::make_unique<LayOutPass>(options);
}

} // namespace nnc
