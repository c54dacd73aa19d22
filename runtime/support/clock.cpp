// The time since the start of the process, and the observer of stages. The system reports a
// process's start only in steps of 10 ms. Before main there is one thread, and unless it waited for
// the disk, its CPU time is the elapsed time. The larger of the two is used.
#include "runtime/support/clock.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <unistd.h>

namespace nnrt {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static double seconds(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

/// The least time that has passed since the process began, according to /proc/self/stat; 0 if it is
/// not known.
static double leastAge() {
  char text[1024];
  FILE *file = fopen("/proc/self/stat", "r");
  if (!file)
    return 0;
  size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[size] = 0;
  // Field 22 is the start, in ticks since boot. The name in field 2 may contain anything but ends
  // with the last parenthesis.
  const char *at = strrchr(text, ')');
  unsigned long long ticks = 0;
  if (!at ||
      sscanf(at + 1,
             " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
             &ticks) != 1)
    return 0;
  double tick = 1.0 / double(sysconf(_SC_CLK_TCK));
  return std::max(0.0, seconds(CLOCK_BOOTTIME) - double(ticks + 1) * tick);
}

static nn_observer observer;
static void *observerData;

void observed(const char *stage, double begin) {
  if (observer)
    observer(observerData, stage, begin, now());
}

} // namespace nnrt

extern "C" double nn_process_start(void) {
  using namespace nnrt;
  static const double start = now() - std::max(leastAge(), seconds(CLOCK_PROCESS_CPUTIME_ID));
  return start;
}

extern "C" void nn_observe(nn_observer observer, void *data) {
  nnrt::observer = observer;
  nnrt::observerData = data;
}
