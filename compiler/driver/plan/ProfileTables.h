// Decides which functions --profile measures, and builds the tables that describe their kernels to
// the runtime.
#pragma once

namespace nnc {
class Session;
}

namespace nnc::plan {

/// Marks the steps and evaluations of the session's program as profiled (`nn.profile`, for
/// lowering) and adds nn_program.profile to its tables. The session has reached Planned.
void addProfile(Session &session);

} // namespace nnc::plan
