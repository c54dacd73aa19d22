// Compares generated contractions with their definition, for every kind of program and odd shapes;
// the bits must not depend on threads, tiles or packing. Each test runs for every processor level
// that this machine supports.
#include "ContractCheck.h"
#include "Levels.h"

using namespace nnc;

namespace {

class Contract : public testing::TestWithParam<std::string> {
protected:
  CompileOptions options() const {
    CompileOptions options;
    options.cpu = GetParam();
    return options;
  }
  void expectCorrect(Contraction c, std::vector<int64_t> batches = {1, 7, 64});
};

void Contract::expectCorrect(Contraction c, std::vector<int64_t> batches) {
  SCOPED_TRACE(c.name);
  nnc::CompiledFunction function(c.module(), options());
  SCOPED_TRACE(function.kernText);
  for (int64_t rows : batches) {
    SCOPED_TRACE("batch of " + std::to_string(rows));
    if (c.type == "f64")
      checkContraction<double>(function, c, rows);
    else
      checkContraction<float>(function, c, rows);
  }
}

/// Checks that the plan was used: one that does not fit would have been replaced.
void expectPlan(const nnc::CompiledFunction &function, const std::string &plan) {
  std::string tile = plan.substr(plan.find("tile = "), plan.find('>') - plan.find("tile = "));
  EXPECT_NE(function.kernText.find(tile), std::string::npos) << tile << " is not in\n"
                                                             << function.kernText;
}

Contraction inDouble(Contraction c) {
  c.type = "f64";
  return c;
}

} // namespace

