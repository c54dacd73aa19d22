// Task: one piece of the runtime's own work on a thread of its own.
#pragma once

#include <pthread.h>

#include <atomic>

namespace nnrt {

class Task {
public:
  Task() = default;
  Task(const Task &) = delete;
  ~Task() { join(); }

  /// Begins work(data) on a new thread, with denormal numbers flushed to zero. False if the system
  /// has no thread to give: then nothing has begun.
  bool begin(void (*work)(void *data), void *data);
  /// From begin() until join().
  bool hasBegun() const { return begun; }
  /// Whether join() would wait.
  bool isRunning() const { return begun && !done.load(std::memory_order_acquire); }
  void join();

private:
  static void *main(void *task);

  void (*work)(void *) = nullptr;
  void *data = nullptr;
  bool begun = false;
  pthread_t thread;
  std::atomic<bool> done{false};
};

} // namespace nnrt
