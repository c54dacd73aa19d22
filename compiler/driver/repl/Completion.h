// Completes the text before the cursor.
#pragma once

#include "compiler/driver/repl/Workspace.h"

#include <string>
#include <vector>

namespace nnc::repl {

/// Words that may follow `before`, the input up to the cursor. Sets `word` to the part of them that
/// has been typed.
std::vector<std::string> completions(Workspace &workspace, llvm::StringRef before,
                                     llvm::StringRef &word);

} // namespace nnc::repl
