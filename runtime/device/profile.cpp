// Measures time with a counter of the processor, which is read after every kernel; the time since
// the thread's last stamp belongs to the event that ends. Each thread writes to its own cache
// lines.
#include "runtime/device/profile.h"

#include "runtime/device/engine.h"
#include "runtime/support/clock.h"

#include <algorithm>
#include <cstring>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace nnrt {

static inline uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#elif defined(__aarch64__)
  uint64_t value;
  asm volatile("mrs %0, cntvct_el0" : "=r"(value));
  return value;
#else
  return uint64_t(now() * 1e9);
#endif
}

/// The events of a function beyond those of its code: see nn_call.stamp.
enum Special { Copy, WaitAfterCopy, n_special };
static constexpr int32_t started_ = -1;

/// The counters of one function on a given number of threads.
struct Profiler::Stamps {
  Stamps(const ProfiledT *function, int32_t kernels, int threads)
      : function(function), kernels(kernels), threads(threads),
        stride((2 * kernels + n_special + 1 + 7) / 8 * 8), memory(size_t(stride) * threads + 8) {
    rows = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64 / 8;
  }
  /// A thread's counters: the last stamp, then the time of each event.
  uint64_t *of(int thread) const { return rows + size_t(stride) * thread; }
  /// Ticks of an event on all threads.
  double sum(int32_t event) const {
    double total = 0;
    for (int t = 0; t < threads; ++t)
      total += double(of(t)[1 + event]);
    return total;
  }

  const ProfiledT *function;
  int32_t kernels;
  int threads, stride;
  std::vector<uint64_t> memory;
  uint64_t *rows;
  int64_t calls = 0, steps = 0, examples = 0;
  double callSeconds = 0, stepSeconds = 0;
};

Profiler::Profiler(const ProgramT &program) : program(program) {
  calls.assign(int32_t(program.profile->functions.size()), 0);
  began = now();
  firstTick = ticks();
}

Profiler::~Profiler() = default;

void Profiler::stamp(void *data, int32_t thread, int32_t event) {
  uint64_t *row = static_cast<Stamps *>(data)->of(thread), time = ticks();
  if (event != started_)
    row[1 + event] += time - row[0];
  row[0] = time;
}

void Profiler::started(const nn_call &call, int32_t thread) {
  if (call.stamp)
    call.stamp(call.stamp_data, thread, started_);
}

void Profiler::copied(const nn_call &call, int32_t thread) {
  if (call.stamp)
    call.stamp(call.stamp_data, thread, 2 * static_cast<Stamps *>(call.stamp_data)->kernels + Copy);
}

void Profiler::metAfterCopy(const nn_call &call, int32_t thread) {
  if (call.stamp)
    call.stamp(call.stamp_data, thread,
               2 * static_cast<Stamps *>(call.stamp_data)->kernels + WaitAfterCopy);
}

Profiler::Stamps &Profiler::tableOf(const ProfiledT &profiled, int threads) {
  for (auto &table : tables)
    if (table->function == &profiled && table->threads == threads)
      return *table;
  tables.emplace_back(new Stamps(&profiled, int32_t(profiled.kernels.size()), threads));
  return *tables.back();
}

void Profiler::add(const Profiler &other) {
  for (const auto &from : other.tables) {
    Stamps &to = tableOf(*from->function, from->threads);
    for (int thread = 0; thread < to.threads; ++thread)
      for (int32_t event = 0; event < 2 * to.kernels + n_special; ++event)
        to.of(thread)[1 + event] += from->of(thread)[1 + event];
    to.calls += from->calls;
    to.steps += from->steps;
    to.examples += from->examples;
    to.callSeconds += from->callSeconds;
    to.stepSeconds += from->stepSeconds;
  }
}

void Profiler::begin(const nn_fn &function, nn_call &call, int threads) {
  current = nullptr;
  const ProfileT &profile = *program.profile;
  int32_t index = 0;
  while (index < int32_t(profile.functions.size()) &&
         profile.functions[index].code != function.code)
    ++index;
  if (index == int32_t(profile.functions.size()))
    return;
  const ProfiledT &profiled = profile.functions[index];
  call.stamp = &Profiler::stamp;
  if (calls[index]++ == 0) {
    unused.reset(new Stamps(nullptr, int32_t(profiled.kernels.size()), threads));
    call.stamp_data = unused.get();
    return;
  }
  current = &tableOf(profiled, threads);
  call.stamp_data = current;
  ++current->calls;
  current->examples += call.rows;
  callBegan = now();
}

