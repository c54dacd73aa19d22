// The gate of nnc's trainers: a compiled program linked with this file is its real trainer, whose
// training loop waits before each step until the driver lets it go on. The loop asks after every
// step whether a signal is pending; this file answers that question in place of
// runtime/process/signals.cpp. Between steps is where it waits: no compiled code runs, and the
// worker threads go to sleep as they do whenever there is nothing to do.
//   first 1       the first step is done
//   run N → ran S N steps took S seconds
// At the end of the input the run is interrupted as by Control-C, which prints how many steps were
// made.
#include "runtime/process/signals.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

long left = 1, block = 1; // steps until the next answer, steps of this block
bool started = false;
Clock::time_point begin;

void answer(const char *text) {
  int pipe = atoi(getenv("NNC_BENCH_PIPE"));
  char line[64];
  int size = snprintf(line, sizeof line, "%s\n", text);
  if (write(pipe, line, size_t(size)) != size)
    _exit(1);
}

int wait() {
  char text[64];
  if (started)
    snprintf(text, sizeof text, "ran %.9f",
             std::chrono::duration<double>(Clock::now() - begin).count());
  answer(started ? text : "first 1");
  started = true;
  if (!fgets(text, sizeof text, stdin) || sscanf(text, "run %ld", &block) != 1 || block < 1)
    return SIGINT;
  left = block;
  begin = Clock::now();
  return 0;
}

} // namespace

namespace nnrt {

SignalScope::SignalScope(bool) {}
SignalScope::~SignalScope() {}

int pendingSignal() {
  if (--left > 0)
    return 0;
  return wait();
}

void noteWork() {}
void askToStop(int) {}
const char *signalName(int) { return "SIGINT"; }

} // namespace nnrt
