// When a signal ends the process at once: what must not stay behind.
#pragma once

#include <string>

namespace nnrt {

/// While it lives, a signal that ends the process at once removes the file, or the folder after all
/// files.
class Disposable {
public:
  explicit Disposable(const std::string &path, bool isFolder = false);
  ~Disposable();
  Disposable(const Disposable &) = delete;
  Disposable &operator=(const Disposable &) = delete;

private:
  int slot;
};

/// A process group that such a signal ends first, or 0.
void setChildGroup(int group);

/// Clears away and lets the signal do what it does to a process that does not catch it.
/// Async-signal-safe.
void endBy(int signal);

/// From now on SIGINT, SIGTERM and SIGHUP end the process this way, unless they are ignored.
void endOnSignals();

} // namespace nnrt