TEST_P(Contract, DenseForward) {
  for (auto [k, n] : {std::pair<int64_t, int64_t>{1, 1},
                      {3, 2},
                      {784, 256},
                      {256, 10},
                      {128, 128},
                      {37, 53},
                      {5, 16},
                      {64, 1},
                      {1, 40}})
    expectCorrect(denseForward(k, n), {1, 7, 64, 100});
}
TEST_P(Contract, DenseInput) {
  for (auto [k, n] : {std::pair<int64_t, int64_t>{1, 1},
                      {3, 2},
                      {784, 256},
                      {256, 10},
                      {37, 53},
                      {16, 5},
                      {64, 1},
                      {1, 40}})
    expectCorrect(denseInput(k, n), {1, 7, 64, 100});
}
TEST_P(Contract, DenseWeight) {
  for (auto [k, n] : {std::pair<int64_t, int64_t>{1, 1},
                      {3, 2},
                      {784, 256},
                      {256, 10},
                      {37, 53},
                      {16, 5},
                      {64, 1},
                      {1, 40}})
    expectCorrect(denseWeight(k, n), {1, 7, 64, 100});
}
TEST_P(Contract, ConvolutionForward) {
  expectCorrect(convForward(1, 8, 28, 5), {1, 5});
  expectCorrect(convForward(8, 16, 12, 5), {1, 5});
  expectCorrect(convForward(3, 7, 9, 3), {2});
  expectCorrect(convForward(16, 32, 34, 3), {1, 2});
  expectCorrect(convForward(3, 5, 11, 3, 2), {3});
  expectCorrect(convForward(20, 20, 6, 1), {3});
}
TEST_P(Contract, Blocks) {
  for (int64_t block : {16, 64}) {
    expectCorrect(blockedForward(37, 128, block), {1, 7, 64});
    expectCorrect(blockedInput(37, 128, block), {1, 7, 64});
    expectCorrect(blockedWeight(37, 128, block), {1, 7, 64});
  }
}
TEST_P(Contract, ConvolutionWeight) {
  expectCorrect(convWeight(1, 8, 28, 5), {1, 5});
  expectCorrect(convWeight(8, 16, 12, 5), {1, 5, 64});
  expectCorrect(convWeight(3, 7, 9, 3), {2});
  expectCorrect(convWeight(16, 32, 34, 3), {2});
  expectCorrect(convWeight(3, 5, 11, 3, 2), {3});
}
TEST_P(Contract, ConvolutionInput) {
  expectCorrect(convInput(8, 16, 12, 5), {1, 5});
  expectCorrect(convInput(3, 7, 9, 3), {2});
  expectCorrect(convInput(16, 32, 32, 3), {2});
}
TEST_P(Contract, Double) {
  expectCorrect(inDouble(denseForward(50, 30)));
  expectCorrect(inDouble(denseInput(50, 30)));
  expectCorrect(inDouble(denseWeight(50, 30)));
  expectCorrect(inDouble(convForward(3, 7, 9, 3)), {2});
  expectCorrect(inDouble(convWeight(3, 7, 9, 3)), {2});
}
TEST_P(Contract, LongSums) {
  // Sums of equal products lose the most: they must be right to 1e-5, with the same bits on several
  // threads. Dense layers, packed and not, with and without lanes; convolutions; a small batch; a
  // sum that fills its last block and one that does not.
  for (auto [c, batches] : std::vector<std::pair<Contraction, std::vector<int64_t>>>{
           {denseWeight(3, 5), {100, 512, 513, 200'001}},
           {denseWeight(100, 40), {900, 20'000}},
           {denseWeight(300, 96), {3'000}},
           {denseWeight(1, 1), {200'000}},
           {denseForward(100'000, 10), {1, 9}},
           {denseForward(1'025, 70), {30}},
           {denseInput(40, 50'000), {3}},
           {convWeight(1, 8, 28, 5), {40}},
           {convWeight(8, 16, 12, 5), {200}},
           {convForward(130, 8, 9, 5), {2}},
           {convInput(8, 160, 8, 3), {2}},
           {{"dot", {500'000}, {{{0, 1}}}, {0}, {}, {500'000}}, {1}},
           {{"batch dot", {-1}, {{{0, 1}}}, {0}, {}, {-1}}, {7, 500'000}},
           {{"row dots", {-1, 50'000}, {{{0, 1}}, {{1, 1}}}, {0, 1}, {0}, {-1, 50'000}}, {3}}}) {
    SCOPED_TRACE(c.name);
    nnc::CompiledFunction function(c.module(), options());
    SCOPED_TRACE(function.kernText);
    for (int64_t rows : batches) {
      std::vector<float> a(elementsOf(c.leftShape, rows), 0.3f),
          w(elementsOf(c.rightShape(), rows), 0.7f);
      std::vector<float> y(elementsOf(c.outShape(), rows));
      function.run(rows, {a.data(), w.data()}, {y.data()});
      double right = double(0.3f) * double(0.7f) * double(c.depth(rows));
      for (float one : y)
        ASSERT_NEAR(one / right, 1, 1e-5) << "batch of " << rows;
      for (int threads : {2, 3}) {
        std::vector<float> other(y.size());
        function.run(rows, {a.data(), w.data()}, {other.data()}, threads);
        ASSERT_TRUE(other == y) << "batch of " << rows << " on " << threads << " threads";
      }
    }
  }
}
TEST_P(Contract, OtherForms) {
  // Batched product, dot product, product by element, outer product, transposed result, a sum over
  // the batch.
  expectCorrect({"attention",
                 {-1, 9, 11, 20},
                 {{{0, 1}}, {{1, 1}}, {{3, 1}}},
                 {0, 2, 3},
                 {0, 1, 2},
                 {-1, 9, 20}},
                {3});
  expectCorrect({"values",
                 {-1, 9, 11, 20},
                 {{{0, 1}}, {{1, 1}}, {{2, 1}}},
                 {0, 2, 3},
                 {0, 1, 3},
                 {-1, 9, 11}},
                {3});
  expectCorrect({"dot", {50}, {{{0, 1}}}, {0}, {}, {50}}, {1});
  expectCorrect({"batch dot", {-1}, {{{0, 1}}}, {0}, {}, {-1}}, {1, 64});
  expectCorrect({"row dots", {-1, 30}, {{{0, 1}}, {{1, 1}}}, {0, 1}, {0}, {-1, 30}}, {1, 33});
  expectCorrect({"products", {-1, 30}, {{{0, 1}}, {{1, 1}}}, {0, 1}, {0, 1}, {-1, 30}}, {1, 33});
  expectCorrect({"outer", {20, 30}, {{{0, 1}}}, {1}, {0, 1}, {20}}, {1});
  expectCorrect({"transposed", {20, 30, 40}, {{{0, 1}}, {{2, 1}}}, {2, 1}, {1, 0}, {20, 40}}, {1});
  expectCorrect({"both transposed", {20, 30, 40}, {{{2, 1}}, {{0, 1}}}, {1, 2}, {0, 1}, {40, 20}},
                {1});
  expectCorrect(
      {"sequence", {-1, 6, 24, 10}, {{{0, 1}}, {{1, 1}}, {{3, 1}}}, {3, 2}, {0, 1, 2}, {-1, 6, 10}},
      {1, 5});
  expectCorrect({"deep", {4, 40, 5000}, {{{0, 1}}, {{2, 1}}}, {1, 2}, {0, 1}, {4, 5000}}, {1});
}

namespace {

/// A full convolution: dy of side `size`, padded by `low` and `high` on both sides of both dims, by
/// the kernel itself or, if `known` is false, by the caller.
std::string fullConvolution(int64_t c, int64_t o, int64_t size, int64_t window, int64_t low,
                            int64_t high, bool known) {
  int64_t padded = size + low + high, out = padded - window + 1;
  Contraction whole = convInput(c, o, out, window);
  std::string text = whole.module();
  if (!known)
    return text;
  auto tensor = [&](int64_t side) {
    return "tensor<?x" + std::to_string(o) + "x" + std::to_string(side) + "x" +
           std::to_string(side) + "xf32>";
  };
  text.replace(text.find("%a: " + tensor(padded)), 4 + tensor(padded).size(),
               "%p: " + tensor(size));
  std::string lows = std::to_string(low), highs = std::to_string(high);
  text.insert(text.find("  %y = "), "  %a = nn.pad %p low [0, 0, " + lows + ", " + lows +
                                        "] high [0, 0, " + highs + ", " + highs +
                                        "] interior [0, 0, 0, 0] : " + tensor(size) + " -> " +
                                        tensor(padded) + "\n");
  return text;
}

/// Its result for random numbers.
std::vector<float> computeFull(int64_t c, int64_t o, int64_t size, int64_t window, int64_t low,
                               int64_t high, bool known, int64_t rows, int threads,
                               const CompileOptions &options) {
  int64_t padded = size + low + high, out = padded - window + 1;
  auto dy = randomNumbers<float>(rows * o * size * size, 1),
       w = randomNumbers<float>(o * c * window * window, 2);
  std::vector<float> wide(rows * o * padded * padded, 0.f), y(rows * c * out * out);
  for (int64_t i = 0; i < rows * o; ++i)
    for (int64_t row = 0; row < size; ++row)
      std::copy_n(&dy[(i * size + row) * size], size,
                  &wide[(i * padded + row + low) * padded + low]);
  nnc::CompiledFunction function(fullConvolution(c, o, size, window, low, high, known), options);
  EXPECT_EQ(function.kernText.find("kern.non_zero") != std::string::npos, known)
      << function.kernText;
  if (!options.plan.empty())
    expectPlan(function, options.plan);
  function.run(rows, {known ? dy.data() : wide.data(), w.data()}, {y.data()}, threads);
  return y;
}

} // namespace

TEST_P(Contract, PaddingThatIsLeftOutChangesNothing) {
  struct Case {
    int64_t c, o, size, window, low, high;
  };
  for (Case s : {Case{8, 16, 8, 5, 4, 4},
                 {3, 5, 4, 3, 2, 2},
                 {16, 4, 3, 5, 4, 4},
                 {20, 3, 6, 4, 3, 1},
                 {2, 7, 5, 9, 8, 8}})
    for (int64_t rows : {1, 6})
      for (int threads : {1, 2}) {
        SCOPED_TRACE(std::to_string(s.c) + " channels, window " + std::to_string(s.window));
        EXPECT_TRUE(computeFull(s.c, s.o, s.size, s.window, s.low, s.high, true, rows, threads,
                                options()) == computeFull(s.c, s.o, s.size, s.window, s.low, s.high,
                                                          false, rows, 1, options()));
      }
}

TEST(ContractPlans, PaddingIsLeftOutByEveryPlan) {
  // Shape dims: b, c, x, y, o, r, s. Lanes along pixels and along channels, rows of all pixels and
  // of some, pairs, blocks of the sum.
  auto expected = computeFull(4, 6, 8, 5, 4, 4, false, 3, 1, {});
  for (std::string plan : {"{vectors = \"left\", lanes_dim = 3, lanes = 8, tile = array<i64: 1, 4, "
                           "2, 8, 0, 0, 0>, pack = false, unroll = 4}",
                           "{vectors = \"left\", lanes_dim = 2, lanes = 8, tile = array<i64: 1, 2, "
                           "8, 3, 6, 5, 5>, pack = true, unroll = 4}",
                           "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 1, "
                           "8, 2, 12, 6, 5, 5>, pack = true, unroll = 4}",
                           "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 2, "
                           "8, 5, 5, 6, 5, 5>, pack = true, pairs = true, unroll = 1}",
                           "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 1, "
                           "8, 3, 12, 6, 5, 5>, pack = true, pairs = true, unroll = 4}",
                           "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 1, "
                           "8, 12, 2, 6, 5, 5>, pack = true, pairs = true, unroll = 4}",
                           "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 1, "
                           "8, 2, 12, 2, 5, 5>, pack = true, pairs = true, unroll = 4}"}) {
    CompileOptions options;
    options.plan = plan;
    options.cpu = "x86-64-v3";
    for (int threads : {1, 2})
      EXPECT_TRUE(computeFull(4, 6, 8, 5, 4, 4, true, 3, threads, options) == expected) << plan;
  }
}

TEST_P(Contract, EpilogueSeesEveryElementOnce) {
  Contraction c = denseForward(20, 37);
  nnc::CompiledFunction function(c.module("  %z = nn.add %y, %y : tensor<?x37xf32>"), options()),
      plain(c.module(), options());
  for (int64_t rows : {1, 9, 30}) {
    auto doubled = computeContraction<float>(function, c, rows, 2),
         once = computeContraction<float>(plain, c, rows, 1);
    for (size_t i = 0; i < once.size(); ++i)
      ASSERT_EQ(doubled[i], 2 * once[i]);
  }
}

/// Expects that the plans, each forced, give the bits of the chosen plan.
static void expectSameBits(const Contraction &c, int64_t rows,
                           const std::vector<std::string> &plans) {
  SCOPED_TRACE(c.name);
  nnc::CompiledFunction chosen(c.module());
  auto expected = computeContraction<float>(chosen, c, rows, 1);
  for (const std::string &plan : plans) {
    CompileOptions options;
    options.plan = plan;
    options.cpu = "x86-64-v3";
    nnc::CompiledFunction forced(c.module(), options);
    expectPlan(forced, plan);
    for (int threads : {1, 2})
      EXPECT_TRUE(computeContraction<float>(forced, c, rows, threads) == expected)
          << forced.kernText;
  }
}

TEST(ContractPlans, OfDenseLayersDoNotChangeBits) {
  // Shape dims of a dense layer: b, n, k.
  expectSameBits(
      denseForward(50, 40), 21,
      {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 4, 16, 0>, pack = "
       "false, unroll = 4}",
       "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 5, 8, 50>, pack = "
       "true, unroll = 1}",
       "{vectors = \"right\", lanes_dim = 1, lanes = 4, tile = array<i64: 3, 12, 7>, pack = "
       "true, unroll = 4}",
       "{vectors = \"left\", lanes_dim = 0, lanes = 8, tile = array<i64: 16, 3, 50>, pack = "
       "true, unroll = 2}",
       "{vectors = \"left\", lanes_dim = 0, lanes = 8, tile = array<i64: 8, 8, 16>, pack = true, "
       "unroll = 4}"});
  // Scalars packed: in one panel, in two, and a sum too long for the panels. Shape dims of a weight
  // gradient: k, n, b.
  for (int64_t rows : {21, 900, 1300})
    expectSameBits(
        denseWeight(100, 40), rows,
        {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 6, 16, 0>, pack = "
         "false, pack_scalars = true, unroll = 4}",
         "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 7, 24, 0>, pack = "
         "false, pack_scalars = true, unroll = 2}"});
}

TEST(ContractPlans, OfLongSumsDoNotChangeBits) {
  // Panels that hold less than a block, some, and more than one; not packed. The result of the
  // chosen plan is the reference.
  expectSameBits(
      denseForward(3000, 40), 21,
      {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 4, 16, 0>, pack = "
       "false, unroll = 4}",
       "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 5, 8, 50>, pack = "
       "true, unroll = 1}",
       "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 5, 8, 1100>, pack = "
       "true, unroll = 4}",
       "{vectors = \"left\", lanes_dim = 0, lanes = 8, tile = array<i64: 16, 3, 3000>, pack = "
       "true, unroll = 2}"});
  expectSameBits(
      convWeight(1, 4, 12, 5), 50,
      {"{vectors = \"right\", lanes_dim = 0, lanes = 8, tile = array<i64: 8, 5, 5, 0, 0, 0>, "
       "pack = false, unroll = 4}"});
}

TEST(ContractPlans, OfOverlappingTilesAndPairsDoNotChangeBits) {
  // Rows that overlap at the end, with sums that are stored transposed in more than one vector.
  // Shape dims: columns, rows.
  expectSameBits(
      {"transposed tail", {2, 13, 8}, {{{0, 1}}, {{1, 1}}}, {2}, {2, 0, 1}, {2, 13}}, 1,
      {"{vectors = \"right\", lanes_dim = 0, lanes = 4, tile = array<i64: 4, 6>, pack = false, "
       "unroll = 2}"});
  // Shape dims of a convolution: b, o, h, w, c, r, s.
  expectSameBits(
      convForward(3, 12, 10, 3), 3,
      {"{vectors = \"left\", lanes_dim = 3, lanes = 8, tile = array<i64: 1, 4, 1, 8, 0, 0, 0>, "
       "pack = false, unroll = 4}",
       "{vectors = \"left\", lanes_dim = 3, lanes = 8, tile = array<i64: 1, 5, 3, 8, 0, 0, 0>, "
       "pack = false, unroll = 4}"});
  // Pairs of rows: an even and an odd number, packed lanes next to one another and apart, sums in
  // one block and in several. 2000 rows and 50 images are long sums.
  expectSameBits(
      convForward(3, 4, 10, 3), 3,
      {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 1, 8, 2, 8, 3, 3, 3>, "
       "pack = true, pairs = true, unroll = 4}",
       "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 2, 8, 1, 5, 1, 2, 3>, "
       "pack = true, pairs = true, unroll = 1}"});
  for (int64_t rows : {7, 2000})
    expectSameBits(
        denseWeight(33, 3), rows,
        {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 9, 8, 4>, pack = true, "
         "pairs = true, unroll = 4}"});
  // Shape dims of a convolution's weight gradient: o, r, s, b, h, w.
  for (int64_t rows : {5, 50})
    expectSameBits(
        convWeight(1, 4, 12, 5), rows,
        {"{vectors = \"right\", lanes_dim = 0, lanes = 8, tile = array<i64: 8, 5, 5, 2, 8, 8>, "
         "pack = true, pairs = true, unroll = 4}",
         "{vectors = \"right\", lanes_dim = 0, lanes = 8, tile = array<i64: 8, 2, 3, 1, 1, 3>, "
         "pack = true, pairs = true, unroll = 2}"});
}

INSTANTIATE_TEST_SUITE_P(Levels, Contract, testing::ValuesIn(nnc::test::levels()),
                         nnc::test::levelName);
