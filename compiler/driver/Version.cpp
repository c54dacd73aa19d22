// Defines the version text. Only this file is compiled with the version of CMakeLists.txt.
#include "compiler/driver/Version.h"

const char *nnc::versionText() { return "nnc " NNC_VERSION; }
