// Tests of whole data sets: filters, classes, test sources, bounds, generators, numbers that are
// not finite.
#include "runtime/data/dataset.h"
#include "test/unit/runtime/LinearProgram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace nnrt;
using namespace nnrt_test;

namespace {
struct Loaded {
  LinearProgram &program;
  Engine engine;
  Dataset data;
  Status status;

  explicit Loaded(LinearProgram &p, SourceCache *cache = nullptr)
      : program(p), engine(*p.finish(), p.functions(), 1) {
    status = engine.start(0, {0.1, 3});
    if (!status.failed())
      status = data.load(engine, engine.program.data[0], {p.dir, ""}, cache);
  }
  std::vector<double> field(int f) {
    std::vector<double> values;
    for (int64_t i = 0; i < data.rows * data.fields.sizes[f]; ++i)
      values.push_back(data.fields.values(engine, f).get(i));
    return values;
  }
  std::string error() {
    std::string text = status.message();
    for (size_t at; (at = text.find(program.dir + "/")) != std::string::npos;)
      text.erase(at, program.dir.size() + 1);
    return text;
  }
};

void keepAboveTwo(const nn_call *call, int32_t thread, int32_t) {
  if (thread == 0)
    for (int64_t r = 0; r < call->rows; ++r)
      static_cast<double *>(call->out[0])[r] = static_cast<const double *>(call->in[0])[r] > 2;
}

void divideByX(const nn_call *call, int32_t thread, int32_t) {
  if (thread == 0)
    for (int64_t r = 0; r < call->rows; ++r) {
      static_cast<float *>(call->out[0])[r] =
          float(1 / static_cast<const double *>(call->in[0])[r]);
      static_cast<float *>(call->out[1])[r] = float(static_cast<const double *>(call->in[1])[r]);
    }
}
} // namespace

TEST(Dataset, WithoutSplitEverythingIsTraining) {
  LinearProgram program;
  program.useRows({1, 2, 3, 4});
  Loaded loaded(program);
  ASSERT_FALSE(loaded.status.failed()) << loaded.error();
  EXPECT_EQ(loaded.data.splits[0], (std::vector<int64_t>{0, 1}));
  EXPECT_TRUE(loaded.data.splits[1].empty());
  EXPECT_EQ(loaded.field(0), (std::vector<double>{1, 3}));
  EXPECT_EQ(loaded.field(1), (std::vector<double>{2, 4}));
}

TEST(Dataset, ClassesAreSortedAsNumbersOrText) {
  TemporaryFolder folder;
  folder.write("a.csv", "a,b\n1,10\n2,9\n3,10\n4,-1\n");
  folder.write("b.csv", "a,b\n1,pear\n2,apple\n3,10\n");
  LinearProgram program;
  program.dir = folder.path;
  program.useCsv("a.csv", {"a", "b"}, true);
  Loaded numbers(program);
  ASSERT_FALSE(numbers.status.failed()) << numbers.error();
  EXPECT_EQ(numbers.field(1), (std::vector<double>{2, 1, 2, 0}));
  EXPECT_EQ(numbers.data.columns.classes[1], (std::vector<std::string>{"-1", "9", "10"}));
  program.useCsv("b.csv", {"a", "b"}, true);
  Loaded text(program);
  EXPECT_EQ(text.field(1), (std::vector<double>{2, 1, 0}));
}

TEST(Dataset, FilterComesBeforeClasses) {
  TemporaryFolder folder;
  folder.write("a.csv", "a,b\n1,x\n3,z\n5,y\n2,x\n4,z\n");
  LinearProgram program;
  program.dir = folder.path;
  program.useCsv("a.csv", {"a", "b"}, true);
  program.data.where_columns = {columnOf("a", "linear.nn:2:9", NN_NUMBER, 1)};
  program.data.where_inputs = {inputOf({0}, true)};
  program.data.keep = program.compiled(keepAboveTwo, 0, 64);
  Loaded loaded(program);
  ASSERT_FALSE(loaded.status.failed()) << loaded.error();
  EXPECT_EQ(loaded.field(0), (std::vector<double>{3, 5, 4}));
  EXPECT_EQ(loaded.field(1), (std::vector<double>{1, 0, 1})); // x is gone: y 0, z 1
  EXPECT_EQ(loaded.data.parts.place(1), folder / "a.csv" + ":4");
  folder.write("a.csv", "a,b\n1,x\n2,x\n");
  Loaded none(program);
  EXPECT_EQ(none.error(), "`where` of points keeps none of the 2 rows (at linear.nn:1:1)");
}

