// Catches signals. The handler usually only sets a flag; sigaction is used so that the old handlers
// can be restored.
#include "runtime/process/signals.h"

#include "runtime/process/ending.h"

#include <atomic>
#include <csignal>

namespace nnrt {

static volatile sig_atomic_t pending = 0;
static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
static const int kinds = sizeof caught / sizeof *caught;
static struct sigaction before[kinds];

static std::atomic<int> compiling{0};
static std::atomic<bool> hasWork{false};

static void handle(int signal) {
  if (signal != SIGPIPE && (pending || (compiling && !hasWork)))
    endBy(signal);
  if (!pending)
    pending = signal;
}

CompileScope::CompileScope() {
  ++compiling;
  if (pending && pending != SIGPIPE && !hasWork) // for example, it came while data were read
    endBy(pending);
}

CompileScope::~CompileScope() { --compiling; }

void noteWork() { hasWork = true; }

SignalScope::SignalScope(bool mayEnd) {
  hasWork = !mayEnd;
  pending = 0;
  struct sigaction action = {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < kinds; ++i) {
    sigaction(caught[i], &action, &before[i]);
    if (caught[i] == SIGHUP && before[i].sa_handler == SIG_IGN) // nohup
      sigaction(caught[i], &before[i], nullptr);
  }
}

SignalScope::~SignalScope() {
  for (int i = 0; i < kinds; ++i)
    sigaction(caught[i], &before[i], nullptr);
}

int pendingSignal() { return pending; }

void askToStop(int signal) {
  if (!pending)
    pending = signal;
}

const char *signalName(int signal) {
  return signal == SIGINT    ? "SIGINT"
         : signal == SIGTERM ? "SIGTERM"
         : signal == SIGHUP  ? "SIGHUP"
                             : "SIGPIPE";
}

} // namespace nnrt
