// A hand-written program like those that the compiler makes: y = x w + b, fitted by momentum
// descent on the squared error. Its "compiled" functions are plain C++. Everything that a test may
// change is a member.
#pragma once

#include "runtime/abi.h"
#include "runtime/schema/program.h"
#include "test/unit/runtime/Tables.h"

#include <memory>
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
  void useGenerator(source_kind kind, double n);
  /// Images of `inputs` bytes and labels.
  void useIdx(std::string images, std::string labels);

  void train();
  void evaluate(program::split split);
  void save(std::string path);
  void load(std::string path, std::vector<std::string> except = {});
  void print(std::string text);
  void report(std::string path);

  /// Gives a plain function a number, as if it were compiled. Its calls get `fixed` bytes of
  /// scratch, and `row` for each row of capacity.
  nn_fn compiled(nn_code function, int64_t fixed, int64_t row);
  /// The functions by their numbers; they stay where they are.
  const nn_code *functions() const { return code.data(); }

  /// The finished tables. Call again after a change; what earlier calls gave stays as it was.
  ProgramT *finish();
  /// The same with the functions, or another program with them, as the runtime takes it. Valid
  /// until the next call.
  const nn_image *image() { return image(*finish()); }
  const nn_image *image(const ProgramT &program);
  /// Runs nn_main with these arguments after the program's name.
  int main(std::vector<std::string> arguments = {});

  int inputs;
  DataT data; // without columns, inputs and fields, which finish() puts in
  std::vector<FieldT> fields;
  std::vector<ColumnT> columns;
  TrainT trainBody; // of every train statement
  std::vector<BoundT> bounds;
  std::vector<OptionT> options;
  std::string dir;      // the program's folder
  bool measured = true; // training has a metric, mae
  bool poison = false;  // y of 999 makes the loss NaN through `log`

private:
  template <class Body> void add(Body body);

  std::vector<nn_code> code;
  std::vector<CompiledFunctionT> about; // of each of `code`
  std::vector<StatementT> statements;   // a train statement is empty until finish()
  std::vector<std::unique_ptr<ProgramT>> finished;
  std::string packed;
  nn_image packedImage{};
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
