// Tests random contractions with random plans: any plan that fits must give the definition's
// result, and the same bits as every other plan. The processor levels alternate.
#include "ContractCheck.h"
#include "Levels.h"
#include "compiler/lowering/cpu/contract/ContractModel.h"

#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace nnc;

namespace {

class Generator {
public:
  explicit Generator(unsigned seed) : random(seed) {}

  int64_t number(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random);
  }

  Contraction contraction() {
    Contraction c;
    std::vector<int> left, right, out;
    enum Kind { Row, Column, Summed, Group };
    auto add = [&](Kind kind, int64_t size) {
      int loop = int(c.sizes.size());
      c.sizes.push_back(size);
      if (kind != Column)
        left.push_back(loop);
      if (kind != Row)
        right.push_back(loop);
      if (kind != Summed)
        out.push_back(loop);
    };
    int64_t most = 40;
    for (Kind kind : {Row, Column, Summed, Group})
      for (int64_t i = number(0, kind == Group ? 1 : 2); i-- > 0;
           most = std::max<int64_t>(most / 2, 3))
        add(kind, number(1, most));
    if (c.sizes.empty())
      add(Row, 5);
    std::shuffle(left.begin(), left.end(), random);
    std::shuffle(right.begin(), right.end(), random);
    std::shuffle(out.begin(), out.end(), random);
    for (int loop : left) {
      c.left.push_back({{loop, 1}});
      c.leftShape.push_back(c.sizes[loop]);
    }
    // A window: one more summed loop, which slides along an entry of the left operand.
    if (!left.empty() && number(0, 2) == 0) {
      size_t entry = number(0, left.size() - 1);
      int loop = int(c.sizes.size());
      int64_t stride = number(1, 2), dilation = number(1, 2), size = number(1, 5);
      c.sizes.push_back(size);
      right.insert(right.begin() + number(0, right.size()), loop);
      // No program shares windowed entries with the right operand.
      if (std::find(right.begin(), right.end(), left[entry]) == right.end()) {
        c.left[entry] = {{left[entry], stride}, {loop, dilation}};
        c.leftShape[entry] =
            stride * (c.sizes[left[entry]] - 1) + dilation * (size - 1) + 1 + number(0, 2);
      } else {
        right.erase(std::find(right.begin(), right.end(), loop));
        c.sizes.pop_back();
      }
    }
    c.right = right;
    c.out = out;
    batch(c);
    return c;
  }

  /// A random plan that fits, if one is found.
  std::optional<ContractPlan> plan(const ContractShape &shape) {
    for (int attempt = 0; attempt < 100; ++attempt) {
      ContractPlan plan;
      plan.vectors = number(0, 1);
      plan.lanes = 4 << number(0, 2);
      plan.lanesDim = number(0, shape.dims.size() - 1);
      plan.pack = number(0, 1);
      plan.unroll = number(1, 5);
      bool open = false;
      for (const ContractDim &dim : shape.dims) {
        int64_t part = number(1, dim.batch ? 5 : std::min<int64_t>(dim.size, 6));
        if (dim.summed)
          part = !plan.pack     ? 0
                 : open         ? dim.size
                 : number(0, 1) ? 1
                                : number(1, dim.batch ? 7 : dim.size);
        else if (!plan.isRow(dim) && !plan.isColumn(dim))
          part = 1;
        open |= dim.summed && part > 1;
        plan.tile.push_back(part);
      }
      plan.tile[plan.lanesDim] = plan.lanes * number(1, 3);
      plan.pairs = canPair(shape, plan) && number(0, 1);
      if (plan.fits(shape) && plan.rows(shape) * plan.columns(shape) <= 40)
        return plan;
    }
    return std::nullopt;
  }

private:
  /// Makes a loop the batch, if it is the first dim of every tensor that has it.
  void batch(Contraction &c) {
    if (c.out.empty() || number(0, 1))
      return;
    int loop = c.out[0];
    bool first = true;
    for (size_t i = 0; i < c.left.size(); ++i)
      for (auto [other, factor] : c.left[i])
        first &= other != loop || (i == 0 && c.left[i].size() == 1);
    for (size_t i = 0; i < c.right.size(); ++i)
      first &= c.right[i] != loop || i == 0;
    if (!first)
      return;
    c.sizes[loop] = -1;
    if (!c.left.empty() && c.left[0][0].first == loop)
      c.leftShape[0] = -1;
  }
  std::mt19937 random;
};

class ContractRandom : public testing::TestWithParam<unsigned> {};

} // namespace

TEST_P(ContractRandom, EveryPlanGivesTheDefinition) {
  Generator generate(GetParam());
  Contraction c = generate.contraction();
  std::string text = c.module();
  SCOPED_TRACE(text);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<nn::NnDialect, mlir::func::FuncDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  ASSERT_TRUE(bool(module));
  std::optional<ContractShape> shape;
  module->walk([&](nn::ContractionOp op) { shape.emplace(op); });

  CompileOptions options;
  options.cpu = nnc::test::levels()[GetParam() % nnc::test::levels().size()];
  SCOPED_TRACE(options.cpu);
  nnc::CompiledFunction chosen(text, options);
  bool batched = std::find(c.sizes.begin(), c.sizes.end(), -1) != c.sizes.end();
  std::vector<int64_t> batches = batched ? std::vector<int64_t>{1, 4, 19} : std::vector<int64_t>{1};
  for (int64_t rows : batches)
    checkContraction<float>(chosen, c, rows);
  for (int i = 0; i < 3 && !shape->dims.empty(); ++i) {
    auto plan = generate.plan(*shape);
    if (!plan)
      continue;
    options.plan.clear();
    llvm::raw_string_ostream(options.plan) << plan->toAttribute(&context, *shape);
    nnc::CompiledFunction forced(text, options);
    SCOPED_TRACE(options.plan);
    for (int64_t rows : batches)
      for (int threads : {1, 2})
        EXPECT_TRUE(computeContraction<float>(forced, c, rows, threads) ==
                    computeContraction<float>(chosen, c, rows, 1))
            << "batch of " << rows << ", " << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ContractRandom, testing::Range(0u, 90u));
