// The main function of irgen. Also generates options and settings, and has helpers shared by the
// statements.
#include "compiler/irgen/experiments/Experiment.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Format.h"

#include <cmath>

using namespace nnc;

ProgramGenerator::ProgramGenerator(Diagnostics &diags, mlir::MLIRContext &context,
                                   const ast::Program &program, const sema::Symbols &known,
                                   const IrgenOptions &options, const BuiltIn &builtIn,
                                   bool attempt, IrgenResult &result)
    : diags(diags), context(context), program(program), symbols(known), options(options),
      builtIn(builtIn), attempt(attempt), result(result),
      element(options.doublePrecision ? mlir::Type(mlir::Float64Type::get(&context))
                                      : mlir::Float32Type::get(&context)),
      elab(diags, symbols), tables(*(result.tables = std::make_unique<ProgramTables>())),
      out(tables.program) {
  result.module = mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  module = *result.module;
  elab.wideProgram = options.doublePrecision;
  result.elaborated = std::make_shared<Elaborated>();
}

std::string ProgramGenerator::where(Range r) { return diags.position(r).str(); }

nn_fn ProgramGenerator::finish(Function &fn) {
  const bool whole = fn.inPieces && fn.mixesExamples();
  mlir::func::FuncOp func = fn.finish();
  if (whole)
    func->setAttr("nn.whole", mlir::UnitAttr::get(&context));
  return tables.function(func.getName());
}

void ProgramGenerator::drop(Function &fn) {
  fn.finish();
  fn.op().erase();
}

int32_t ProgramGenerator::tensorRow(llvm::StringRef name) const {
  return llvm::find_if(out.tensors, [&](const TensorT &t) { return name == t.name; }) -
         out.tensors.begin();
}

nn_number ProgramGenerator::number(const ast::Expr *e, llvm::StringRef what, double least,
                                   double most, bool whole) {
  Function *outer = elab.fn;
  elab.fn = settings.get();
  Value v = elab.evaluate(e, Scope());
  elab.fn = outer;
  if (v.isError())
    return constantNumber(0);
  if (v.isKnown()) {
    if (!(v.number >= least && v.number <= most)) {
      auto tidy = [](double d) {
        llvm::SmallString<16> s;
        llvm::raw_svector_ostream(s) << llvm::format("%g", d);
        return std::string(s);
      };
      std::string range = most >= 1e300 ? "at least " + tidy(least)
                                        : "between " + tidy(least) + " and " + tidy(most);
      diags.error(e->range, what + " must be " + range + ", not " + tidy(v.number));
    } else if (whole && v.number != std::floor(v.number)) {
      diags.error(e->range, what + " must be a whole number");
    }
    return constantNumber(v.number);
  }
  if (!v.isHostScalar()) {
    diags.error(e->range, what + " must be a number; this is " + v.describe());
    return constantNumber(0);
  }
  settings->addResult("setting" + std::to_string(settingCount), v.tensor);
  return nn_number{0, settingCount++};
}

nn_number ProgramGenerator::epochs(const ast::Expr *e, llvm::StringRef what) {
  if (auto *n = llvm::dyn_cast<ast::NumberExpr>(e))
    if (n->unit == ast::Unit::Steps) {
      diags.error(e->range, what + " is counted in epochs here: `" + n->spelling + " epochs`");
      return constantNumber(1);
    }
  return number(e, what, 1, 1e15, /*whole=*/true);
}

bool ProgramGenerator::textOf(const ast::Expr *e, std::string &text, llvm::StringRef what) {
  if (!e) {
    return false;
  }
  Function *outer = elab.fn;
  elab.fn = settings.get();
  Value v = elab.evaluate(e, Scope());
  elab.fn = outer;
  if (v.isError())
    return false;
  if (v.kind != Value::Kind::Text || v.text.empty()) {
    diags.error(e->range, what + " must be a file's name in quotes; this is " +
                              (v.text.empty() && v.kind == Value::Kind::Text ? std::string("empty")
                                                                             : v.describe()));
    return false;
  }
  text = v.text;
  return true;
}

const ast::ModelDecl *ProgramGenerator::findModel(const ast::Path &path) {
  auto *decl = llvm::dyn_cast_or_null<ast::ModelDecl>(symbols.user.lookup(path.front().text));
  if (!decl)
    diags.error(path.front().range, "`" + path.front().text + "` is not a model");
  return decl;
}

