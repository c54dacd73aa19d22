// Checks the gradients of compiled steps. With the update θ ← θ - g, a gradient is the difference
// of a parameter before and after a call. Finite differences use the loss that the same call
// computes, so random draws are the same.
#include "compiler/driver/check/Caller.h"
#include "compiler/driver/check/Checks.h"
#include "compiler/driver/check/Slopes.h"
#include "compiler/sema/runs/TrainSettings.h"

#include "runtime/program/statements.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <functional>
#include <random>

using namespace nnc;
using namespace nnc::check;

static constexpr int64_t batchRows = 5;
static constexpr size_t elementsOfTensor = 20;
static constexpr const char *probeOptimizer = "gradient_probe_";

static std::vector<const ast::TrainStmt *> trainsOf(llvm::ArrayRef<ast::Stmt *> statements) {
  std::vector<const ast::TrainStmt *> trains;
  for (const ast::Stmt *s : statements)
    if (auto *train = llvm::dyn_cast<ast::TrainStmt>(s))
      trains.push_back(train);
  return trains;
}

/// " with act = tanh": what distinguishes a variant of an experiment from the others.
static std::string variantText(const ExperimentT &experiment, const VariantT &variant) {
  std::string text;
  for (auto [variable, choice] : llvm::zip(experiment.variables, variant.choices))
    if (choice >= 0)
      text += (text.empty() ? " with " : ", ") + variable.name + " = " + variable.labels[choice];
  return text;
}

/// The program's text with every optimizer replaced by one that subtracts the gradient, and without
/// settings that change gradients (clip) or omit them (freeze).
static std::string probeText(Session &session) {
  const llvm::SourceMgr &sources = session.diagnostics().sources();
  std::string text = bufferText(sources, session.program().buffer).str();
  const char *begin = bufferText(sources, session.program().buffer).data();
  struct Edit {
    size_t from, to;
    std::string by;
  };
  std::vector<Edit> edits;
  auto replace = [&](Range r, std::string by) {
    edits.push_back(
        {size_t(r.begin.getPointer() - begin), size_t(r.end.getPointer() - begin), std::move(by)});
  };
  const std::string probe = std::string(probeOptimizer) + "()";
  std::function<void(llvm::ArrayRef<ast::Entry *>)> editEntries = [&](auto entries) {
    for (const ast::Entry *e : entries) {
      if (auto *update = llvm::dyn_cast<ast::UpdateEntry>(e))
        editEntries(update->entries);
      if (e->kind == ast::EntryKind::Clip)
        replace(e->range, "");
      if (auto *part = llvm::dyn_cast<ast::OptimizerEntry>(e))
        replace(part->value->range, probe);
      auto *set = llvm::dyn_cast<ast::SettingEntry>(e);
      const auto setting =
          set ? sema::findTrainSetting(set->name.text) : std::optional<sema::TrainSetting>();
      if (setting == sema::TrainSetting::Optimizer)
        replace(set->value->range, probe);
      else if (setting == sema::TrainSetting::Accumulate ||
               setting == sema::TrainSetting::Average || setting == sema::TrainSetting::Times)
        replace(set->range, ""); // what is made of gradients, and how often
    }
  };
  auto edit = [&](const ast::Stmt *s) {
    if (llvm::isa<ast::FreezeStmt>(s))
      replace(s->range, "");
    if (auto *train = llvm::dyn_cast<ast::TrainStmt>(s))
      editEntries(train->entries);
  };
  for (const ast::Stmt *s : session.program().statements) {
    edit(s);
    for (const ast::Stmt *inner : ast::blockOf(s))
      edit(inner);
  }
  llvm::sort(edits, [](const Edit &a, const Edit &b) { return a.from > b.from; });
  for (const Edit &e : edits)
    text.replace(e.from, e.to - e.from, e.by);
  return text + "\noptimizer " + probeOptimizer + "() { theta <- theta - grad }\n";
}

