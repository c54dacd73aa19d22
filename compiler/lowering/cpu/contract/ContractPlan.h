// How a contraction is computed: which operand is loaded as vectors, the register tile, what is
// packed.
//
// The tile generator multiplies vectors of one operand ("vectors", along the dim `lanesDim`) with
// single elements of the other ("scalars", broadcast). A register tile is a box over the dims of
// the result. Its rows are the dims along which only the scalars vary, its columns those along
// which only the vectors vary. So each step over the summed dims costs one load per row, one per
// column, and rows * columns multiply-adds. Products are added in ascending order of the summed
// dims, with one accumulator for each element, so no choice made here can change a result.
// here can change a result.
#pragma once

#include "compiler/lowering/cpu/contract/ContractShape.h"
#include "compiler/machine/MachineModel.h"

#include <optional>

namespace nnc {

struct ContractPlan {
  /// The operand that is loaded as vectors: 0 left, 1 right.
  unsigned vectors = 1;
  /// The dim of the shape along which lanes run. The vectors vary along it, the scalars do not.
  unsigned lanesDim = 0;
  int64_t lanes = 1;
  /// For each dim of the shape. Dims of the result: the size of a register tile along it (lanesDim:
  /// a multiple of lanes). Summed dims: the size of one packed panel along it, or 0 without
  /// packing.
  llvm::SmallVector<int64_t> tile;
  /// The vectors are first copied to a panel in the order of their use. Necessary if they are not
  /// contiguous.
  bool pack = false;
  /// The scalars are copied to a panel tile by tile, and the vectors strip by strip
  /// (ContractScalars). Only if canPackScalars().
  bool packScalars = false;
  /// A vector holds each of the lanes' elements twice, and is multiplied with two neighbouring
  /// elements of the scalars: one multiply-add for two rows, if the lanes' dim fills only half of a
  /// vector. Only if canPair().
  bool pairs = false;
  /// Steps of the innermost summed dim in one iteration of its loop. 1: each step loads all that it
  /// uses.
  int64_t unroll = 4;
  /// The cost estimated by the model; see contractCost().
  double cost = 0;

  /// The rows, and the columns (in vectors), of the register tile.
  int64_t rows(const ContractShape &shape) const;
  int64_t columns(const ContractShape &shape) const;
  /// The accumulators for each column: rows, or pairs of rows.
  int64_t accumulatorRows(const ContractShape &shape) const;
  bool isRow(const ContractDim &dim) const { return !dim.summed && !dim.stride(vectors); }
  bool isColumn(const ContractDim &dim) const {
    return !dim.summed && dim.stride(vectors) && !dim.stride(1 - vectors);
  }

  /// Whether the plan is valid for `shape`. Every kernel with a valid plan is correct, though it
  /// may be slow.
  bool fits(const ContractShape &shape) const;
  /// Includes the number of accumulators of the register tile, for readers.
  mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context, const ContractShape &shape) const;
  /// Null if the attribute is not a plan for `shape`.
  static std::optional<ContractPlan> fromAttribute(mlir::DictionaryAttr attribute,
                                                   const ContractShape &shape);
};

/// The first summed dim along which a panel holds more than one index.
unsigned firstInPanel(const ContractShape &shape, const ContractPlan &plan);
/// Whether a panel holds only part of the sum.
bool isBlocked(const ContractShape &shape, const ContractPlan &plan);

/// The dim along which rows are paired: contiguous in the scalars, with at least two indices in a
/// tile. None if there is no such dim.
std::optional<unsigned> pairedDim(const ContractShape &shape, const ContractPlan &plan);
/// Whether the rows of `plan` can be paired.
bool canPair(const ContractShape &shape, const ContractPlan &plan);
/// Where the pairs of `count` rows begin. If the number is odd, the last pair overlaps the previous
/// one.
llvm::SmallVector<int64_t> pairStarts(int64_t count);

/// Whether the scalars of `plan` can be packed: one contiguous row dim, one summed dim, and nothing
/// else.
bool canPackScalars(const ContractShape &shape, const ContractPlan &plan);
/// Whether packing the scalars pays: a large operand whose steps are far apart, used by several
/// strips of columns.
bool paysToPackScalars(const ContractShape &shape, const ContractPlan &plan,
                       const MachineModel &target);
/// Makes `plan` pack scalars, and makes its tile longer and narrower until a strip leaves room for
/// streams in the first-level cache.
void packScalars(const ContractShape &shape, ContractPlan &plan, const MachineModel &target);

/// The attribute of kern.fused that holds the plan.
constexpr llvm::StringLiteral contractPlanName = "kern.tiles";
/// The attribute with the plan for several threads, if they have a separate one.
constexpr llvm::StringLiteral sharedPlanName = "kern.tiles_shared";

} // namespace nnc
