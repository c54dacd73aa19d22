// Opens a file source before the run to find its columns and shapes, and reports errors at the line
// that names the file.
#include "compiler/sema/Analyzer.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace nnc::ast;
using llvm::StringRef;

namespace nnc::sema {

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

void Analyzer::probe(SourceInfo &info, const Expr *path, const Expr *labels) {
  Found file = locate(info.path, options);
  // In all known data sets the labels of a test set are beside its images. They are still located
  // separately.
  Found labelFile = info.labels.empty() ? Found() : locate(info.labels, options);
  if (labelFile.dir != file.dir && !info.labels.empty()) {
    llvm::SmallString<256> full(labelFile.dir);
    llvm::sys::path::append(full, labelFile.path);
    labelFile.path = full.str().str();
  }
  // Each array is located separately, too.
  std::vector<std::string> located = info.arrays;
  for (std::string &array : located)
    if (Found found = info.kind == NN_NPY ? locate(array, options) : Found();
        found.dir != options.sourceDir && !found.dir.empty()) {
      llvm::SmallString<256> full(found.dir);
      llvm::sys::path::append(full, found.path);
      array = full.str().str();
    }
  std::vector<const char *> names, arrays, missing;
  for (const std::string &text : info.missing)
    missing.push_back(text.c_str());
  for (const std::string &name : info.givenColumns)
    names.push_back(name.c_str());
  for (const std::string &array : located)
    arrays.push_back(array.c_str());

  nn_source source = {};
  info.describe(source);
  source.where = info.pathPlace.c_str();
  source.path = file.path.c_str();
  source.labels = info.labels.empty() ? nullptr : labelFile.path.c_str();
  source.columns = names.empty() ? nullptr : names.data();
  source.n_columns = int32_t(names.size());
  source.missing = missing.data();
  source.n_missing = int32_t(missing.size());
  source.arrays = arrays.empty() ? nullptr : arrays.data();
  source.n_arrays = int32_t(arrays.size());
  for (nn_number *n : {&source.n, &source.classes, &source.turns, &source.factor, &source.noise,
                       &source.spread, &source.dims, &source.seed})
    n->slot = -1;

  nn_probe result = {};
  bool sound =
      nn_probe_source(&source, info.kind == NN_NPY ? options.sourceDir.c_str() : file.dir.c_str(),
                      &result) == 0 &&
      result.error[0] == 0;
  if (!sound) {
    StringRef message(result.error);
    bool aboutLabels = labels && message.contains(labelFile.path);
    bool aboutPath = !aboutLabels || message.contains(file.path);
    auto [first, rest] = message.split('\n'); // then one line each for what was tried and what
                                              // helps
    auto e = diags.error(aboutPath ? path->range : labels->range,
                         first.empty() ? "cannot be read" : first);
    if (aboutPath && aboutLabels)
      e.also(labels->range);
    for (; !rest.empty(); rest = rest.split('\n').second)
      e.note(rest.split('\n').first.trim());
  } else {
    info.sound = true;
    info.dir = file.dir;
    for (int32_t i = 0; i < result.n_columns; ++i) {
      const nn_probe_column &c = result.columns[i];
      info.columns.push_back({c.name,
                              {c.shape, c.shape + c.rank},
                              c.kind == NN_CATEGORY,
                              c.classes,
                              c.wide != 0,
                              c.word ? c.word : ""});
    }
    if (info.kind == NN_IMAGES) {
      info.channels = result.columns[0].shape[0];
      info.height = result.columns[0].shape[1];
      info.width = result.columns[0].shape[2];
    }
  }
  nn_probe_free(&result);
}

} // namespace nnc::sema
