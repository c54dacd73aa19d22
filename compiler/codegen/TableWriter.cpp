// Implements addProgram: writes any struct of abi.h as an LLVM constant, from its field list. LLVM
// lays out the fields by the target's C rules. Every offset and size is compared with the
// compiler's own, so a field that is missing from a list is detected.
#include "compiler/codegen/TableFields.h"
#include "compiler/codegen/Tables.h"
#include "compiler/irgen/ProgramTables.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace nnc {
namespace {

class TableWriter {
public:
  TableWriter(Module &module, const ProgramTables &tables)
      : module(module), context(module.getContext()), pointer(PointerType::getUnqual(context)) {
    for (const auto &[function, symbol] : tables.functions)
      code[function] = symbol;
  }

  template <class S> Constant *constant(const S &s);
  Constant *constant(int32_t x) { return integer(32, x); }
  Constant *constant(uint32_t x) { return integer(32, x); }
  Constant *constant(int64_t x) { return integer(64, x); }
  Constant *constant(double x) { return ConstantFP::get(Type::getDoubleTy(context), x); }
  Constant *constant(const char *text);
  /// A pointer to `count` elements in memory. Null stays null.
  template <class T> Constant *list(const T *items, int64_t count);
  Constant *function(const nn_fn &fn);
  Constant *body(const nn_statement &statement);
  Constant *null() { return ConstantPointerNull::get(pointer); }
  GlobalVariable *global(Constant *value, uint64_t alignment, const Twine &name);

  Module &module;

private:
  Constant *integer(unsigned bits, int64_t x) {
    return ConstantInt::getSigned(IntegerType::get(context, bits), x);
  }

  LLVMContext &context;
  PointerType *pointer;
  DenseMap<const nn_fn *, StringRef> code;
  StringMap<Constant *> strings;
  DenseMap<const void *, Constant *> written; // lists, which several tables may share
};

/// Collects the constants for the fields of one struct.
template <class S> class FieldWriter {
public:
  FieldWriter(TableWriter &writer, const S &s) : writer(writer), s(s) {}

  template <class T> void field(const T &x) { put(x, writer.constant(x)); }
  template <class T, class N> void list(T *const &items, const N &count) {
    put(items, writer.list(items, count));
    field(count);
  }
  template <class T> void one(const T *const &item) { put(item, writer.list(item, 1)); }
  void code(const nn_fn &fn) { put(fn.code, writer.function(fn)); }
  void body(const nn_statement &statement) { put(statement.body, writer.body(statement)); }

  Constant *finish() {
    auto *type = StructType::get(writer.module.getContext(), types);
    const DataLayout &layout = writer.module.getDataLayout();
    bool same = layout.getTypeAllocSize(type) == sizeof(S);
    for (auto [i, offset] : enumerate(offsets))
      same &= layout.getStructLayout(type)->getElementOffset(i) == offset;
    if (!same)
      report_fatal_error("a field list of TableFields.h differs from runtime/abi.h");
    return ConstantStruct::get(type, values);
  }

private:
  template <class T> void put(const T &x, Constant *value) {
    offsets.push_back(reinterpret_cast<const char *>(&x) - reinterpret_cast<const char *>(&s));
    types.push_back(value->getType());
    values.push_back(value);
  }
  TableWriter &writer;
  const S &s;
  SmallVector<uint64_t, 32> offsets;
  SmallVector<Type *, 32> types;
  SmallVector<Constant *, 32> values;
};

template <class S> Constant *TableWriter::constant(const S &s) {
  FieldWriter<S> fields(*this, s);
  visitFields(fields, s);
  return fields.finish();
}

GlobalVariable *TableWriter::global(Constant *value, uint64_t alignment, const Twine &name) {
  auto *variable = new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                      GlobalValue::PrivateLinkage, value, name);
  variable->setAlignment(Align(alignment));
  variable->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return variable;
}

Constant *TableWriter::constant(const char *text) {
  if (!text)
    return null();
  Constant *&entry = strings[text];
  if (!entry)
    entry = global(ConstantDataArray::getString(context, text), 1, "text");
  return entry;
}

template <class T> Constant *TableWriter::list(const T *items, int64_t count) {
  if (!items || count == 0)
    return null();
  Constant *&entry = written[items];
  if (entry)
    return entry;
  SmallVector<Constant *> elements;
  for (int64_t i = 0; i < count; ++i)
    elements.push_back(constant(items[i]));
  auto *type = ArrayType::get(elements[0]->getType(), count);
  // The map may have grown in the meantime, so `entry` is looked up again.
  return written[items] = global(ConstantArray::get(type, elements), alignof(T), "table");
}

Constant *TableWriter::function(const nn_fn &fn) {
  auto found = code.find(&fn);
  if (found == code.end())
    return null();
  auto *type =
      FunctionType::get(Type::getVoidTy(context),
                        {pointer, Type::getInt32Ty(context), Type::getInt32Ty(context)}, false);
  return cast<Constant>(module.getOrInsertFunction(found->second, type).getCallee());
}

Constant *TableWriter::body(const nn_statement &statement) {
  switch (statement.kind) {
  case NN_STMT_TRAIN:
    return list(static_cast<const nn_train *>(statement.body), 1);
  case NN_STMT_EVALUATE:
    return list(static_cast<const nn_evaluate *>(statement.body), 1);
  case NN_STMT_SAVE:
    return list(static_cast<const nn_save *>(statement.body), 1);
  case NN_STMT_LOAD:
    return list(static_cast<const nn_load *>(statement.body), 1);
  case NN_STMT_PREDICT:
    return list(static_cast<const nn_predict *>(statement.body), 1);
  case NN_STMT_REPORT:
    return list(static_cast<const nn_report *>(statement.body), 1);
  case NN_STMT_PLOT:
    return list(static_cast<const nn_plot *>(statement.body), 1);
  case NN_STMT_PRINT:
    return list(static_cast<const nn_print *>(statement.body), 1);
  case NN_STMT_EXPERIMENT:
    return list(static_cast<const nn_experiment *>(statement.body), 1);
  case NN_STMT_CHOSEN:
    return list(static_cast<const nn_chosen *>(statement.body), 1);
  case NN_STMT_ENSEMBLE:
    return list(static_cast<const nn_ensemble *>(statement.body), 1);
  case NN_STMT_OUTCOME:
    return list(static_cast<const nn_outcome *>(statement.body), 1);
  }
  report_fatal_error("an unknown kind of statement");
}

} // namespace

void addProgram(Module &module, const ProgramTables &tables) {
  TableWriter writer(module, tables);
  GlobalVariable *program =
      writer.global(writer.constant(tables.program), alignof(nn_program), "nn_program");
  program->setLinkage(GlobalValue::ExternalLinkage);

  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::getUnqual(context), *i32 = Type::getInt32Ty(context);
  FunctionCallee run =
      module.getOrInsertFunction("nn_main", FunctionType::get(i32, {pointer, i32, pointer}, false));
  auto *main = Function::Create(FunctionType::get(i32, {i32, pointer}, false),
                                GlobalValue::ExternalLinkage, "main", module);
  IRBuilder<> b(BasicBlock::Create(context, "entry", main));
  b.CreateRet(b.CreateCall(run, {program, main->getArg(0), main->getArg(1)}));
}

} // namespace nnc
