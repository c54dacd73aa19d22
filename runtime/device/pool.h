// Pool: the worker threads. Every job runs on several threads at once (SPMD): each gets its number,
// and they meet at barriers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace nnrt {

/// Flushes denormal numbers to zero in this thread while it lives: they make compiled code many
/// times slower. Every thread that runs compiled code holds one, so that all give the same numbers.
class FlushDenormals {
public:
  FlushDenormals();
  ~FlushDenormals();

private:
  uint64_t saved;
};

/// The cores that this process may use.
int availableCores();

class Pool {
public:
  /// `threads` counts the caller: 1 starts no thread. Fewer are started if the system allows no
  /// more.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool &) = delete;

  int size() const { return 1 + int(workers.size()); }

  /// Runs job(data, thread, threads) on `threads` threads (at most size()), the caller being thread
  /// 0, and returns when all are done. Only one thread may call this.
  void run(void (*job)(void *data, int32_t thread, int32_t threads), void *data, int threads);

  /// All threads of the running job meet here; `pool` is the Pool. Has the type of nn_call.barrier.
  static void barrier(void *pool);

private:
  struct Worker {
    Pool *pool;
    int number;
    pthread_t thread;
  };
  static void *main(void *worker);
  void work(int number);

  std::vector<Worker> workers; // never grows after the constructor: threads hold pointers into it
  int spins;                   // how often a waiting thread checks before it yields

  // The job: written by run() before `turn` changes, read by workers after they have seen it.
  void (*job)(void *, int32_t, int32_t) = nullptr;
  void *data = nullptr;
  alignas(64) std::atomic<uint64_t> turn{0}; // number of the job << 16 | threads that take part
  alignas(64) std::atomic<int> running{0};   // workers that are still in the job
  alignas(64) std::atomic<uint32_t> arrived{0};
  alignas(64) std::atomic<uint32_t> phase{0};
  int participants = 1;

  std::mutex lock;
  std::condition_variable wake;
  std::atomic<int> sleepers{0};
};

} // namespace nnrt
