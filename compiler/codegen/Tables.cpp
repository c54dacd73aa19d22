// Implements completeTables. Planning stores its results as attributes, so that they are printed
// with the IR:
//   module:   nn.persistent_bytes = 1024 : i64, nn.offsets = {"net.w" = 0, …},
//             nn.blocks = {"net.w" = 64, …}
//   function: nn.fixed_bytes = 4096 : i64, nn.row_bytes = 128 : i64, nn.square_bytes, nn.whole
#include "compiler/codegen/Tables.h"
#include "compiler/irgen/ProgramTables.h"
#include "runtime/abi.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace nnc {

static std::optional<int64_t> integerOf(mlir::Attribute attribute) {
  if (auto integer = mlir::dyn_cast_or_null<mlir::IntegerAttr>(attribute))
    return integer.getInt();
  return std::nullopt;
}

Error completeTables(ProgramTables &tables, mlir::ModuleOp module) {
  ProgramT &program = tables.program;
  program.version = nnrt::programVersion;
  program.persistent_bytes = integerOf(module->getAttr("nn.persistent_bytes")).value_or(0);

  auto offsets = module->getAttrOfType<mlir::DictionaryAttr>("nn.offsets");
  auto blocks = module->getAttrOfType<mlir::DictionaryAttr>("nn.blocks");
  for (TensorT &tensor : program.tensors) {
    auto offset = integerOf(offsets ? offsets.get(tensor.name) : mlir::Attribute());
    if (!offset)
      return createStringError("no place was planned for the tensor '" + Twine(tensor.name) + "'");
    tensor.offset = *offset;
    tensor.block =
        int32_t(integerOf(blocks ? blocks.get(tensor.name) : mlir::Attribute()).value_or(0));
  }

  const mlir::SymbolTable symbols(module);
  for (CompiledFunctionT &function : program.functions) {
    mlir::Operation *op = symbols.lookup(function.symbol);
    if (!op)
      return createStringError("the function '" + function.symbol +
                               "' of the tables was not compiled");
    function.fixed_bytes = integerOf(op->getAttr("nn.fixed_bytes")).value_or(0);
    function.row_bytes = integerOf(op->getAttr("nn.row_bytes")).value_or(0);
    function.square_bytes = integerOf(op->getAttr("nn.square_bytes")).value_or(0);
    function.whole = op->hasAttr("nn.whole");
  }
  return Error::success();
}

static GlobalVariable *addConstant(Module &module, Constant *value, uint64_t alignment,
                                   const Twine &name) {
  auto *variable = new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                      GlobalValue::PrivateLinkage, value, name);
  variable->setAlignment(Align(alignment));
  variable->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return variable;
}

void addProgram(Module &module, const ProgramTables &tables) {
  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::getUnqual(context), *i32 = Type::getInt32Ty(context),
       *i64 = Type::getInt64Ty(context);
  const std::string packed = nnrt::packProgram(tables.program), small = nnrt::compressed(packed);
  Constant *bytes = ConstantDataArray::getRaw(small, small.size(), Type::getInt8Ty(context));

  auto *type = FunctionType::get(Type::getVoidTy(context), {pointer, i32, i32}, false);
  SmallVector<Constant *> functions;
  for (const CompiledFunctionT &function : tables.program.functions)
    functions.push_back(
        cast<Constant>(module.getOrInsertFunction(function.symbol, type).getCallee()));
  Constant *addresses = ConstantArray::get(ArrayType::get(pointer, functions.size()), functions);

  // The layout of nn_image.
  static_assert(offsetof(nn_image, size) == 8 && offsetof(nn_image, functions) == 16 &&
                    offsetof(nn_image, inflated) == 24 && sizeof(nn_image) == 32,
                "nn_image changed: this function must follow");
  Constant *image = ConstantStruct::getAnon(
      {addConstant(module, bytes, 16, "bytes"), ConstantInt::get(i64, small.size()),
       addConstant(module, addresses, alignof(nn_code), "functions"),
       ConstantInt::get(i64, packed.size())});
  GlobalVariable *program = addConstant(module, image, alignof(nn_image), "nn_program");
  program->setLinkage(GlobalValue::ExternalLinkage);

  FunctionCallee run =
      module.getOrInsertFunction("nn_main", FunctionType::get(i32, {pointer, i32, pointer}, false));
  auto *main = Function::Create(FunctionType::get(i32, {i32, pointer}, false),
                                GlobalValue::ExternalLinkage, "main", module);
  IRBuilder<> b(BasicBlock::Create(context, "entry", main));
  b.CreateRet(b.CreateCall(run, {program, main->getArg(0), main->getArg(1)}));
}

} // namespace nnc
