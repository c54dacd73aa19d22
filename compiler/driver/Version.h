// Declares the version of nnc.
#pragma once

namespace nnc {

/// The version of the project, such as "nnc 0.1.0".
const char *versionText();

} // namespace nnc
