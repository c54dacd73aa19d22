// Completes the text before the cursor: places of a model, splits of data, columns, fields, named
// arguments, files, names.
#include "compiler/driver/repl/Completion.h"

#include "compiler/driver/repl/Commands.h"
#include "compiler/parse/Parse.h"
#include "compiler/sema/Builtins.h"
#include "compiler/sema/data/SourceTable.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/sema/names/PartTensors.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace nnc;
using namespace nnc::repl;

static bool isWordByte(char c) { return llvm::isAlnum(c) || c == '_' || (c & 0x80); }

/// The word at the end of `text`.
static llvm::StringRef lastWord(llvm::StringRef text) {
  size_t start = text.size();
  while (start > 0 && isWordByte(text[start - 1]))
    --start;
  return text.drop_front(start);
}

/// The position of the innermost bracket of this kind that `text` leaves open, or npos.
static size_t openBracket(llvm::StringRef text, char open) {
  std::vector<size_t> stack;
  bool quoted = false, comment = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n')
      quoted = comment = false;
    else if (comment)
      continue;
    else if (c == '"' && (i == 0 || text[i - 1] != '\\'))
      quoted = !quoted;
    else if (quoted)
      continue;
    else if (c == '#')
      comment = true;
    else if (c == '(' || c == '[' || c == '{')
      stack.push_back(i);
    else if ((c == ')' || c == ']' || c == '}') && !stack.empty())
      stack.pop_back();
  }
  while (!stack.empty() && text[stack.back()] != open)
    stack.pop_back();
  return stack.empty() ? llvm::StringRef::npos : stack.back();
}

/// Whether the cursor is in a quoted text. Sets `text` to its beginning.
static bool inQuotes(llvm::StringRef line, llvm::StringRef &text) {
  size_t begin = llvm::StringRef::npos;
  for (size_t i = 0; i < line.size(); ++i)
    if (line[i] == '"' && (i == 0 || line[i - 1] != '\\'))
      begin = begin == llvm::StringRef::npos ? i + 1 : llvm::StringRef::npos;
    else if (line[i] == '#' && begin == llvm::StringRef::npos)
      return false;
  if (begin == llvm::StringRef::npos)
    return false;
  text = line.drop_front(begin);
  return true;
}

static std::vector<std::string> files(llvm::StringRef typed) {
  llvm::StringRef folder = llvm::sys::path::parent_path(typed);
  if (typed.ends_with("/"))
    folder = typed.drop_back();
  std::set<std::string> found;
  std::error_code error;
  const std::string where = typed.starts_with("/") && folder.empty() ? "/"
                            : folder.empty()                         ? "."
                                                                     : folder.str();
  for (llvm::sys::fs::directory_iterator i(where, error), end; i != end && !error;
       i.increment(error)) {
    const llvm::StringRef name = llvm::sys::path::filename(i->path());
    const bool isFolder = llvm::sys::fs::is_directory(i->path());
    const size_t slash = typed.rfind('/');
    std::string path = (slash == llvm::StringRef::npos ? "" : typed.take_front(slash + 1).str()) +
                       name.str() + (isFolder ? "/" : "");
    if (llvm::StringRef(path).starts_with(typed) &&
        (!name.starts_with(".") || llvm::sys::path::filename(typed).starts_with(".")))
      found.insert(path);
  }
  return {found.begin(), found.end()};
}

namespace {
/// The words that fit where the cursor is.
class Completer {
public:
  Completer(Workspace &workspace, llvm::StringRef prefix)
      : workspace(workspace), prefix(prefix.str()) {}

  /// Offers what may follow `context`, the input up to the word that has been typed.
  void offerAfter(llvm::StringRef context);
  void offer(llvm::StringRef word) {
    if (word.starts_with(prefix))
      list.insert(word.str());
  }
  std::vector<std::string> words() const { return {list.begin(), list.end()}; }

private:
  void offerGeneral();
  bool offerFields(llvm::StringRef before);
  void offerFound(llvm::StringRef path);
  void offerArguments(llvm::StringRef before);
  void offerData(llvm::StringRef before);

  Workspace &workspace;
  std::string prefix;
  std::set<std::string> list;
};
} // namespace

