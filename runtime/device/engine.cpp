// Calls of compiled code: memory, threads, scalars.
#include "runtime/device/engine.h"
#include "runtime/device/costs.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace nnrt {

Engine::Engine(const ProgramT &program, const nn_code *functions, int threads, Pool *shared)
    : program(program), functions(functions), arena(program, program.elements == "f64"),
      wide(program.elements == "f64"), fixedThreads(threads > 0) {
  if (!shared)
    owned.reset(new Pool(threads > 0 ? threads : availableCores()));
  pool = shared ? shared : owned.get();
}

Status Engine::start(uint64_t seed, const std::vector<double> &options) {
  if (program.profile)
    profiler.reset(new Profiler(program));
  scalars.assign(NN_SLOT_OPTIONS, 0);
  setSeed(seed);
  scalars.insert(scalars.end(), options.begin(), options.end());
  scalars.resize(scalars.size() + program.chosen_count);
  NN_TRY(arena.allocate());
  settings.assign(program.settings_count, 0);
  return updateSettings();
}

Status Engine::updateSettings() {
  if (program.settings.exists() && program.settings_count > 0) {
    std::vector<void *> out;
    for (double &slot : settings)
      out.push_back(&slot);
    NN_TRY(reserve(program.settings, 1));
    callAlone(program.settings, nullptr, out.data());
  }
  return Status();
}

size_t Engine::scratchOf(const nn_fn &function, int64_t capacity) const {
  const CompiledFunctionT &f = about(function);
  using Wide = unsigned __int128;
  // Sizes and capacities are below 2^60, so only the product with both could be too wide.
  const Wide row = (Wide)f.square_bytes * capacity + f.row_bytes;
  const Wide need = row >> 60 ? row : row * capacity + f.fixed_bytes;
  return need >> 60 ? SIZE_MAX : size_t(need);
}

Status Engine::reserve(const nn_fn &function, int64_t capacity) {
  const size_t need = scratchOf(function, capacity);
  if (need <= scratch.size())
    return Status();
  return scratch.allocate(
      need, format("the intermediate results of %s", counted(capacity, "example").c_str()));
}

int64_t Gather::bytes() const {
  int64_t sum = 0;
  for (int32_t f = 0; f < n_fields; ++f)
    sum += fields[f].rowBytes * count;
  return sum;
}

void Gather::copy(int32_t thread, int32_t threads) const {
  int64_t first = count * thread / threads, last = count * (thread + 1) / threads;
  if (computation)
    return computation->fill(computation->self, rows, first, last);
  for (int32_t f = 0; f < n_fields; ++f) {
    const Field &field = fields[f];
    if (field.rowBytes == 4 &&
        field.stride == 4) { // a label or a lone number: too small for memcpy
      for (int64_t r = first; r < last; ++r)
        reinterpret_cast<uint32_t *>(field.to)[r] =
            reinterpret_cast<const uint32_t *>(field.from)[rows[r]];
      continue;
    }
    for (int64_t r = first; r < last; ++r)
      memcpy(field.to + r * field.rowBytes, field.from + rows[r] * field.stride, field.rowBytes);
  }
}

namespace {
struct Job {
  const nn_call *call;
  nn_code code;
  const Gather *gather;       // copied by all threads, or null
  nn_call prepare;            // when the gathered rows are computed …
  nn_code computed = nullptr; // … by this function
  bool bad = false;           // they cannot be believed; written by thread 0 between two barriers
};

void makeBatch(Job &job, int32_t thread, int32_t threads) {
  auto meet = [&] {
    if (threads > 1)
      job.call->barrier(job.call->barrier_data);
  };
  job.gather->copy(thread, threads);
  if (job.gather->computation) {
    meet();
    if (thread == 0)
      job.bad = !job.gather->computation->intact(job.gather->computation->self);
    job.computed(&job.prepare, thread, threads);
  }
  Profiler::copied(*job.call, thread);
  meet();
  if (threads > 1)
    Profiler::metAfterCopy(*job.call, thread);
}

void runJob(void *data, int32_t thread, int32_t threads) {
  Job &job = *static_cast<Job *>(data);
  Profiler::started(*job.call, thread);
  if (job.gather)
    makeBatch(job, thread, threads);
  if (job.bad)
    return;
  job.code(job.call, thread, threads);
}
} // namespace

bool Engine::runCall(const nn_fn &function, nn_call &call, const Gather *gather, int threads) {
  if (threads == 1 && !gather && !profiler) { // a step may take less time than what follows
    functions[function.code](&call, 0, 1);
    return true;
  }
  if (profiler)
    profiler->begin(function, call, threads);
  Job job{&call, functions[function.code], gather, call};
  if (gather && gather->computation) {
    const Gather::Computation &computation = *gather->computation;
    job.computed = functions[computation.prepare->code];
    job.prepare.in = computation.columns;
    job.prepare.out = computation.prepared;
    job.prepare.capacity = computation.capacity;
    job.prepare.rows = gather->count;
  }
  if (gather && gather->bytes() < leastSharedBytes) {
    Profiler::started(call, 0);
    makeBatch(job, 0, 1);
    job.gather = nullptr;
  }
  pool->run(runJob, &job, threads);
  if (profiler)
    profiler->end();
  return !job.bad;
}

bool Engine::call(const nn_fn &function, const void *const *in, void *const *out, int64_t rows,
                  int64_t capacity, Tuning &tuning, const Gather *gather) {
  nn_call call = prepared(in, out, rows, capacity);
  if (fixedThreads || pool->size() == 1)
    return runCall(function, call, gather, pool->size());
  if (tuning.threads && ++tuning.calls < tuningPeriod)
    return runCall(function, call, gather, tuning.threads);
  if (tuning.threads)
    tuning = Tuning();

  // A trial: calls 0 and 1 warm up and time one thread, 2 to 5 all of them, unless the
  // call is too short to be shared.
  int threads = tuning.calls < 2 ? 1 : pool->size();
  auto begin = std::chrono::steady_clock::now();
  const bool made = runCall(function, call, gather, threads);
  double time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  double &best = threads == 1 ? tuning.single : tuning.several;
  best = std::min(best, time);
  ++tuning.calls;
  if (tuning.calls == 2 && tuning.single < leastSharedSeconds)
    tuning.threads = 1;
  else if (tuning.calls == 6)
    tuning.threads = tuning.several < tuning.single ? pool->size() : 1;
  return made;
}

void Engine::call(const nn_fn &function, const void *const *in, void *const *out, int64_t rows,
                  int64_t capacity) {
  nn_call call = prepared(in, out, rows, capacity);
  runCall(function, call, nullptr, pool->size());
}

void Engine::callHere(const nn_fn &function, const void *const *in, void *const *out, int64_t rows,
                      int64_t capacity, const Buffer &own) const {
  nn_call call{arena.data(), own.data(),     in,   out,     scalars.data(), rows,
               capacity,     &Pool::barrier, pool, nullptr, nullptr};
  functions[function.code](&call, 0, 1);
}

void Engine::callAlone(const nn_fn &function, const void *const *in, void *const *out) {
  nn_call call = prepared(in, out, 1, 1);
  runCall(function, call, nullptr, 1);
}

} // namespace nnrt
