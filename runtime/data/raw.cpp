// Data sets whose fields are computed for each batch: images of bytes would take four times the
// memory as f32, and the system needs longer to provide that memory than the whole computation
// takes. Every row is still computed once and checked, so bad data are found before the run, or
// before its results are used: on a machine with a spare core, a run's first steps are made at the
// same time.
#include "runtime/data/dataset.h"
#include "runtime/support/finite.h"
#include "runtime/support/indices.h"

#include <algorithm>

namespace nnrt {

bool canKeepRaw(const Engine &engine, const Dataset &data) {
  const DataT &description = *data.description;
  if (description.series)
    return false;
  int64_t bytes = 0;
  for (size_t f = 0; f < description.fields.size(); ++f) {
    // These need statistics of the whole field.
    if (description.fields[f].flags &
        (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS | NN_FIELD_BALANCED))
      return false;
    bytes += data.rows * data.fields.sizes[f] * engine.elementBytes();
  }
  return !(description.has_split && description.stratify >= 0) && bytes > data.keptBytes &&
         data.parts.areCompact();
}

void Dataset::fillInputs(const int64_t *wanted, int64_t first, int64_t last,
                         const InputBuffers &inputs) const {
  const int64_t own = parts.mainRows(), most = 64;
  const InputTable table = prepareInputs(*description);
  int64_t selected[most];
  while (first < last) {
    // A range of rows of one part.
    const bool test = wanted[first] >= own;
    const Part &part = parts[test];
    int64_t count = 0;
    for (; count < most && first + count < last && (wanted[first + count] >= own) == test; ++count)
      selected[count] = part.kept[wanted[first + count] - (test ? own : 0)];
    for (int32_t i : indices(table.inputs))
      fillInput(*part.source, table, i, columns.ofPart(test), selected, count, inputs.at(i, first));
    first += count;
  }
}

namespace {

/// Fails if inputs that were filled for `wanted` are not valid for `prepare`.
Status checkInputs(const Dataset &data, const int64_t *wanted, int64_t count,
                   const InputBuffers &inputs) {
  const DataT &description = *data.description;
  for (const BoundT &bound : description.bounds) {
    const int64_t size = inputs.size(bound.field),
                  bad = firstOutside(bound, inputs.at(bound.field, 0), count * size);
    if (bad >= 0)
      return outside(bound, inputName(description, bound.field), description.name,
                     data.parts.place(wanted[bad / size]), size, bad,
                     inputs.at(bound.field, 0).get(bad));
  }
  return Status();
}

/// The check of all rows, shared by threads: each computes a range of rows in pieces that stay in
/// its cache.
struct RangeCheck {
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
    auto &check = *static_cast<RangeCheck *>(self);
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
    for (int32_t f : indices(description.fields)) {
      NN_TRY(
          fields[f].allocate(size_t(piece * data.fields.sizes[f] * width), "a look at the data"));
      out.push_back(fields[f].data());
    }
    int64_t rows[piece];
    for (; first < last; first += piece) {
      const int64_t count = std::min(piece, last - first);
      for (int64_t i = 0; i < count; ++i)
        rows[i] = first + i;
      data.fillInputs(rows, 0, count, inputs);
      NN_TRY(checkInputs(data, rows, count, inputs));
      engine.callHere(description.prepare, inputs.in(), out.data(), count, piece, scratch);
      for (int32_t f : indices(description.fields)) {
        const int64_t size = data.fields.sizes[f];
        Elements values{fields[f].data(), engine.f64()};
        if (found[f].element < 0)
          if (int64_t at = firstNonFinite(values, count * size); at >= 0)
            found[f] = {first * size + at, values.get(at)};
        if (size == 1)
          std::copy_n(fields[f].data(), count * width,
                      data.fields.buffers[f].data() + first * width);
      }
    }
    return Status();
  }
};

} // namespace

Status RowCheck::checkRows(Engine &engine, int threads) {
  const size_t fields = data.description->fields.size();
  RangeCheck check{data, engine, {}, {}};
  check.bad.assign(threads, std::vector<RangeCheck::Bad>(fields));
  check.status.resize(threads);
  if (threads == 1)
    RangeCheck::run(&check, 0, 1);
  else
    engine.share(RangeCheck::run, &check, threads);
  for (Status &status : check.status)
    NN_TRY(std::move(status));
  NN_TRY(data.parts.checkIntact());
  for (size_t f = 0; f < fields; ++f)
    for (const std::vector<RangeCheck::Bad> &found : check.bad)
      if (found[f].element >= 0)
        return data.notFinite(int32_t(f), found[f].element, found[f].value);
  return Status();
}

Status RowCheck::checkRowsAndBounds(Engine &engine, int threads) {
  NN_TRY(checkRows(engine, threads));
  looked = true;
  for (const BoundT &bound : bounds)
    NN_TRY(data.checkBound(engine, bound));
  return Status();
}

void RowCheck::begin(Engine &on) {
  if (looked || task.hasBegun() || std::min(on.maxThreads(), availableCores()) < 2)
    return;
  engine = &on;
  task.begin( // if there is no thread for it, finish() does the work instead
      [](void *self) {
        auto &check = *static_cast<RowCheck *>(self);
        check.result = check.checkRowsAndBounds(*check.engine, 1);
      },
      this);
}

Status RowCheck::finish(Engine &engine) {
  if (task.hasBegun()) {
    task.join();
    return std::move(result);
  }
  return looked ? Status() : checkRowsAndBounds(engine, engine.maxThreads());
}

} // namespace nnrt