void Profiler::end() {
  if (current)
    current->callSeconds += now() - callBegan;
}

void Profiler::step(double seconds) {
  if (!current)
    return;
  ++current->steps;
  current->stepSeconds += seconds;
}

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

std::string rowText(const std::string &line, const Row &row, double step, int threads,
                    double roofFlops) {
  const Work &w = row.work;
  const double busy = w.time * threads; // of all cores together
  std::string flops = busy > 0 && w.flops > 0 ? format("%.1f", w.flops / busy * 1e-9) : "";
  std::string share = busy > 0 && w.flops > 0 && roofFlops > 0
                          ? format("%.0f %%", 100 * w.flops / busy / roofFlops)
                          : "";
  std::string wait = threads > 1 ? format(" %8s", microseconds(w.wait, step).c_str()) : "";
  std::string text = format("  %5s %9s %5.1f %%%s %9s %8s %8s %7s  %-8s  %s", line.c_str(),
                            microseconds(w.time, step).c_str(), 100 * w.time / step, wait.c_str(),
                            flops.c_str(), share.c_str(), shortBytes(w.bytes).c_str(),
                            busy > 0 ? format("%.1f", w.bytes / busy * 1e-9).c_str() : "",
                            row.bound.c_str(), row.text.c_str());
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

void sortByTime(std::vector<Row *> &rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row *a, const Row *b) { return a->work.time > b->work.time; });
}

/// Prints the rows that take at least `cutoff`, with their waiting times, and one for all others.
void printRows(std::string &text, const std::string &line, std::vector<Row *> rows, double cutoff,
               const char *noun, double step, int threads, double roofFlops) {
  sortByTime(rows);
  Row others;
  int64_t left = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i]->work.time + rows[i]->work.wait >= cutoff || (left == 0 && i + 1 == rows.size())) {
      text += rowText(line, *rows[i], step, threads, roofFlops);
    } else {
      others.work += rows[i]->work;
      ++left;
    }
  }
  others.text = "  " + counted(left, noun);
  if (left)
    text += rowText(line, others, step, threads, roofFlops);
}

} // namespace

