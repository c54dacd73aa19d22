// Includes the generated code of the ops: parsers, printers, builders, and the inline rules of
// NnElementwise.td.
#include "compiler/dialect/Steps.h"
#include "compiler/dialect/nn/Elementwise.h"
#include "compiler/dialect/nn/ShapeRules.h"

#define GET_OP_CLASSES
#include "compiler/dialect/NnOps.cpp.inc"
