// Signals ask a run to end after the current step: SIGINT, SIGTERM, SIGHUP (the terminal is closed)
// and SIGPIPE (the reader of standard output has gone).
#pragma once

namespace nnrt {

/// Catches the signals while it lives. A second signal ends the process at once, except SIGPIPE,
/// which comes with every write. With `mayEnd`, the first one does so too if it would have to wait
/// for the compiler and nothing would be lost.
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

/// Says that from now on to the end of the SignalScope work is lost if the process ends at once,
/// because a training has made a step.
void noteWork();

/// The signal that has arrived since the scope began, or 0.
int pendingSignal();
/// Acts as if `signal` had arrived.
void askToStop(int signal);
/// "SIGTERM".
const char *signalName(int signal);

} // namespace nnrt
