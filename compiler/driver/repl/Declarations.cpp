// Selects the declarations and statements that an input needs, by the words in it. One word too
// many only means that a little more is compiled.
#include "compiler/driver/repl/Declarations.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace nnc;
using namespace nnc::repl;
using ast::StmtKind;

static bool isWordByte(char c) {
  return llvm::isAlnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

static void collectWords(llvm::StringRef text, llvm::StringSet<> &words) {
  while (!text.empty()) {
    text = text.drop_until(isWordByte);
    llvm::StringRef word = text.take_while(isWordByte);
    if (!word.empty())
      words.insert(word);
    text = text.drop_front(word.size());
  }
}

std::string repl::textOf(const ast::Stmt &s) {
  const char *begin = s.range.begin.getPointer(), *end = s.range.end.getPointer();
  std::string text;
  if (auto *decl = llvm::dyn_cast<ast::Decl>(&s); decl && !decl->doc.empty())
    for (llvm::StringRef line : llvm::split(decl->doc, '\n'))
      text += "## " + line.str() + "\n";
  return text + std::string(begin, end);
}

Declaration repl::declarationOf(const ast::Decl &d) {
  return {d.name.text.str(), textOf(d), d.doc.str(), d.kind, "", {0, 0}};
}

std::string repl::targetOf(const ast::Stmt &s) {
  if (auto *train = llvm::dyn_cast<ast::TrainStmt>(&s))
    return train->target.empty() ? "" : train->target.front().text.str();
  if (auto *load = llvm::dyn_cast<ast::LoadStmt>(&s))
    return load->target.empty() ? "" : load->target.front().text.str();
  if (auto *freeze = llvm::dyn_cast<ast::FreezeStmt>(&s))
    return freeze->places.empty() || freeze->places.front().empty()
               ? ""
               : freeze->places.front().front().text.str();
  return "";
}

std::vector<std::string> Declarations::add(Declaration d) {
  std::vector<std::string> thawed;
  if (const Declaration *old = find(d.name);
      old && old->text != d.text && d.kind == StmtKind::Model)
    llvm::erase_if(statements, [&](const Ran &s) {
      const bool frozen = s.kind == StmtKind::Freeze && s.target == d.name;
      if (frozen && thawed.empty())
        thawed.push_back(d.name);
      return frozen;
    });
  llvm::erase_if(list, [&](const Declaration &old) { return old.name == d.name; });
  llvm::erase_if(statements, [&](const Ran &s) { return s.result == d.name; });
  list.push_back(std::move(d));
  return thawed;
}

const Declaration *Declarations::find(llvm::StringRef name) const {
  auto found = llvm::find_if(list, [&](const Declaration &d) { return d.name == name; });
  return found == list.end() ? nullptr : &*found;
}

void Declarations::leaveInput() {
  for (Declaration &d : list)
    d.here = {0, 0};
}

void Declarations::add(Ran statement) {
  if (!statement.result.empty())
    llvm::erase_if(statements, [&](const Ran &s) { return s.result == statement.result; });
  statements.push_back(std::move(statement));
}

const Ran *Declarations::findResult(llvm::StringRef name) const {
  auto found = llvm::find_if(statements,
                             [&](const Ran &s) { return !s.result.empty() && s.result == name; });
  return found == statements.end() ? nullptr : &*found;
}

/// What a program contains besides its input.
struct Declarations::Selection {
  llvm::StringSet<> words;
  std::vector<bool> declarations, statements;
  bool trainedGone = false;
  std::vector<std::string> forgotten;
  // names that the input will define; earlier results with these names are not used
  std::vector<std::string> results;
};

/// Whether a statement cannot be compiled again as it was, because a declaration has changed or a
/// result that it uses is gone.
bool Declarations::isStale(const Ran &statement) const {
  for (const auto &[name, text] : statement.needs)
    if (const Declaration *now = find(name); !now || now->text != text)
      return true;
  for (int64_t number : statement.uses)
    if (llvm::none_of(statements, [&](const Ran &s) { return s.number == number && !isStale(s); }))
      return true;
  return false;
}

/// Adds what the words name, and what that needs in turn.
void Declarations::close(Selection &chosen) const {
  for (bool grown = true; grown;) {
    grown = false;
    for (auto [i, d] : llvm::enumerate(list))
      if (!chosen.declarations[i] && chosen.words.contains(d.name)) {
        chosen.declarations[i] = grown = true;
        collectWords(d.text, chosen.words);
      }
    for (auto [i, s] : llvm::enumerate(statements)) {
      const bool named = !s.result.empty() && !llvm::is_contained(chosen.results, s.result) &&
                         chosen.words.contains(s.result);
      const bool frozen = s.kind == StmtKind::Freeze && chosen.words.contains(s.target);
      if (!chosen.statements[i] && (named || frozen) && !isStale(s))
        chosen.statements[i] = grown = true;
    }
    for (auto [i, s] : llvm::enumerate(statements)) {
      if (!chosen.statements[i])
        continue;
      for (const auto &need :
           s.needs) // not by its words: names in its block may have been declared since
        grown |= chosen.words.insert(need.first).second;
      for (auto [j, other] : llvm::enumerate(statements))
        if (!chosen.statements[j] && llvm::is_contained(s.uses, other.number))
          chosen.statements[j] = grown = true;
    }
  }
}

/// Chooses the training that a plot shows.
void Declarations::chooseLastTraining(Selection &chosen) const {
  for (size_t i = statements.size(); i-- > 0;)
    if (llvm::is_contained({StmtKind::Train, StmtKind::Search, StmtKind::Compare},
                           statements[i].kind)) {
      if (isStale(statements[i]))
        chosen.trainedGone = true;
      else
        chosen.statements[i] = true;
      return;
    }
}

/// Chooses the first training of each model: its data tell how the model's input is prepared.
void Declarations::chooseTrainings(StmtKind kind, Selection &chosen) const {
  llvm::StringSet<> found;
  for (auto [i, s] : llvm::enumerate(statements))
    if (s.kind == StmtKind::Train && chosen.words.contains(s.target) && !isStale(s) &&
        found.insert(s.target).second)
      chosen.statements[i] = true;
  for (const Ran &s : statements)
    if (kind == StmtKind::Save && s.kind == StmtKind::Train && chosen.words.contains(s.target) &&
        found.insert(s.target).second)
      chosen.forgotten.push_back(s.target);
}

/// Chooses the statements that a statement of this kind uses without naming them.
void Declarations::chooseByKind(StmtKind kind, Selection &chosen) const {
  if (kind == StmtKind::Plot)
    return chooseLastTraining(chosen);
  if (kind == StmtKind::Predict || kind == StmtKind::Save)
    return chooseTrainings(kind, chosen);
  for (auto [i, s] : llvm::enumerate(statements)) {
    const bool recipe =
        s.kind == StmtKind::Train || s.kind == StmtKind::Load || s.kind == StmtKind::Freeze;
    const bool again = !s.result.empty() && llvm::is_contained(chosen.results, s.result);
    if ((kind == StmtKind::Report || (kind == StmtKind::Ensemble && recipe)) && !again &&
        !isStale(s))
      chosen.statements[i] = true;
  }
}

/// Where a declaration begins, including its documentation in the lines above.
static size_t withDocumentation(llvm::StringRef input, size_t begin) {
  size_t line = input.take_front(begin).rfind('\n') + 1; // npos + 1 is 0
  while (line > 0) {
    const size_t above = input.take_front(line - 1).rfind('\n') + 1;
    if (!input.slice(above, line).ltrim().starts_with("##"))
      break;
    begin = line = above;
  }
  return begin;
}

/// The input with blanks for everything but these stretches, which keep their positions.
static std::string blanked(llvm::StringRef input, std::vector<Stretch> stretches) {
  llvm::sort(stretches);
  std::string text;
  size_t at = 0;
  bool ends = false; // a stretch has just ended
  auto blank = [&](size_t to) {
    for (; at < to; ++at) {
      const char c = input[at];
      if (c == '\n')
        text += '\n';
      else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) // one blank for each character
        text += ends ? ';' : ' ';
      ends = false;
    }
  };
  for (const auto &[begin, end] : stretches) {
    if (end <= at)
      continue;
    blank(std::max(begin, at));
    text += input.slice(at, end);
    at = end;
    ends = true;
  }
  blank(input.size());
  return text + "\n";
}