TEST(Dataset, TestSourceIsKeptApart) {
  TemporaryFolder folder;
  folder.write("a.csv", "a,b\n0,x\n10,y\n");
  folder.write("t.csv", "a,b\n100,y\n");
  LinearProgram program;
  program.dir = folder.path;
  program.useCsv("a.csv", {"a", "b"}, true);
  program.data.test = std::make_unique<SourceT>(*program.data.source);
  program.data.test->path = "t.csv";
  program.fields = {fieldOf("x", {1}, NN_FIELD_NORMALIZE), fieldOf("y", {1}, NN_FIELD_CATEGORY, 1)};
  Loaded loaded(program);
  ASSERT_FALSE(loaded.status.failed()) << loaded.error();
  EXPECT_EQ(loaded.data.splits[0], (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(loaded.data.splits[2], (std::vector<int64_t>{2}));
  EXPECT_EQ(loaded.field(0),
            (std::vector<double>{-1, 1, 19})); // mean 5, deviation 5: of the training rows alone
  EXPECT_EQ(loaded.field(1), (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(loaded.data.parts.place(2), folder / "t.csv" + ":2");
  folder.write("t.csv", "a,b\n100,z\n");
  Loaded unknown(program);
  EXPECT_EQ(
      unknown.error(),
      "t.csv:2: class `z` of column `b` does not occur in the training data (at linear.nn:1:1)");
}

TEST(Dataset, BoundsNameTheRow) {
  LinearProgram program;
  program.useRows({0, 0, 0, 1, 0, 3});
  Loaded loaded(program);
  EXPECT_FALSE(loaded.data.checkBound(loaded.engine, selects(1, 4, "linear.nn:7:7")).failed());
  EXPECT_EQ(loaded.data.checkBound(loaded.engine, selects(1, 3, "linear.nn:7:7")).message(),
            "row 3: `y` of points is 3, but it selects one of 3: whole numbers from 0 to 2 (at "
            "linear.nn:7:7)");
  program.useRows({0, 0.5});
  Loaded half(program);
  EXPECT_TRUE(half.data.checkBound(half.engine, selects(1, 3, "")).failed());
}

TEST(Dataset, NumbersThatAreNotFinite) {
  TemporaryFolder folder;
  folder.write("a.csv", "a,b\n1,2\n0,2\n");
  LinearProgram program;
  program.dir = folder.path;
  program.useCsv("a.csv", {"a", "b"});
  program.data.prepare = program.compiled(divideByX, 0, 64);
  Loaded loaded(program);
  EXPECT_EQ(loaded.error(), "a.csv:3: `x` of points is inf (at linear.nn:1:1)");
}

TEST(Dataset, ManyRowsGoThroughPrepareInChunks) {
  TemporaryFolder folder;
  std::string text = "a,b\n";
  for (int i = 0; i < 10000; ++i)
    text += std::to_string(i) + "," + std::to_string(2 * i) + "\n";
  folder.write("a.csv", text);
  LinearProgram program;
  program.dir = folder.path;
  program.useCsv("a.csv", {"a", "b"});
  Loaded loaded(program);
  std::vector<double> x = loaded.field(0), y = loaded.field(1);
  ASSERT_EQ(x.size(), 10000u);
  for (int i = 0; i < 10000; ++i) {
    EXPECT_EQ(x[i], i);
    EXPECT_EQ(y[i], 2 * i);
  }
}

TEST(Dataset, SessionsReadSourcesOnce) {
  TemporaryFolder folder;
  folder.write("a.csv", "a,b\n1,2\n");
  LinearProgram program;
  program.dir = folder.path;
  program.useCsv("a.csv", {"a", "b"});
  SourceCache cache;
  Loaded first(program, &cache), second(program, &cache);
  EXPECT_EQ(cache.size(), 1u);
  folder.write("a.csv", "a,b\n1,2\n3,4\n"); // another size: read again
  Loaded third(program, &cache);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(third.data.rows, 2);
}

TEST(Generators, Shapes) {
  for (source_kind kind : {NN_SPIRALS, NN_MOONS, NN_CIRCLES, NN_BLOBS}) {
    LinearProgram program(2);
    program.useGenerator(kind, 101);
    Loaded loaded(program);
    ASSERT_FALSE(loaded.status.failed()) << loaded.error();
    EXPECT_EQ(loaded.data.rows, 101);
    std::vector<double> y = loaded.field(1);
    EXPECT_EQ(std::count(y.begin(), y.end(), 0), 51);
    EXPECT_EQ(std::count(y.begin(), y.end(), 1), 50);
  }
}

TEST(Generators, CirclesLieOnTheirRadii) {
  LinearProgram program(2);
  program.useGenerator(NN_CIRCLES, 20);
  Loaded loaded(program);
  std::vector<double> x = loaded.field(0), y = loaded.field(1);
  for (int i = 0; i < 20; ++i)
    EXPECT_NEAR(std::hypot(x[2 * i], x[2 * i + 1]), y[i] ? 0.5 : 1, 1e-6);
}

TEST(Generators, NoiseHasItsDeviationAndDependsOnTheSeed) {
  LinearProgram program(2);
  program.useGenerator(NN_CIRCLES, 4000);
  Loaded plain(program);
  program.data.source->noise = {0.1, -1};
  Loaded noisy(program), again(program);
  program.data.source->seed = {1, -1};
  Loaded other(program);
  EXPECT_EQ(noisy.field(0), again.field(0));
  EXPECT_NE(noisy.field(0), other.field(0));
  std::vector<double> a = plain.field(0), b = noisy.field(0);
  double squares = 0;
  for (size_t i = 0; i < a.size(); ++i)
    squares += (a[i] - b[i]) * (a[i] - b[i]);
  EXPECT_NEAR(std::sqrt(squares / double(a.size())), 0.1, 0.005);
}

TEST(Generators, WrongParameters) {
  LinearProgram program(2);
  program.useGenerator(NN_SPIRALS, 0);
  EXPECT_EQ(Loaded(program).error(),
            "spirals: n = 0, but it must be a whole number from 1 to 1e+09");
}

TEST(Dataset, EachFoldHasItsOwnStatistics) {
  LinearProgram program;
  program.useRows({1, 0, 2, 0, 4, 0, 8, 0, 16, 0, 32, 0});
  program.fields = {fieldOf("x", {1}, NN_FIELD_NORMALIZE), fieldOf("y", {1})};
  program.data.has_split = true;
  program.data.folds = 3;
  program.data.stratify = -1;
  program.data.train.value = -1;
  Loaded loaded(program);
  ASSERT_FALSE(loaded.status.failed()) << loaded.error();
  const double raw[] = {1, 2, 4, 8, 16, 32};
  const std::vector<double> first = loaded.field(0);
  std::vector<int> validated(6, 0);
  for (int fold : {0, 1, 2, 0}) {
    ASSERT_FALSE(loaded.data.useFold(loaded.engine, fold).failed());
    ASSERT_EQ(loaded.data.splits[NN_SPLIT_TRAIN].size(), 4u);
    double mean = 0;
    for (int64_t row : loaded.data.splits[NN_SPLIT_TRAIN])
      mean += raw[row] / 4;
    EXPECT_DOUBLE_EQ(loaded.data.statistics[0].mean[0], mean);
    for (int64_t row = 0; row < 6; ++row)
      EXPECT_NEAR(loaded.field(0)[row], (raw[row] - mean) / loaded.data.statistics[0].deviation[0],
                  1e-6);
    for (int64_t row : loaded.data.splits[NN_SPLIT_VAL])
      ++validated[row];
  }
  EXPECT_EQ(loaded.field(0), first); // back at fold 0
  EXPECT_EQ(std::accumulate(validated.begin(), validated.end(), 0), 8);
  EXPECT_GT(*std::min_element(validated.begin(), validated.end()), 0);
}

TEST(Dataset, CellsWithoutAValueAreCounted) {
  TemporaryFolder folder;
  folder.write("a.csv", "a,b\n1,x\n?,y\n3,\nNA,x\n5,y\n");
  LinearProgram program;
  program.dir = folder.path;
  program.useCsv("a.csv", {"a", "b"}, true);
  EXPECT_EQ(
      Loaded(program).error().substr(0, 156),
      "a.csv has rows without a value: 2 without `a`, 1 without `b`, of 5 rows (at linear.nn:1:1)\n"
      "  the first is at a.csv:3:1, `?`\n  the number is needed at linear");
  program.columns[0].absent = NN_ABSENT_DROP;
  EXPECT_EQ(Loaded(program).error().substr(0, 52),
            "a.csv has rows without a value: 1 without `b`, of 3 ");
  program.columns[1].absent = NN_ABSENT_DROP;
  Loaded dropped(program);
  ASSERT_FALSE(dropped.status.failed()) << dropped.error();
  EXPECT_EQ(dropped.field(0), (std::vector<double>{1, 5}));
  EXPECT_EQ(dropped.data.parts.place(1), folder / "a.csv" + ":6");
  EXPECT_EQ(dropped.data.parts.remarks,
            (std::vector<std::string>{"a.csv: 3 of 5 rows dropped, 2 without `a`, 1 without `b`"}));
  folder.write("a.csv", "a,b\n1,\n?,y\n");
  EXPECT_EQ(
      Loaded(program).error(),
      "`drop missing` leaves no row of a.csv: 1 without `a`, 1 without `b` (at linear.nn:1:1)");
}

TEST(Dataset, FillsAreOfTheTrainingSplit) {
  TemporaryFolder folder;
  std::string text = "a,b\n";
  for (int i = 0; i < 20; ++i)
    text += (i % 4 == 1 ? "?," : std::to_string(i * i) + ",") +
            (i % 5 == 2 ? ""
             : i % 3    ? "x"
                        : "y") +
            "\n";
  folder.write("a.csv", text);
  for (auto absent : {NN_ABSENT_MEAN, NN_ABSENT_MEDIAN, NN_ABSENT_MODE, NN_ABSENT_VALUE}) {
    LinearProgram program;
    program.dir = folder.path;
    program.useCsv("a.csv", {"a", "b"}, true);
    program.columns[0].absent = absent;
    program.columns[0].fill = -7;
    program.columns[1].absent = NN_ABSENT_VALUE;
    program.columns[1].text = "w";
    program.data.has_split = true;
    program.data.folds = 4;
    Loaded loaded(program);
    ASSERT_FALSE(loaded.status.failed()) << loaded.error();
    EXPECT_EQ(loaded.data.columns.classes[1], (std::vector<std::string>{"w", "x", "y"}));
    for (int fold : {0, 2, 1}) {
      ASSERT_FALSE(loaded.data.useFold(loaded.engine, fold).failed());
      std::vector<double> known;
      for (int64_t row : loaded.data.splits[NN_SPLIT_TRAIN])
        if (row % 4 != 1)
          known.push_back(double(row * row));
      std::sort(known.begin(), known.end());
      const size_t n = known.size();
      const double mean = std::accumulate(known.begin(), known.end(), 0.0) / double(n),
                   median = (known[(n - 1) / 2] + known[n / 2]) / 2;
      const double fill = absent == NN_ABSENT_MEAN     ? mean
                          : absent == NN_ABSENT_MEDIAN ? median
                          : absent == NN_ABSENT_MODE   ? known[0]
                                                       : -7;
      for (int i = 0; i < 20; ++i) {
        EXPECT_NEAR(loaded.field(0)[size_t(i)], i % 4 == 1 ? fill : i * i, 1e-4)
            << fold << " " << absent << " " << i;
        EXPECT_EQ(loaded.field(1)[size_t(i)], i % 5 == 2 ? 0 : i % 3 ? 1 : 2);
      }
    }
  }
}
