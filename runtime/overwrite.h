// What is written never takes the place of what is read.
#pragma once

#include "runtime/abi.h"
#include "runtime/file.h"

namespace nnrt {

/// Whether both names lead to one file, through whatever links.
bool isSameFile(const std::string &a, const std::string &b);

/// Fails where writing the file `path` would take the place of something that the program reads, of
/// its own text, or of the executable that runs it. `weights`: what it loads counts too; a model
/// may be saved where it was loaded from.
Status checkKeepsInputs(const nn_program &program, const Folders &folders, const std::string &path,
                        bool weights);

} // namespace nnrt
