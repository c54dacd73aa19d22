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

  Status file(const char *path, const char *where) const {
    std::string found;
    if (!path || !*path || findFile(path, folders, found).failed())
      return Status();
    return isSameFile(found, written) || liesIn(written, found) ? isRead(where) : Status();
  }

  Status source(const nn_source &source) const {
    NN_TRY(file(source.path, source.where));
    NN_TRY(file(source.labels, source.where));
    for (int32_t i = 0; i < source.n_arrays && source.kind == NN_NPY; ++i)
      NN_TRY(file(source.arrays[i], source.where));
    return Status();
  }

  Status isRead(const char *where) const {
    return refusal(std::string("the program reads it") +
                   (where && *where ? std::string(" at ") + where : ""));
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

Status checkKeepsInputs(const nn_program &program, const Folders &folders, const std::string &path,
                        bool weights) {
  const Inputs inputs(folders, path);
  const std::string text = program.source_path ? program.source_path : "";
  const std::string beside =
      folders.program.empty() ? baseName(text) : folders.program + "/" + baseName(text);
  if (!text.empty() && (isSameFile(text, path) || isSameFile(beside, path)))
    return inputs.refusal("it is the program's own text");
  if (isSameFile("/proc/self/exe", path))
    return inputs.refusal("it is the executable that runs");
  for (int32_t d = 0; d < program.n_data; ++d) {
    NN_TRY(inputs.source(program.data[d].source));
    if (program.data[d].test)
      NN_TRY(inputs.source(*program.data[d].test));
  }
  Status status;
  forEachStatement(program, [&](const nn_statement &statement) {
    if (statement.kind == NN_STMT_PREDICT) {
      if (const nn_source *source = static_cast<const nn_predict *>(statement.body)->source)
        status = inputs.source(*source);
    } else if (statement.kind == NN_STMT_LOAD && weights) {
      const nn_load &load = *static_cast<const nn_load *>(statement.body);
      status = isSameFile(load.path, path) ? inputs.isRead(load.where)
                                           : inputs.file(load.path, load.where);
    }
    return !status.failed();
  });
  return status;
}

Status Outputs::add(const char *path, const char *kind, const char *where) {
  struct stat info;
  if (!path || !*path || (stat(path, &info) == 0 && !S_ISREG(info.st_mode)))
    return Status(); // writing to a device or a pipe loses nothing
  const Output next = {path, resolved(path), kind, where ? where : ""};
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

Status Outputs::add(const nn_statement &statement) {
  auto write = [&](const auto &body, const char *path, const char *kind) {
    return add(path, kind, body.where).at(body.where);
  };
  switch (statement.kind) {
  case NN_STMT_TRAIN: {
    const nn_train &train = *static_cast<const nn_train *>(statement.body);
    return write(train, train.checkpoint, checkpointKind);
  }
  case NN_STMT_SAVE: {
    const nn_save &save = *static_cast<const nn_save *>(statement.body);
    return write(save, save.path, "the saved model");
  }
  case NN_STMT_PREDICT: {
    const nn_predict &predict = *static_cast<const nn_predict *>(statement.body);
    return write(predict, predict.path, predictions);
  }
  case NN_STMT_REPORT: {
    const nn_report &report = *static_cast<const nn_report *>(statement.body);
    return write(report, report.path, "the report");
  }
  case NN_STMT_PLOT: {
    const nn_plot &plot = *static_cast<const nn_plot *>(statement.body);
    return write(plot, plot.path, "the plot");
  }
  default:
    return Status();
  }
}

} // namespace nnrt

extern "C" int nn_is_input(const nn_program *program, const char *data_dir, const char *path,
                           char *message, int32_t size) {
  using namespace nnrt;
  const Status status =
      checkKeepsInputs(*program, programFolders(*program, data_dir ? data_dir : ""), path, true);
  snprintf(message, size_t(size), "%s", status.message().c_str());
  return status.failed();
}
