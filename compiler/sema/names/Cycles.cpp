// Finds declarations that need themselves. Nothing in the language can end such a recursion, so
// each cycle is an error.
#include "compiler/sema/names/Cycles.h"

#include "compiler/sema/Text.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

namespace nnc::sema {
using namespace ast;

/// A depth-first search over the uses, with an explicit stack because a chain of lets may be long.
void CycleFinder::report() {
  enum Color : char { White, Grey, Black };
  llvm::DenseMap<const Decl *, Color> color;
  struct Frame {
    const Decl *decl;
    size_t next;
    Range via; // where the declaration below names this one
  };
  auto usesOf = [&](const Decl *d) -> llvm::ArrayRef<Analysis::Use> {
    auto it = shared.uses.find(d);
    return it == shared.uses.end() ? llvm::ArrayRef<Analysis::Use>()
                                   : llvm::ArrayRef<Analysis::Use>(it->second);
  };
  unsigned found = 0;
  for (auto &entry : shared.uses) {
    if (color[entry.first] != White)
      continue;
    std::vector<Frame> stack = {{entry.first, 0, Range()}};
    color[entry.first] = Grey;
    while (!stack.empty()) {
      Frame &top = stack.back();
      llvm::ArrayRef<Analysis::Use> list = usesOf(top.decl);
      if (top.next == list.size()) {
        color[top.decl] = Black;
        stack.pop_back();
        continue;
      }
      const Analysis::Use &u = list[top.next++];
      Color &c = color[u.decl];
      if (c == Grey) {
        if (++found > Diagnostics::maxPrinted)
          return;
        auto first = llvm::find_if(stack, [&](const Frame &f) { return f.decl == u.decl; });
        std::vector<std::pair<const Decl *, Range>> cycle; // each with the place where it names the
                                                           // next
        for (auto it = first; it != stack.end(); ++it)
          cycle.push_back({it->decl, std::next(it) == stack.end() ? u.where : std::next(it)->via});
        reportCycle(cycle);
      } else if (c == White) {
        c = Grey;
        stack.push_back({u.decl, 0, u.where});
      }
    }
  }
}

void CycleFinder::reportCycle(llvm::ArrayRef<std::pair<const Decl *, Range>> cycle) {
  const Decl *first = cycle.front().first;
  if (!shared.reported.insert(("cycle through " + first->name.text).str()).second)
    return;
  if (cycle.size() == 1) {
    auto e =
        diags.error(cycle.front().second, ast::inWords(first->kind).str() + " cannot use itself: " +
                                              quoted(first->name.text) + " is being declared here");
    e.note(first->name.range, "declared here");
    if (symbols.prelude.count(first->name.text) &&
        symbols.prelude.lookup(first->name.text) != first)
      e.note("the prelude's " + quoted(first->name.text) +
             " is hidden by this one; give it another name to use both");
    return;
  }
  std::vector<llvm::StringRef> names;
  for (auto &[decl, where] : cycle)
    names.push_back(decl->name.text);
  names.push_back(names.front());
  auto e = diags.error(first->name.range, "these need one another: " + llvm::join(names, " → "));
  for (size_t i = 0; i < cycle.size() && i < 8; ++i)
    e.note(cycle[i].second, quoted(names[i]) + " needs " + quoted(names[i + 1]) + " here");
}

} // namespace nnc::sema
