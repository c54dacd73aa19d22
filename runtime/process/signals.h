// Signals ask a run to end after the current step: SIGINT, SIGTERM, SIGHUP (the terminal is closed)
// and SIGPIPE (whoever read standard output has gone).
#pragma once

namespace nnrt {

/// Catches the signals while it lives; a second one ends the process at once, but for SIGPIPE,
/// which comes with every write. So does the first where it would have to wait for the compiler and
/// nothing is lost by it, if `mayEnd`.
class SignalScope {
public:
  explicit SignalScope(bool mayEnd = true);
  ~SignalScope();
};

/// Code is being compiled while it lives.
class CompileScope {
public:
  CompileScope();
  ~CompileScope();
};

/// From now on to the end of the SignalScope something is lost if the process ends at once: a
/// training has made a step.
void noteWork();

/// The signal that has arrived since the scope began, or 0.
int pendingSignal();
/// As if `signal` had arrived.
void askToStop(int signal);
/// "SIGTERM".
const char *signalName(int signal);

} // namespace nnrt
