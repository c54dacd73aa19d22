// Helpers for the tests of sema: analyse program text and return the messages.
#pragma once

#include "compiler/parse/Parse.h"
#include "compiler/sema/Sema.h"

#include "gtest/gtest.h"

#include <memory>
#include <string>
#include <vector>

namespace nnc {

using Messages = std::vector<std::string>;

/// One analysis of a text, with the real prelude. Keeps alive everything that the symbols point to.
struct Checked {
  explicit Checked(llvm::StringRef text, const sema::Options &options = {});

  /// "line:col message" of each error, in the order in which they were found.
  Messages errors() const;
  /// The notes of all errors, without their places.
  Messages notes() const;

  Diagnostics diags;
  std::vector<std::unique_ptr<ast::Program>> programs;
  sema::Symbols symbols;
  bool sound = false;
};

inline Messages errorsOf(llvm::StringRef text) { return Checked(text).errors(); }
inline Messages notesOf(llvm::StringRef text) { return Checked(text).notes(); }

/// Declarations that most tests of runs need: a data set `d` with x: [2], y and all splits, and a
/// model `net`.
extern const char *const common;

} // namespace nnc
