// SessionOptions: what a session is told.
#pragma once

#include "compiler/lint/Lint.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nnc {

struct SessionOptions {
  // the path of the program's file, as given (`-`: standard input); "<repl>" for text that is typed
  std::string path;
  std::string output;      // path of the trainer to be written; empty: none
  bool standalone = false; // the output may be moved: it contains no absolute path of this machine
  std::string dataDir;     // --data DIR
  bool doublePrecision = false;
  bool unfused = false; // each op gets its own kernel; for tests
  std::string cpu = "native";
  std::string triple;   // empty: this machine
  std::string cacheDir; // folder for compiled objects; empty: none are kept
  bool monitor = false; // compile functions that report norms of gradients and dead units, even if
                        // no report needs them
  LintMode lints = LintMode::Off;
  // The following are for inputs of an interactive session. Their text holds more than the input
  // (repl/Declarations.h).
  bool session = false;
  size_t earlierAt = 0; // statements from this offset on ran before; 0: there are none
  int32_t earlier = 0;  // how many statements of the program these are
  // data paths after one of these offsets start in the folder that belongs to it
  std::vector<std::pair<size_t, std::string>> folders;
  bool profile = false; // time stamps in steps and evaluations, and tables for them

  /// The name of the program's file in locations: as it was given, but never an absolute path if
  /// the output is standalone.
  std::string sourceName() const;
};

} // namespace nnc
