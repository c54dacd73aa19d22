// Tests of predict: outputs from saved weights and a CSV file.
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt_test;

namespace {
struct Trained {
  TemporaryFolder folder;
  LinearProgram program{2};

  explicit Trained(bool normalise = false) {
    folder.write("t.csv", "a,b,y\n1,0,3\n0,1,5\n1,1,8\n2,1,11\n");
    program.dir = folder.path;
    program.useCsv("t.csv", {"a", "b", "y"});
    program.fields = {fieldOf("x", {2}), fieldOf("y", {1})};
    if (normalise)
      program.fields[0].flags = NN_FIELD_NORMALIZE;
    program.trainBody.epochs = {3000, -1};
    program.train();
    program.save(folder / "w.safetensors");
    EXPECT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  }
  Caught predict(const std::string &input, std::vector<std::string> more = {}) {
    folder.write("in.csv", input);
    std::vector<std::string> arguments = {"predict", "--weights", folder / "w.safetensors",
                                          folder / "in.csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return caught([&] { return program.main(arguments); });
  }
};

std::vector<double> outputs(const std::string &text) {
  std::vector<double> values;
  for (size_t at = text.find('\n'); at != std::string::npos && at + 1 < text.size();
       at = text.find('\n', at + 1))
    values.push_back(atof(text.c_str() + at + 1));
  return values;
}
} // namespace

TEST(Predict, ByNameWithoutTheLabel) {
  for (bool normalise : {false, true}) {
    Trained t(normalise);
    Caught run = t.predict("b,a\n1,1\n2,0\n");
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(run.out.find("output\n"), 0u) << run.out;
    std::vector<double> values = outputs(run.out);
    ASSERT_EQ(values.size(), 2u);
    EXPECT_NEAR(values[0], 8, 0.01);
    EXPECT_NEAR(values[1], 10, 0.01);
  }
}

TEST(Predict, IntoAFile) {
  Trained t;
  Caught run = t.predict("a,b,y\n1,1,0\n", {"-o", t.folder / "out.csv"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_NEAR(outputs(t.folder.read("out.csv"))[0], 8, 0.01);
}

TEST(Predict, MissingColumnThatMatters) {
  Trained t;
  Caught run = t.predict("a,bb\n1,1\n");
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.err, "error: " + t.folder / "in.csv" +
                         " has no column `b`, which x is computed from; did you mean `bb`?\n");
}

TEST(Predict, BadInputs) {
  Trained t;
  EXPECT_NE(t.predict("a,b\n1,?\n")
                .err.find("in.csv: 1 row without a value in column `b`, which x is computed from"),
            std::string::npos);
  EXPECT_NE(t.predict("a,b\n1,x\n").err.find("in.csv:2:3: column `b` needs a number, found `x`"),
            std::string::npos);
  EXPECT_NE(t.predict("").err.find("in.csv is empty"), std::string::npos);
  t.folder.write("w.safetensors", "nonsense nonsense");
  EXPECT_NE(t.predict("a,b\n1,1\n").err.find("is not a safetensors file"), std::string::npos);
  EXPECT_NE(t.predict("a,b\n1,1\n", {"--model", "nets"})
                .err.find("there is no model `nets`; did you mean `net`?"),
            std::string::npos);
}

TEST(Predict, RowsTakeTheElementsOfX) {
  TemporaryFolder folder;
  LinearProgram program(2);
  program.useRows({1, 0, 3, 0, 1, 5, 1, 1, 8});
  program.trainBody.epochs = {3000, -1};
  program.train();
  program.save(folder / "w.safetensors");
  ASSERT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  folder.write("in.csv", "1,1\n2,1\n");
  Caught run = caught([&] {
    return program.main({"predict", "--weights", folder / "w.safetensors", folder / "in.csv"});
  });
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_NEAR(outputs(run.out)[1], 11, 0.05);
}
