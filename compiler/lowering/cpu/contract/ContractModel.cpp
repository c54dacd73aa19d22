// The analytic model that chooses a plan. Costs are in slots: the time of one vector multiply-add,
// by which the roof is also counted.
#include "compiler/lowering/cpu/contract/ContractModel.h"
#include "compiler/lowering/cpu/contract/ContractTile.h"
#include "compiler/lowering/cpu/contract/ContractWindow.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

using namespace mlir;

namespace nnc {

// The cost of each part of the emitted code in slots, measured with bench/kernels on Ice Lake and
// Zen 5, where a slot is half a cycle. What loads cost depends on the machine: see MachineModel. If
// a load from the first level costs two slots (Ice Lake), nearly square tiles win: 6 rows of 4
// vectors do 24 multiply-adds for 10 loads.
constexpr double foldedLoad =
    1.05; // of an element as an operand of the only multiply-add that uses it
constexpr double besideProducts = 0.02; // cost of a load even if it fits beside the multiply-adds
constexpr double innerLoop = 4;         // entering and leaving an inner loop
constexpr double tileOverhead = 60;     // addresses and loops of a tile
constexpr double storeVector =
    8; // storing a vector of a tile by way of memory, without the kernel's other ops
constexpr double transposeVector = 24; // transposing it before the epilogue
constexpr double scatterVector = 40;   // storing it lane by lane
constexpr double unpairVector = 2;     // extracting the sums of a row from those of a pair
constexpr double packVector = 5;       // copying a vector to a panel
constexpr int64_t fewSpills =
    4; // window elements that may be spilled to memory: 6 rows of 4 vectors still win
constexpr double packTransposed = 0.6; // copying an element to a panel, transposed
constexpr double packGathered = 3;     // copying an element to a panel, lane by lane
constexpr double fewTiles = 4;
constexpr double muchMore = 1.1; // a common plan may cost this factor more; otherwise one and
                                 // several threads get separate plans

static double extentAt(const ContractShape &shape, const ContractDim &dim) {
  return double(dim.size) * double(dim.batch ? shape.rows : 1);
}
static double tilesAlong(const ContractShape &shape, const ContractDim &dim, int64_t tile) {
  return std::ceil(extentAt(shape, dim) / double(tile));
}

/// The part of a cache, from 0 to 1, that can hold pieces of `together` bytes that are `apart`
/// bytes from each other.
static double usablePart(int64_t wayBytes, int64_t apart, int64_t together) {
  if (apart <= together)
    return 1;
  double places = double(wayBytes / std::gcd(apart, wayBytes));
  return std::min(1.0, places * double(together) / double(wayBytes));
}

/// Whether the rows' elements are in so few sets of the first-level cache that they do not all fit
/// beside two ways for the vectors that stream through.
static bool conflict(const ContractShape &shape, const ContractPlan &plan,
                     const MachineModel &target) {
  int64_t lines = 1;
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    int64_t apart = dim.stride(1 - plan.vectors) * (shape.bits / 8);
    if (plan.isRow(dim) && apart >= target.lineBytes)
      lines *= llvm::divideCeil(plan.tile[d],
                                target.l1WayBytes / std::gcd<int64_t>(apart, target.l1WayBytes));
  }
  return lines > target.l1Bytes / target.l1WayBytes - 2;
}

/// Whether the registers can hold the tile's accumulators and the operands of its steps.
static bool fitsRegisters(const ContractShape &shape, const ContractPlan &plan, int64_t registers) {
  int64_t columns = plan.columns(shape), needed = plan.accumulatorRows(shape) * columns + columns;
  int64_t window = columns > 1 ? Window(shape, plan).seen() : 0; // otherwise they are operands of
                                                                 // the multiply-adds
  return needed + 1 <= registers && needed + window <= registers + fewSpills;
}

