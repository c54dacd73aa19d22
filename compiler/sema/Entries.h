// The entries of blocks: which block each kind belongs in.
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/support/Diagnostics.h"

namespace nnc::sema {

/// Reports an entry that is in a block of the wrong kind.
void misplacedEntry(Diagnostics &diags, const ast::Entry &entry, llvm::StringRef block);

} // namespace nnc::sema
