// Removes files when a signal ends the process at once. Everything that the handler reads is in
// static memory and is marked valid last, because a signal may come at any time.
#include "runtime/process/ending.h"

#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>
#include <sys/wait.h>
#include <unistd.h>

namespace nnrt {

enum State { Free, Claimed, File, Folder };
static struct Slot {
  std::atomic<int> state{Free};
  char path[PATH_MAX];
} slots[16];
static std::atomic<int> childGroup{0};

Disposable::Disposable(const std::string &path, bool isFolder) : slot(-1) {
  if (path.size() >= sizeof slots->path)
    return;
  for (int i = 0; i < int(sizeof slots / sizeof *slots); ++i) {
    int expected = Free;
    if (!slots[i].state.compare_exchange_strong(expected, Claimed))
      continue;
    memcpy(slots[i].path, path.c_str(), path.size() + 1);
    slots[i].state = isFolder ? Folder : File;
    slot = i;
    return;
  }
}

Disposable::~Disposable() {
  if (slot >= 0)
    slots[slot].state = Free;
}

void setChildGroup(int group) { childGroup = group; }

/// Gives the children a tenth of a second to clean up after themselves.
static void endChildren() {
  const int group = childGroup;
  if (group <= 0)
    return;
  kill(-group, SIGTERM);
  for (int i = 0; i < 20; ++i) {
    if (waitpid(group, nullptr, WNOHANG) != 0)
      break;
    const timespec pause = {0, 5000000};
    nanosleep(&pause, nullptr);
  }
  kill(-group, SIGKILL);
}

void endBy(int signal) {
  endChildren();
  for (State state : {File, Folder})
    for (Slot &slot : slots)
      if (slot.state == state)
        state == File ? unlink(slot.path) : rmdir(slot.path);
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  kill(getpid(), signal);
  raise(signal);
  _exit(128 + signal);
}

void endOnSignals() {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {}, before;
    action.sa_handler = endBy;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_DFL)
      sigaction(signal, &action, nullptr);
  }
}

} // namespace nnrt
