// Adds up the stamps of a function by kernel and by line of the program, and prints them.
#include "runtime/device/profile_table.h"

#include "runtime/support/status.h"

#include <algorithm>

namespace nnrt {

namespace {

/// The average work of some kernels in a call.
struct Work {
  double time = 0, wait = 0;              // seconds, mean of the threads
  double flops = 0, bytes = 0, least = 0; // least: the roofline's time on one core

  Work &operator+=(const Work &o) {
    time += o.time;
    wait += o.wait;
    flops += o.flops;
    bytes += o.bytes;
    least += o.least;
    return *this;
  }
};

struct Row {
  Work work;
  std::string bound, text;
};

const char *const levelNames[] = {"L1", "L2", "L3", "memory"};

/// A kernel that takes more than twice the roofline's time is bound by neither operations nor data.
std::string boundOf(const nn_roofline &line, double time) {
  if (std::max(line.compute, line.memory) < time / 2)
    return "overhead";
  return line.compute >= line.memory ? "compute" : levelNames[line.level];
}

/// A count of bytes in at most 8 characters.
std::string shortBytes(double count) {
  static const char *const units[] = {"B", "KB", "MB", "GB"};
  int unit = 0;
  while (unit < 3 && count >= 1000) {
    count /= 1000;
    ++unit;
  }
  return format(unit == 0 || count >= 100 ? "%.0f %s" : "%.1f %s", count, units[unit]);
}

/// Microseconds, with enough digits for a hundredth of `step`.
std::string microseconds(double seconds, double step) {
  return format("%.*f", step < 10e-6 ? 3 : step < 100e-6 ? 2 : 1, seconds * 1e6);
}

/// The rows of one line of the program.
struct Line {
  Row row;
  std::vector<Row> kernels;
};

class Table {
public:
  Table(const ProgramT &program, const Stamps &stamps, double secondsPerTick, const nn_roof *roof)
      : profile(*program.profile), stamps(stamps), roof(roof), wide(program.elements == "f64"),
        roofFlops(roof ? roof->flops / (wide ? 2 : 1) : 0),
        unit(secondsPerTick / double(stamps.calls) / stamps.threads),
        examples(double(stamps.examples) / double(stamps.calls)),
        call(stamps.callSeconds / double(stamps.calls)),
        step(stamps.steps ? stamps.stepSeconds / double(stamps.steps) : call),
        lines(profile.lines.size() + 1) {}

  std::string text();

private:
  void addKernel(int32_t k);
  Row kernelRow(int32_t k) const;
  void printHead();
  void printLines();
  void printLine(Line &line);
  /// Prints the rows that take at least a hundredth of the step, with their waiting times, and one
  /// for all others.
  void printKernels(std::vector<Row *> rows);
  void printRow(const std::string &line, const Row &row);
  /// What of a call, or of a training step, is not in kernels.
  void printRest();
  void printPart(const char *name, double time);

  double at(nn_amount amount) const { return amount.fixed + amount.per_row * examples; }

