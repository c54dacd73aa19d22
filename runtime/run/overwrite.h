// What is written never takes the place of what is read.
#pragma once

#include "runtime/abi.h"
#include "runtime/files/file.h"

#include <string>
#include <vector>

namespace nnrt {

/// Whether both names lead to one file, through whatever links.
bool isSameFile(const std::string &a, const std::string &b);

/// Fails where writing the file `path` would take the place of something that the program reads, of
/// its own text, or of the executable that runs it. `weights`: what it loads counts too; a model
/// may be saved where it was loaded from.
Status checkKeepsInputs(const nn_program &program, const Folders &folders, const std::string &path,
                        bool weights);

/// Finds out whether what a run writes would take the place of something else that it writes, under
/// whatever names. The files need not exist yet.
class Outputs {
public:
  static constexpr const char *predictions = "the predictions"; // a kind

  /// Fails where another kind of output goes to `path`, or another train statement's checkpoint.
  /// Saving twice to one file is meant: the later takes the earlier's place. `kind`: "the log".
  Status add(const char *path, const char *kind, const char *where);
  /// The same for a statement; of one that writes nothing there is nothing to say.
  Status add(const nn_statement &statement);

private:
  struct Output {
    std::string path, target, kind, where;
  };
  std::vector<Output> all;
};

} // namespace nnrt
