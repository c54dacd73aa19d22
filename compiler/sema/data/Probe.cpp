// Opens a file source before the run to find its columns and shapes, and reports errors at the line
// that names the file.
#include "compiler/sema/data/Sources.h"

#include "runtime/ask.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

namespace {

/// Where the runtime will look for a file: beside the program, then in --data DIR, by the whole
/// path and by the file name.
struct Found {
  std::string dir, path;
};

Found locate(StringRef path, const Options &options) {
  auto exists = [](StringRef dir, StringRef file) {
    llvm::SmallString<256> full(dir);
    llvm::sys::path::append(full, file);
    return llvm::sys::fs::exists(full);
  };
  if (llvm::sys::path::is_absolute(path) || options.dataDir.empty() ||
      exists(options.sourceDir, path))
    return {options.sourceDir, path.str()};
  if (exists(options.dataDir, path))
    return {options.dataDir, path.str()};
  StringRef base = llvm::sys::path::filename(path);
  if (exists(options.dataDir, base))
    return {options.dataDir, base.str()};
  return {options.sourceDir, path.str()};
}

} // namespace

void SourceReader::probe() {
  Found file = locate(info.path, shared.options);
  // In all known data sets the labels of a test set are beside its images. They are still located
  // separately.
  Found labelFile = info.labels.empty() ? Found() : locate(info.labels, shared.options);
  if (labelFile.dir != file.dir && !info.labels.empty()) {
    llvm::SmallString<256> full(labelFile.dir);
    llvm::sys::path::append(full, labelFile.path);
    labelFile.path = full.str().str();
  }
  // Each array is located separately, too.
  std::vector<std::string> located = info.arrays;
  for (std::string &array : located)
    if (Found found = info.kind == NN_NPY ? locate(array, shared.options) : Found();
        found.dir != shared.options.sourceDir && !found.dir.empty()) {
      llvm::SmallString<256> full(found.dir);
      llvm::sys::path::append(full, found.path);
      array = full.str().str();
    }

  SourceT source;
  info.describe(source);
  source.where = info.pathPlace;
  source.path = file.path;
  source.labels = labelFile.path;
  source.arrays = std::move(located);

  const nn_probe result =
      nn_probe_source(source, info.kind == NN_NPY ? shared.options.sourceDir : file.dir);
  if (!result.error.empty()) {
    StringRef message(result.error);
    bool aboutLabels = labels && message.contains(labelFile.path);
    bool aboutPath = !aboutLabels || message.contains(file.path);
    auto [first, rest] = message.split('\n'); // what was tried, and what helps, a line each
    auto e = diags.error(aboutPath ? path->range : labels->range, first);
    if (aboutPath && aboutLabels)
      e.also(labels->range);
    for (; !rest.empty(); rest = rest.split('\n').second)
      e.note(rest.split('\n').first.trim());
  } else {
    info.sound = true;
    info.dir = file.dir;
    info.characters = result.characters;
    for (const nn_probe_column &c : result.columns)
      info.columns.push_back({c.name, c.shape, c.kind == NN_CATEGORY, c.classes, c.wide, c.word});
    if (info.kind == NN_IMAGES) {
      info.channels = result.columns[0].shape[0];
      info.height = result.columns[0].shape[1];
      info.width = result.columns[0].shape[2];
    }
  }
}

} // namespace nnc::sema
