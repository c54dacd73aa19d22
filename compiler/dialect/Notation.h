// Notation: how a formula writes an op (--emit=math). The form gives the arrangement of operands
// and symbol.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace nnc::nn {

enum class Form {
  Same, // operand 0; the formula does not show the op
  Sum,
  Difference,
  Negative,
  Product, // elementwise
  Quotient,
  Power,
  Root,     // √x
  Function, // the symbol, then the operands: tanh z, max(a, b)
  Enclosed, // operand 0 between the two halves of the symbol, which a space separates: | |
  Relation, // the symbol between two operands: 1 where the relation holds, else 0
  Cases,    // operand 1 where operand 0 holds, else operand 2
  Transposed,
  Element,     // operand 0 at index operand 1
  SumOver,     // Σ over the dims of operand 0 that the result lacks (ReductionOp)
  Over,        // the same with another symbol: max over …
  Contraction, // products of matrices and similar (ContractionOp)
  Symbol,      // the symbol alone: n
  Index,       // the index along the dims in the attribute `dims`
};

/// The padding before and after the elements of a dim.
constexpr llvm::StringLiteral lowName = "low", highName = "high";
/// The attributes that a function's operands do not show: sizes, offsets, padding. A formula writes
/// each after its name.
constexpr llvm::StringLiteral shownAttributes[] = {"size",  "sizes", "start",
                                                   "limit", lowName, highName};

struct Notation {
  Form form;
  const char *text;  // the symbol in Unicode
  const char *latex; // the symbol in LaTeX math mode
};

} // namespace nnc::nn