/// The cost of loading one vector while row tiles walk the same strip of memory one after another.
/// The strip is a panel, or the part of the operand that the columns of a tile read.
static double vectorLoadCost(const ContractShape &shape, const ContractPlan &plan,
                             const MachineModel &target) {
  int64_t bytes = shape.bits / 8, together = plan.tile[plan.lanesDim] * bytes;
  double strip = double(plan.columns(shape) * plan.lanes * bytes);
  if (plan.pack) {
    for (unsigned d : shape.summedDims())
      strip *= double(plan.tile[d]);
    return strip <= double(target.l1Bytes) ? target.loadSlots : target.l2LoadSlots;
  }
  bool crosses = false;
  int64_t apart = 0;
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    int64_t stride = dim.stride(plan.vectors);
    crosses |= d != plan.lanesDim && stride % plan.lanes != 0;
    // Windows overlap: a stride below the number of lanes reads the same lines again.
    if (!dim.summed || stride < plan.lanes)
      continue;
    strip *= extentAt(shape, dim);
    apart = stride * bytes;
  }
  double first = double(target.l1Bytes) * usablePart(target.l1WayBytes, apart, together);
  double second = double(target.l2Bytes) * usablePart(target.l2WayBytes, apart, together);
  double load = target.loadSlots + (crosses ? target.crossingSlots : 0);
  return strip <= first / 2      ? load
         : strip <= 0.8 * second ? std::max(load, target.l2LoadSlots)
                                 : target.l3LoadSlots;
}

/// The number of consecutive elements of the vectors' operand in a panel: those of the contiguous
/// summed dim `d` and of whole outer dims that continue it.
static double packedRun(const ContractShape &shape, const ContractPlan &plan, unsigned d) {
  int64_t run = 1;
  for (unsigned i = d + 1; i-- > 0;) {
    const ContractDim &dim = shape.dims[i];
    if (!dim.summed || dim.stride(plan.vectors) != run)
      break;
    if (dim.batch || plan.tile[i] < dim.size)
      return double(run * plan.tile[i]);
    run *= dim.size;
  }
  return double(run);
}

namespace {
/// The costs of a plan's parts, and how many of them there are.
struct Parts {
  double tile = 0;  // one register tile
  double panel = 0; // packing for the row tiles of one panel
  double panels = 1;
  double rowTiles = 1; // per panel

  double serial() const { return panels * (panel + rowTiles * tile); }

  /// The time with this many threads, which share the work like ContractEmitter.
  double onThreads(double threads) const {
    if (panel == 0)
      return std::ceil(panels * rowTiles / threads) * tile;
    double each = rowTiles;
    if (std::fmod(panels, threads) != 0)
      each = std::ceil(rowTiles / std::ceil(2 * threads / panels));
    double units = panels * std::ceil(rowTiles / each);
    return std::ceil(units / threads) * (panel + each * tile);
  }
};
} // namespace

/// The part of all steps that is not skipped as padding. For the innermost summed dim (`inner`),
/// steps are skipped row by row, which requires that they are unrolled; for the others, tile by
/// tile.
static double neededPart(const ContractShape &shape, const ContractPlan &plan, bool inner) {
  SmallVector<unsigned> summed = shape.summedDims();
  double part = 1;
  for (const ContractShape::Band &band : shape.bands) {
    const ContractDim &along = shape.dims[band.result];
    int64_t steps = shape.dims[band.summed].size, tile = plan.tile[band.result];
    bool written =
        plan.isRow(along) && tile == along.size && plan.unroll > 1 && steps <= wholeUnroll;
    if (inner != (band.summed == summed.back()) ||
        (inner ? !written : band.result == plan.lanesDim || isBlocked(shape, plan)))
      continue;
    if (inner)
      tile = plan.pairs && *pairedDim(shape, plan) == band.result ? 2 : 1;
    part *= shape.neededPart(band, tile);
  }
  return part;
}

