// The functions and tables of LinearProgram. Thread 0 does the work; the others only meet it at the
// barrier, as in compiled code.
#include "test/unit/runtime/LinearProgram.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace nnrt_test {

Seen seen;
std::vector<float> finalWeights;

static int inputs; // of the running program
static bool measured, poison, exactFields[2];

// The arena: w, b, the momentum of w and of b.
static const int64_t offsets[4] = {0, 16384, 32768, 49152};

static float *tensor(const nn_call *call, int i) {
  return reinterpret_cast<float *>(call->arena + offsets[i]);
}

static void meet(const nn_call *call, int32_t threads) {
  if (threads > 1)
    call->barrier(call->barrier_data);
}

static void init(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  for (int i = 0; i < inputs; ++i)
    tensor(call, 0)[i] = float(0.01 * (i + 1) + 0.1 * call->scalars[NN_SLOT_SEED]);
  tensor(call, 1)[0] = 0;
}

static void initOptimizer(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  memset(tensor(call, 2), 0, inputs * sizeof(float));
  tensor(call, 3)[0] = 0;
}

static float output(const nn_call *call, const float *x) {
  float z = tensor(call, 1)[0];
  for (int i = 0; i < inputs; ++i)
    z += x[i] * tensor(call, 0)[i];
  return z;
}

static float errorOf(const nn_call *call, const float *x, float y) {
  float error = output(call, x) - y;
  return poison && y == 999 ? std::log(-1.0f) : error;
}

/// Mean squared error; totals of mae: the sum of |error| and the count.
static float results(const nn_call *call) {
  const float *x = static_cast<const float *>(call->in[0]),
              *y = static_cast<const float *>(call->in[1]);
  float loss = 0, absolute = 0;
  for (int64_t r = 0; r < call->rows; ++r) {
    float error = errorOf(call, x + r * inputs, y[r]);
    loss += error * error;
    absolute += std::fabs(error);
  }
  *static_cast<float *>(call->out[0]) = loss / float(call->rows);
  if (!measured)
    return loss;
  *static_cast<double *>(call->out[1]) = absolute; // totals are f64
  *static_cast<double *>(call->out[2]) = double(call->rows);
  return loss;
}

static void step(const nn_call *call, int32_t thread, int32_t threads) {
  meet(call, threads);
  if (thread)
    return;
  const float *x = static_cast<const float *>(call->in[0]),
              *y = static_cast<const float *>(call->in[1]);
  ++seen.stepCalls;
  seen.rows.push_back(call->rows);
  seen.epochs.push_back(call->scalars[NN_SLOT_EPOCH]);
  seen.y.insert(seen.y.end(), y, y + call->rows);
  if (!std::isfinite(results(call)))
    return;
  std::vector<float> gradient(inputs + 1);
  for (int64_t r = 0; r < call->rows; ++r) {
    float error = errorOf(call, x + r * inputs, y[r]) * 2 / float(call->rows);
    for (int i = 0; i < inputs; ++i)
      gradient[i] += error * x[r * inputs + i];
    gradient[inputs] += error;
  }
  float rate = call->scalars[NN_SLOT_OPTIONS];
  for (int i = 0; i <= inputs; ++i) {
    float &parameter = i < inputs ? tensor(call, 0)[i] : tensor(call, 1)[0];
    float &momentum = i < inputs ? tensor(call, 2)[i] : tensor(call, 3)[0];
    momentum = 0.5f * momentum + gradient[i];
    parameter -= rate * momentum;
  }
}

static void keepWeights(const nn_call *call) {
  finalWeights.assign(tensor(call, 0), tensor(call, 0) + inputs);
  finalWeights.push_back(tensor(call, 1)[0]);
}

static void eval(const nn_call *call, int32_t thread, int32_t threads) {
  meet(call, threads);
  if (thread)
    return;
  ++seen.evalCalls;
  results(call);
  keepWeights(call);
}

/// evaluate has no loss among its results.
static void evaluateTotals(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  float loss;
  void *out[3] = {&loss, call->out[0], call->out[1]};
  nn_call inner = *call;
  inner.out = out;
  results(&inner);
  keepWeights(call);
}

static void trace(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  const float *x = static_cast<const float *>(call->in[0]),
              *y = static_cast<const float *>(call->in[1]);
  bool sum = false, log = false;
  for (int64_t r = 0; r < call->rows; ++r) {
    sum |= !std::isfinite(output(call, x + r * inputs));
    log |= !std::isfinite(errorOf(call, x + r * inputs, y[r]));
  }
  *static_cast<float *>(call->out[0]) = sum;
  *static_cast<float *>(call->out[1]) = log;
}

static void finishMae(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  *static_cast<double *>(call->out[0]) =
      *static_cast<const double *>(call->in[0]) / *static_cast<const double *>(call->in[1]);
}

static void predict(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  for (int64_t r = 0; r < call->rows; ++r)
    static_cast<float *>(call->out[0])[r] =
        output(call, static_cast<const float *>(call->in[0]) + r * inputs);
}

static void printWeights(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  memcpy(call->out[0], tensor(call, 0), inputs * sizeof(float));
  keepWeights(call);
}

