// Facts that declarations state in their documentation, for lints: a line `## @like relu`, a key
// and its value.
//
//   fn         @like ACTIVATION      behaves like that one where it is large or small; without it a
//   name stands for itself
//              @gives probabilities  its values are between 0 and 1, and meant as such
//              @takes KIND           a loss: what its first argument is to be: logits,
//              probabilities or numbers
//   init       @for ACTIVATION       its variance was derived for that activation and those like it
//   layer      @drops                leaves out some of its input at random
//              @centres batch        subtracts the mean over the batch of each channel
//   optimizer  @usual NAME A .. B    values of that hyper-parameter outside of A to B are rarely
//   meant
#pragma once

#include "compiler/ast/Facts.h"

namespace nnc::lint {

using ast::factOf;

/// `@usual`: the name, the least and the largest usual value.
using UsualRange = ast::NamedRange;
std::optional<UsualRange> usualRangeOf(const ast::Decl *decl);

} // namespace nnc::lint
