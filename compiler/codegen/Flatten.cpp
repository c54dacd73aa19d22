// The passes that flatten functions: a step of a tiny network takes less time than the prologues
// and loops of its kernels and the passing of values through memory.
#include "compiler/codegen/Flatten.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

#include <numeric>

using namespace llvm;

namespace nnc {

PreservedAnalyses InlineKernelsPass::run(Function &function, FunctionAnalysisManager &) {
  SmallVector<CallBase *> calls;
  for (Instruction &instruction : instructions(function)) {
    auto *call = dyn_cast<CallBase>(&instruction);
    if (call && call->getCalledFunction() && !call->getCalledFunction()->isDeclaration())
      calls.push_back(call);
  }
  for (CallBase *call : calls) {
    InlineFunctionInfo info;
    [[maybe_unused]] InlineResult result = InlineFunction(*call, info);
    assert(result.isSuccess() && "kernels can be inlined");
  }
  return PreservedAnalyses::none();
}

PreservedAnalyses MarkLoopsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  for (Loop *loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder())
    addStringMetadataToLoop(loop, "llvm.loop.unroll.full");
  return PreservedAnalyses::all();
}

/// If `mask` is constant and selects exactly the first k lanes: k.
static std::optional<unsigned> constantPrefix(Value *mask) {
  auto *constant = dyn_cast<Constant>(mask);
  auto *type = dyn_cast<FixedVectorType>(mask->getType());
  if (!constant || !type)
    return std::nullopt;
  unsigned prefix = 0;
  for (unsigned lane = 0; lane < type->getNumElements(); ++lane) {
    auto *bit = dyn_cast_or_null<ConstantInt>(constant->getAggregateElement(lane));
    if (!bit || (bit->isOne() && prefix != lane))
      return std::nullopt;
    prefix += bit->isOne();
  }
  return prefix;
}

/// Lanes 0, 1, … of the first operand up to `end`. The other lanes of the `count` do not matter.
static SmallVector<int> firstLanes(int end, int count) {
  SmallVector<int> list(count, PoisonMaskElem);
  std::iota(list.begin(), list.begin() + end, 0);
  return list;
}

static void narrowLoad(IntrinsicInst &load, unsigned prefix) {
  IRBuilder<> b(&load);
  auto *type = cast<FixedVectorType>(load.getType());
  const int count = type->getNumElements(), known = prefix;
  Value *result = load.getArgOperand(3); // the value of the other lanes
  if (prefix > 0) {
    Align alignment = cast<ConstantInt>(load.getArgOperand(1))->getAlignValue();
    auto *narrow = b.CreateAlignedLoad(FixedVectorType::get(type->getElementType(), prefix),
                                       load.getArgOperand(0), alignment);
    narrow->setAAMetadata(load.getAAMetadata());
    SmallVector<int> chosen = firstLanes(count, count);
    for (int lane = known; lane < count; ++lane)
      chosen[lane] += count;
    result = b.CreateShuffleVector(b.CreateShuffleVector(narrow, firstLanes(known, count)), result,
                                   chosen);
  }
  load.replaceAllUsesWith(result);
}

static void narrowStore(IntrinsicInst &store, unsigned prefix) {
  if (prefix == 0)
    return;
  IRBuilder<> b(&store);
  Value *narrow = b.CreateShuffleVector(store.getArgOperand(0), firstLanes(prefix, prefix));
  Align alignment = cast<ConstantInt>(store.getArgOperand(2))->getAlignValue();
  b.CreateAlignedStore(narrow, store.getArgOperand(1), alignment)
      ->setAAMetadata(store.getAAMetadata());
}

PreservedAnalyses NarrowMaskedAccessPass::run(Function &function, FunctionAnalysisManager &) {
  bool changed = false;
  for (Instruction &instruction : make_early_inc_range(instructions(function))) {
    auto *call = dyn_cast<IntrinsicInst>(&instruction);
    const Intrinsic::ID id = call ? call->getIntrinsicID() : Intrinsic::not_intrinsic;
    if (id != Intrinsic::masked_load && id != Intrinsic::masked_store)
      continue;
    const bool loads = id == Intrinsic::masked_load;
    std::optional<unsigned> prefix = constantPrefix(call->getArgOperand(loads ? 2 : 3));
    if (!prefix)
      continue;
    loads ? narrowLoad(*call, *prefix) : narrowStore(*call, *prefix);
    call->eraseFromParent();
    changed = true;
  }
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace nnc
