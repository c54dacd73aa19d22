// Writes a program as a standalone executable.
#pragma once

namespace nnc {

class Session;

/// Writes a standalone executable to the session's output. The runtime's library is found by
/// `argv0` and by the address of a function of nnc. Returns false after an error, which is in the
/// session's diagnostics.
bool writeExecutable(Session &session, const char *argv0);

} // namespace nnc
