// Runs MLIR's own conversion patterns, in as few sweeps as possible.
#include "compiler/lowering/cpu/ToLlvm.h"
#include "compiler/lowering/cpu/elements/Log1pExpm1.h"
#include "compiler/lowering/cpu/elements/SinCos.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Rewrite/PatternApplicator.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace nnc {
namespace {

/// Converts loop variables of type index, which are block arguments at this point. No other pattern
/// converts those of an llvm.func.
struct ConvertBlockArguments : OpConversionPattern<LLVM::LLVMFuncOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(LLVM::LLVMFuncOp function, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    LogicalResult converted = success();
    rewriter.modifyOpInPlace(function, [&] {
      converted = rewriter.convertRegionTypes(&function.getBody(), *getTypeConverter());
    });
    return converted;
  }
};

/// x y + z without a fused multiply-add instruction.
template <class Fma, class Product, class Sum> struct SplitMultiplyAdd : OpRewritePattern<Fma> {
  using OpRewritePattern<Fma>::OpRewritePattern;
  LogicalResult matchAndRewrite(Fma op, PatternRewriter &rewriter) const override {
    Value product = rewriter.create<Product>(op.getLoc(), op.getA(), op.getB());
    rewriter.replaceOpWithNewOp<Sum>(op, product, op.getC());
    return success();
  }
};

/// floor x without an instruction for it. Adding and subtracting 2^(digits - 1) rounds |x| exactly
/// to the nearest integer; larger numbers are integers already.
struct FloorByAddition : OpRewritePattern<math::FloorOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::FloorOp op, PatternRewriter &b) const override {
    Location loc = op.getLoc();
    Value x = op.getOperand();
    auto element = cast<FloatType>(getElementTypeOrSelf(x.getType()));
    auto number = [&](double value) -> Value {
      TypedAttr scalar = b.getFloatAttr(element, value);
      if (auto vector = dyn_cast<VectorType>(x.getType()))
        return b.create<arith::ConstantOp>(loc, DenseElementsAttr::get(vector, Attribute(scalar)));
      return b.create<arith::ConstantOp>(loc, scalar);
    };
    Value limit = number(std::ldexp(1.0, element.getFPMantissaWidth() - 1)),
          size = b.create<math::AbsFOp>(loc, x);
    Value nearest = b.create<arith::SubFOp>(loc, b.create<arith::AddFOp>(loc, size, limit), limit);
    nearest = b.create<math::CopySignOp>(loc, nearest, x);
    Value above = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGT, nearest, x);
    Value below = b.create<arith::SelectOp>(
        loc, above, b.create<arith::SubFOp>(loc, nearest, number(1)), nearest);
    Value isSmall = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OLT, size, limit);
    b.replaceOpWithNewOp<arith::SelectOp>(op, isSmall, below, x);
    return success();
  }
};

struct ToLlvm : PassWrapper<ToLlvm, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ToLlvm)
  explicit ToLlvm(const MachineModel &target) : target(target) {}
  ToLlvm(const ToLlvm &other) : PassWrapper(other), target(other.target) {}
  StringRef getArgument() const override { return "nn-to-llvm"; }
  StringRef getDescription() const override { return "loops and vectors to the LLVM dialect"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
                    LLVM::LLVMDialect, math::MathDialect, scf::SCFDialect, vector::VectorDialect>();
  }

  void runOnOperation() override {
    if (failed(expandMath()) || failed(callLibm()) || failed(flattenLoops()) || failed(convert()))
      signalPassFailure();
  }

