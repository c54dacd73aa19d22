// Builds the op of a scan around the ops of its block.
#include "compiler/irgen/scans/ScanFrame.h"

#include "llvm/ADT/MapVector.h"

using namespace nnc;

/// A constant of up to this many elements is cheaper to have in the block than to pass to it.
static constexpr int64_t fewElements = 16;

ScanFrame::ScanFrame(Function &fn, ScanFrame *outer, int64_t length, mlir::ValueRange starts,
                     mlir::ValueRange sequences)
    : outer(outer), fn(fn), around(fn.emit.b.getInsertionBlock()), own(sequences.size()) {
  op = fn.emit.make<nn::ScanOp>(length, /*backward=*/false, starts, sequences, mlir::ValueRange(),
                                mlir::TypeRange());
  block = &op.getBody().front();
  fn.emit.b.setInsertionPointToEnd(block);
}

ScanFrame::~ScanFrame() {
  if (op) {
    fn.forget(*block);
    op.erase();
  }
  fn.emit.b.setInsertionPointToEnd(around);
}

mlir::BlockArgument ScanFrame::addSequence(mlir::Value sequence) {
  op.getSequencesMutable().append(sequence);
  return block->addArgument(nn::elementOf(sequence.getType()), sequence.getLoc());
}

mlir::Value ScanFrame::sequenceOf(mlir::Value v) {
  auto argument = llvm::dyn_cast<mlir::BlockArgument>(v);
  if (!argument || argument.getOwner() != block)
    return {};
  const unsigned i = argument.getArgNumber();
  return i < op.getNumStates() ? mlir::Value() : op->getOperand(i);
}

llvm::SmallVector<mlir::Value> ScanFrame::captureOutside() {
  llvm::MapVector<mlir::Value, mlir::Value> inside;
  mlir::OpBuilder front = mlir::OpBuilder::atBlockBegin(block);
  auto isSmall = [](mlir::Operation *from) {
    auto constant = llvm::dyn_cast_or_null<nn::ConstantOp>(from);
    return constant &&
           (constant.getValue().isSplat() || constant.getValue().getNumElements() <= fewElements);
  };
  llvm::SmallVector<mlir::Value> captured;
  // Loops in the block are isolated, so only its own ops can read values from outside.
  for (mlir::Operation &reader : *block)
    for (mlir::OpOperand &use : reader.getOpOperands()) {
      mlir::Value v = use.get();
      if (has(v))
        continue;
      mlir::Value &mine = inside[v];
      if (!mine && isSmall(v.getDefiningOp())) {
        mine = front.clone(*v.getDefiningOp())->getResult(0);
      } else if (!mine) {
        mine = block->addArgument(v.getType(), v.getLoc());
        captured.push_back(v);
      }
      use.set(mine);
    }
  return captured;
}

void ScanFrame::dropUnusedSequences(unsigned keep) {
  // What was drawn for an elaboration that was given up.
  for (unsigned i = op.getSequences().size(); i-- > keep;)
    if (op.getElements()[i].use_empty()) {
      block->eraseArgument(op.getNumStates() + i);
      op.getSequencesMutable().erase(i);
    }
}

nn::ScanOp ScanFrame::close(mlir::ValueRange states, mlir::Value value) {
  llvm::SmallVector<mlir::Value> yielded(states);
  yielded.push_back(value);
  fn.emit.make<nn::YieldOp>(yielded);
  dropUnusedSequences(own);
  const llvm::SmallVector<mlir::Value> captured = captureOutside();
  fn.emit.b.setInsertionPoint(op);
  auto whole =
      fn.emit.make<nn::ScanOp>(length(), /*backward=*/false, op.getStarts(), op.getSequences(),
                               captured, nn::sequenceOf(value.getType(), length()));
  // The block itself moves, because the values in it are known elsewhere.
  whole.getBody().takeBody(op.getBody());
  op.erase();
  op = {};
  fn.emit.b.setInsertionPointToEnd(around);
  return whole;
}