static Parts partsOf(const ContractShape &shape, const ContractPlan &plan,
                     const MachineModel &target, double epilogue) {
  Parts parts;
  double rows = plan.rows(shape), sums = plan.accumulatorRows(shape), columns = plan.columns(shape),
         steps = 1, passes = 1;
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    if (dim.summed)
      steps *= extentAt(shape, dim);
    else
      (plan.isRow(dim) ? parts.rowTiles : parts.panels) *= tilesAlong(shape, dim, plan.tile[d]);
  }
  SmallVector<unsigned> summed = shape.summedDims();
  if (!summed.empty())
    passes = steps / extentAt(shape, shape.dims[summed.back()]);
  const ContractDim &lanesDim = shape.dims[plan.lanesDim];
  double scalar = conflict(shape, plan, target) ? target.conflictSlots : target.loadSlots;
  if (columns == 1 && !plan.pairs && Window(shape, plan).rows)
    scalar = foldedLoad;
  sums *= neededPart(shape, plan, /*inner=*/true);
  double loads = columns * vectorLoadCost(shape, plan, target) + sums * scalar;
  double step = std::max({sums * columns, loads, target.latencySlots}) + besideProducts * loads;
  double stored = storeVector + epilogue + (plan.pairs ? unpairVector : 0);
  if (lanesDim.out != 1) {
    stored += scatterVector;
    for (auto [d, dim] : llvm::enumerate(shape.dims))
      if (plan.isRow(dim) && dim.out == 1 && plan.tile[d] >= plan.lanes / 4 && plan.tile[d] > 1) {
        // The vectors then run along the rows and are as full as the rows allow.
        double full = plan.tile[d] / double(llvm::alignTo(plan.tile[d], plan.lanes));
        stored = (stored - scatterVector + transposeVector) / full;
      }
  }
  parts.tile = steps * neededPart(shape, plan, /*inner=*/false) * step + passes * innerLoop +
               tileOverhead + rows * columns * stored;
  if (!plan.pack)
    return parts;
  double element = packGathered;
  if (lanesDim.stride(plan.vectors) == 1)
    element = packVector / double(plan.lanes);
  else
    for (unsigned d : summed)
      if (const ContractDim &dim = shape.dims[d]; dim.stride(plan.vectors) == 1) {
        // Squares of lanes * lanes. A short run of memory fills only part of a square. With pairs,
        // half of the rows are read.
        double extent = packedRun(shape, plan, d);
        element = packTransposed * std::ceil(extent / double(plan.lanes)) * double(plan.lanes) /
                  extent * (plan.pairs ? 0.5 : 1);
      }
  parts.panel = steps * columns * plan.lanes * element;
  double blocks = 1;
  for (unsigned d : summed)
    blocks *= tilesAlong(shape, shape.dims[d], plan.tile[d]);
  if (blocks > 1)
    parts.tile += rows * columns * 2 * blocks;
  return parts;
}

double contractCost(const ContractShape &shape, const ContractPlan &plan,
                    const MachineModel &target, double epilogue) {
  return partsOf(shape, plan, target, epilogue).serial();
}

namespace {

class Planner {
public:
  Planner(const ContractShape &shape, const MachineModel &target, double epilogue)
      : shape(shape), target(target), epilogue(epilogue), registers(target.registers),
        lanes(target.vectorBytes * 8 / shape.bits), elementBytes(shape.bits / 8) {}

  /// The best plans for one thread, for several, and for both together.
  enum { One, Several, Both };
  struct Best {
    std::optional<ContractPlan> plan;
    double score = 0, one = 0, several = 0;
  };

  std::array<Best, 3> run() {
    if (lanes < 2)
      return best;
    for (unsigned vectors : {1u, 0u})
      for (auto [d, dim] : llvm::enumerate(shape.dims)) {
        ContractPlan plan;
        plan.vectors = vectors;
        plan.lanes = lanes;
        plan.lanesDim = d;
        plan.tile.assign(shape.dims.size(), 1);
        if (plan.isColumn(dim))
          consider(plan);
      }
    return best;
  }

private:
  /// The dims that `wanted` accepts, contiguous ones of the result first.
  SmallVector<unsigned> innerFirst(llvm::function_ref<bool(unsigned)> wanted) {
    SmallVector<unsigned> dims;
    for (unsigned d = shape.dims.size(); d-- > 0;)
      if (wanted(d))
        dims.push_back(d);
    llvm::stable_sort(
        dims, [&](unsigned x, unsigned y) { return shape.dims[x].out < shape.dims[y].out; });
    return dims;
  }

  /// Sets the tile to at most `count` over `dims`: whole inner dims, then part of one. Returns its
  /// size.
  int64_t fill(ContractPlan &plan, ArrayRef<unsigned> dims, int64_t count) {
    int64_t size = 1;
    for (unsigned d : dims)
      plan.tile[d] = 1;
    for (unsigned d : dims) {
      const ContractDim &dim = shape.dims[d];
      int64_t part = count / size;
      if (!dim.batch)
        part = std::min(part, dim.size);
      plan.tile[d] = std::max<int64_t>(part, 1);
      size *= plan.tile[d];
      if (dim.batch || plan.tile[d] < dim.size)
        break;
    }
    return size;
  }

