// SIGINT and SIGTERM ask a run to end after the current step.
#pragma once

namespace nnrt {

/// Catches the signals while it lives; a second one ends the process at once.
class SignalScope {
public:
  SignalScope();
  ~SignalScope();
};

/// The signal that has arrived since the scope began, or 0.
int pendingSignal();

} // namespace nnrt
