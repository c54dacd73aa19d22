// Reads and checks the program of a session.
#include "compiler/driver/session/Frontend.h"

#include "compiler/parse/Parse.h"
#include "compiler/prelude/Prelude.h"

#include "llvm/Support/Path.h"

#include <algorithm>

using namespace nnc;

std::string SessionOptions::sourceName() const {
  if (path == "-")
    return "<stdin>";
  return standalone && llvm::sys::path::is_absolute(path) ? llvm::sys::path::filename(path).str()
                                                          : path;
}

bool Frontend::load() {
  buffer = loadFile(diags, options.path, options.sourceName());
  return buffer.has_value();
}

bool Frontend::loadText(llvm::StringRef text, llvm::StringRef name) {
  options.path = name.str();
  buffer = addBuffer(diags, text, name);
  return buffer.has_value();
}

bool Frontend::parse() {
  if (!buffer && !load())
    return false;
  parsed = parseString(diags, *buffer);
  if (!parsed || diags.hasErrors())
    return false;
  if (options.earlierAt) {
    const char *earlier = bufferText(diags.sources(), *buffer).data() + options.earlierAt;
    ordered = parsed->statements.vec();
    std::stable_partition(ordered.begin(), ordered.end(), [&](const ast::Stmt *s) {
      return s->range.begin.getPointer() >= earlier;
    });
    parsed->statements = ordered;
  }
  return true;
}

sema::Folders Frontend::folders() const {
  sema::Folders result;
  const char *text = bufferText(diags.sources(), *buffer).data();
  for (const auto &[offset, folder] : options.folders)
    result.starts.push_back({text + offset, folder});
  return result;
}

bool Frontend::check() {
  for (const PreludeFile &file : preludeFiles()) {
    std::optional<unsigned> id = addBuffer(diags, file.text, file.name);
    std::unique_ptr<ast::Program> program = id ? parseString(diags, *id) : nullptr;
    if (!program)
      return false;
    prelude.push_back(std::move(program));
  }
  llvm::SmallVector<const ast::Program *> programs;
  for (auto &p : prelude)
    programs.push_back(p.get());
  llvm::SmallString<128> dir(options.path);
  llvm::sys::path::remove_filename(dir);
  if (dir.empty() || options.session)
    dir = ".";
  sema::Options semaOptions;
  semaOptions.folders = folders();
  if (options.earlierAt)
    semaOptions.earlier = bufferText(diags.sources(), *buffer).data() + options.earlierAt;
  semaOptions.sourceDir = dir.str().str();
  semaOptions.dataDir = options.dataDir;
  return sema::analyze(diags, *parsed, programs, semaOptions, names);
}
