// Notation: how a formula writes an op (--emit=math). The form says how operands and symbol are
// arranged.
#pragma once

namespace nnc::nn {

enum class Form {
  Same, // operand 0; a formula shows nothing of the op
  Sum,
  Difference,
  Negative,
  Product, // of elements at the same index
  Quotient,
  Power,
  Root,     // √x
  Function, // the symbol, then the operands: tanh z, max(a, b)
  Enclosed, // operand 0 between the symbol's halves, which a space parts: | |
  Relation, // the symbol between two operands: 1 where it holds, else 0
  Cases,    // operand 1 where operand 0 holds, else operand 2
  Transposed,
  Element,     // operand 0 at index operand 1
  SumOver,     // Σ over the dims that vanish of operand 0 (ReductionOp)
  Over,        // another symbol in its place: max over …
  Contraction, // products of matrices and the like (ContractionOp)
  Symbol,      // the symbol alone: n
  Index,       // the index along the dims that the attribute `dims` names
};

struct Notation {
  Form form;
  const char *text;  // the symbol in Unicode text
  const char *latex; // and in LaTeX's math mode
};

} // namespace nnc::nn
