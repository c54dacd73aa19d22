// Records as text what a train statement depends on, so that --resume can detect changes to the
// program.
#include "compiler/irgen/train/TrainFunctions.h"

#include "compiler/irgen/statements/Report.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

#include <set>

using namespace nnc;
using llvm::StringRef;

/// Letters of other scripts are several bytes long.
static bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || (c & 0x80); }

/// The text at `r` without comments, and with only the spaces that separate two words.
static std::string tokensAt(Range r) {
  const std::string line = writtenAt(r);
  std::string text;
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"')
      quoted = !quoted;
    if (line[i] != ' ' || quoted || (i && isWord(line[i - 1]) && isWord(line[i + 1])))
      text += line[i];
    if (quoted && line[i] == '\\' && i + 1 < line.size())
      text += line[++i];
  }
  return text;
}

/// Calls visit(word) for each word of `text` that may be a name, and for each name in backquotes.
template <class Visit> static void forEachWord(StringRef text, Visit &&visit) {
  while (!text.empty()) {
    if (text.consume_front("`")) {
      const auto [name, rest] = text.split('`');
      visit(name);
      text = rest;
      continue;
    }
    const StringRef word = text.take_while(isWord);
    if (!word.empty() && !llvm::isDigit(word.front()))
      visit(word);
    text = text.drop_front(word.empty() ? 1 : word.size());
  }
}

/// Long texts are replaced by their hash, because messages have no room for them.
static std::string shortened(std::string text) {
  return text.size() <= 80 ? text : "#" + llvm::utohexstr(llvm::xxh3_64bits(text));
}

void nnc::noteOrigins(const ast::Program &program, const ast::TrainStmt &statement, TrainT &row) {
  std::vector<std::pair<std::string, std::string>> found;
  auto add = [&](std::string name, std::string text) {
    for (auto &known : found)
      if (known.first == name) {
        known.second += "; " + text;
        return;
      }
    found.emplace_back(std::move(name), std::move(text));
  };
  for (const ast::Entry *e : statement.entries) {
    if (auto *setting = llvm::dyn_cast<ast::SettingEntry>(e)) {
      add(setting->name.text.str(), tokensAt(setting->value->range));
    } else if (!llvm::isa<ast::CheckpointEntry>(e)) {
      const std::string text = tokensAt(e->range);
      add(StringRef(text).take_while(isWord).str(), text);
    }
  }
  llvm::StringMap<std::vector<const ast::Decl *>> declared;
  for (const ast::Stmt *s : program.statements)
    if (auto *decl = llvm::dyn_cast<ast::Decl>(s); decl && !llvm::isa<ast::OptionDecl>(decl))
      declared[decl->name.text].push_back(decl); // values of options are compared when a run begins
  std::set<std::string> words;
  std::vector<std::string> left;
  auto read = [&](StringRef text) {
    forEachWord(text, [&](StringRef word) {
      if (words.insert(word.str()).second)
        left.push_back(word.str());
    });
  };
  read(tokensAt(statement.target.range));
  read(tokensAt(statement.data.range));
  for (const auto &[name, text] : found)
    read(text);
  while (!left.empty()) {
    const std::string word = std::move(left.back());
    left.pop_back();
    for (const ast::Decl *decl : declared.lookup(word)) {
      const std::string text = tokensAt(decl->range);
      add((StringRef(text).take_while(isWord) + " " + word).str(), text);
      read(text);
    }
  }
  for (const ast::Stmt *s : program.statements) {
    if (s == &statement)
      break;
    if (llvm::isa<ast::FreezeStmt>(s))
      add("freeze", tokensAt(s->range));
  }
  for (auto &[name, whole] : found) {
    EntryT origin;
    origin.name = name;
    origin.text = shortened(whole);
    row.origins.push_back(std::move(origin));
  }
}
