// Tests that data sets whose fields are computed for each batch give the same numbers and messages
// as when the fields are kept.
#include "runtime/evaluate/metrics.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>

#include <unistd.h>

using namespace nnrt;
using namespace nnrt_test;

namespace {

std::string bigEndian(uint32_t value) {
  return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)};
}

/// `count` images of `size` bytes and their labels, as a pair of files.
void writeImages(const TemporaryFolder &folder, const std::string &name, uint32_t count,
                 uint32_t size, int zeroAt = -1) {
  std::string images = {0, 0, 8, 2}, labels = {0, 0, 8, 1};
  images += bigEndian(count) + bigEndian(size);
  labels += bigEndian(count);
  for (uint32_t i = 0; i < count * size; ++i)
    images += char(int(i) == zeroAt ? 0 : 1 + (i * 37 + i / 250) % 255);
  for (uint32_t i = 0; i < count; ++i)
    labels += char(i % 10);
  folder.write(name, images);
  folder.write(name + ".labels", labels);
}

/// x = 1 / image, y = label. Rows shared by threads.
template <int size> void invert(const nn_call *call, int32_t thread, int32_t threads) {
  for (int64_t r = call->rows * thread / threads; r < call->rows * (thread + 1) / threads; ++r) {
    for (int i = 0; i < size; ++i)
      static_cast<float *>(call->out[0])[r * size + i] =
          float(1 / static_cast<const double *>(call->in[0])[r * size + i]);
    static_cast<float *>(call->out[1])[r] = float(static_cast<const double *>(call->in[1])[r]);
  }
}

constexpr int pixels = 40;

struct Images : testing::Test {
  Images() {
    writeImages(folder, "a", 300, pixels);
    writeImages(folder, "t", 100, pixels);
    program.dir = folder.path;
    program.useIdx("a", "a.labels");
    program.fields = {fieldOf("x", {pixels}), fieldOf("y", {1})};
    program.data.prepare = program.compiled(invert<pixels>, 0, 64);
    program.data.test = std::make_unique<SourceT>(*program.data.source);
    program.data.test->path = "t";
    program.data.test->labels = "t.labels";
  }

  struct Loaded {
    Engine engine;
    Dataset data;
    Status status;
    nn_fn nothing;
    Loaded(LinearProgram &program, bool raw, int threads = 2)
        : engine(*program.finish(), program.functions(), threads),
          nothing(program.compiled([](const nn_call *, int32_t, int32_t) {}, 0, 64)) {
      data.keptBytes = raw ? 0 : int64_t(1) << 40;
      status = engine.start(0, {0.1, 3});
      if (!status.failed())
        status = data.load(engine, engine.program.data[0], {program.dir, ""}, nullptr);
    }
    /// The fields of a batch as a step would get them.
    std::vector<std::vector<float>> batch(std::vector<int64_t> rows, int64_t capacity) {
      Batches batches;
      Status prepared = batches.prepare(engine, data, {1, 0}, capacity);
      EXPECT_FALSE(prepared.failed()) << prepared.message();
      Gather gather = batches.gather(rows.data(), int64_t(rows.size()));
      Tuning tuning;
      engine.call(nothing, batches.in(), nullptr, int64_t(rows.size()), capacity, tuning, &gather);
      auto *y = static_cast<const float *>(batches.in()[0]),
           *x = static_cast<const float *>(batches.in()[1]);
      return {{y, y + rows.size()}, {x, x + rows.size() * pixels}};
    }
  };

  TemporaryFolder folder;
  LinearProgram program{pixels};
};

} // namespace

TEST_F(Images, BatchesAreTheSame) {
  Loaded kept(program, false), raw(program, true), alone(program, true, 1);
  ASSERT_FALSE(raw.status.failed()) << raw.status.message();
  EXPECT_FALSE(kept.data.raw);
  ASSERT_TRUE(raw.data.raw);
  EXPECT_EQ(raw.data.fields.buffers[0].size(), 0u);
  EXPECT_EQ(raw.data.splits[NN_SPLIT_TEST], kept.data.splits[NN_SPLIT_TEST]);
  std::vector<int64_t> all = kept.data.splitRows(NN_SPLIT_ALL), few = {399, 0, 17, 300, 299, 17};
  ASSERT_EQ(all.size(), 400u);
  for (const std::vector<int64_t> &rows : {all, few, {5}}) {
    EXPECT_EQ(raw.batch(rows, 400), kept.batch(rows, 400));
    EXPECT_EQ(alone.batch(rows, 400), kept.batch(rows, 400));
  }
  EXPECT_EQ(raw.batch(few, 400)[1][0], kept.data.fields.values(kept.engine, 0).get(399 * pixels));
}

