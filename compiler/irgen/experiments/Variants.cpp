// Generates one variant of an experiment. The names of the block hide those of the program.
#include "compiler/irgen/experiments/Variants.h"

#include "compiler/irgen/statements/Statements.h"

using namespace nnc;

void VariantGenerator::nameDrawn(llvm::ArrayRef<Drawn> drawn, llvm::ArrayRef<int32_t> choice,
                                 Names &names, std::map<std::string, Value> &values) {
  for (auto [d, chosen] : llvm::zip(drawn, choice)) {
    const std::string name = d.let->name.text.str();
    if (d.builtIn) {
      ast::LetDecl *let = results.nodes.copyOf(*d.let);
      let->value = d.values[chosen];
      let->drawn = false;
      names[name] = let;
      values[name] = d.numbers.empty() ? Value::ofKind(Value::Kind::Unavailable)
                                       : Value::of(d.numbers[chosen]);
    } else {
      ast::OptionDecl option;
      option.range = d.let->range;
      option.name = d.let->name;
      option.name.text = results.nodes.copyOf(d.scalar);
      const ast::Decl *scalar = results.nodes.copyOf(option);
      names[name] = scalar;
      Value &value = values[name] = Value::ofKind(Value::Kind::HostScalar);
      value.text = d.scalar;
      if (ctx.elab.findsDrawn && mayBeBuiltIn(d.let)) {
        value.number = d.numbers.empty() ? d.low : d.numbers.front();
        value.drawnFrom = std::make_shared<const DrawnConstants>(DrawnConstants{d.let});
        ctx.elab.drawnScalars[scalar] = value;
      }
    }
  }
}

std::vector<const ast::ModelDecl *>
VariantGenerator::nameDeclarations(llvm::ArrayRef<ast::Stmt *> body, llvm::StringRef number,
                                   Names &names) {
  std::vector<const ast::ModelDecl *> copies;
  for (const ast::Stmt *s : body) {
    auto *decl = llvm::dyn_cast<ast::Decl>(s);
    if (!decl || names.count(decl->name.text.str()))
      continue;
    names[decl->name.text.str()] = decl;
    if (auto *model = llvm::dyn_cast<ast::ModelDecl>(decl)) {
      ast::ModelDecl *copy = results.nodes.copyOf(*model);
      ctx.elab.modelUses[copy].place = model->name.text.str() + "#" + number.str();
      names[model->name.text.str()] = copy;
      copies.push_back(copy);
    }
  }
  return copies;
}

bool VariantGenerator::generate(llvm::ArrayRef<ast::Stmt *> body, llvm::ArrayRef<Drawn> drawn,
                                llvm::ArrayRef<int32_t> choice, VariantT &variant,
                                Experiment &experiment) {
  Names names;
  const std::string number = std::to_string(++results.variantCount);
  std::map<std::string, Value> values;
  nameDrawn(drawn, choice, names, values);
  const std::vector<const ast::ModelDecl *> copies = nameDeclarations(body, number, names);

  const unsigned before = ctx.diags.errorCount();
  NamesGuard guard(ctx.symbols, names);
  std::vector<StatementT> outer = std::exchange(ctx.statements, {});
  trained.ofBlock.clear();
  const size_t frozen = ctx.elab.frozen.size();
  ctx.elab.inVariant = true;
  variant.models.first = ctx.out.models.size();
  for (const ast::ModelDecl *model : copies)
    models.generate(model);
  variant.models.count = copies.size();
  for (const ast::Stmt *s : body)
    if (auto *data = llvm::dyn_cast<ast::DataDecl>(s))
      dataSets.generate(data);
  for (const ast::Stmt *s : body)
    statements.generatePlain(s);
  ctx.elab.inVariant = false;
  ctx.elab.frozen.resize(frozen);
  variant.choices = choice.vec();
  variant.statements = std::exchange(ctx.statements, std::move(outer));
  experiment.variants.push_back(
      {std::move(names), std::move(values), trained.ofBlock, nullptr, {}});
  return ctx.diags.errorCount() == before;
}
