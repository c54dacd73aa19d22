// History: what was typed. Each input is one entry, however many lines it has.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace nnc::repl {

/// Holds entries in the form of libedit's history file, which the editor loads.
class History {
public:
  /// `path` is the file; if it is empty, nothing is kept.
  explicit History(std::string path);

  void add(llvm::StringRef input);
  /// Writes the whole file again.
  void save() const;
  const std::string &path() const { return file; }

private:
  std::string file;
  std::vector<std::string> entries; // encoded
};

/// $XDG_STATE_HOME/nnc/history, or in ~/.local/state; empty if there is none.
std::string historyPath();

} // namespace nnc::repl
