// What the parts of the elaborator share.
#pragma once

#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/values/Function.h"
#include "compiler/sema/Symbols.h"

#include <map>
#include <optional>
#include <set>

namespace nnc {

class Elaborator;

/// A part of the elaborator, with the whole of it at hand.
class Part {
public:
  explicit Part(Elaborator &elab);
  Part(const Part &) = delete;

protected:
  Elaborator &elab;
  Function *&fn; ///< the function that is being built
  Diagnostics &diags;
  const sema::Symbols &symbols;
};

} // namespace nnc