namespace {

class StepChecker {
public:
  /// `update`: the number of one among those that a step makes.
  StepChecker(Session &session, const ProgramT &program, const nn_image &image, const TrainT &train,
              const ast::TrainStmt &statement, size_t update)
      : session(session), program(program), train(train), statement(statement), update(update),
        step(update ? train.later[update - 1].step : train.step),
        trained(update ? train.later[update - 1].trained
                       : std::vector<int32_t>(train.trained.begin(),
                                              train.trained.begin() + train.first_trained)),
        caller(program, image), random(7) {}

  StepVerdicts run() {
    StepVerdicts verdicts;
    const ModelT &model = program.models[train.model];
    verdicts.title = model.name + " on " + program.data[train.data].name;
    const auto updates = sema::updatesOf(statement);
    if (update < updates.size())
      verdicts.title += ", update " + updates[update]->places.front().text();
    makeFields();
    makeResults();
    initialise();
    // Biases start at 0, where many functions have a corner.
    for (int32_t m : nnrt::modelsOf(train)) {
      const nn_range tensors = program.models[m].tensors;
      for (int32_t i = tensors.first; i < tensors.first + tensors.count; ++i)
        if (program.tensors[i].kind == NN_PARAMETER)
          for (double &v : caller.tensor(i))
            v += uniform(-0.05, 0.05);
    }
    start = caller.save();
    double loss = 0;
    const auto gradients = gradientsNow(loss);
    verdicts.title += ", " + std::to_string(batchRows) + " random examples, loss ";
    llvm::raw_string_ostream(verdicts.title) << llvm::format("%.6f", loss);
    for (auto &[index, gradient] : gradients)
      verdicts.tensors.push_back(
          std::isfinite(loss) ? checkTensor(index, gradient)
                              : Verdict{nnrt::withoutVariant(program.tensors[index].name), "", -1,
                                        false, "the loss is not finite for random examples"});
    checkAtTheStart(verdicts);
    return verdicts;
  }

private:
  /// Initialises all models, because the trained model may contain others.
  void initialise() {
    for (const ModelT &model : program.models)
      if (model.init.exists())
        caller.call(model.init, {}, {}, 1);
  }

  /// Computes the gradients of all trained parameters at `start`.
  std::vector<std::pair<int32_t, std::vector<double>>> gradientsNow(double &loss) {
    std::vector<std::pair<int32_t, std::vector<double>>> gradients;
    caller.restore(start);
    loss = lossNow();
    for (int32_t i : trained) { // not what is frozen, or in another part of the model
      std::vector<double> after = caller.tensor(i).vec();
      caller.restore(start);
      llvm::MutableArrayRef<double> before = caller.tensor(i);
      std::vector<double> gradient(after.size());
      for (size_t e = 0; e < after.size(); ++e)
        gradient[e] = before[e] - after[e];
      gradients.emplace_back(i, std::move(gradient));
      lossNow(); // restores the state after the step, for the next tensor
    }
    return gradients;
  }

  /// Checks the gradients at the initial parameters, where functions are often at their special
  /// points: sums of zeros, or outputs that tie. One example is all zeros and one is all ones. At a
  /// corner any subgradient is right.
  void checkAtTheStart(StepVerdicts &verdicts) {
    initialise();
    start = caller.save();
    for (std::vector<double> &field : fields) {
      const size_t elements = field.size() / size_t(batchRows);
      std::fill_n(field.begin(), elements, 0.0);
      if (!isBounded(&field - fields.data()))
        std::fill_n(field.begin() + elements, elements, 1.0);
    }
    double loss = 0;
    const auto gradients = gradientsNow(loss);
    if (!std::isfinite(loss))
      return;
    for (size_t t = 0; t < gradients.size(); ++t) {
      const int32_t index = gradients[t].first;
      const std::vector<double> &gradient = gradients[t].second;
      Verdict &verdict = verdicts.tensors[t];
      const size_t count = std::min(elementsOfTensor, gradient.size());
      for (size_t k = 0; k < count && !verdict.isWrong; ++k) {
        const size_t e = elementOf(k, count, gradient.size());
        double difference = 0;
        caller.restore(start);
        const double value = caller.tensor(index)[e];
        if (judge(
                gradient[e], value, [&](double shift) { return lossWith(index, e, shift); },
                difference) != Judgement::Wrong)
          continue;
        verdict.isWrong = true;
        verdict.worst =
            std::max(verdict.worst, std::min(relativeError(gradient[e], difference, 1e-3), 1.0));
        report(index, e, gradient[e], difference,
               " where training starts, for examples of zeros and ones,");
      }
    }
  }

