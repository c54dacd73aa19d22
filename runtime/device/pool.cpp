// The thread pool. Waiting is the main cost: a job of a few microseconds must not pay for a system
// call. So a worker first spins (about 100 µs), then sleeps on a condition variable; at a barrier a
// thread spins, then yields.
#include "runtime/device/pool.h"

#include "runtime/process/output.h"
#include "runtime/support/status.h"

#include <sched.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nnrt {

#if defined(__x86_64__)
static inline void relax() { _mm_pause(); }
FlushDenormals::FlushDenormals() : saved(_mm_getcsr()) {
  _mm_setcsr(unsigned(saved) | 0x8040); // flush to zero, denormals are zero
}
FlushDenormals::~FlushDenormals() { _mm_setcsr(unsigned(saved)); }
#elif defined(__aarch64__)
static inline void relax() { asm volatile("yield"); }
FlushDenormals::FlushDenormals() {
  asm volatile("mrs %0, fpcr" : "=r"(saved));
  asm volatile("msr fpcr, %0" ::"r"(saved | (uint64_t(1) << 24)));
}
FlushDenormals::~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(saved)); }
#else
static inline void relax() {}
FlushDenormals::FlushDenormals() : saved(0) {}
FlushDenormals::~FlushDenormals() {}
#endif

/// Waits until `ready()`; after `spins` looks it yields between looks.
template <class Ready> static void waitFor(int spins, Ready ready) {
  for (int i = 0; i < spins; ++i) {
    if (ready())
      return;
    relax();
  }
  while (!ready())
    sched_yield();
}

int availableCores() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return CPU_COUNT(&allowed);
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  return cores > 0 ? int(cores) : 1;
}

Pool::Pool(int threads) {
  // With more threads than cores, spinning prevents the awaited thread from running.
  spins = threads <= availableCores() ? 2000 : 1;
  if (threads > 1)
    workers.reserve(threads - 1);
  for (int i = 1; i < threads; ++i) {
    workers.push_back({this, i, {}});
    // pthread_create rather than std::thread, which throws when there are too many threads.
    if (pthread_create(&workers.back().thread, nullptr, &Pool::main, &workers.back()) != 0) {
      workers.pop_back();
      showError(format("note: the system gives only %d of %d threads\n", size(), threads));
      break;
    }
  }
}

void *Pool::main(void *worker) {
  Worker &self = *static_cast<Worker *>(worker);
  self.pool->work(self.number);
  return nullptr;
}

Pool::~Pool() {
  {
    std::lock_guard<std::mutex> guard(lock);
    job = nullptr;
    turn.store((((turn.load() >> 16) + 1) << 16) | 0xFFFF);
  }
  wake.notify_all();
  for (Worker &worker : workers)
    pthread_join(worker.thread, nullptr);
}

void Pool::run(void (*function)(void *, int32_t, int32_t), void *argument, int threads) {
  if (threads > size())
    threads = size();
  if (threads <= 1) {
    function(argument, 0, 1);
    return;
  }
  job = function;
  data = argument;
  participants = threads;
  running.store(threads - 1, std::memory_order_relaxed);
  arrived.store(0, std::memory_order_relaxed);
  turn.store((((turn.load(std::memory_order_relaxed) >> 16) + 1) << 16) | uint64_t(threads));
  if (sleepers.load()) {
    std::lock_guard<std::mutex> guard(lock);
    wake.notify_all();
  }
  function(argument, 0, threads);
  waitFor(spins * 4, [this] { return running.load(std::memory_order_acquire) == 0; });
}

void Pool::work(int number) {
  FlushDenormals flush;
  uint64_t seen = 0;
  while (true) {
    uint64_t now = seen;
    for (int i = 0; i < spins && now == seen; ++i) {
      relax();
      now = turn.load(std::memory_order_acquire);
    }
    if (now == seen) {
      std::unique_lock<std::mutex> guard(lock);
      sleepers.fetch_add(1);
      wake.wait(guard, [&] { return turn.load() != seen; });
      sleepers.fetch_sub(1);
      now = turn.load(std::memory_order_acquire);
    }
    seen = now;
    int threads = int(now & 0xFFFF);
    if (threads == 0xFFFF)
      return;
    if (number >= threads)
      continue;
    job(data, number, threads);
    running.fetch_sub(1, std::memory_order_release);
  }
}

void Pool::barrier(void *self) {
  Pool &pool = *static_cast<Pool *>(self);
  uint32_t phase = pool.phase.load(std::memory_order_acquire);
  if (pool.arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == uint32_t(pool.participants)) {
    pool.arrived.store(0, std::memory_order_relaxed);
    pool.phase.store(phase + 1, std::memory_order_release);
    return;
  }
  waitFor(pool.spins, [&] { return pool.phase.load(std::memory_order_acquire) != phase; });
}

} // namespace nnrt
