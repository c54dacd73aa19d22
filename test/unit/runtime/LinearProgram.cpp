// The functions and tables of LinearProgram. Thread 0 does the work; the others only meet it at the
// barrier, as in compiled code.
#include "test/unit/runtime/LinearProgram.h"

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

static int64_t shapes[1]; // of w and x: [inputs]
static const int64_t one[1] = {1};
static nn_tensor tensors[4];
static nn_model model;
static nn_metric metric;
static const int64_t totalSizes[2] = {1, 1};
static const int32_t fieldOrder[2] = {0, 1};
static const nn_trace_point points[2] = {{"@", "net.dense1", "linear.nn:3:5"},
                                         {"log", "the loss", "linear.nn:5:9"}};

LinearProgram::LinearProgram(int inputs) : inputs(inputs) {
  options.push_back({"rate", "the learning rate", 0.05, NN_OPTION_NUMBER});
  options.push_back({"epochs", "passes over the data", 3, NN_OPTION_INTEGER});
  data.name = "points";
  data.where = "linear.nn:1:1";
  data.stratify = -1;
  data.split_seed = {0, -1};
  data.train = data.val = data.test_part = {0, -1};
  nn_number zero = {0, -1};
  data.source.n = data.source.classes = data.source.turns = data.source.factor = data.source.noise =
      data.source.spread = data.source.dims = data.source.seed = zero;
  data.source.where = "linear.nn:1:8";
  testSource = data.source;
  trainBody.where = "linear.nn:4:1";
  trainBody.target = "net";
  trainBody.batch = {2, -1};
  trainBody.epochs = {3, -1};
  trainBody.steps = {0, -1};
  trainBody.stop_patience = {0, -1};
  trainBody.checkpoint_every = {1, -1};
  dir = ".";
}

const char *LinearProgram::keep(const std::string &text) {
  strings.push_back(text);
  return strings.back().c_str();
}

void LinearProgram::useRows(std::vector<double> values) {
  rowValues.push_back(std::move(values));
  data.source.kind = NN_ROWS;
  data.source.values = rowValues.back().data();
  data.source.n_values = int64_t(rowValues.back().size());
  data.source.row_width = inputs + 1;
  rowFields.assign(inputs, "x");
  rowFields.push_back("y");
  data.source.columns = rowFields.data();
  data.source.n_columns = int32_t(rowFields.size());
  columns = {{"x", "", NN_NUMBER, inputs}, {"y", "", NN_NUMBER, 1}};
  data.prepare = {prepareWhole, 0, 64};
}

void LinearProgram::useCsv(std::string path, std::vector<std::string> names, bool category) {
  data.source.kind = NN_CSV;
  data.source.n_columns = 0;
  data.source.path = keep(path);
  columns.clear();
  for (const std::string &name : names)
    columns.push_back({keep(name), "linear.nn:2:3", NN_NUMBER, 1});
  if (category)
    columns.back().kind = NN_CATEGORY;
  data.prepare = {prepareColumns, 0, 64};
}

void LinearProgram::useGenerator(int kind, double n) {
  data.source.kind = kind;
  data.source.n_columns = 0;
  data.source.n = {n, -1};
  data.source.classes = {2, -1};
  data.source.turns = {1, -1};
  data.source.factor = {0.5, -1};
  data.source.dims = {2, -1};
  columns = {{"x", "", NN_NUMBER, 2}, {"y", "", NN_NUMBER, 1}};
  data.prepare = {prepareWhole, 0, 64};
}

void LinearProgram::useIdx(std::string images, std::string labels) {
  data.source.kind = NN_IDX;
  data.source.n_columns = 0;
  data.source.path = keep(images);
  data.source.labels = keep(labels);
  columns = {{"image", "", NN_NUMBER, inputs}, {"label", "", NN_NUMBER, 1}};
  data.prepare = {prepareWhole, 0, 64};
}

void LinearProgram::train() { statements.push_back({NN_STMT_TRAIN, &trainBody}); }

void LinearProgram::evaluate(int split) {
  evaluations.emplace_back();
  nn_evaluate *body = &evaluations.back();
  body->where = "linear.nn:9:1";
  body->target = "net";
  body->split = split;
  body->fields = fieldOrder;
  body->n_fields = 2;
  body->eval = {evaluateTotals, 0, 64};
  body->metrics = &metric;
  body->n_metrics = 1;
  body->truth = 1;
  statements.push_back({NN_STMT_EVALUATE, body});
}

