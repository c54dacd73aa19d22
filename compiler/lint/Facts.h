// The facts that lints read from the documentation of declarations: a line `## @key value`.
//
//   fn         @like ACTIVATION     behaves like that activation for large and small arguments;
//                                   without it, a function is like itself
//              @gives probabilities its values are between 0 and 1, and are probabilities
//              @takes KIND          a loss: what its first argument must be: logits, probabilities
//                                   or numbers
//   init       @for ACTIVATION      its variance was derived for that activation and similar ones
//   layer      @drops               drops some of its input at random
//              @centres batch       subtracts the mean over the batch of each channel
//   optimizer  @usual NAME A .. B   values of that hyper-parameter outside A to B are rarely
//                                   intended
#pragma once

#include "compiler/ast/Facts.h"

namespace nnc::lint {

using ast::factOf;

/// `@usual`: the name, and the smallest and largest usual value.
using UsualRange = ast::NamedRange;
std::optional<UsualRange> usualRangeOf(const ast::Decl *decl);

} // namespace nnc::lint
