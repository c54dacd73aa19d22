// The main function of irgen. Also generates options.
#include "compiler/irgen/program/ProgramGenerator.h"

using namespace nnc;

void ProgramGenerator::generateOptions() {
  for (const ast::Stmt *s : ctx.program.statements) {
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
      Function scratch(ctx.diags, ctx.module, "scratch", ctx.element);
      Function *outer = ctx.elab.fn;
      ctx.elab.fn = &scratch;
      double value = 0;
      ctx.elab.evaluateNumber(option->defaultValue, Scope(), value, "an option's default");
      ctx.elab.fn = outer;
      scratch.op().erase();
      row.value = value;
    }
    ctx.out.options.push_back(std::move(row));
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

void ProgramGenerator::describeProgram() {
  ctx.out.name = ctx.options.name;
  ctx.out.source_path = ctx.options.sourcePath;
  ctx.out.source_dir = ctx.options.sourceDir;
  ctx.out.doc = openingComment(bufferText(ctx.diags.sources(), ctx.program.buffer));
  ctx.out.elements = ctx.options.doublePrecision ? "f64" : "f32";
}

std::optional<DrawnConstants> ProgramGenerator::findNeeded() {
  const Diagnostics::Mark before = ctx.diags.mark();
  ctx.elab.findsDrawn = true;
  run();
  const bool sound = ctx.diags.errorCount() == before.errors && !ctx.elab.expressions.isTooLarge();
  // What is wrong is reported when the program is generated, about numbers that are known.
  ctx.diags.rewind(before);
  return sound ? std::optional(ctx.elab.needed) : std::nullopt;
}

void ProgramGenerator::run() {
  describeProgram();
  generateOptions();
  settings.begin();
  for (const ast::Stmt *s : ctx.program.statements)
    if (auto *model = llvm::dyn_cast<ast::ModelDecl>(s))
      models.generate(model);
  for (const ast::Stmt *s : ctx.program.statements)
    if (auto *data = llvm::dyn_cast<ast::DataDecl>(s))
      dataSets.generate(data);
  for (const ast::Stmt *s : ctx.program.statements)
    statements.generate(s);
  settings.end();
  ctx.out.statements = std::move(ctx.statements);
  dataSets.writeClassCounts();
  dataSets.writeCharacters();
  ctx.elaborated.tensors = ctx.elab.tensors;
  nameScalars();
}

void ProgramGenerator::nameScalars() {
  mlir::Builder b(ctx.module.getContext());
  llvm::SmallVector<mlir::Attribute> scalars;
  const llvm::StringRef slots[] = {nn::stepScalar, "epoch",     "total_steps", "steps_per_epoch",
                                   "seed",         "val_loss",  "first_row",   "batch_share",
                                   "group_share",  "repetition"};
  for (llvm::StringRef name : slots) // in the order of NN_SLOT_…
    scalars.push_back(b.getStringAttr(name));
  for (const OptionT &o : ctx.out.options)
    scalars.push_back(b.getStringAttr(o.name));
  for (const std::string &name : ctx.chosenNames)
    scalars.push_back(b.getStringAttr(name));
  ctx.out.chosen_count = ctx.chosenNames.size();
  ctx.module->setAttr("nn.scalars", b.getArrayAttr(scalars));
}

bool nnc::generate(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                   const sema::Symbols &symbols, const IrgenOptions &options, IrgenResult &result) {
  const unsigned before = diags.errorCount();
  const DrawnConstants builtIn = findBuiltIn(diags, context, program, symbols, options);
  ProgramGenerator(diags, context, program, symbols, options, builtIn, result).run();
  return diags.errorCount() == before;
}
