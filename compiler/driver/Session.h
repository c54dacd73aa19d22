// Session: one compilation. Each stage is run at most once and can be printed.
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/codegen/Jit.h"
#include "compiler/codegen/ObjectCache.h"
#include "compiler/codegen/Target.h"
#include "compiler/driver/FunctionCompiler.h"
#include "compiler/driver/Timeline.h"
#include "compiler/irgen/Irgen.h"
#include "compiler/lint/Lint.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/sema/Sema.h"
#include "compiler/support/Diagnostics.h"

#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <string>
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
};

/// The stages in order. Each includes all stages before it.
enum class Stage {
  Parsed,
  Checked,
  Generated,
  Differentiated,
  Planned,
  Looped,
  Lowered,
  Translated
};

class Session {
public:
  explicit Session(SessionOptions options);
  ~Session();

  /// Takes the program from options.path, or from `text`. Reports errors of the file.
  bool load();
  bool loadText(llvm::StringRef text, llvm::StringRef name);

  /// Runs the stages up to `stage`. Returns false after an error, which is in diagnostics().
  bool reach(Stage stage);

  Diagnostics &diagnostics() { return *diags; }
  const ast::Program &program() const { return *parsed; }
  llvm::ArrayRef<std::unique_ptr<ast::Program>> prelude() const { return preludePrograms; }
  const sema::Symbols &symbols() const { return names; }
  mlir::ModuleOp module() { return *generated.module; }
  ProgramTables &tables() { return *generated.tables; }
  const Target &target() const { return *codeTarget; }
  llvm::Module &llvmModule() { return *translated.module; }
  const SessionOptions &settings() const { return options; }
  /// The name of the program's file in locations: as it was given, but never an absolute path if
  /// the output is standalone.
  std::string sourceName() const;

  /// Returns a copy of one function, lowered to loops, or null after an error. The session has
  /// reached Planned.
  mlir::OwningOpRef<mlir::ModuleOp> loopsOf(llvm::StringRef name);

  /// Gives the program with the addresses of its functions, each of which is compiled in memory
  /// when it is first called; valid while the session lives. Its tables are then complete. Null
  /// after an error.
  const nn_image *compileInMemory();
  /// Writes a standalone executable to options.output. The runtime's library is found by `argv0`
  /// and by the address of a function of nnc.
  bool writeExecutable(const char *argv0);

  /// How long each stage took so far.
  Timeline &timeline() { return times; }

private:
  bool parse();
  sema::Folders folders();
  bool check();
  bool generateModule();
  bool differentiateModule();
  bool planModule();
  bool loopModule();
  bool lowerModule();
  bool translateModule();
  llvm::Expected<llvm::SmallVector<char, 0>> makeObject();
  void allowThreads();
  std::vector<std::string> neededFirst() const;
  void compileAhead();
  void noteCache();
  bool fail(llvm::Error error);

  SessionOptions options;
  std::unique_ptr<Diagnostics> diags;
  std::unique_ptr<mlir::MLIRContext> context;
  std::optional<unsigned> buffer;
  std::optional<Stage> reached;
  std::unique_ptr<ast::Program> parsed;
  // its statements, if they do not run in the order of the text
  std::vector<ast::Stmt *> ordered;
  std::vector<std::unique_ptr<ast::Program>> preludePrograms;
  sema::Symbols names;
  IrgenResult generated;
  std::optional<Target> codeTarget;
  PipelineOptions pipeline; // complete after codeTarget is known
  LlvmProgram translated;
  ObjectCache cache;
  Timeline times;
  std::optional<FunctionCompiler> compiler;
  std::unique_ptr<Jit> jit;
  // what compileInMemory has made
  std::string packed;
  std::vector<nn_code> functions;
  nn_image image = {};
  std::once_flag aheadStarted;
  std::optional<pthread_t> ahead; // the thread of compileAhead
};

} // namespace nnc
