// A hand-written program like those that the compiler makes: y = x w + b, fitted by momentum
// descent on the squared error. Its "compiled" functions are plain C++. Everything that a test may
// change is a member.
#pragma once

#include "runtime/abi.h"

#include <deque>
#include <string>
#include <vector>

namespace nnrt_test {

class LinearProgram {
public:
  /// x has `inputs` elements, taken from columns c0 … of the source; y is one number.
  explicit LinearProgram(int inputs = 1);
  LinearProgram(const LinearProgram &) = delete;

  /// Rows of inputs + 1 numbers.
  void useRows(std::vector<double> values);
  /// A CSV file whose columns `names` are x's elements, then y; the last is a category if
  /// `category` is set.
  void useCsv(std::string path, std::vector<std::string> names, bool category = false);
  /// A generator with x: [2] and y.
  void useGenerator(int kind, double n);
  /// Images of `inputs` bytes and labels.
  void useIdx(std::string images, std::string labels);

  void train();
  void evaluate(int split);
  void save(std::string path);
  void load(std::string path, std::vector<std::string> except = {});
  void print(std::string text);
  void report(std::string path);

  /// The finished tables. Call again after a change.
  nn_program *finish();
  /// Runs nn_main with these arguments after the program's name.
  int main(std::vector<std::string> arguments = {});

  int inputs;
  nn_data data{};
  std::vector<nn_field> fields;
  std::vector<const char *> rowFields;
  std::vector<nn_column> columns;
  std::vector<int32_t> columnNumbers;
  std::vector<nn_input> inputTable;
  nn_source testSource{};
  nn_train trainBody{};
  std::vector<nn_bound> bounds;
  std::vector<nn_option> options;
  std::string dir;      // the program's folder
  bool measured = true; // training has a metric, mae
  bool poison = false;  // y of 999 makes the loss NaN through `log`

private:
  // Deques, because the tables point to their elements.
  std::deque<std::string> strings;
  std::deque<std::vector<double>> rowValues;
  std::deque<std::vector<const char *>> exceptions;
  std::deque<nn_evaluate> evaluations;
  std::deque<nn_save> saves;
  std::deque<nn_load> loads;
  std::deque<nn_print> prints;
  std::deque<nn_report> reports;
  const char *keep(const std::string &text);
  std::vector<nn_statement> statements;
  nn_program program{};
};

/// The last inputs of the functions, for tests that check them.
struct Seen {
  std::vector<double> y;      // of every row of every training step, in order
  std::vector<int64_t> rows;  // of every training step
  std::vector<double> epochs; // scalars[EPOCH] of every training step
  long stepCalls = 0, evalCalls = 0;
};
extern Seen seen;

/// w and b after the last run (as the evaluate or print function saw them).
extern std::vector<float> finalWeights;

/// A separate folder for a test's files, removed at the end.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string operator/(const std::string &name) const { return path + "/" + name; }
  void write(const std::string &name, const std::string &text) const;
  std::string read(const std::string &name) const;
  std::string path;
};

/// Runs `body` and captures standard output and standard error.
struct Caught {
  int code;
  std::string out, err;
};
template <class Body> Caught caught(Body body);

} // namespace nnrt_test

#include <gtest/gtest.h>

template <class Body> nnrt_test::Caught nnrt_test::caught(Body body) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  int code = body();
  Caught result{code, testing::internal::GetCapturedStdout(),
                testing::internal::GetCapturedStderr()};
  return result;
}
