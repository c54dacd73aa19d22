// Runs the parser and sema on a text, as the driver does.
#include "Check.h"

#include "llvm/Support/FileSystem.h"

#include <algorithm>

namespace nnc {

const char *const common = "data d = moons(n = 90) { split train = 70%, val = 15%, test = 15% }\n"
                           "model net(x: [2]) -> [2] { x |> dense(2) as last }\n";

Checked::Checked(llvm::StringRef text, const sema::Options &options) {
  std::vector<const ast::Program *> prelude;
  std::vector<std::string> files;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(PRELUDE_DIR, error), end; it != end;
       it.increment(error))
    if (llvm::StringRef(it->path()).ends_with(".nn"))
      files.push_back(it->path());
  std::sort(files.begin(), files.end());
  for (const std::string &file : files) {
    programs.push_back(parseString(diags, *loadFile(diags, file)));
    prelude.push_back(programs.back().get());
  }
  programs.push_back(parseString(diags, *addBuffer(diags, text, "test.nn")));
  if (programs.back())
    sound = sema::analyze(diags, *programs.back(), prelude, options, symbols);
}

Messages Checked::errors() const {
  Messages list;
  for (const Diagnostic &d : diags.all()) {
    Position p = diags.position(d.where);
    list.push_back(std::to_string(p.line) + ":" + std::to_string(p.column) + " " + d.message);
  }
  return list;
}

Messages Checked::notes() const {
  Messages list;
  for (const Diagnostic &d : diags.all())
    for (const Diagnostic &n : d.notes)
      list.push_back(n.message);
  return list;
}

} // namespace nnc
