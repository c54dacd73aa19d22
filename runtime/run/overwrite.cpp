// Checks that outputs do not overwrite inputs or other outputs. Files are compared by identity, not
// by name. A folder of images may contain only images, so nothing is written into it.
#include "runtime/run/overwrite.h"

#include "runtime/program/statements.h"
#include "runtime/run/run.h"
#include "runtime/support/visible.h"

#include <climits>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

namespace {

const char *const checkpointKind = "the checkpoint";

/// `path` without links, even if its last part does not exist yet; empty if it cannot be resolved.
std::string resolved(std::string path) {
  char real[PATH_MAX];
  if (realpath(path.c_str(), real))
    return real;
  for (int links = 0; links < 40; ++links) { // a link to a file that does not exist yet
    const ssize_t size = readlink(path.c_str(), real, sizeof real);
    if (size <= 0 || size_t(size) == sizeof real)
      break;
    const std::string next(real, size_t(size)), from = folderOf(path);
    path = next[0] == '/' || from.empty() ? next : from + "/" + next;
  }
  const std::string folder = folderOf(path);
  return realpath(folder.empty() ? "." : folder.c_str(), real)
             ? std::string(real) + "/" + baseName(path)
             : "";
}

bool liesIn(const std::string &path, const std::string &folder) {
  struct stat info;
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return false;
  std::string outer = resolved(folder);
  if (outer.empty() || outer.back() != '/')
    outer += "/";
  return resolved(path).compare(0, outer.size(), outer) == 0;
}

class Inputs {
public:
  Inputs(const Folders &folders, const std::string &written) : folders(folders), written(written) {}

  Status file(const std::string &path, const std::string &where) const {
    std::string found;
    if (path.empty() || findFile(path, folders, found).failed())
      return Status();
    return isSameFile(found, written) || liesIn(written, found) ? isRead(where) : Status();
  }

  Status source(const SourceT &source) const {
    NN_TRY(file(source.path, source.where));
    NN_TRY(file(source.labels, source.where));
    if (source.kind == NN_NPY)
      for (const std::string &array : source.arrays)
        NN_TRY(file(array, source.where));
    return Status();
  }

  Status isRead(const std::string &where) const {
    return refusal("the program reads it" + (where.empty() ? "" : " at " + where));
  }

  Status refusal(const std::string &why) const {
    return Status::error("cannot write " + visible(written) + ": " + why + "; give another name");
  }

private:
  const Folders &folders;
  const std::string &written;
};

} // namespace

bool isSameFile(const std::string &a, const std::string &b) {
  struct stat first, second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && S_ISREG(first.st_mode) &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

Status checkKeepsInputs(const ProgramT &program, const Folders &folders, const std::string &path,
                        bool weights) {
  const Inputs inputs(folders, path);
  const std::string &text = program.source_path;
  const std::string beside =
      folders.program.empty() ? baseName(text) : folders.program + "/" + baseName(text);
  if (!text.empty() && (isSameFile(text, path) || isSameFile(beside, path)))
    return inputs.refusal("it is the program's own text");
  if (isSameFile("/proc/self/exe", path))
    return inputs.refusal("it is the executable that runs");
  for (const DataT &data : program.data) {
    NN_TRY(inputs.source(*data.source));
    if (data.test)
      NN_TRY(inputs.source(*data.test));
  }
  Status status;
  forEachStatement(program, [&](const StatementT &statement) {
    if (statement.body.type == NN_STMT_PREDICT) {
      if (const auto &source = as<PredictT>(statement).source)
        status = inputs.source(*source);
    } else if (statement.body.type == NN_STMT_LOAD && weights) {
      const LoadT &load = as<LoadT>(statement);
      status = isSameFile(load.path, path) ? inputs.isRead(load.where)
                                           : inputs.file(load.path, load.where);
    }
    return !status.failed();
  });
  return status;
}

Status Outputs::add(const std::string &path, const char *kind, const std::string &where) {
  struct stat info;
  if (path.empty() || (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)))
    return Status(); // a device or a pipe loses nothing
  const Output next = {path, resolved(path), kind, where};
  const bool checkpoint = next.kind == checkpointKind;
  for (const Output &other : all) {
    const bool again = other.kind == next.kind && (!checkpoint || other.where == next.where);
    if (again ||
        !(isSameFile(path, other.path) || (!next.target.empty() && next.target == other.target)))
      continue;
    const std::string at = other.where.empty() ? "" : " at " + other.where;
    if (checkpoint && other.kind == next.kind)
      return Status::error("two train statements write the checkpoint " + visible(next.path) +
                           (other.where.empty() ? "" : ", the other one" + at) +
                           "; give another name");
    return Status::error("cannot write " + next.kind + " to " + visible(next.path) + ": " +
                         other.kind + at + " goes to the same file; give another name");
  }
  all.push_back(next);
  return Status();
}

Status Outputs::add(const StatementT &statement) {
  auto write = [&](const auto &body, const std::string &path, const char *kind) {
    return add(path, kind, body.where).at(body.where);
  };
  switch (statement.body.type) {
  case NN_STMT_TRAIN: {
    const TrainT &train = as<TrainT>(statement);
    return write(train, train.checkpoint, checkpointKind);
  }
  case NN_STMT_SAVE: {
    const SaveT &save = as<SaveT>(statement);
    return write(save, save.path, "the saved model");
  }
  case NN_STMT_PREDICT: {
    const PredictT &predict = as<PredictT>(statement);
    return write(predict, predict.path, predictions);
  }
  case NN_STMT_REPORT: {
    const ReportT &report = as<ReportT>(statement);
    return write(report, report.path, "the report");
  }
  case NN_STMT_PLOT: {
    const PlotT &plot = as<PlotT>(statement);
    return write(plot, plot.path, "the plot");
  }
  default:
    return Status();
  }
}

} // namespace nnrt

std::string nn_is_input(const program::ProgramT &program, const std::string &data_dir,
                        const std::string &path) {
  using namespace nnrt;
  return checkKeepsInputs(program, programFolders(program, data_dir), path, true).message();
}
