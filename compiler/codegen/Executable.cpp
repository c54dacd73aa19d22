// Links trainers. All files are created in a temporary folder beside the output, and the result is
// renamed, so a failure leaves neither half an executable nor a stray file.
#include "compiler/codegen/Executable.h"
#include "compiler/codegen/Object.h"
#include "runtime/process/ending.h"
#include "runtime/program/statements.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace nnc {

Expected<std::string> findRuntimeLibrary(const char *argv0, void *anchor) {
  std::string self = sys::fs::getMainExecutable(argv0, anchor);
  SmallString<256> path(sys::path::parent_path(sys::path::parent_path(self)));
  sys::path::append(path, "lib", "libnnrt.a");
  if (!sys::fs::exists(path))
    return createStringError("the runtime library '" + path +
                             "' is missing: nnc is not completely built or installed");
  return path.str().str();
}

static Expected<std::string> findCompiler() {
  for (StringRef name : {"c++", "g++", "clang++"})
    if (auto path = sys::findProgramByName(name))
      return *path;
  return createStringError(
      "no C++ compiler (c++, g++ or clang++) is in PATH; a trainer is linked with one. "
      "`nnc run` needs none");
}

/// Runs the command in a process group of its own, which a signal to nnc also ends. If it fails,
/// `problem` says why it could not run.
static bool runLinker(ArrayRef<StringRef> command, const SmallString<256> &messages,
                      std::string &problem) {
  std::vector<std::string> words(command.begin(), command.end());
  std::vector<char *> argv;
  for (std::string &word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  auto cleanUp = make_scope_exit([&] {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  });
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, messages.str().str().c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0666);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t child;
  if (int code = posix_spawn(&child, argv[0], &files, &attributes, argv.data(), environ)) {
    problem = std::string("cannot be run: ") + strerror(code);
    return false;
  }
  nnrt::setChildGroup(child);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  nnrt::setChildGroup(0);
  if (WIFSIGNALED(status))
    problem = std::string("ended by ") + strsignal(WTERMSIG(status));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

RuntimeParts partsOf(const ProgramT &program) {
  RuntimeParts parts;
  auto needs = [&](const std::string &symbol) {
    if (!is_contained(parts.symbols, symbol))
      parts.symbols.push_back(symbol);
  };
  auto needsPart = [&](const char *name) { needs(nnrt::partSymbol(name)); };
  auto reads = [&](const SourceT *source) {
    if (source && source->kind == NN_IMAGES)
      parts.images = true;
    else if (source)
      needsPart(EnumNamesource_kind(source->kind));
    if (source && source->kind == NN_CSV)
      needsPart("absent");
    if (source && (source->kind == NN_CSV || source->kind == NN_TEXT || source->kind == NN_IMAGES))
      needsPart("classes"); // by their names
  };
  bool reports = false, compares = false, searches = false, residuals = false, importance = false,
       evaluates = false, ofRows = false;
  for (const DataT &data : program.data) {
    reads(data.source.get());
    reads(data.test.get());
    if (any_of(data.columns,
               [](const ColumnT &column) { return column.absent != NN_ABSENT_ERROR; }))
      needsPart("absent");
    if (data.keep.exists() ||
        any_of(data.columns, [](const ColumnT &column) { return column.numbered; }))
      needsPart("classes");
    if (any_of(data.columns, [](const ColumnT &column) {
          return column.kind == NN_WORDS || column.kind == NN_CHARACTERS;
        }))
      needsPart("texts");
    if (data.series || data.in_order)
      needsPart("series");
    if (nnrt::normalizes(data))
      needsPart("units");
  }
  nnrt::forEachStatement(program, [&](const StatementT &statement) {
    const Body kind = statement.body.type;
    needs(nnrt::executesSymbol(kind));
    reports |= kind == NN_STMT_REPORT;
    compares |= kind == NN_STMT_EXPERIMENT || kind == NN_STMT_ENSEMBLE;
    searches |= kind == NN_STMT_EXPERIMENT;
    if (const PredictT *predict = statement.body.AsNN_STMT_PREDICT())
      reads(predict->source.get());
    const EvaluateT *evaluate = statement.body.AsNN_STMT_EVALUATE();
    residuals |= evaluate && evaluate->truth >= 0;
    importance |= evaluate && evaluate->shuffles > 0;
    evaluates |= evaluate != nullptr;
    const TrainT *train = statement.body.AsNN_STMT_TRAIN();
    if (evaluate || train)
      ofRows |= any_of(evaluate ? evaluate->metrics : train->metrics,
                       [](const MetricT &metric) { return !metric.rows.empty(); });
    return true;
  });
  if (residuals)
    needsPart("residuals");
  if (reports && residuals)
    needsPart("residual_plots");
  if (importance)
    needsPart("importance");
  if (ofRows)
    needsPart("metric_rows");
  if (reports && evaluates)
    for (const char *part : {"class_curves", "class_curves_page"})
      needsPart(part);
  if (reports && compares)
    needsPart("comparison");
  if (reports && searches)
    needsPart("search");
  if (program.profile)
    needsPart("profile");
  if (parts.images)
    parts.symbols.push_back("nn_image_reader");
  return parts;
}

Error linkExecutable(StringRef object, StringRef runtime, const RuntimeParts &parts,
                     StringRef path) {
  auto failed = [&](std::error_code code) {
    return createStringError(code, "cannot write '" + path + "': " + code.message());
  };
  sys::fs::file_status existing;
  if (!sys::fs::status(path, existing)) {
    if (sys::fs::is_directory(existing))
      return failed(std::make_error_code(std::errc::is_a_directory));
    if (!sys::fs::is_regular_file(existing)) // a device must not be replaced by a file
      return createStringError("cannot write '" + path + "': not a regular file");
  }
  auto compiler = findCompiler();
  if (!compiler)
    return compiler.takeError();

  // Beside the output, because the rename at the end must not cross file systems.
  const std::string target = replacedFile(path);
  SmallString<256> folder;
  sys::fs::createUniquePath(target + ".%%%%%%.tmp", folder, /*MakeAbsolute=*/false);
  if (std::error_code code = sys::fs::create_directory(folder, /*IgnoreExisting=*/false))
    return failed(code);
  const nnrt::Disposable disposableFolder(folder.str().str(), /*isFolder=*/true);
  SmallString<256> input(folder), output(folder), messages(folder);
  sys::path::append(input, "program.o");
  sys::path::append(output, "program");
  sys::path::append(messages, "messages");
  const nnrt::Disposable disposableFiles[] = {nnrt::Disposable(input.str().str()),
                                              nnrt::Disposable(output.str().str()),
                                              nnrt::Disposable(messages.str().str())};
  auto cleanUp = make_scope_exit([&] { (void)sys::fs::remove_directories(folder); });
  if (Error error = writeFile(input, object)) {
    // Do not name the temporary file: its name would mean nothing to the user.
    return failed(errorToErrorCode(std::move(error)));
  }

  // No build id: it would be the only difference between the outputs of different linker versions.
  SmallVector<StringRef> arguments = {*compiler, input};
  SmallString<256> images(sys::path::parent_path(runtime));
  sys::path::append(images, "libnnrt_images.a");
  SmallVector<std::string> required; // the runtime's references to them are weak
  for (const std::string &symbol : parts.symbols)
    required.push_back("-Wl,-u," + symbol);
  arguments.append(required.begin(), required.end());
  if (parts.images)
    arguments.push_back(images);
  arguments.append({runtime, "-o", output});
  if (parts.images)
    arguments.append({"-lpng", "-ljpeg"});
  arguments.append({"-lz", "-lm", "-pthread",
#ifdef NNC_SANITIZE // the runtime library was compiled with it
                    "-fsanitize=" NNC_SANITIZE,
#endif
                    "-Wl,--gc-sections", "-Wl,--build-id=none",
                    // Small: segments share pages, and references to parts that are not linked are
                    // null already, not looked up when the trainer starts.
                    "-Wl,-z,noseparate-code", "-Wl,-z,nodynamic-undefined-weak"});
  std::string text;
  if (!runLinker(arguments, messages, text)) {
    if (auto buffer = MemoryBuffer::getFile(messages))
      text += (*buffer)->getBuffer().trim().str();
    return createStringError("linking '" + path + "' failed (" + sys::path::filename(*compiler) +
                             "): " + text);
  }
  if (std::error_code code = sys::fs::rename(output, target))
    return failed(code);
  return Error::success();
}

} // namespace nnc