TEST_F(Images, BadDataAreFoundBeforeTheRun) {
  // One division by zero in each source; the first one counts.
  writeImages(folder, "t", 100, pixels, 50 * pixels + 7);
  Loaded one(program, true), oneKept(program, false);
  EXPECT_NE(one.status.message().find("item 51 of "), std::string::npos) << one.status.message();
  EXPECT_NE(one.status.message().find("`x[7]`"), std::string::npos) << one.status.message();
  EXPECT_EQ(one.status.message(), oneKept.status.message());
  writeImages(folder, "a", 300, pixels, 299 * pixels);
  for (int threads : {1, 2})
    EXPECT_EQ(Loaded(program, true, threads).status.message(),
              Loaded(program, false, threads).status.message());
}

TEST_F(Images, CheckedLater) {
  writeImages(folder, "t", 100, pixels, 50 * pixels + 7);
  const std::string message = Loaded(program, true).status.message();
  for (bool begun : {false, true}) {
    Engine engine(*program.finish(), program.functions(), 2);
    Dataset data;
    data.keptBytes = 0;
    ASSERT_FALSE(engine.start(0, {0.1, 3}).failed());
    Status status = data.load(engine, engine.program.data[0], {program.dir, ""}, nullptr, true);
    ASSERT_FALSE(status.failed()) << status.message();
    if (begun)
      data.beginCheck(engine);
    EXPECT_EQ(data.checkRows(engine).message(), message);
  }
  // Bounds are checked with the rows, in the order in which they were requested.
  writeImages(folder, "t", 100, pixels);
  for (bool begun : {false, true}) {
    Engine engine(*program.finish(), program.functions(), 2);
    Dataset data;
    data.keptBytes = 0;
    ASSERT_FALSE(engine.start(0, {0.1, 3}).failed());
    ASSERT_FALSE(
        data.load(engine, engine.program.data[0], {program.dir, ""}, nullptr, true).failed());
    EXPECT_TRUE(data.unchecked());
    EXPECT_FALSE(data.checkBound(engine, selects(1, 10, "a.nn:1:1")).failed());
    EXPECT_FALSE(data.checkBound(engine, selects(1, 9, "a.nn:2:1")).failed());
    EXPECT_FALSE(data.checkBound(engine, selects(1, 3, "a.nn:3:1")).failed());
    if (begun)
      data.beginCheck(engine);
    Status status = data.checkRows(engine);
    EXPECT_NE(status.message().find("a.nn:2:1"), std::string::npos) << status.message();
    EXPECT_FALSE(data.unchecked());
  }
}

/// A whole run on data that are large enough to be computed for each batch.
TEST(Raw, RunEndsBeforeItWritesAnythingOfBadData) {
  constexpr int size = 40, rows = 120000; // 19 MB as f32
  TemporaryFolder folder;
  auto run = [&](int zeroAt) {
    writeImages(folder, "a", rows, size, zeroAt);
    LinearProgram program(size);
    program.dir = folder.path;
    program.useIdx("a", "a.labels");
    program.fields = {fieldOf("x", {size}), fieldOf("y", {1})};
    program.data.prepare = program.compiled(invert<size>, 0, 64);
    program.trainBody.batch = {16, -1};
    program.train();
    const std::string weights = folder / "w.safetensors";
    program.save(weights);
    Caught result = caught([&] { return program.main({"--max-steps", "3", "--quiet"}); });
    return std::pair(result, access(weights.c_str(), F_OK) == 0);
  };
  auto [good, saved] = run(-1);
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_TRUE(saved);
  remove((folder / "w.safetensors").c_str());
  auto [bad, written] = run(rows * size - 1);
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.err.find("item 120000 of "), std::string::npos) << bad.err;
  EXPECT_FALSE(written);
}

TEST_F(Images, BoundsOfNumbersAndOfTensors) {
  Loaded kept(program, false), raw(program, true);
  const std::string where = "a.nn:1:1";
  for (const BoundT &bound : {selects(1, 10, where), selects(1, 9, where), selects(0, 3, where)})
    EXPECT_EQ(raw.data.checkBound(raw.engine, bound).message(),
              kept.data.checkBound(kept.engine, bound).message());
  // The whole field was needed for the last one, and is kept.
  EXPECT_FALSE(raw.data.raw);
  EXPECT_EQ(raw.batch({3, 350}, 2), kept.batch({3, 350}, 2));
}

TEST_F(Images, StatisticsAndSmallDataKeepTheFields) {
  EXPECT_FALSE(Loaded(program, false).data.raw);
  program.fields[0].flags = NN_FIELD_NORMALIZE;
  EXPECT_FALSE(Loaded(program, true).data.raw);
}

TEST(Raw, OnlyCompactSources) {
  LinearProgram program;
  program.useRows({1, 2, 3, 4});
  Engine engine(*program.finish(), program.functions(), 1);
  Dataset data;
  data.keptBytes = 0;
  ASSERT_FALSE(engine.start(0, {0.1, 3}).failed());
  ASSERT_FALSE(data.load(engine, engine.program.data[0], {"", ""}, nullptr).failed());
  EXPECT_FALSE(data.raw);
}