void LinearProgram::save(std::string path) {
  saves.push_back({"linear.nn:10:1", "net", 0, keep(path)});
  statements.push_back({NN_STMT_SAVE, &saves.back()});
}

void LinearProgram::load(std::string path, std::vector<std::string> except) {
  exceptions.emplace_back();
  for (const std::string &prefix : except)
    exceptions.back().push_back(keep(prefix));
  loads.push_back(
      {"linear.nn:11:1", 0, keep(path), exceptions.back().data(), int32_t(except.size())});
  statements.push_back({NN_STMT_LOAD, &loads.back()});
}

void LinearProgram::print(std::string text) {
  prints.push_back({"linear.nn:12:1", keep(text), {printWeights, 0, 0}, shapes, 1});
  statements.push_back({NN_STMT_PRINT, &prints.back()});
}

void LinearProgram::report(std::string path) {
  reports.push_back({"linear.nn:13:1", keep(path)});
  statements.push_back({NN_STMT_REPORT, &reports.back()});
}

nn_program *LinearProgram::finish() {
  shapes[0] = inputs;
  nnrt_test::inputs = inputs;
  nnrt_test::measured = measured;
  nnrt_test::poison = poison;
  exactFields[0] = exactFields[1] = false; // another program may have set them
  for (size_t f = 0; f < 2 && f < fields.size(); ++f)
    exactFields[f] = fields[f].flags & (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS);
  tensors[0] = {"net.dense1.w", "dense1.w", offsets[0], shapes, 1, NN_PARAMETER};
  tensors[1] = {"net.dense1.b", "dense1.b", offsets[1], nullptr, 0, NN_PARAMETER};
  tensors[2] = {"train0.m/net.dense1.w", "train0.m/net.dense1.w", offsets[2], shapes, 1,
                NN_OPTIMIZER_STATE};
  tensors[3] = {"train0.m/net.dense1.b", "train0.m/net.dense1.b", offsets[3], nullptr, 0,
                NN_OPTIMIZER_STATE};
  model = {"net", "linear.nn:3:1", {0, 2}, {init, 0, 0}, {predict, 0, 64}, shapes, 1, one, 1, 0};
  metric = {"mae", totalSizes, 2, nullptr, 0, {finishMae, 0, 0}, nullptr, 0, NN_LOWEST};
  if (fields.empty()) {
    fields.push_back({"x", shapes, 1, 0, 0, -1});
    fields.push_back({"y", one, 1, 0, 0, -1});
  }
  data.columns = columns.data();
  data.n_columns = int32_t(columns.size());
  columnNumbers.resize(columns.size());
  inputTable.clear();
  for (size_t c = 0; c < columns.size(); ++c) {
    columnNumbers[c] = int32_t(c);
    columns[c].for_input = c + 1 < columns.size(); // the last is y
    inputTable.push_back({&columnNumbers[c], 1, 1});
  }
  data.inputs = inputTable.data();
  data.n_inputs = int32_t(inputTable.size());
  data.fields = fields.data();
  data.n_fields = int32_t(fields.size());
  trainBody.fields = fieldOrder;
  trainBody.n_fields = 2;
  trainBody.init = {initOptimizer, 0, 0};
  trainBody.step = {step, 128, 64};
  trainBody.eval = {eval, 128, 64};
  trainBody.trace = {trace, 0, 64};
  trainBody.trace_points = points;
  trainBody.n_trace_points = 2;
  trainBody.optimizer_tensors = {2, 2};
  trainBody.metrics = &metric;
  trainBody.n_metrics = measured;
  trainBody.bounds = bounds.data();
  trainBody.n_bounds = int32_t(bounds.size());
  program = nn_program{};
  program.abi_version = NN_ABI_VERSION;
  program.size = sizeof(nn_program);
  program.name = "linear";
  program.source_path = "linear.nn";
  program.source_dir = keep(dir);
  program.doc = "Fits a line.";
  program.elements = "f32";
  program.persistent_bytes = 65536;
  program.tensors = tensors;
  program.n_tensors = 4;
  program.models = &model;
  program.n_models = 1;
  program.data = &data;
  program.n_data = 1;
  program.options = options.data();
  program.n_options = int32_t(options.size());
  program.statements = statements.data();
  program.n_statements = int32_t(statements.size());
  return &program;
}

int LinearProgram::main(std::vector<std::string> arguments) {
  seen = {};
  arguments.insert(arguments.begin(), "./linear");
  std::vector<char *> argv;
  for (std::string &argument : arguments)
    argv.push_back(&argument[0]);
  argv.push_back(nullptr);
  return nn_main(finish(), int(arguments.size()), argv.data());
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
