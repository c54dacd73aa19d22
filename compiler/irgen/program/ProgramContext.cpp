// Helpers that the generators share: the end of a function, and the search for models, data sets
// and tensors.
#include "compiler/irgen/program/ProgramContext.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

ProgramContext::ProgramContext(Diagnostics &diags, mlir::MLIRContext &context,
                               const ast::Program &program, const sema::Symbols &known,
                               const IrgenOptions &options, IrgenResult &result)
    : diags(diags), program(program), symbols(known), options(options),
      module(*(result.module = mlir::ModuleOp::create(mlir::UnknownLoc::get(&context)))),
      element(options.doublePrecision ? mlir::Type(mlir::Float64Type::get(&context))
                                      : mlir::Float32Type::get(&context)),
      elab(diags, symbols), elaborated(*(result.elaborated = std::make_shared<Elaborated>())),
      tables(*(result.tables = std::make_unique<ProgramTables>())), out(tables.program) {
  elab.wideProgram = options.doublePrecision;
}

std::string ProgramContext::where(Range r) const { return diags.position(r).str(); }

nn_fn ProgramContext::finish(Function &fn) {
  const bool whole = fn.inPieces && fn.mixesExamples();
  mlir::func::FuncOp func = fn.finish();
  if (whole)
    func->setAttr("nn.whole", mlir::UnitAttr::get(module.getContext()));
  return tables.function(func.getName());
}

void ProgramContext::drop(Function &fn) {
  fn.finish();
  fn.op().erase();
}

int32_t ProgramContext::tensorRow(llvm::StringRef name) const {
  return llvm::find_if(out.tensors, [&](const TensorT &t) { return name == t.name; }) -
         out.tensors.begin();
}

const ast::ModelDecl *ProgramContext::findModel(const ast::Path &path) {
  auto *decl = llvm::dyn_cast_or_null<ast::ModelDecl>(symbols.user.lookup(path.front().text));
  if (!decl)
    diags.error(path.front().range, "`" + path.front().text + "` is not a model");
  return decl;
}

std::string ProgramContext::symbolOf(const ast::ModelDecl *model) const {
  std::string name = elab.placeOf(model);
  std::replace(name.begin(), name.end(), '#', '_');
  return name;
}

std::string ProgramContext::placeText(const ast::Path &path) const {
  const ast::Decl *model = symbols.user.lookup(path.front().text);
  const std::string rest = path.text(/*skip=*/1);
  return model ? elab.placeBelow(model, rest)
               : path.front().text.str() + (rest.empty() ? "" : "." + rest);
}

const ast::DataDecl *ProgramContext::findData(const ast::Path &path, program::split *split) {
  auto *decl = llvm::dyn_cast_or_null<ast::DataDecl>(symbols.user.lookup(path.front().text));
  if (!decl) {
    diags.error(path.front().range, "`" + path.front().text + "` is not a data set");
    return nullptr;
  }
  if (split) {
    *split = NN_SPLIT_ALL;
    if (path.parts.size() > 1)
      *split = sema::splitNamed(path.parts[1].text);
  }
  return decl;
}

bool ProgramContext::reports() const {
  return llvm::any_of(program.statements,
                      [](const ast::Stmt *s) { return llvm::isa<ast::ReportStmt>(s); });
}

bool ProgramContext::monitors() const { return options.monitor || reports(); }