  /// The index of the k-th element to check. All elements of a small tensor are checked; in a large
  /// one they are spread out, at distances that do not match its rows.
  static size_t elementOf(size_t k, size_t count, size_t size) {
    return size <= elementsOfTensor ? k : (k * size / count + 7 * k) % size;
  }

  bool isBounded(size_t field) {
    return llvm::any_of(train.bounds, [&](const BoundT &b) { return size_t(b.field) == field; });
  }

  double uniform(double low, double high) {
    return low + (high - low) * double(random() >> 8) / double(1 << 24);
  }

  /// Fills the first field with numbers in [-1, 1], other fields with numbers in [0, 1], and
  /// indices within their bounds.
  void makeFields() {
    const DataT &data = program.data[train.data];
    for (size_t f = 0; f < train.fields.size(); ++f) {
      int64_t elements = batchRows;
      for (int64_t n : data.fields[train.fields[f]].shape)
        elements *= n;
      int64_t limit = 0;
      for (const BoundT &bound : train.bounds)
        if (size_t(bound.field) == f)
          limit = limit ? std::min(limit, bound.limit) : bound.limit;
      std::vector<double> values(elements);
      for (double &v : values)
        v = limit ? double(random() % uint32_t(limit)) : f == 0 ? uniform(-1, 1) : uniform(0, 1);
      fields.push_back(std::move(values));
    }
  }

  void makeResults() {
    results.emplace_back(1);
    if (update)
      return; // the first one measures the metrics
    for (const MetricT &metric : train.metrics)
      if (metric.update < 0)
        for (auto [t, size] : llvm::enumerate(metric.total_sizes))
          results.emplace_back(
              size_t(size * (llvm::is_contained(metric.rows, int32_t(t)) ? batchRows : 1)));
  }

  /// Calls the step, which also changes the parameters, and returns the loss.
  double lossNow() {
    caller.call(step, fields, results, batchRows);
    return results[0][0];
  }

  double lossWith(int32_t tensor, size_t element, double shift) {
    caller.restore(start);
    caller.tensor(tensor)[element] += shift;
    return lossNow();
  }

  Verdict checkTensor(int32_t index, const std::vector<double> &gradient) {
    Verdict verdict;
    verdict.what = nnrt::withoutVariant(program.tensors[index].name);
    const size_t count = std::min(elementsOfTensor, gradient.size());
    verdict.extent = std::to_string(count) + " of " + std::to_string(gradient.size());
    unsigned corners = 0;
    for (size_t k = 0; k < count; ++k) {
      const size_t e = elementOf(k, count, gradient.size());
      double error = 1e300, difference = 0;
      bool corner = false;
      // A smaller step avoids nearby corners but loses digits.
      for (double h : {1e-5, 1e-6, 1e-4}) {
        const double above = lossWith(index, e, h), below = lossWith(index, e, -h);
        const double d = (above - below) / (2 * h), found = relativeError(gradient[e], d, 1e-3);
        if (found < error) {
          error = found;
          difference = d;
        }
        if (error <= tolerance)
          break;
        const double here = lossWith(index, e, 0);
        corner |= relativeError((above - here) / h, (here - below) / h, 1e-3) > 1e-2;
      }
      if (error > tolerance && corner) {
        ++corners;
        continue;
      }
      verdict.worst = std::max(verdict.worst, error);
      if (error > tolerance && !verdict.isWrong) {
        verdict.isWrong = true;
        report(index, e, gradient[e], difference);
      }
    }
    if (corners)
      verdict.remark =
          std::to_string(corners) + (corners == 1 ? " corner left out" : " corners left out");
    return verdict;
  }

