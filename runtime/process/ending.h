// Which files to remove when a signal ends the process at once.
#pragma once

#include <string>

namespace nnrt {

/// While it lives, a signal that ends the process at once also removes the file, or the folder
/// after all files.
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

/// Removes the files, then lets the signal take its default action. Async-signal-safe.
void endBy(int signal);

/// From now on SIGINT, SIGTERM and SIGHUP end the process this way, unless they are ignored.
void endOnSignals();

} // namespace nnrt
