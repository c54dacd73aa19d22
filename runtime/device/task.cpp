// A thread of its own for one piece of work.
#include "runtime/device/task.h"

#include "runtime/device/pool.h"

namespace nnrt {

void *Task::main(void *task) {
  Task &self = *static_cast<Task *>(task);
  FlushDenormals flush;
  self.work(self.data);
  self.done.store(true, std::memory_order_release);
  return nullptr;
}

bool Task::begin(void (*what)(void *), void *argument) {
  work = what;
  data = argument;
  done.store(false, std::memory_order_relaxed);
  begun = pthread_create(&thread, nullptr, main, this) == 0;
  return begun;
}

void Task::join() {
  if (!begun)
    return;
  pthread_join(thread, nullptr);
  begun = false;
}

} // namespace nnrt
