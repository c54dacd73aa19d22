// Generated contractions against their definition, for every kind of program and odd shapes; the bits must not depend on
// threads, tiles or packing. Each test runs for every level of processor that this machine can be.
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
  CompiledFunction function(c.module(), options());
  SCOPED_TRACE(function.kernText);
  for (int64_t rows : batches) {
    SCOPED_TRACE("batch of " + std::to_string(rows));
    if (c.type == "f64")
      checkContraction<double>(function, c, rows);
    else
      checkContraction<float>(function, c, rows);
  }
}

Contraction inDouble(Contraction c) {
  c.type = "f64";
  return c;
}

} // namespace

TEST_P(Contract, DenseForward) {
  for (auto [k, n] : {std::pair<int64_t, int64_t>{1, 1}, {3, 2}, {784, 256}, {256, 10}, {128, 128}, {37, 53}, {5, 16}, {64, 1}, {1, 40}})
    expectCorrect(denseForward(k, n), {1, 7, 64, 100});
}
TEST_P(Contract, DenseInput) {
  for (auto [k, n] : {std::pair<int64_t, int64_t>{1, 1}, {3, 2}, {784, 256}, {256, 10}, {37, 53}, {16, 5}, {64, 1}, {1, 40}})
    expectCorrect(denseInput(k, n), {1, 7, 64, 100});
}
TEST_P(Contract, DenseWeight) {
  for (auto [k, n] : {std::pair<int64_t, int64_t>{1, 1}, {3, 2}, {784, 256}, {256, 10}, {37, 53}, {16, 5}, {64, 1}, {1, 40}})
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
TEST_P(Contract, OtherForms) {
  // Batched product, dot product, product by element, outer product, transposed result, a sum over the batch.
  expectCorrect({"attention", {-1, 9, 11, 20}, {{{0, 1}}, {{1, 1}}, {{3, 1}}}, {0, 2, 3}, {0, 1, 2}, {-1, 9, 20}}, {3});
  expectCorrect({"values", {-1, 9, 11, 20}, {{{0, 1}}, {{1, 1}}, {{2, 1}}}, {0, 2, 3}, {0, 1, 3}, {-1, 9, 11}}, {3});
  expectCorrect({"dot", {50}, {{{0, 1}}}, {0}, {}, {50}}, {1});
  expectCorrect({"batch dot", {-1}, {{{0, 1}}}, {0}, {}, {-1}}, {1, 64});
  expectCorrect({"row dots", {-1, 30}, {{{0, 1}}, {{1, 1}}}, {0, 1}, {0}, {-1, 30}}, {1, 33});
  expectCorrect({"products", {-1, 30}, {{{0, 1}}, {{1, 1}}}, {0, 1}, {0, 1}, {-1, 30}}, {1, 33});
  expectCorrect({"outer", {20, 30}, {{{0, 1}}}, {1}, {0, 1}, {20}}, {1});
  expectCorrect({"transposed", {20, 30, 40}, {{{0, 1}}, {{2, 1}}}, {2, 1}, {1, 0}, {20, 40}}, {1});
  expectCorrect({"both transposed", {20, 30, 40}, {{{2, 1}}, {{0, 1}}}, {1, 2}, {0, 1}, {40, 20}}, {1});
  expectCorrect({"sequence", {-1, 6, 24, 10}, {{{0, 1}}, {{1, 1}}, {{3, 1}}}, {3, 2}, {0, 1, 2}, {-1, 6, 10}}, {1, 5});
  expectCorrect({"deep", {4, 40, 5000}, {{{0, 1}}, {{2, 1}}}, {1, 2}, {0, 1}, {4, 5000}}, {1});
}

TEST_P(Contract, EpilogueSeesEveryElementOnce) {
  Contraction c = denseForward(20, 37);
  CompiledFunction function(c.module("  %z = nn.add %y, %y : tensor<?x37xf32>"), options()), plain(c.module(), options());
  for (int64_t rows : {1, 9, 30}) {
    auto doubled = computeContraction<float>(function, c, rows, 2), once = computeContraction<float>(plain, c, rows, 1);
    for (size_t i = 0; i < once.size(); ++i)
      ASSERT_EQ(doubled[i], 2 * once[i]);
  }
}

TEST(ContractPlans, DoNotChangeBits) {
  auto check = [](const Contraction &c, int64_t rows, std::vector<std::string> plans) {
    SCOPED_TRACE(c.name);
    CompiledFunction chosen(c.module());
    auto expected = computeContraction<float>(chosen, c, rows, 1);
    for (const std::string &plan : plans) {
      CompileOptions options;
      options.plan = plan;
      options.cpu = "x86-64-v3";
      CompiledFunction forced(c.module(), options);
      // A plan that does not fit would be replaced.
      std::string tile = plan.substr(plan.find("tile = "), plan.find('>') - plan.find("tile = "));
      EXPECT_NE(forced.kernText.find(tile), std::string::npos) << tile << " is not in\n" << forced.kernText;
      for (int threads : {1, 2})
        EXPECT_TRUE(computeContraction<float>(forced, c, rows, threads) == expected) << forced.kernText;
    }
  };
  // Shape dims of a dense layer: b, n, k.
  check(denseForward(50, 40), 21,
        {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 4, 16, 0>, pack = false, unroll = 4}",
         "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 5, 8, 50>, pack = true, unroll = 1}",
         "{vectors = \"right\", lanes_dim = 1, lanes = 4, tile = array<i64: 3, 12, 7>, pack = true, unroll = 4}",
         "{vectors = \"left\", lanes_dim = 0, lanes = 8, tile = array<i64: 16, 3, 50>, pack = true, unroll = 2}",
         "{vectors = \"left\", lanes_dim = 0, lanes = 8, tile = array<i64: 8, 8, 16>, pack = true, unroll = 4}"});
  // Scalars packed: in one panel, in two, and a sum too long for the panels. Shape dims of a weight gradient: k, n, b.
  for (int64_t rows : {21, 900, 1300})
    check(denseWeight(100, 40), rows,
          {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 6, 16, 0>, pack = false, pack_scalars = true, unroll = 4}",
           "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 7, 24, 0>, pack = false, pack_scalars = true, unroll = 2}"});
  // Rows that overlap at the end, where sums are stored transposed in more than one vector. Shape dims: columns, rows.
  check({"transposed tail", {2, 13, 8}, {{{0, 1}}, {{1, 1}}}, {2}, {2, 0, 1}, {2, 13}}, 1,
        {"{vectors = \"right\", lanes_dim = 0, lanes = 4, tile = array<i64: 4, 6>, pack = false, unroll = 2}"});
  // Shape dims of a convolution: b, o, h, w, c, r, s.
  check(convForward(3, 12, 10, 3), 3,
        {"{vectors = \"left\", lanes_dim = 3, lanes = 8, tile = array<i64: 1, 4, 1, 8, 0, 0, 0>, pack = false, unroll = 4}",
         "{vectors = \"left\", lanes_dim = 3, lanes = 8, tile = array<i64: 1, 5, 3, 8, 0, 0, 0>, pack = false, unroll = 4}"});
  // Pairs of rows: an even and an odd number, packed lanes next to one another and apart, sums in one block and in several.
  check(convForward(3, 4, 10, 3), 3,
        {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 1, 8, 2, 8, 3, 3, 3>, pack = true, pairs = true, unroll = 4}",
         "{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 2, 8, 1, 5, 1, 2, 3>, pack = true, pairs = true, unroll = 1}"});
  check(denseWeight(33, 3), 7,
        {"{vectors = \"right\", lanes_dim = 1, lanes = 8, tile = array<i64: 9, 8, 4>, pack = true, pairs = true, unroll = 4}"});
  // Shape dims of a convolution's weight gradient: o, r, s, b, h, w.
  check(convWeight(1, 4, 12, 5), 5,
        {"{vectors = \"right\", lanes_dim = 0, lanes = 8, tile = array<i64: 8, 5, 5, 2, 8, 8>, pack = true, pairs = true, unroll = 4}",
         "{vectors = \"right\", lanes_dim = 0, lanes = 8, tile = array<i64: 8, 2, 3, 1, 1, 3>, pack = true, pairs = true, unroll = 2}"});
}

INSTANTIATE_TEST_SUITE_P(Levels, Contract, testing::ValuesIn(nnc::test::levels()), nnc::test::levelName);
