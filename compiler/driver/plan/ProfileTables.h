// Decides which functions --profile measures, and builds the tables that describe their kernels to
// the runtime.
#pragma once

namespace nnc {
class Session;
}

namespace nnc::plan {

/// Marks the steps and evaluations of the session's program, which has reached Planned, as profiled
/// (`nn.profile`, for lowering) and adds ProgramT::profile to its tables.
void addProfile(Session &session);

} // namespace nnc::plan
