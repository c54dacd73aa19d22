// Data sets whose fields are computed for each batch: images of bytes would take four times the
// memory as f32, and the system needs longer to provide that memory than the whole computation
// takes. Every row is still computed once and checked, so bad data are found before the run, or
// before its results are used: on a machine with a spare core, a run's first steps are made at the
// same time.
#include "runtime/data/dataset.h"
#include "runtime/support/finite.h"

#include <algorithm>

namespace nnrt {

bool Dataset::canKeepRaw(const Engine &engine) const {
  const DataT &data = *description;
  int64_t bytes = 0;
  for (int32_t f = 0; f < int32_t(data.fields.size()); ++f) {
    // These need statistics of the whole field.
    if (data.fields[f].flags & (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS | NN_FIELD_BALANCED))
      return false;
    bytes += rows * fieldSizes[f] * engine.elementBytes();
  }
  return !(data.has_split && data.stratify >= 0) && bytes > keptBytes &&
         std::all_of(parts.begin(), parts.end(),
                     [](const Part &part) { return part.source->isCompact(); });
}

void Dataset::fillInputs(const int64_t *wanted, int64_t first, int64_t last,
                         const InputBuffers &inputs) const {
  const int64_t own = int64_t(parts[0].kept.size()), most = 64;
  const InputTable table = prepareInputs(*description);
  int64_t selected[most];
  while (first < last) {
    // A range of rows of one part.
    const bool test = wanted[first] >= own;
    const Part &part = parts[test];
    int64_t count = 0;
    for (; count < most && first + count < last && (wanted[first + count] >= own) == test; ++count)
      selected[count] = part.kept[wanted[first + count] - (test ? own : 0)];
    for (int32_t i = 0; i < int32_t(table.inputs.size()); ++i)
      fillInput(*part.source, table, i, codeClasses[test], selected, count, inputs.at(i, first));
    first += count;
  }
}

Status Dataset::checkInputs(const int64_t *wanted, int64_t count,
                            const InputBuffers &inputs) const {
  for (int32_t b = 0; b < int32_t(description->bounds.size()); ++b) {
    const BoundT &bound = description->bounds[b];
    const int64_t size = inputs.size(bound.field),
                  bad = firstOutside(bound, inputs.at(bound.field, 0), count * size);
    if (bad >= 0)
      return outside(bound, inputName(*description, bound.field), description->name,
                     place(wanted[bad / size]), size, bad, inputs.at(bound.field, 0).get(bad));
  }
  return Status();
}

/// The check of all rows, shared by threads: each computes a range of rows in pieces that stay in
/// its cache.
struct RawCheck {
  static constexpr int64_t piece = 64;
  struct Bad {
    int64_t element = -1;
    double value = 0;
  };

  Dataset &data;
  Engine &engine;
  std::vector<std::vector<Bad>> bad; // for each thread and field, the first
  std::vector<Status> status;

  static void run(void *self, int32_t thread, int32_t threads) {
    auto &check = *static_cast<RawCheck *>(self);
    check.status[thread] = check.look(check.data.rows * thread / threads,
                                      check.data.rows * (thread + 1) / threads, check.bad[thread]);
  }

  Status look(int64_t first, int64_t last, std::vector<Bad> &found) {
    const DataT &description = *data.description;
    const int64_t width = engine.elementBytes();
    Buffer scratch;
    NN_TRY(scratch.allocate(engine.scratchOf(description.prepare, piece), "a look at the data"));
    std::vector<Buffer> fields(int32_t(description.fields.size()));
    InputBuffers inputs;
    NN_TRY(inputs.allocate(prepareInputs(description), engine.f64(), piece, "a look at the data"));
    std::vector<void *> out;
    for (int32_t f = 0; f < int32_t(description.fields.size()); ++f) {
      NN_TRY(fields[f].allocate(size_t(piece * data.fieldSizes[f] * width), "a look at the data"));
      out.push_back(fields[f].data());
    }
    int64_t rows[piece];
    for (; first < last; first += piece) {
      const int64_t count = std::min(piece, last - first);
      for (int64_t i = 0; i < count; ++i)
        rows[i] = first + i;
      data.fillInputs(rows, 0, count, inputs);
      NN_TRY(data.checkInputs(rows, count, inputs));
      engine.callHere(description.prepare, inputs.in(), out.data(), count, piece, scratch);
      for (int32_t f = 0; f < int32_t(description.fields.size()); ++f) {
        const int64_t size = data.fieldSizes[f];
        Elements values{fields[f].data(), engine.f64()};
        if (found[f].element < 0)
          if (int64_t at = firstNonFinite(values, count * size); at >= 0)
            found[f] = {first * size + at, values.get(at)};
        if (size == 1)
          std::copy_n(fields[f].data(), count * width, data.fields[f].data() + first * width);
      }
    }
    return Status();
  }
};

Status Dataset::checkRaw(Engine &engine, int threads) {
  RawCheck check{*this, engine, {}, {}};
  check.bad.assign(threads, std::vector<RawCheck::Bad>(int32_t(description->fields.size())));
  check.status.resize(threads);
  if (threads == 1)
    RawCheck::run(&check, 0, 1);
  else
    engine.share(RawCheck::run, &check, threads);
  for (Status &status : check.status)
    NN_TRY(std::move(status));
  NN_TRY(checkIntact());
  for (int32_t f = 0; f < int32_t(description->fields.size()); ++f)
    for (const std::vector<RawCheck::Bad> &found : check.bad)
      if (found[f].element >= 0)
        return notFinite(f, found[f].element, found[f].value);
  return Status();
}

Status Dataset::checkRawAndBounds(Engine &engine, int threads) {
  NN_TRY(checkRaw(engine, threads));
  looked = true;
  for (const BoundT &bound : bounds)
    NN_TRY(checkBound(engine, bound));
  return Status();
}

void Dataset::beginCheck(Engine &engine) {
  if (looked || checker || std::min(engine.maxThreads(), availableCores()) < 2)
    return;
  checkEngine = &engine;
  checker.reset(new pthread_t);
  auto work = [](void *self) -> void * {
    auto &data = *static_cast<Dataset *>(self);
    FlushDenormals flush;
    data.checkResult = data.checkRawAndBounds(*data.checkEngine, 1);
    data.checkDone.store(true, std::memory_order_release);
    return nullptr;
  };
  if (pthread_create(checker.get(), nullptr, work, this) != 0)
    checker.reset(); // checkRows() does the work instead
}

Status Dataset::checkRows(Engine &engine) {
  if (checker) {
    pthread_join(*checker, nullptr);
    checker.reset();
    return std::move(checkResult);
  }
  return looked ? Status() : checkRawAndBounds(engine, engine.maxThreads());
}

Dataset::~Dataset() {
  if (checker)
    pthread_join(*checker, nullptr);
}

} // namespace nnrt