private:
  /// Replaces calls of f32 functions by polynomials where there is one.
  LogicalResult expandMath() {
    RewritePatternSet patterns(&getContext());
    populateSinCosPatterns(patterns, target.fma);
    populateLog1pExpm1Patterns(patterns);
    if (!target.fma)
      patterns.add<SplitMultiplyAdd<math::FmaOp, arith::MulFOp, arith::AddFOp>,
                   SplitMultiplyAdd<LLVM::FMAOp, LLVM::FMulOp, LLVM::FAddOp>>(&getContext());
    populateMathPolynomialApproximationPatterns(patterns);
    if (!target.rounding)
      patterns.add<FloorByAddition>(&getContext());
    FrozenRewritePatternSet math(std::move(patterns));
    applyWithoutFolding(math);
    RewritePatternSet divisions(&getContext());
    arith::populateCeilFloorDivExpandOpsPatterns(divisions);
    GreedyRewriteConfig config;
    config.enableRegionSimplification = GreedySimplifyRegionLevel::Disabled;
    return applyPatternsAndFoldGreedily(getOperation(), std::move(divisions), config);
  }

  /// Applies patterns without folding. The greedy driver would fold functions of constants with the
  /// compiler's libm, whose last bit may differ from the polynomial's, so the bits of a result
  /// would depend on what fusion makes known to the compiler.
  void applyWithoutFolding(const FrozenRewritePatternSet &patterns) {
    PatternApplicator applicator(patterns);
    applicator.applyDefaultCostModel();
    PatternRewriter rewriter(&getContext());
    bool changed = true;
    while (changed) { // an expansion may contain another function
      changed = false;
      SmallVector<Operation *> work;
      getOperation()->walk([&](Operation *op) {
        if (isa<math::MathDialect, LLVM::LLVMDialect>(op->getDialect()))
          work.push_back(op);
      });
      for (Operation *op : work) {
        rewriter.setInsertionPoint(op);
        changed |= succeeded(applicator.matchAndRewrite(op, rewriter));
      }
    }
  }

  /// Calls libm, lane by lane, for functions that have no instruction.
  LogicalResult callLibm() {
    RewritePatternSet patterns(&getContext());
    populateMathToLibmConversionPatterns(patterns);
    ConversionTarget target(getContext());
    target.addLegalDialect<arith::ArithDialect, BuiltinDialect, func::FuncDialect,
                           LLVM::LLVMDialect, vector::VectorDialect>();
    target.addIllegalDialect<math::MathDialect>();
    target.addLegalOp<math::SqrtOp, math::AbsFOp, math::FloorOp, math::FmaOp, math::CopySignOp,
                      math::CeilOp>();
    return applyPartialConversion(getOperation(), target, std::move(patterns));
  }

  LogicalResult flattenLoops() {
    RewritePatternSet patterns(&getContext());
    populateSCFToControlFlowConversionPatterns(patterns);
    ConversionTarget target(getContext());
    target.addIllegalDialect<scf::SCFDialect>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    return applyPartialConversion(getOperation(), target, std::move(patterns));
  }

  LogicalResult convert() {
    LowerToLLVMOptions options(&getContext());
    LLVMTypeConverter types(&getContext(), options);
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvertBlockArguments>(types, &getContext());
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    populateMathToLLVMConversionPatterns(types, patterns);
    populateFuncToLLVMConversionPatterns(types, patterns);
    vector::populateVectorToVectorCanonicalizationPatterns(patterns);
    vector::populateVectorBroadcastLoweringPatterns(patterns);
    vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
    populateVectorToLLVMConversionPatterns(types, patterns);
    LLVMConversionTarget target(getContext());
    target.addLegalOp<ModuleOp>();
    target.addDynamicallyLegalOp<LLVM::LLVMFuncOp>([&](LLVM::LLVMFuncOp function) {
      return llvm::all_of(function.getBody(),
                          [&](Block &block) { return types.isLegal(block.getArgumentTypes()); });
    });
    return applyFullConversion(getOperation(), target, std::move(patterns));
  }

  MachineModel target;
};

} // namespace

std::unique_ptr<Pass> createToLlvmPass(const MachineModel &target) {
  return std::make_unique<ToLlvm>(target);
}

} // namespace nnc