std::string Profiler::textOf(const Stamps &stamps, double secondsPerTick) const {
  const ProfileT &profile = *program.profile;
  const ProfiledT &function = *stamps.function;
  const double unit = secondsPerTick / double(stamps.calls) / stamps.threads;
  const double rows = double(stamps.examples) / double(stamps.calls);
  const bool wide = program.elements == "f64";
  const double roofFlops = hasRoof ? roof.flops / (wide ? 2 : 1) : 0;
  const double call = stamps.callSeconds / double(stamps.calls);
  const double step = stamps.steps ? stamps.stepSeconds / double(stamps.steps) : call;
  auto at = [&](nn_amount amount) { return amount.fixed + amount.per_row * rows; };

  struct Line {
    Row row;
    std::vector<Row> kernels;
  };
  std::vector<Line> lines(profile.lines.size() + 1); // the last: kernels that belong to no line
  Work all;
  for (int32_t k = 0; k < int32_t(function.kernels.size()); ++k) {
    const KernelT &kernel = function.kernels[k];
    Row row;
    row.work.time = stamps.sum(k) * unit;
    row.work.wait = stamps.sum(stamps.kernels + k) * unit;
    row.work.flops = at(kernel.flops);
    for (const nn_traffic &traffic : kernel.traffic)
      row.work.bytes += at(traffic.bytes);
    if (hasRoof) {
      const nn_roofline least = nn_roofline_of(kernel, int64_t(rows + 0.5), wide ? 8 : 4, roof);
      row.work.least = std::max(least.compute, least.memory);
      row.bound = boundOf(least, row.work.time * stamps.threads);
    }
    row.text = "  " + kernel.kind + " " + kernel.results;
    if (!kernel.places.empty())
      row.text += " in " + kernel.places;
    for (int32_t l = 1; l < int32_t(kernel.lines.size()); ++l)
      row.text += (l == 1 ? "; with line " : ", ") + profile.lines[kernel.lines[l]].where;
    Line &line = lines[kernel.lines.empty() ? profile.lines.size() : size_t(kernel.lines[0])];
    line.row.work += row.work;
    line.kernels.push_back(std::move(row));
    all += line.kernels.back().work;
  }

  std::string text =
      format("profile: %s: %s of %s on %s, %s µs each\n", function.name.c_str(),
             counted(stamps.calls, stamps.steps ? "step" : "call").c_str(),
             counted(int64_t(rows + 0.5), "row").c_str(), counted(stamps.threads, "thread").c_str(),
             microseconds(step, step).c_str());
  text += format("   line        µs   share%s   GFLOP/s  of roof    moved    GB/s  bound by\n",
                 stamps.threads > 1 ? "  wait µs" : "");
  std::vector<Row *> shown;
  Row others;
  int64_t left = 0;
  const double cutoff = step / 100;
  std::vector<Line *> order;
  for (Line &line : lines)
    if (!line.kernels.empty())
      order.push_back(&line);
  std::stable_sort(order.begin(), order.end(),
                   [](Line *a, Line *b) { return a->row.work.time > b->row.work.time; });
  for (Line *line : order) {
    if (line->row.work.time + line->row.work.wait < cutoff && order.size() > 1) {
      others.work += line->row.work;
      ++left;
      continue;
    }
    const bool known = line != &lines.back();
    const SourceLineT *source = known ? &profile.lines[line - lines.data()] : nullptr;
    line->row.text = source ? source->text : "the compiler's own";
    text += rowText(source ? source->where : "", line->row, step, stamps.threads, roofFlops);
    std::vector<Row *> kernels;
    for (Row &kernel : line->kernels)
      kernels.push_back(&kernel);
    printRows(text, "", kernels, cutoff, "small kernel", step, stamps.threads, roofFlops);
  }
  if (left) {
    others.text = counted(left, "other line");
    text += rowText("", others, step, stamps.threads, roofFlops);
  }

  const int32_t special = 2 * stamps.kernels;
  const double copy = stamps.sum(special + Copy) * unit,
               waitCopy = stamps.sum(special + WaitAfterCopy) * unit;
  auto part = [&](const char *name, double time) {
    text += format("  %5s %9s %5.1f %%  %s\n", "", microseconds(time, step).c_str(),
                   100 * time / step, name);
  };
  part("all kernels", all.time);
  if (stamps.threads > 1)
    part("waiting for other threads", all.wait + waitCopy);
  part("copying the batch", copy);
  part(stamps.threads > 1 ? "starting and joining threads" : "the call itself",
       call - all.time - all.wait - copy - waitCopy);
  if (stamps.steps)
    part("the training loop", step - call);
  if (hasRoof)
    text += format("  %5s %9s          the rooflines of all kernels, on one core\n", "",
                   microseconds(all.least, step).c_str());
  return text;
}

std::string Profiler::text() {
  const double perTick = (now() - began) / double(std::max<uint64_t>(1, ticks() - firstTick));
  // Measured now and not at the start, so that the run does not wait for it, and only the engine
  // that prints the results of all engines needs it.
  hasRoof = nn_measure_roof(program.profile->vector_bytes, program.profile->fma, roof);
  std::string text =
      "profile: what one core can do was not measured: it has no vectors of that kind\n";
  if (hasRoof)
    text = format("profile: one core reaches %.0f GFLOP/s in f32 %s on registers, %d lanes wide; a "
                  "triad moves %.0f GB/s in L1, "
                  "%.0f in L2, %.0f in L3, %.0f in memory\n",
                  roof.flops * 1e-9, roof.fma ? "multiply-adds" : "multiplications and additions",
                  roof.vector_bytes / 4, roof.bandwidth[NN_L1] * 1e-9, roof.bandwidth[NN_L2] * 1e-9,
                  roof.bandwidth[NN_L3] * 1e-9, roof.bandwidth[NN_MEMORY] * 1e-9);
  Stamps trial(nullptr, 1, 1);
  const int trials = 10000;
  for (int i = 0; i <= trials; ++i)
    stamp(&trial, 0, i ? 0 : started_);
  text += format("profile: times are means of the threads, GFLOP/s and GB/s those of one core; a "
                 "time stamp takes %.0f ns of them\n",
                 trial.sum(0) * perTick / trials * 1e9);
  for (int32_t f = 0; f < int32_t(program.profile->functions.size()); ++f) {
    const Stamps *most = nullptr;
    int64_t all = 0;
    for (auto &table : tables) {
      if (table->function != &program.profile->functions[f])
        continue;
      all += table->calls;
      if (!most || table->calls > most->calls)
        most = table.get();
    }
    if (!most)
      continue;
    text += textOf(*most, perTick);
    if (all > most->calls)
      text += format("  (%s more on another number of threads)\n",
                     counted(all - most->calls, "call").c_str());
  }
  return text;
}

} // namespace nnrt
