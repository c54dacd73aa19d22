// Implements --emit=plan: prints what a run will cost in memory and operations.
#include "compiler/driver/Emit.h"

#include "compiler/driver/Session.h"
#include "compiler/driver/plan/DataSize.h"
#include "compiler/driver/plan/KernelTables.h"
#include "compiler/transforms/PlanMemory.h"
#include "runtime/ask.h"
#include "runtime/program/statements.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Unicode.h"

#include <numeric>

using namespace nnc;

namespace {

/// Formats a number as 1,234,567.
std::string grouped(double n) {
  std::string digits = std::to_string(int64_t(n + 0.5));
  for (int i = int(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(i, ",");
  return digits;
}

/// Prints columns of text. Numbers are aligned to the right.
class Table {
public:
  void row(std::vector<std::string> cells) { rows.push_back(std::move(cells)); }
  /// `right` has an 'r' for each column that holds numbers.
  void print(llvm::raw_ostream &os, llvm::StringRef right) const {
    std::vector<unsigned> widths;
    for (auto &r : rows)
      for (size_t i = 0; i < r.size(); ++i) {
        widths.resize(std::max(widths.size(), i + 1));
        widths[i] = std::max(widths[i], width(r[i]));
      }
    for (auto &r : rows) {
      std::string line = " ";
      for (size_t i = 0; i < r.size(); ++i) {
        const std::string space(widths[i] - width(r[i]), ' ');
        const bool number = i < right.size() && right[i] == 'r';
        line += " " + (number ? space + r[i] : r[i] + space) + " ";
      }
      os << llvm::StringRef(line).rtrim() << "\n";
    }
  }

private:
  static unsigned width(llvm::StringRef s) {
    return std::max(0, llvm::sys::unicode::columnWidthUTF8(s));
  }
  std::vector<std::vector<std::string>> rows;
};

/// Returns a copy of one function, lowered to loops, or null after an error. The session has
/// reached Planned.
mlir::OwningOpRef<mlir::ModuleOp> loopsOf(Session &session, llvm::StringRef name) {
  mlir::ModuleOp whole = session.module();
  mlir::OwningOpRef<mlir::ModuleOp> part = mlir::ModuleOp::create(whole.getLoc());
  (*part)->setAttrs(whole->getAttrs());
  part->push_back(whole.lookupSymbol(name)->clone());
  mlir::PassManager pm(whole.getContext());
  buildLoopPipeline(pm, session.pipelineOptions());
  return mlir::succeeded(pm.run(*part)) ? std::move(part) : nullptr;
}

class PlanPrinter {
public:
  PlanPrinter(Session &session, llvm::raw_ostream &os)
      : session(session), program(session.tables().program), os(os),
        memory(memoryPlanOf(session.module())) {
    for (const DataT &set : program.data)
      data.push_back(plan::sizeOf(session, set));
  }

  void print() {
    os << "program " << program.name << ", " << (elementBytes() == 8 ? "f64" : "f32") << "\n";
    for (const ModelT &model : program.models)
      printModel(model);
    printMemory();
    printRoof();
    nnrt::forEachTrain(program, [&](const TrainT &train) {
      const bool several = !train.later.empty();
      printStep(train, train.step, several ? ", update 1" : "");
      printStep(train, train.apply, ", the sums of gradients");
      for (size_t u = 0; u < train.later.size(); ++u) {
        const std::string which = ", update " + std::to_string(u + 2);
        printStep(train, train.later[u].step, which);
        printStep(train, train.later[u].apply, which + ", the sums of gradients");
      }
    });
  }

private:
  int64_t elementBytes() const { return session.settings().doublePrecision ? 8 : 4; }

  static int64_t elementsOf(const std::vector<int64_t> &shape) {
    return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<int64_t>());
  }

  static std::string shapeOf(const TensorT &t) {
    std::string text = "[";
    for (auto [d, n] : llvm::enumerate(t.shape))
      text += (d ? ", " : "") + std::to_string(n);
    return text + "]";
  }

  void printModel(const ModelT &model) {
    os << "\nmodel " << model.name << "\n";
    Table table;
    int64_t parameters = 0, states = 0;
    for (int32_t i = model.tensors.first; i < model.tensors.first + model.tensors.count; ++i) {
      const TensorT &t = program.tensors[i];
      const bool state = t.kind == NN_STATE;
      (state ? states : parameters) += elementsOf(t.shape);
      table.row({t.name, shapeOf(t), grouped(elementsOf(t.shape)), state ? "state" : ""});
    }
    table.row({"parameters", "", grouped(parameters)});
    if (states)
      table.row({"states", "", grouped(states)});
    table.print(os, "llr");
  }

  const plan::DataSize *sizeOf(int32_t index) const {
    return index >= 0 && index < int32_t(data.size()) && data[index] ? &*data[index] : nullptr;
  }

  /// The rows of a batch, or 0 if they are not known before the run.
  int64_t batchOf(const TrainT &train) const {
    auto batch = plan::known(train.batch);
    if (!batch)
      return 0;
    if (*batch > 0)
      return int64_t(*batch);
    const plan::DataSize *size = sizeOf(train.data);
    return size ? size->trainRows : 0;
  }

  void printMemory() {
    os << "\nmemory in bytes\n";
    int64_t kinds[3] = {0, 0, 0};
    llvm::StringSet<> seen; // a model made of others has further rows for theirs
    for (const TensorT &t : program.tensors)
      if (seen.insert(t.name).second)
        kinds[t.kind] += elementsOf(t.shape) * elementBytes();
    Table table;
    double total = double(memory.persistentBytes);
    table.row({"parameters", grouped(kinds[NN_PARAMETER])});
    if (kinds[NN_STATE])
      table.row({"states", grouped(kinds[NN_STATE])});
    table.row({"optimizer state", grouped(kinds[NN_OPTIMIZER_STATE])});
    table.row({"alignment", grouped(memory.persistentBytes - kinds[0] - kinds[1] - kinds[2])});
    table.row({"arena", grouped(total), "all of these"});
    bool complete = true;
    int64_t most = 0; // of a step, beside the arena
    nnrt::forEachTrain(program, [&](const TrainT &train) {
      const auto *step = functionOf(train.step);
      const int64_t n = batchOf(train);
      if (!step)
        return;
      const std::string rows = n ? ", " + grouped(n) + " rows" : "";
      auto amount = [&](int64_t bytes) { return n ? grouped(bytes) : "?"; };
      const int64_t scratch = step->bytes(n), batch = rowElements(train) * elementBytes();
      complete &= n > 0;
      most = std::max(most, scratch + batch * n + resultBytes(train));
      const std::string pairs =
          step->squareBytes ? " + " + grouped(step->squareBytes) + " a pair of rows" : "";
      table.row(
          {"scratch of a step", amount(scratch),
           grouped(step->fixedBytes) + " + " + grouped(step->rowBytes) + " a row" + pairs + rows});
      table.row({"its batch", amount(batch * n), grouped(batch) + " a row" + rows});
      table.row({"its results", grouped(resultBytes(train)), "the loss and totals of metrics"});
      table.row(
          {"a step in all",
           n ? grouped(memory.persistentBytes + scratch + batch * n + resultBytes(train)) : "?",
           "with the arena; and " + grouped(stackBytes(step->name)) + " on each thread's stack"});
    });
    total += double(most);
    for (size_t i = 0; i < program.data.size(); ++i) {
      const plan::DataSize *size = sizeOf(int32_t(i));
      const std::string name = "data " + program.data[i].name;
      complete &= size != nullptr;
      if (!size) {
        table.row({name, "?", "not known before the run"});
        continue;
      }
      const double bytes = double(size->rows) * double(size->rowElements * elementBytes());
      total += bytes;
      table.row({name, grouped(bytes),
                 grouped(double(size->rows)) + " rows of " + grouped(double(size->rowElements)) +
                     " numbers"});
    }
    table.row({"in all", (complete ? "" : "≥ ") + grouped(total)});
    table.print(os, "lr");
  }

  /// The number of elements of one example, in the fields that a statement trains on.
  int64_t rowElements(const TrainT &train) const {
    int64_t sum = 0;
    for (int32_t f : train.fields)
      sum += elementsOf(program.data[train.data].fields[f].shape);
    return sum;
  }

  /// The bytes of a step's results. Each result has its own cache lines.
  int64_t resultBytes(const TrainT &train) const {
    auto lines = [&](int64_t elements) {
      return int64_t(llvm::alignTo(elements * elementBytes(), 64));
    };
    int64_t bytes = lines(1);
    for (const MetricT &metric : train.metrics)
      for (int64_t size : metric.total_sizes)
        bytes += lines(size);
    return bytes;
  }

  /// The stack size that the kernels need. It is known only after they are lowered to loops.
  int64_t stackBytes(const std::string &function) {
    mlir::OwningOpRef<mlir::ModuleOp> loops = loopsOf(session, function);
    mlir::Operation *lowered = loops ? loops->lookupSymbol(function) : nullptr;
    auto bytes =
        lowered ? lowered->getAttrOfType<mlir::IntegerAttr>("nn.stack_bytes") : mlir::IntegerAttr();
    return bytes ? bytes.getInt() : 0;
  }

  const MemoryPlan::Function *functionOf(const nn_fn &fn) const {
    for (const MemoryPlan::Function &f : memory.functions)
      if (f.name == session.tables().symbolOf(fn))
        return &f;
    return nullptr;
  }

  /// `which`: of several functions of the statement.
  void printStep(const TrainT &train, const nn_fn &fn, const std::string &which) {
    const auto *step = fn.exists() ? functionOf(fn) : nullptr;
    auto function =
        step ? session.module().lookupSymbol<mlir::func::FuncOp>(step->name) : mlir::func::FuncOp();
    if (!function)
      return;
    int64_t n = batchOf(train);
    os << "\ntrain " << program.models[train.model].name << " on " << program.data[train.data].name
       << which << ": ";
    if (n) {
      os << "batches of " << grouped(double(n));
      if (const plan::DataSize *size = sizeOf(train.data))
        os << ", " << grouped(double((size->trainRows + n - 1) / n)) << " steps in an epoch";
    } else {
      os << "per example, since the batch is not known before the run";
      n = 1;
    }
    os << "\n";
    plan::KernelTables kernelTables(session.diagnostics().sources(),
                                    session.settings().sourceName());
    Table table;
    table.row({"", "kernel", "results", "FLOPs a step", "other operations", "bytes moved",
               roof ? "µs" : "", roof ? "bound by" : "", "where"});
    double flops = 0, others = 0, bytes = 0, seconds = 0;
    unsigned number = 0;
    for (const KernelT &kernel : kernelTables.kernelsOf(function)) {
      auto at = [&](nn_amount amount) { return amount.fixed + amount.per_row * double(n); };
      double moved = 0;
      for (const nn_traffic &traffic : kernel.traffic)
        moved += at(traffic.bytes);
      flops += at(kernel.flops);
      others += at(kernel.others);
      bytes += moved;
      std::string time, bound;
      if (roof) {
        const nn_roofline least = nn_roofline_of(kernel, n, int32_t(elementBytes()), *roof);
        seconds += std::max(least.compute, least.memory);
        time = microseconds(std::max(least.compute, least.memory));
        bound = least.compute >= least.memory ? "compute" : levelNames[least.level];
      }
      table.row({std::to_string(++number), kernel.kind, kernel.results,
                 at(kernel.flops) ? grouped(at(kernel.flops)) : "", grouped(at(kernel.others)),
                 grouped(moved), time, bound, kernel.places});
    }
    table.row({"", "in all", "", grouped(flops), grouped(others), grouped(bytes),
               roof ? microseconds(seconds) : ""});
    table.print(os, "rllrrrrl");
    if (!roof)
      return;
    os << "  at least " << microseconds(seconds) << " µs a step on one core";
    const plan::DataSize *size = batchOf(train) ? sizeOf(train.data) : nullptr;
    if (size)
      os << ", " << llvm::format("%.3g", seconds * double((size->trainRows + n - 1) / n))
         << " s an epoch";
    os << "\n";
  }

  /// Prints the measurements that the rooflines are computed from. Only this machine can be
  /// measured.
  void printRoof() {
    const bool here = session.settings().cpu == "native" && session.settings().triple.empty();
    roof.emplace();
    if (!here || !nn_measure_roof(int32_t(session.target().machine.vectorBytes),
                                  session.target().machine.fma, *roof)) {
      roof.reset();
      os << "\nroofline: not known for another machine than this one: leave out --cpu and "
            "--target\n";
      return;
    }
    auto number = [](double x) { return llvm::format("%.0f", x * 1e-9); };
    os << "\nroofline: measured just now on one core: " << number(roof->flops) << " GFLOP/s in f32 "
       << (roof->fma ? "multiply-adds" : "multiplications and additions") << " on registers, "
       << roof->vector_bytes / 4 << " lanes wide\n";
    Table table;
    table.row({"level", "bytes", "GB/s (triad)"});
    for (int level = 0; level < NN_LEVELS; ++level)
      table.row({levelNames[level], level == NN_MEMORY ? "" : grouped(roof->sizes[level]),
                 llvm::formatv("{0:f0}", roof->bandwidth[level] * 1e-9).str()});
    table.print(os, "lrr");
  }

  static std::string microseconds(double seconds) {
    return seconds >= 1e-3 ? grouped(seconds * 1e6) : llvm::formatv("{0:f2}", seconds * 1e6).str();
  }

  Session &session;
  const ProgramT &program;
  llvm::raw_ostream &os;
  MemoryPlan memory;
  std::vector<std::optional<plan::DataSize>> data;
  std::optional<nn_roof> roof;
  static constexpr const char *levelNames[NN_LEVELS] = {"L1", "L2", "L3", "memory"};
};

} // namespace

void nnc::printPlan(Session &session, llvm::raw_ostream &os) { PlanPrinter(session, os).print(); }
