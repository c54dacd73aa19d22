// How a contraction is computed: which operand is loaded as vectors, the register tile, what is
// packed.
//
// The tile generator multiplies vectors of one operand ("vectors", along the dim `lanesDim`) with
// single elements of the other
// ("scalars", broadcast). A register tile is a box over the result's dims: rows are dims that only
// the scalars vary along, columns are dims that only the vectors vary along; so each step over the
// summed dims costs one load a row, one a column, and rows * columns multiply-adds. Products are
// added in ascending order of the summed dims, one accumulator for each element: no choice made
// here can change a result.
#pragma once

#include "compiler/lowering/cpu/Target.h"
#include "compiler/lowering/cpu/contract/ContractShape.h"

#include <optional>

namespace nnc {

struct ContractPlan {
  /// Which operand is loaded as vectors: 0 left, 1 right.
  unsigned vectors = 1;
  /// The dim of the shape along which lanes run; the vectors vary along it and the scalars do not.
  unsigned lanesDim = 0;
  int64_t lanes = 1;
  /// For each dim of the shape. Of the result: how many of it a register tile holds (lanesDim: a
  /// multiple of lanes). Summed: how many of it one packed panel holds; without packing 0.
  llvm::SmallVector<int64_t> tile;
  /// Vectors are first copied to a panel in the order in which they are used. Needed when they are
  /// not contiguous.
  bool pack = false;
  /// The scalars are copied to a panel, tile by tile, and the vectors, strip by strip
  /// (ContractScalars); only where canPackScalars().
  bool packScalars = false;
  /// A vector holds each of the lanes' elements twice, beside two neighbouring elements of the
  /// scalars: one multiply-add for two rows, where the lanes' dim fills but half of a vector. Only
  /// where canPair().
  bool pairs = false;
  /// Steps of the innermost summed dim in one pass of its loop; 1: each loads all it uses.
  int64_t unroll = 4;
  /// The model's estimate; see contractCost().
  double cost = 0;

  /// Rows and columns (in vectors) of the register tile.
  int64_t rows(const ContractShape &shape) const;
  int64_t columns(const ContractShape &shape) const;
  /// Accumulators for each column: rows, or pairs of them.
  int64_t accumulatorRows(const ContractShape &shape) const;
  bool isRow(const ContractDim &dim) const { return !dim.summed && !dim.stride(vectors); }
  bool isColumn(const ContractDim &dim) const {
    return !dim.summed && dim.stride(vectors) && !dim.stride(1 - vectors);
  }

  /// Whether the plan is one for `shape`: every kernel with it is right, if perhaps slow.
  bool fits(const ContractShape &shape) const;
  /// With the number of vectors in the register tile, for readers.
  mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context, const ContractShape &shape) const;
  /// Null if the attribute is no plan for `shape`.
  static std::optional<ContractPlan> fromAttribute(mlir::DictionaryAttr attribute,
                                                   const ContractShape &shape);
};

/// The first of the summed dims in a panel: that of which it holds more than one.
unsigned firstInPanel(const ContractShape &shape, const ContractPlan &plan);
/// Whether a panel holds but a part of the sum.
bool isBlocked(const ContractShape &shape, const ContractPlan &plan);

/// The dim along which rows are paired: contiguous in the scalars, and two of it in a tile at
/// least. None if there is none.
std::optional<unsigned> pairedDim(const ContractShape &shape, const ContractPlan &plan);
/// Whether the rows of `plan` can be paired.
bool canPair(const ContractShape &shape, const ContractPlan &plan);
/// Where the pairs of `count` rows begin. The last pair of an odd number overlaps the one before.
llvm::SmallVector<int64_t> pairStarts(int64_t count);

/// Whether the scalars of `plan` can be packed: one row dim, contiguous, one summed dim, nothing
/// else.
bool canPackScalars(const ContractShape &shape, const ContractPlan &plan);
/// Whether that pays: a large operand whose steps lie far apart, used by several strips of columns.
bool paysToPackScalars(const ContractShape &shape, const ContractPlan &plan,
                       const LoweringTarget &target);
/// Makes `plan` one with packed scalars, and its tile longer and narrower until a strip leaves room
/// for streams in the first level.
void packScalars(const ContractShape &shape, ContractPlan &plan, const LoweringTarget &target);

/// The name of the attribute on kern.fused that holds the plan.
constexpr llvm::StringLiteral contractPlanName = "kern.tiles";
/// The same of the plan for several threads, where they have one of their own.
constexpr llvm::StringLiteral sharedPlanName = "kern.tiles_shared";

} // namespace nnc
