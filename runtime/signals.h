// Signals ask a run to end after the current step: SIGINT, SIGTERM, SIGHUP (the terminal is closed) and SIGPIPE (whoever read
// standard output has gone).
#pragma once

namespace nnrt {

/// Catches the signals while it lives; a second one ends the process at once, but for SIGPIPE, which comes with every write.
class SignalScope {
public:
  SignalScope();
  ~SignalScope();
};

/// The signal that has arrived since the scope began, or 0.
int pendingSignal();
/// As if `signal` had arrived.
void askToStop(int signal);
/// "SIGTERM".
const char *signalName(int signal);

} // namespace nnrt
