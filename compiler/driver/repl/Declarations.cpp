// Which declarations an input needs is found by its words: a word too many only compiles a little more.
#include "compiler/driver/repl/Declarations.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace nnc;
using namespace nnc::repl;

static bool isWordByte(char c) { return llvm::isAlnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

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

Declaration repl::declarationOf(const ast::Stmt &s) {
  Declaration d{"", textOf(s), "", s.kind};
  if (auto *decl = llvm::dyn_cast<ast::Decl>(&s)) {
    d.name = decl->name.text.str();
    d.doc = decl->doc.str();
  }
  return d;
}

void Declarations::add(Declaration d) {
  if (!d.name.empty())
    llvm::erase_if(list, [&](const Declaration &old) { return old.name == d.name; });
  else
    llvm::erase_if(list, [&](const Declaration &old) { return old.text == d.text; });
  list.push_back(std::move(d));
}

const Declaration *Declarations::find(llvm::StringRef name) const {
  auto found = llvm::find_if(list, [&](const Declaration &d) { return !d.name.empty() && d.name == name; });
  return found == list.end() ? nullptr : &*found;
}

std::string Declarations::programFor(llvm::StringRef input, unsigned line, unsigned column) const {
  llvm::StringSet<> words;
  collectWords(input, words);
  std::vector<bool> needed(list.size());
  for (bool grown = true; grown;) {
    grown = false;
    for (auto [i, d] : llvm::enumerate(list)) {
      if (needed[i])
        continue;
      llvm::StringRef key = d.name;
      if (d.kind == ast::StmtKind::Freeze) // belongs to the model that it names
        key = llvm::StringRef(d.text).drop_front(strlen("freeze")).ltrim().take_while(isWordByte);
      if (!words.contains(key))
        continue;
      needed[i] = grown = true;
      collectWords(d.text, words);
    }
  }
  std::string program = std::string(line - 1, '\n') + std::string(column - 1, ' ') + input.str() + "\n";
  for (auto [i, d] : llvm::enumerate(list))
    if (needed[i])
      program += d.text + "\n";
  return program;
}