std::string ProgramGenerator::symbolOf(const ast::ModelDecl *model) const {
  std::string name = elab.placeOf(model);
  std::replace(name.begin(), name.end(), '#', '_');
  return name;
}

std::string ProgramGenerator::placeText(const ast::Path &path) {
  const ast::Decl *model = symbols.user.lookup(path.front().text);
  const std::string rest = path.text(/*skip=*/1);
  return model ? elab.placeBelow(model, rest)
               : path.front().text.str() + (rest.empty() ? "" : "." + rest);
}

const ast::DataDecl *ProgramGenerator::findData(const ast::Path &path, program::split *split) {
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

void ProgramGenerator::genOptions() {
  for (const ast::Stmt *s : program.statements) {
    auto *option = llvm::dyn_cast<ast::OptionDecl>(s);
    if (!option)
      continue;
    OptionT row;
    row.name = option->name.text.str();
    row.help = option->help.str();
    row.kind = NN_OPTION_NUMBER;
    if (auto *n = llvm::dyn_cast_or_null<ast::NumberExpr>(option->defaultValue)) {
      row.value = n->value;
      row.kind = n->isInteger ? NN_OPTION_INTEGER : NN_OPTION_NUMBER;
    } else if (auto *b = llvm::dyn_cast_or_null<ast::BoolExpr>(option->defaultValue)) {
      row.value = b->value;
      row.kind = NN_OPTION_BOOL;
    } else {
      Function scratch(diags, module, "scratch", element);
      Function *outer = elab.fn;
      elab.fn = &scratch;
      double value = 0;
      elab.evaluateNumber(option->defaultValue, Scope(), value, "an option's default");
      elab.fn = outer;
      scratch.op().erase();
      row.value = value;
    }
    out.options.push_back(std::move(row));
  }
}

/// The comment lines at the start of the file, which --help prints.
static std::string openingComment(llvm::StringRef source) {
  std::string doc;
  while (!source.empty()) {
    auto [line, rest] = source.split('\n');
    line = line.trim();
    if (!line.starts_with("#") || line.starts_with("##"))
      break;
    doc += (doc.empty() ? "" : "\n") + line.drop_front().trim().str();
    source = rest;
  }
  return doc;
}

void ProgramGenerator::run() {
  out.name = options.name;
  out.source_path = options.sourcePath;
  out.source_dir = options.sourceDir;
  out.doc = openingComment(bufferText(diags.sources(), program.buffer));
  out.elements = options.doublePrecision ? "f64" : "f32";
  genOptions();

  settings =
      std::make_unique<Function>(diags, module, "settings", mlir::Float64Type::get(&context));
  elab.fn = settings.get();
  for (const ast::Stmt *s : program.statements)
    if (auto *model = llvm::dyn_cast<ast::ModelDecl>(s))
      genModel(model);
  for (const ast::Stmt *s : program.statements)
    if (auto *data = llvm::dyn_cast<ast::DataDecl>(s))
      genData(data);
  for (const ast::Stmt *s : program.statements)
    genStatement(s);

  if (settingCount)
    out.settings = finish(*settings);
  else
    drop(*settings);
  out.settings_count = settingCount;
  out.statements = std::move(statementRows);
  for (const CountedColumn &counted : countedColumns) {
    DataT &data = out.data[counted.data];
    (counted.inWhere ? data.where_columns : data.columns)[counted.column].classes =
        std::max<int64_t>(0, *counted.classes);
  }

  result.elaborated->tensors = elab.tensors;

  mlir::Builder b(&context);
  llvm::SmallVector<mlir::Attribute> scalars;
  for (llvm::StringRef name : {"step", "epoch", "total_steps", "steps_per_epoch", "seed",
                               "val_loss", "first_row", "batch_share"}) // in the order of NN_SLOT_…
    scalars.push_back(b.getStringAttr(name));
  for (const OptionT &o : out.options)
    scalars.push_back(b.getStringAttr(o.name));
  for (const std::string &name : chosenNames)
    scalars.push_back(b.getStringAttr(name));
  out.chosen_count = chosenNames.size();
  module->setAttr("nn.scalars", b.getArrayAttr(scalars));
}

bool nnc::generate(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                   const sema::Symbols &symbols, const IrgenOptions &options, IrgenResult &result) {
  const unsigned before = diags.errorCount();
  const BuiltIn builtIn = findBuiltIn(diags, context, program, symbols, options);
  ProgramGenerator(diags, context, program, symbols, options, builtIn, /*attempt=*/false, result)
      .run();
  return diags.errorCount() == before;
}
