// Which nnc this is.
#pragma once

namespace nnc {

/// "nnc 0.1.0": the version of the project.
const char *versionText();

} // namespace nnc