/// Offers the places of the network that a search found. They are taken from its first variant.
void Completer::offerFound(llvm::StringRef path) {
  auto [head, rest] = path.split('.');
  Session *session = workspace.quietly(head);
  if (session->diagnostics().hasErrors())
    return;
  const ProgramT &program = session->tables().program;
  const std::string under = rest.empty() ? "" : rest.str() + ".";
  for (const StatementT &statement : program.statements) {
    const ExperimentT *experiment = statement.body.AsNN_STMT_EXPERIMENT();
    if (!experiment || head != experiment->name || experiment->variants[0].model < 0)
      continue;
    const nn_range range = program.models[experiment->variants[0].model].tensors;
    for (int32_t t = range.first; t < range.first + range.count; ++t)
      if (llvm::StringRef key = program.tensors[t].key; key.consume_front(under))
        offer(key.split('.').first);
  }
}

/// Offers fields: layers and tensors for `net.`, splits for `d.`, chosen values for `best.`, curves
/// of the last training for `val.`.
bool Completer::offerFields(llvm::StringRef before) {
  if (!before.ends_with("."))
    return false;
  size_t start = before.size();
  while (start > 0 && (isWordByte(before[start - 1]) || before[start - 1] == '.'))
    --start;
  llvm::StringRef path = before.drop_front(start).drop_back(); // "net.dense1"
  auto [head, rest] = path.split('.');
  if (head.empty() || llvm::isDigit(head.front()))
    return false;
  const Declaration *known = workspace.declarations.find(head);
  const Ran *result = workspace.declarations.findResult(head);
  if (known && known->kind == ast::StmtKind::Data) {
    for (const auto &[decl, info] : workspace.quietly(head)->symbols().data) {
      if (decl->name.text != head)
        continue;
      offer("train");
      if (info.hasVal)
        offer("val");
      if (info.hasTest)
        offer("test");
      for (const auto &column : info.source.columns)
        if (column.classes > 0)
          offer("classes");
    }
  } else if ((known && known->kind == ast::StmtKind::Model) ||
             (result && result->kind == ast::StmtKind::Ensemble)) {
    Session *session = workspace.quietly(head);
    if (session->diagnostics().hasErrors())
      return true;
    const std::string under = path.str() + ".";
    for (const TensorT &tensor : session->tables().program.tensors)
      if (llvm::StringRef name = tensor.name;
          tensor.kind != NN_OPTIMIZER_STATE && name.consume_front(under))
        offer(name.split('.').first);
    for (llvm::StringRef name : sema::partTensorsNames())
      offer(name);
  } else if (result) {
    llvm::StringRef text = result->text;
    for (size_t at = 0; (at = text.find("let ", at)) != llvm::StringRef::npos; ++at) {
      llvm::StringRef let = text.drop_front(at + 4).ltrim();
      llvm::StringRef name = let.take_while(isWordByte);
      if (result->kind == ast::StmtKind::Search &&
          let.drop_front(name.size()).ltrim().starts_with("~"))
        offer(name);
    }
    offerFound(path);
  } else if (const auto split = sema::findSplit(head); split && split != NN_SPLIT_TEST) {
    offer(nnrt::lossName);
    for (const Ran &s : llvm::reverse(workspace.declarations.ran()))
      if (s.kind == ast::StmtKind::Train) {
        llvm::StringRef text = s.text;
        for (size_t at = 0; (at = text.find("metric", at)) != llvm::StringRef::npos; ++at)
          if (llvm::StringRef metric = text.drop_front(at + 6).ltrim().take_while(isWordByte);
              !metric.empty())
            offer(metric);
        break;
      }
  }
  return true;
}

/// In the parentheses of a call: offers the arguments that may be given by name.
void Completer::offerArguments(llvm::StringRef before) {
  const size_t open = openBracket(before, '(');
  const size_t brace = openBracket(before, '{');
  if (open == llvm::StringRef::npos || (brace != llvm::StringRef::npos && brace > open))
    return;
  const llvm::StringRef callee = lastWord(before.take_front(open));
  auto offerName = [&](llvm::StringRef name) { offer((name + " = ").str()); };
  auto offerAll = [&](llvm::ArrayRef<ast::Parameter> parameters) {
    for (const ast::Parameter &p : parameters)
      offerName(p.name.text);
  };
  const ast::Decl *decl = workspace.preludeDeclaration(callee);
  if (workspace.declarations.find(callee))
    decl = workspace.quietly(callee)->symbols().user.lookup(callee);
  if (auto *fn = llvm::dyn_cast_or_null<ast::FnDecl>(decl))
    offerAll(fn->params);
  else if (auto *layer = llvm::dyn_cast_or_null<ast::LayerDecl>(decl))
    offerAll(layer->params);
  else if (auto *init = llvm::dyn_cast_or_null<ast::InitDecl>(decl))
    offerAll(init->params);
  else if (auto *optimizer = llvm::dyn_cast_or_null<ast::OptimizerDecl>(decl))
    offerAll(optimizer->params);
  else if (auto *metric = llvm::dyn_cast_or_null<ast::MetricDecl>(decl))
    offerAll(metric->params);
  else if (const sema::Builtin *builtin = decl ? nullptr : sema::findBuiltin(callee))
    for (llvm::StringRef name : builtin->named)
      offerName(name);
  else if (const sema::SourceFunction *source = decl ? nullptr : sema::findSource(callee))
    for (sema::SourceSetting setting : source->params)
      offerName(sema::nameOf(setting));
}

