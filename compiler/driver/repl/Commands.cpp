// Implements the commands of an interactive session.
#include "compiler/driver/repl/Commands.h"

#include "compiler/ast/Printer.h"
#include "compiler/driver/Emit.h"
#include "compiler/driver/repl/Evaluator.h"
#include "compiler/sema/Builtins.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnc;
using namespace nnc::repl;

llvm::ArrayRef<Command> Commands::list() {
  static const Command all[] = {
      {"help", "", "this list", &Commands::help},
      {"type", "EXPR", "the kind and shape of an expression, or what a name stands for",
       &Commands::type},
      {"source", "NAME", "the text of a declaration, of yours or of the prelude",
       &Commands::source},
      {"ir", "[MODEL or STATEMENT]", "the nn IR of a model, a statement, or the last statement",
       &Commands::ir},
      {"grad", "[MODEL]", "the last training step's gradients as formulas", &Commands::grad},
      {"show", "[NAME]",
       "a data set: rows, splits, fields, ranges, classes; a model: parameters; what there is",
       &Commands::show},
      {"load", "FILE", "declare and run what the file holds", &Commands::load},
      {"time", "STATEMENT", "run it and say where the time went", &Commands::time},
      {"quit", "", "leave (so does Ctrl-D)", &Commands::quit},
  };
  return all;
}

void Commands::run(llvm::StringRef text) {
  auto [name, argument] = text.split(' ');
  std::vector<llvm::StringRef> names;
  for (const Command &c : list()) {
    // A prefix is enough: `:q`
    if (!name.empty() && llvm::StringRef(c.name).starts_with(name))
      return (this->*c.run)(argument.trim());
    names.push_back(c.name);
  }
  llvm::errs() << "there is no command `:" << name << "`";
  if (llvm::StringRef near = didYouMean(name, names); !near.empty())
    llvm::errs() << "; did you mean `:" << near << "`?\n";
  else
    llvm::errs() << "; `:help` lists them\n";
}

void Commands::help(llvm::StringRef) {
  llvm::outs() << "Type declarations and statements of the language. An expression prints its "
                  "value; a declaration may be\n"
                  "declared anew; what a model has learned stays while its shapes do, and what "
                  "`search`, `compare` and\n"
                  "`ensemble` find, while nothing that it rests on is declared anew. `plot loss` "
                  "shows the last training, `report`\n"
                  "all of them. Tab completes names, and places of models after a point. Ctrl-C "
                  "ends a run.\n\n";
  for (const Command &c : list())
    llvm::outs() << llvm::format("  :%-6s %-21s %s\n", c.name, c.argument, c.help);
}

// Kinds and signatures ----------------------------------------------------------------------------

/// A declaration's text up to its body: "layer dense(units)(x: [n]) -> [units]".
static llvm::StringRef signatureOf(llvm::StringRef text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    depth += c == '(' || c == '[';
    depth -= c == ')' || c == ']';
    if (depth == 0 && (c == '{' || (c == '=' && i > 0)))
      return text.take_front(i).rtrim();
  }
  return text;
}

static void describe(llvm::StringRef name, ast::StmtKind kind, llvm::StringRef text,
                     llvm::StringRef doc) {
  // `text` may begin with documentation comments.
  while (text.starts_with("##"))
    text = text.split('\n').second;
  const bool isValue = kind == ast::StmtKind::Let || kind == ast::StmtKind::Option;
  llvm::outs() << name << ": " << ast::inWords(kind) << "\n  "
               << (isValue ? text : signatureOf(text)) << "\n";
  for (llvm::StringRef line : llvm::split(doc, '\n'))
    if (!line.empty())
      llvm::outs() << "  " << line << "\n";
}

static llvm::StringRef textOfPrelude(const ast::Decl &d) {
  return llvm::StringRef(d.range.begin.getPointer(),
                         d.range.end.getPointer() - d.range.begin.getPointer());
}

static bool isName(llvm::StringRef text) {
  return !text.empty() &&
         llvm::all_of(text, [](char c) { return llvm::isAlnum(c) || c == '_' || (c & 0x80); }) &&
         !llvm::isDigit(text.front());
}

static std::string arity(unsigned min, unsigned max) {
  if (max == sema::Builtin::any)
    return std::to_string(min) + " or more arguments";
  if (min != max)
    return std::to_string(min) + " to " + std::to_string(max) + " arguments";
  return std::to_string(min) + (min == 1 ? " argument" : " arguments");
}