  void consider(ContractPlan plan) {
    SmallVector<unsigned> rowDims =
        innerFirst([&](unsigned d) { return plan.isRow(shape.dims[d]); });
    SmallVector<unsigned> columnDims =
        innerFirst([&](unsigned d) { return d != plan.lanesDim && plan.isColumn(shape.dims[d]); });
    const ContractDim &along = shape.dims[plan.lanesDim];
    int64_t most = along.batch ? 8 : llvm::divideCeil(along.size, lanes);
    // Among plans of equal cost, the one with the longest runs of memory comes first.
    for (int64_t vectors = std::min<int64_t>(most, 8); vectors >= 1; --vectors) {
      plan.tile[plan.lanesDim] = vectors * lanes;
      for (int64_t more = 1; more * vectors <= 8; ++more) {
        // Only a tile that divides the lanes' dim evenly may extend into another dim.
        if (more > 1 && (along.batch || (vectors < most && along.size % (vectors * lanes) != 0)))
          break;
        fill(plan, columnDims, more);
        for (bool pairs : {false, true}) {
          for (int64_t count = 1; count <= (registers - 2) * (pairs ? 2 : 1); ++count) {
            int64_t rows = fill(plan, rowDims, count);
            plan.pack = plan.pairs = pairs;
            if (rows != count || (pairs && !canPair(shape, plan)) ||
                !fitsRegisters(shape, plan, registers))
              continue;
            finish(plan);
          }
        }
      }
    }
  }

  void finish(ContractPlan plan) {
    const ContractDim &along = shape.dims[plan.lanesDim];
    SmallVector<unsigned> summed = shape.summedDims();
    for (unsigned d : summed)
      plan.tile[d] = 0;
    plan.unroll = ContractPlan().unroll;
    // If the elements that one step leaves for the next would be spilled to memory, do not unroll:
    // then each step loads what it uses.
    if (plan.columns(shape) == 1 &&
        plan.accumulatorRows(shape) + 1 + Window(shape, plan).kept() > registers + fewSpills)
      plan.unroll = 1;
    plan.pack = false;
    if (!plan.pairs && along.stride(plan.vectors) == 1)
      offer(plan);
    plan.pack = true;
    setPanel(plan, summed, target.packedPanelBytes());
    offer(plan);
    // A panel for a few row tiles should stay in the first-level cache, although sums then go
    // through memory more often.
    if (partsOf(shape, plan, target, epilogue).rowTiles <= fewTiles) {
      setPanel(plan, summed, target.l1Bytes);
      offer(plan);
    }
  }

  /// As many whole inner summed dims as fit into a panel, and a part of the next.
  void setPanel(ContractPlan &plan, ArrayRef<unsigned> summed, int64_t bytes) {
    int64_t room = bytes / (plan.columns(shape) * lanes * elementBytes);
    for (unsigned d : summed)
      plan.tile[d] = 1;
    for (unsigned i = summed.size(); i-- > 0;) {
      const ContractDim &dim = shape.dims[summed[i]];
      bool whole = !dim.batch && dim.size <= room;
      plan.tile[summed[i]] = whole ? dim.size : room;
      if (!whole && !dim.batch) {
        // Equal parts, in whole unrolled steps.
        int64_t part = llvm::divideCeil(dim.size, llvm::divideCeil(dim.size, room));
        plan.tile[summed[i]] = room < 4 ? part : std::min<int64_t>(llvm::alignTo(part, 4), room);
      }
      if (!whole)
        break;
      room /= dim.size;
    }
  }

  void offer(ContractPlan &plan) {
    Parts parts = partsOf(shape, plan, target, epilogue);
    const double threads = double(target.plannedThreads);
    double one = parts.serial(), several = parts.onThreads(threads);
    plan.cost = one;
    auto compare = [&](Best &other, double score) {
      if (!other.plan || score < other.score)
        other = {plan, score, one, several};
    };
    compare(best[One], one);
    compare(best[Several], several);
    compare(best[Both], one + threads * several);
  }

  const ContractShape &shape;
  const MachineModel &target;
  double epilogue;
  int64_t registers, lanes, elementBytes;
  std::array<Best, 3> best;
};

} // namespace

std::optional<ContractPlan> planContraction(const ContractShape &shape, const MachineModel &target,
                                            double epilogue) {
  return Planner(shape, target, epilogue).run()[Planner::Both].plan;
}

std::optional<ContractPlans> planForThreads(const ContractShape &shape, const MachineModel &target,
                                            double epilogue) {
  auto [one, several, both] = Planner(shape, target, epilogue).run();
  if (!both.plan)
    return std::nullopt;
  if (both.one <= muchMore * one.one && both.several <= muchMore * several.several)
    return ContractPlans{*both.plan, std::nullopt};
  return ContractPlans{*one.plan, several.plan};
}

int64_t slotsOf(const ContractShape &shape, const ContractPlan &plan, const MachineModel &target) {
  int64_t bytes = plan.rows(shape) * plan.columns(shape) * plan.lanes * (shape.bits / 8);
  return std::max<int64_t>(1, target.accumulatorBytes() / bytes);
}

} // namespace nnc
