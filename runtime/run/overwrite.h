// Checks that no output overwrites an input of the program or another output.
#pragma once

#include "runtime/files/file.h"
#include "runtime/schema/program.h"

#include <string>
#include <vector>

namespace nnrt {

/// Whether both names lead to the same file, through any links.
bool isSameFile(const std::string &a, const std::string &b);

/// Fails if writing the file `path` would overwrite something that the program reads, its own text,
/// or the executable that runs it. `weights`: files that it loads count too; a model may be saved
/// where it was loaded from.
Status checkKeepsInputs(const ProgramT &program, const Folders &folders, const std::string &path,
                        bool weights);

/// Finds outputs of a run that would overwrite other outputs of it, under whatever names. The files
/// need not exist yet.
class Outputs {
public:
  static constexpr const char *predictions = "the predictions"; // a kind

  /// Fails if another kind of output goes to `path`, or another train statement's checkpoint.
  /// Saving twice to one file is intended: the later replaces the earlier. `kind`: "the log".
  Status add(const std::string &path, const char *kind, const std::string &where);
  /// The same for a statement; one that writes nothing succeeds.
  Status add(const StatementT &statement);

private:
  struct Output {
    std::string path, target, kind, where;
  };
  std::vector<Output> all;
};

} // namespace nnrt
