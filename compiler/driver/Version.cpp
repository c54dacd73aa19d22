// The one file that depends on the version in CMakeLists.txt.
#include "compiler/driver/Version.h"

const char *nnc::versionText() { return "nnc " NNC_VERSION; }
