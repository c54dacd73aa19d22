// Algebra of elementwise ops.
#include "compiler/dialect/NnDialect.h"
using namespace mlir;
namespace nnc::nn {
void NegOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {}
void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {}
void SubOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {}
void MulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {}
void DivOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {}
void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {}
void SelectOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {}
} // namespace nnc::nn
