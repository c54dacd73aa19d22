// --profile: which functions are measured, and the tables that tell the runtime what their kernels
// do.
#pragma once

namespace nnc {
class Session;
}

namespace nnc::plan {

/// Marks the steps and evaluations of the session's program, which has reached Planned, as profiled
/// (`nn.profile`, for lowering) and adds nn_program.profile to its tables.
void addProfile(Session &session);

} // namespace nnc::plan
