// Implements completeTables. Planning stores its results as attributes, so that they are printed
// with the IR:
//   module:   nn.persistent_bytes = 1024 : i64, nn.offsets = {"net.w" = 0, …},
//             nn.blocks = {"net.w" = 64, …}
//   function: nn.fixed_bytes = 4096 : i64, nn.row_bytes = 128 : i64, nn.whole
#include "compiler/codegen/Tables.h"
#include "compiler/irgen/ProgramTables.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace llvm;

namespace nnc {

static std::optional<int64_t> integerOf(mlir::Attribute attribute) {
  if (auto integer = mlir::dyn_cast_or_null<mlir::IntegerAttr>(attribute))
    return integer.getInt();
  return std::nullopt;
}

Error completeTables(ProgramTables &tables, mlir::ModuleOp module) {
  nn_program &program = tables.program;
  program.abi_version = NN_ABI_VERSION;
  program.size = sizeof(nn_program);
  program.persistent_bytes = integerOf(module->getAttr("nn.persistent_bytes")).value_or(0);

  auto offsets = module->getAttrOfType<mlir::DictionaryAttr>("nn.offsets");
  auto blocks = module->getAttrOfType<mlir::DictionaryAttr>("nn.blocks");
  for (int32_t i = 0; i < program.n_tensors; ++i) {
    // `tables` owns the data; it is const only for the runtime.
    nn_tensor &tensor = const_cast<nn_tensor &>(program.tensors[i]);
    auto offset = integerOf(offsets ? offsets.get(tensor.name) : mlir::Attribute());
    if (!offset)
      return createStringError("no place was planned for the tensor '" + Twine(tensor.name) + "'");
    tensor.offset = *offset;
    tensor.block =
        int32_t(integerOf(blocks ? blocks.get(tensor.name) : mlir::Attribute()).value_or(0));
  }
  mlir::SymbolTable symbols(module);
  for (auto &[function, symbol] : tables.functions) {
    mlir::Operation *op = symbols.lookup(symbol);
    if (!op)
      return createStringError("the function '" + symbol + "' of the tables was not compiled");
    function->fixed_bytes = integerOf(op->getAttr("nn.fixed_bytes")).value_or(0);
    function->row_bytes = integerOf(op->getAttr("nn.row_bytes")).value_or(0);
    function->whole = op->hasAttr("nn.whole");
  }
  return Error::success();
}

} // namespace nnc