/// x = [columns], y = the last column; rows and images come as one column x.
/// A field that is to be normalised stays f64.
static void give(const nn_call *call, int field, int64_t at, double value) {
  if (exactFields[field])
    static_cast<double *>(call->out[field])[at] = value;
  else
    static_cast<float *>(call->out[field])[at] = float(value);
}

static void prepareColumns(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  for (int64_t r = 0; r < call->rows; ++r) {
    for (int i = 0; i < inputs; ++i)
      give(call, 0, r * inputs + i, static_cast<const double *>(call->in[i])[r]);
    give(call, 1, r, static_cast<const double *>(call->in[inputs])[r]);
  }
}

static void prepareWhole(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  for (int64_t i = 0; i < call->rows * inputs; ++i)
    give(call, 0, i, static_cast<const double *>(call->in[0])[i]);
  for (int64_t r = 0; r < call->rows; ++r)
    give(call, 1, r, static_cast<const double *>(call->in[1])[r]);
}

// ---- tables ----

static const int64_t mostFunctions = 64;

LinearProgram::LinearProgram(int inputs) : inputs(inputs) {
  code.reserve(mostFunctions);
  for (nn_code function : {init, initOptimizer, step, eval, evaluateTotals, trace, finishMae,
                           predict, printWeights, prepareColumns, prepareWhole})
    compiled(function, 0, 0);
  options.push_back(optionOf("rate", "the learning rate", 0.05, NN_OPTION_NUMBER));
  options.push_back(optionOf("epochs", "passes over the data", 3, NN_OPTION_INTEGER));
  data.name = "points";
  data.where = "linear.nn:1:1";
  data.source = std::make_unique<SourceT>();
  data.source->where = "linear.nn:1:8";
  trainBody.where = "linear.nn:4:1";
  trainBody.target = "net";
  trainBody.computed = std::make_unique<TargetsT>();
  trainBody.batch = {2, -1};
  trainBody.epochs = {3, -1};
  trainBody.steps = {0, -1};
  trainBody.stop_patience = {0, -1};
  trainBody.checkpoint_every = {1, -1};
  dir = ".";
}

nn_fn LinearProgram::compiled(nn_code function, int64_t fixed, int64_t row) {
  const size_t number = size_t(std::find(code.begin(), code.end(), function) - code.begin());
  if (number == code.size()) {
    if (number == mostFunctions)
      abort();
    code.push_back(function);
    about.emplace_back().symbol = "function" + std::to_string(number);
  }
  about[number].fixed_bytes = fixed;
  about[number].row_bytes = row;
  return {int32_t(number)};
}

void LinearProgram::useRows(std::vector<double> values) {
  data.source->kind = NN_ROWS;
  data.source->values = std::move(values);
  data.source->row_width = inputs + 1;
  data.source->columns.assign(size_t(inputs), "x");
  data.source->columns.push_back("y");
  columns = {columnOf("x", "", NN_NUMBER, inputs), columnOf("y", "", NN_NUMBER, 1)};
  data.prepare = compiled(prepareWhole, 0, 64);
}

void LinearProgram::useCsv(std::string path, std::vector<std::string> names, bool category) {
  data.source->kind = NN_CSV;
  data.source->columns.clear();
  data.source->path = path;
  columns.clear();
  for (const std::string &name : names)
    columns.push_back(columnOf(name, "linear.nn:2:3", NN_NUMBER, 1));
  if (category)
    columns.back().kind = NN_CATEGORY;
  data.prepare = compiled(prepareColumns, 0, 64);
}

void LinearProgram::useGenerator(source_kind kind, double n) {
  data.source->kind = kind;
  data.source->columns.clear();
  data.source->n = {n, -1};
  data.source->classes = {2, -1};
  data.source->turns = {1, -1};
  data.source->factor = {0.5, -1};
  data.source->dims = {2, -1};
  columns = {columnOf("x", "", NN_NUMBER, 2), columnOf("y", "", NN_NUMBER, 1)};
  data.prepare = compiled(prepareWhole, 0, 64);
}

void LinearProgram::useIdx(std::string images, std::string labels) {
  data.source->kind = NN_IDX;
  data.source->columns.clear();
  data.source->path = images;
  data.source->labels = labels;
  columns = {columnOf("image", "", NN_NUMBER, inputs), columnOf("label", "", NN_NUMBER, 1)};
  data.prepare = compiled(prepareWhole, 0, 64);
}

template <class Body> void LinearProgram::add(Body body) {
  statements.emplace_back();
  statements.back().body.Set(std::move(body));
}

void LinearProgram::train() { add(TrainT()); }

static MetricT maeOf(nn_fn finish) {
  MetricT metric;
  metric.name = "mae";
  metric.total_sizes = {1, 1};
  metric.finish = finish;
  metric.direction = NN_LOWEST;
  return metric;
}