  void report(int32_t index, size_t element, double gradient, double difference,
              llvm::StringRef circumstances = "") {
    Range where = statement.range;
    const auto updates = sema::updatesOf(statement);
    for (const ast::Entry *e : updates.empty() ? statement.entries : updates[update]->entries)
      if (auto *set = llvm::dyn_cast<ast::SettingEntry>(e);
          set && sema::findTrainSetting(set->name.text) == sema::TrainSetting::Loss)
        where = set->value->range;
    const TensorT &t = program.tensors[index];
    std::string at;
    size_t rest = element;
    for (int64_t n : llvm::reverse(t.shape)) {
      at = std::to_string(rest % size_t(n)) + (at.empty() ? "" : ", " + at);
      rest /= size_t(n);
    }
    std::string message;
    llvm::raw_string_ostream(message)
        << "the gradient of this loss by " << t.name << "[" << at << "]" << circumstances << " is "
        << llvm::format("%.8g", gradient) << ", and finite differences give "
        << llvm::format("%.8g", difference);
    session.diagnostics().error(where, message);
  }

  Session &session;
  const ProgramT &program;
  const TrainT &train;
  const ast::TrainStmt &statement;
  const size_t update;
  const nn_fn step;
  const std::vector<int32_t> trained; // by the update
  Caller caller;
  std::mt19937 random;
  std::vector<std::vector<double>> fields, results;
  std::vector<double> start;
};

} // namespace

std::vector<StepVerdicts> check::checkSteps(Session &session) {
  std::vector<StepVerdicts> verdicts;
  const llvm::ArrayRef<ast::Stmt *> statements = session.program().statements;
  const std::vector<const ast::TrainStmt *> trains = trainsOf(statements);
  std::vector<llvm::ArrayRef<ast::Stmt *>> blocks; // of experiments
  for (const ast::Stmt *s : statements)
    if (llvm::isa<ast::SearchStmt, ast::CompareStmt>(s))
      blocks.push_back(ast::blockOf(s));
  if (trains.empty() && blocks.empty())
    return verdicts;
  SessionOptions options = session.settings();
  options.doublePrecision = true;
  Session probe(options);
  const nn_image *image = probe.loadText(probeText(session), session.settings().sourceName())
                              ? probe.compileInMemory()
                              : nullptr;
  if (!image) {
    probe.diagnostics().print(llvm::errs());
    session.diagnostics().error("the program could not be compiled for the check of its gradients");
    return verdicts;
  }
  // The tables contain train statements in the order of the text, and those of an experiment's
  // block once for each variant.
  const ProgramT &program = probe.tables().program;
  auto checkAll = [&](const std::vector<StatementT> &rows,
                      llvm::ArrayRef<const ast::TrainStmt *> written, const std::string &variant) {
    for (const StatementT &row : rows)
      if (row.body.type == NN_STMT_TRAIN && !written.empty()) {
        const auto &train = nnrt::as<TrainT>(row);
        for (size_t update = 0; update <= train.later.size(); ++update) {
          verdicts.push_back(
              StepChecker(session, program, *image, train, *written.front(), update).run());
          verdicts.back().title += variant;
        }
        written = written.drop_front();
      }
  };
  checkAll(program.statements, trains, "");
  size_t next = 0;
  for (const StatementT &row : program.statements) {
    if (row.body.type != NN_STMT_EXPERIMENT || next >= blocks.size())
      continue;
    const auto &experiment = nnrt::as<ExperimentT>(row);
    const std::vector<const ast::TrainStmt *> written = trainsOf(blocks[next++]);
    for (const VariantT &variant : experiment.variants)
      checkAll(variant.statements, written, variantText(experiment, variant));
  }
  return verdicts;
}
