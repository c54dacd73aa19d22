// The handler only sets a flag; sigaction is used so that the old handlers come back.
#include "runtime/signals.h"

#include <csignal>

namespace nnrt {

static volatile sig_atomic_t pending = 0;
static struct sigaction before[2];
static const int caught[2] = {SIGINT, SIGTERM};

static void handle(int signal) {
  if (pending) {
    std::signal(signal, SIG_DFL);
    raise(signal);
  }
  pending = signal;
}

SignalScope::SignalScope() {
  pending = 0;
  struct sigaction action = {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < 2; ++i)
    sigaction(caught[i], &action, &before[i]);
}

SignalScope::~SignalScope() {
  for (int i = 0; i < 2; ++i)
    sigaction(caught[i], &before[i], nullptr);
}

int pendingSignal() { return pending; }

} // namespace nnrt