void LinearProgram::evaluate(program::split split) {
  EvaluateT body;
  body.where = "linear.nn:9:1";
  body.target = "net";
  body.split = split;
  body.fields = {0, 1};
  body.eval = compiled(evaluateTotals, 0, 64);
  body.metrics = {maeOf(compiled(finishMae, 0, 0))};
  body.truth = 1;
  body.computed = std::make_unique<TargetsT>();
  add(std::move(body));
}

void LinearProgram::save(std::string path) {
  SaveT body;
  body.where = "linear.nn:10:1";
  body.target = "net";
  body.path = path;
  add(std::move(body));
}

void LinearProgram::load(std::string path, std::vector<std::string> except) {
  LoadT body;
  body.where = "linear.nn:11:1";
  body.path = path;
  body.except = std::move(except);
  add(std::move(body));
}

void LinearProgram::print(std::string text) {
  PrintT body;
  body.where = "linear.nn:12:1";
  body.text = text;
  body.fn = compiled(printWeights, 0, 0);
  body.shape = {inputs};
  add(std::move(body));
}

void LinearProgram::report(std::string path) {
  ReportT body;
  body.where = "linear.nn:13:1";
  body.path = path;
  add(std::move(body));
}

static TracePointT pointOf(std::string op, std::string place, std::string where) {
  TracePointT point;
  point.op = std::move(op);
  point.place = std::move(place);
  point.where = std::move(where);
  return point;
}

ProgramT *LinearProgram::finish() {
  nnrt_test::inputs = inputs;
  nnrt_test::measured = measured;
  nnrt_test::poison = poison;
  exactFields[0] = exactFields[1] = false; // another program may have set them
  for (size_t f = 0; f < 2 && f < fields.size(); ++f)
    exactFields[f] = fields[f].flags & (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS);
  if (fields.empty())
    fields = {fieldOf("x", {inputs}), fieldOf("y", {1})};
  data.inputs.clear();
  for (size_t c = 0; c < columns.size(); ++c) {
    columns[c].for_input = c + 1 < columns.size(); // the last is y
    data.inputs.push_back(inputOf({int32_t(c)}, true));
  }
  data.columns = columns;
  data.fields = fields;
  trainBody.fields = {0, 1};
  trainBody.init = compiled(initOptimizer, 0, 0);
  trainBody.step = compiled(step, 128, 64);
  trainBody.eval = compiled(eval, 128, 64);
  trainBody.trace = compiled(trace, 0, 64);
  trainBody.trace_points = {pointOf("@", "net.dense1", "linear.nn:3:5"),
                            pointOf("log", "the loss", "linear.nn:5:9")};
  trainBody.optimizer_tensors = {2, 2};
  trainBody.metrics.assign(measured, maeOf(compiled(finishMae, 0, 0)));
  trainBody.bounds = bounds;

  ModelT model;
  model.name = "net";
  model.where = "linear.nn:3:1";
  model.tensors = {0, 2};
  model.init = compiled(init, 0, 0);
  model.predict = compiled(predict, 0, 64);
  model.in_shape = {inputs};
  model.out_shape = {1};
  model.data = 0;

  finished.push_back(std::make_unique<ProgramT>());
  ProgramT &result = *finished.back();
  result.version = nnrt::programVersion;
  result.name = "linear";
  result.source_path = "linear.nn";
  result.source_dir = dir;
  result.doc = "Fits a line.";
  result.elements = "f32";
  result.persistent_bytes = 65536;
  result.functions = about;
  result.tensors = {tensorOf("net.dense1.w", "dense1.w", offsets[0], {inputs}, NN_PARAMETER),
                    tensorOf("net.dense1.b", "dense1.b", offsets[1], {}, NN_PARAMETER),
                    tensorOf("train0.m/net.dense1.w", "train0.m/net.dense1.w", offsets[2], {inputs},
                             NN_OPTIMIZER_STATE),
                    tensorOf("train0.m/net.dense1.b", "train0.m/net.dense1.b", offsets[3], {},
                             NN_OPTIMIZER_STATE)};
  result.models.push_back(std::move(model));
  result.data.push_back(data);
  result.options = options;
  result.statements = statements;
  for (StatementT &statement : result.statements)
    if (statement.body.type == NN_STMT_TRAIN)
      statement.body.Set(TrainT(trainBody));
  return &result;
}

const nn_image *LinearProgram::image(const ProgramT &program) {
  packed = nnrt::packProgram(program);
  packedImage = {reinterpret_cast<const uint8_t *>(packed.data()), int64_t(packed.size()),
                 functions()};
  return &packedImage;
}

int LinearProgram::main(std::vector<std::string> arguments) {
  seen = {};
  arguments.insert(arguments.begin(), "./linear");
  std::vector<char *> argv;
  for (std::string &argument : arguments)
    argv.push_back(&argument[0]);
  argv.push_back(nullptr);
  return nn_main(image(), int(arguments.size()), argv.data());
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "nnrt-XXXXXX").string();
  path = mkdtemp(&pattern[0]);
}
TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path); }

void TemporaryFolder::write(const std::string &name, const std::string &text) const {
  std::ofstream(*this / name, std::ios::binary) << text;
}

std::string TemporaryFolder::read(const std::string &name) const {
  std::ifstream file(*this / name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

} // namespace nnrt_test