  const ProfileT &profile;
  const Stamps &stamps;
  const nn_roof *roof;
  const bool wide;
  const double roofFlops;
  const double unit;       // seconds of a tick, for one call on one thread
  const double examples;   // of a call
  const double call, step; // seconds of a call, and of a training step
  std::vector<Line> lines; // the last: kernels that belong to no line
  Work all;
  std::string out;
};

Row Table::kernelRow(int32_t k) const {
  const KernelT &kernel = stamps.function->kernels[k];
  Row row;
  row.work.time = stamps.sum(k) * unit;
  row.work.wait = stamps.sum(stamps.kernels + k) * unit;
  row.work.flops = at(kernel.flops);
  for (const nn_traffic &traffic : kernel.traffic)
    row.work.bytes += at(traffic.bytes);
  if (roof) {
    const nn_roofline least = nn_roofline_of(kernel, int64_t(examples + 0.5), wide ? 8 : 4, *roof);
    row.work.least = std::max(least.compute, least.memory);
    row.bound = boundOf(least, row.work.time * stamps.threads);
  }
  row.text = "  " + kernel.kind + " " + kernel.results;
  if (!kernel.places.empty())
    row.text += " in " + kernel.places;
  for (size_t l = 1; l < kernel.lines.size(); ++l)
    row.text += (l == 1 ? "; with line " : ", ") + profile.lines[kernel.lines[l]].where;
  return row;
}

void Table::addKernel(int32_t k) {
  const KernelT &kernel = stamps.function->kernels[k];
  Row row = kernelRow(k);
  Line &line = lines[kernel.lines.empty() ? profile.lines.size() : size_t(kernel.lines[0])];
  line.row.work += row.work;
  line.kernels.push_back(std::move(row));
  all += line.kernels.back().work;
}

void Table::printHead() {
  out += format("profile: %s: %s of %s on %s, %s µs each\n", stamps.function->name.c_str(),
                counted(stamps.calls, stamps.steps ? "step" : "call").c_str(),
                counted(int64_t(examples + 0.5), "row").c_str(),
                counted(stamps.threads, "thread").c_str(), microseconds(step, step).c_str());
  out += format("   line        µs   share%s   GFLOP/s  of roof    moved    GB/s  bound by\n",
                stamps.threads > 1 ? "  wait µs" : "");
}

void Table::printRow(const std::string &line, const Row &row) {
  const Work &w = row.work;
  const double busy = w.time * stamps.threads; // of all cores together
  std::string flops = busy > 0 && w.flops > 0 ? format("%.1f", w.flops / busy * 1e-9) : "";
  std::string share = busy > 0 && w.flops > 0 && roofFlops > 0
                          ? format("%.0f %%", 100 * w.flops / busy / roofFlops)
                          : "";
  std::string wait = stamps.threads > 1 ? format(" %8s", microseconds(w.wait, step).c_str()) : "";
  std::string text = format("  %5s %9s %5.1f %%%s %9s %8s %8s %7s  %-8s  %s", line.c_str(),
                            microseconds(w.time, step).c_str(), 100 * w.time / step, wait.c_str(),
                            flops.c_str(), share.c_str(), shortBytes(w.bytes).c_str(),
                            busy > 0 ? format("%.1f", w.bytes / busy * 1e-9).c_str() : "",
                            row.bound.c_str(), row.text.c_str());
  out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

void Table::printKernels(std::vector<Row *> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row *a, const Row *b) { return a->work.time > b->work.time; });
  Row others;
  int64_t left = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i]->work.time + rows[i]->work.wait >= step / 100 ||
        (left == 0 && i + 1 == rows.size())) {
      printRow("", *rows[i]);
    } else {
      others.work += rows[i]->work;
      ++left;
    }
  }
  others.text = "  " + counted(left, "small kernel");
  if (left)
    printRow("", others);
}

void Table::printLine(Line &line) {
  const bool known = &line != &lines.back();
  const SourceLineT *source = known ? &profile.lines[&line - lines.data()] : nullptr;
  line.row.text = source ? source->text : "the compiler's own";
  printRow(source ? source->where : "", line.row);
  std::vector<Row *> kernels;
  for (Row &kernel : line.kernels)
    kernels.push_back(&kernel);
  printKernels(kernels);
}

void Table::printLines() {
  Row others;
  int64_t left = 0;
  std::vector<Line *> order;
  for (Line &line : lines)
    if (!line.kernels.empty())
      order.push_back(&line);
  std::stable_sort(order.begin(), order.end(),
                   [](Line *a, Line *b) { return a->row.work.time > b->row.work.time; });
  for (Line *line : order) {
    if (line->row.work.time + line->row.work.wait < step / 100 && order.size() > 1) {
      others.work += line->row.work;
      ++left;
    } else {
      printLine(*line);
    }
  }
  if (left) {
    others.text = counted(left, "other line");
    printRow("", others);
  }
}

void Table::printPart(const char *name, double time) {
  out += format("  %5s %9s %5.1f %%  %s\n", "", microseconds(time, step).c_str(), 100 * time / step,
                name);
}

void Table::printRest() {
  const int32_t special = 2 * stamps.kernels;
  const double copy = stamps.sum(special + Copy) * unit,
               waitCopy = stamps.sum(special + WaitAfterCopy) * unit;
  printPart("all kernels", all.time);
  if (stamps.threads > 1)
    printPart("waiting for other threads", all.wait + waitCopy);
  printPart("copying the batch", copy);
  printPart(stamps.threads > 1 ? "starting and joining threads" : "the call itself",
            call - all.time - all.wait - copy - waitCopy);
  if (stamps.steps)
    printPart("the training loop", step - call);
  if (roof)
    out += format("  %5s %9s          the rooflines of all kernels, on one core\n", "",
                  microseconds(all.least, step).c_str());
}

std::string Table::text() {
  for (size_t k = 0; k < stamps.function->kernels.size(); ++k)
    addKernel(int32_t(k));
  printHead();
  printLines();
  printRest();
  return out;
}

} // namespace

std::string profileTable(const ProgramT &program, const Stamps &stamps, double secondsPerTick,
                         const nn_roof *roof) {
  return Table(program, stamps, secondsPerTick, roof).text();
}

} // namespace nnrt