/// In the block of a data set: offers its columns. In the block of a train or evaluate statement:
/// offers the fields of its data.
void Completer::offerData(llvm::StringRef before) {
  const size_t open = openBracket(before, '{');
  if (open == llvm::StringRef::npos)
    return;
  llvm::StringRef head = before.take_front(open).rtrim();
  // Find the first word of the statement that the block belongs to. Its brackets may span lines.
  for (llvm::StringRef keyword : {"data ", "train ", "evaluate "}) {
    size_t at = head.rfind(keyword);
    if (at == llvm::StringRef::npos || (at > 0 && isWordByte(head[at - 1])) ||
        head.drop_front(at).contains('}'))
      continue;
    llvm::StringRef statement = head.drop_front(at);
    if (keyword == "data ") {
      Declarations with = workspace.declarations;
      const Composed program =
          with.compose({statement, {{0, statement.size()}}, {}, {}, "", false});
      std::unique_ptr<Session> session = workspace.open(program, typedLabel);
      session->reach(Stage::Checked);
      const llvm::StringRef name = statement.drop_front(5).ltrim().take_while(isWordByte);
      for (const auto &[decl, info] : session->symbols().data)
        if (decl->name.text == name)
          for (const auto &column : info.source.columns)
            offer(column.name);
      return;
    }
    const size_t on = statement.find(" on ");
    const llvm::StringRef data = on == llvm::StringRef::npos
                                     ? ""
                                     : statement.drop_front(on + 4).ltrim().take_while(isWordByte);
    if (!workspace.declarations.find(data))
      return;
    for (const auto &[decl, info] : workspace.quietly(data)->symbols().data)
      if (decl->name.text == data)
        for (const sema::FieldInfo &field : info.fields)
          offer(field.name);
    return;
  }
}

void Completer::offerGeneral() {
  for (const Declaration &d : workspace.declarations.all())
    offer(d.name);
  for (const Ran &s : workspace.declarations.ran())
    if (!s.result.empty())
      offer(s.result);
  for (auto &entry : workspace.prelude().symbols().prelude)
    offer(entry.getKey());
  for (const sema::Builtin &b : sema::builtins())
    offer(b.name);
  for (llvm::StringRef name : sema::elementwiseNames())
    offer(name);
  for (const sema::SourceFunction &source : sema::sources())
    offer(source.name);
  for (llvm::StringRef word : statementWords())
    offer(word);
  for (llvm::StringRef keyword :
       {"param", "state",      "derivative", "fit",       "if",      "then",      "else",
        "loss",  "batch",      "epochs",     "steps",     "clip",    "constrain", "stop",
        "keep",  "checkpoint", "split",      "normalize", "augment", "where",     "balance",
        "drop",  "fill",       "minimize",   "maximize",  "trials",  "members",   "scan",
        "in",    "remember",   "every"})
    offer(keyword);
}

void Completer::offerAfter(llvm::StringRef context) {
  if (offerFields(context))
    return;
  offerArguments(context);
  offerData(context);
  offerGeneral();
}

std::vector<std::string> repl::completions(Workspace &workspace, llvm::StringRef before,
                                           llvm::StringRef &word) {
  const llvm::StringRef line = before.drop_front(before.rfind('\n') + 1);
  if (line.starts_with(":")) {
    auto [command, argument] = line.split(' ');
    if (command.size() == line.size()) {
      word = line;
      Completer completer(workspace, word);
      for (const Command &c : Commands::list())
        completer.offer((":" + llvm::StringRef(c.name)).str());
      return completer.words();
    }
    if (command.size() > 1 && llvm::StringRef(":load").starts_with(command)) {
      word = argument.ltrim();
      return files(word);
    }
  } else if (inQuotes(line, word)) {
    return files(word);
  }
  word = lastWord(before);
  Completer completer(workspace, word);
  completer.offerAfter(before.drop_back(word.size()));
  return completer.words();
}
