// History: what was typed, an entry for each input, however many lines it has.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace nnc::repl {

/// Entries as libedit writes them to its file, where the editor reads them from.
class History {
public:
  /// `path`: the file; empty: nothing is kept.
  explicit History(std::string path);

  void add(llvm::StringRef input);
  /// Writes the file anew, as a whole.
  void save() const;
  const std::string &path() const { return file; }

private:
  std::string file;
  std::vector<std::string> entries; // encoded
};

/// $XDG_STATE_HOME/nnc/history, or below ~/.local/state; empty where there is none.
std::string historyPath();

} // namespace nnc::repl