Composed Declarations::compose(const Part &part) const {
  Selection chosen;
  chosen.declarations.resize(list.size());
  chosen.statements.resize(statements.size());
  chosen.results = part.results;
  for (const auto &[begin, end] : part.stretches)
    collectWords(part.input.slice(begin, end), chosen.words);
  close(chosen);
  for (StmtKind kind : part.kinds)
    chooseByKind(kind, chosen);
  close(chosen);

  Composed program;
  program.trainedGone = chosen.trainedGone;
  program.forgotten = std::move(chosen.forgotten);
  for (const Ran &s : statements)
    if (!s.result.empty() && !llvm::is_contained(part.results, s.result) &&
        chosen.words.contains(s.result) && isStale(s))
      program.gone.push_back(s.result);
  std::vector<Stretch> stretches = part.stretches;
  for (auto [i, d] : llvm::enumerate(list)) {
    if (!chosen.declarations[i])
      continue;
    program.needs.push_back({d.name, d.text});
    if (part.inPlace && d.here.second)
      stretches.push_back({withDocumentation(part.input, d.here.first), d.here.second});
  }
  program.folders.push_back({0, part.folder});
  program.text = blanked(part.input, std::move(stretches));
  auto append = [&](const std::string &text, const std::string &folder) {
    if (program.folders.back().second != folder)
      program.folders.push_back({program.text.size(), folder});
    program.text += text + "\n";
  };
  for (auto [i, d] : llvm::enumerate(list))
    if (chosen.declarations[i] && !(part.inPlace && d.here.second))
      append(d.text, d.folder);
  for (auto [i, s] : llvm::enumerate(statements)) {
    if (!chosen.statements[i])
      continue;
    if (!program.earlierAt)
      program.earlierAt = program.text.size();
    append(s.text, s.folder);
    program.uses.push_back(s.number);
    if (s.kind != StmtKind::Freeze) // a freeze is not a statement of the tables
      program.numbers.push_back(s.number);
  }
  return program;
}