void Commands::type(llvm::StringRef expression) {
  if (expression.empty()) {
    llvm::errs() << "`:type` takes an expression or a name: `:type [1, 2] + 3`\n";
    return;
  }
  // `dense(4)` names what `dense` creates. A name without arguments names the declaration.
  if (const Ran *found = workspace.declarations.findResult(expression)) {
    llvm::outs() << expression << ": " << ast::inWords(found->kind) << "\n";
    return;
  }
  llvm::StringRef head = expression.take_until([](char c) { return c == '('; });
  if (isName(expression) || (isName(head) && expression.ends_with(")"))) {
    const bool call = !isName(expression);
    const Declaration *mine = workspace.declarations.find(head);
    const ast::Decl *decl = mine ? nullptr : workspace.preludeDeclaration(head);
    const ast::StmtKind kind = mine ? mine->kind : decl ? decl->kind : ast::StmtKind::Expression;
    const bool makesSomething = kind == ast::StmtKind::Layer || kind == ast::StmtKind::Init ||
                                kind == ast::StmtKind::Optimizer;
    if ((mine || decl) && (!call || makesSomething) && !(kind == ast::StmtKind::Let && !call))
      return describe(head, kind, mine ? llvm::StringRef(mine->text) : textOfPrelude(*decl),
                      mine ? mine->doc : decl->doc);
    if (!mine && !decl && !call) {
      if (auto *builtin = sema::findBuiltin(head)) {
        llvm::outs() << head << ": a primitive of " << arity(builtin->min, builtin->max);
        for (auto [i, named] : llvm::enumerate(builtin->named))
          llvm::outs() << (i ? ", " : "; also by name: ") << named;
        llvm::outs() << "\n" << builtin->signature() << "  # " << builtin->what << "\n";
        return;
      }
      if (auto n = sema::elementwiseArity(head)) {
        llvm::outs() << head << ": an elementwise primitive of " << arity(*n, *n) << "\n";
        return;
      }
    }
  }
  std::unique_ptr<Session> session = workspace.compile(expression, Stage::Generated);
  if (!session)
    return;
  for (const StatementT &statement : session->tables().program.statements) {
    const PrintT *row = statement.body.AsNN_STMT_PRINT();
    if (!row)
      continue;
    if (!row->fn.exists()) {
      llvm::outs() << "a text\n";
    } else if (row->shape.empty()) {
      llvm::outs() << "a number\n";
    } else {
      llvm::outs() << "a tensor [";
      llvm::interleaveComma(row->shape, llvm::outs());
      llvm::outs() << "]\n";
    }
  }
}

void Commands::source(llvm::StringRef name) {
  if (name.empty()) {
    llvm::errs() << "`:source` takes the name of a declaration\n";
    return;
  }
  if (const Declaration *mine = workspace.declarations.find(name)) {
    llvm::outs() << mine->text << "\n";
    return;
  }
  if (const ast::Decl *decl = workspace.preludeDeclaration(name)) {
    Position at = workspace.prelude().diagnostics().position(decl->range);
    llvm::outs() << "# " << at.file << ":" << at.line << "\n" << textOf(*decl) << "\n";
    return;
  }
  if (sema::isBuiltinFunction(name)) {
    llvm::outs() << "`" << name << "` is a primitive of the compiler\n";
    return;
  }
  if (const Ran *found = workspace.declarations.findResult(name)) {
    llvm::outs() << found->text << "\n";
    return;
  }
  unknown(name);
}

// Looking inside ----------------------------------------------------------------------------------

/// Whether any op in `function` comes from the first `lines` lines of the text. Statements that ran
/// before come after these lines.
static bool isOfLines(mlir::func::FuncOp function, unsigned lines) {
  bool found = false;
  function.walk([&](mlir::Operation *op) {
    op->getLoc()->walk([&](mlir::Location at) {
      if (auto place = mlir::dyn_cast<mlir::FileLineColLoc>(at))
        found |= place.getFilename() == typedLabel && place.getLine() <= lines;
      return mlir::WalkResult::advance();
    });
  });
  return found;
}

void Commands::ir(llvm::StringRef what) {
  const Declaration *model = workspace.declarations.find(what);
  if (model && model->kind != ast::StmtKind::Model) {
    llvm::errs() << "`" << what << "` is " << ast::inWords(model->kind)
                 << "; IR is made of a model or a statement: `:ir " << what << "(…)`\n";
    return;
  }
  const std::string statement = what.empty() ? evaluator.lastStatement() : what.str();
  if (statement.empty()) {
    llvm::errs() << "there is no statement yet\n";
    return;
  }
  // A model needs no statement: its functions are always compiled.
  std::unique_ptr<Session> session =
      workspace.compile(model ? "let unused_ = " + what.str() : statement, Stage::Generated);
  if (!session)
    return;
  const std::string wanted = model ? "model_" + what.str() + "_predict" : "";
  for (auto function : session->module().getOps<mlir::func::FuncOp>()) {
    llvm::StringRef name = function.getName();
    const bool companion = name.starts_with("model_") || name.starts_with("data_") ||
                           name.starts_with("settings") || name.ends_with("_init") ||
                           name.ends_with("_trace") || name.ends_with("_eval");
    const bool ranBefore = session->settings().earlier > 0 &&
                           !isOfLines(function, llvm::StringRef(statement).count('\n') + 1);
    if (model ? name == wanted : !companion && !ranBefore) {
      function.print(llvm::outs());
      llvm::outs() << "\n";
    }
  }
}

void Commands::grad(llvm::StringRef model) {
  auto matches = [&](llvm::StringRef train) {
    llvm::StringRef target = train.drop_front(strlen("train")).ltrim();
    return model.empty() ||
           (target.consume_front(model) && !target.empty() && !llvm::isAlnum(target.front()));
  };
  for (const std::string &train : llvm::reverse(evaluator.trainStatements()))
    if (matches(train)) {
      if (std::unique_ptr<Session> session = workspace.compile(train, Stage::Checked)) {
        printMath(*session, llvm::outs(), false);
        session->diagnostics().print(llvm::errs());
      }
      return;
    }
  llvm::errs() << "no `train" << (model.empty() ? "" : " ") << model << "` has run yet\n";
}

void Commands::time(llvm::StringRef statement) {
  if (statement.empty())
    llvm::errs() << "`:time` takes a statement\n";
  else
    evaluator.evaluateTimed(statement);
}
