// One compilation, stage by stage: each stage is run at most once and can be printed.
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
  // the program's file, as given (`-`: standard input); "<repl>" for text that is typed
  std::string path;
  std::string output;      // the trainer that is made; empty: none
  bool standalone = false; // what is made goes elsewhere: it holds no absolute path of this machine
  std::string dataDir;     // --data DIR
  bool doublePrecision = false;
  bool unfused = false; // every op its own kernel: for tests
  std::string cpu = "native";
  std::string triple;   // empty: this machine
  std::string cacheDir; // where compiled objects are kept; empty: nowhere
  bool monitor = false; // functions that tell norms of gradients and dead units, even if no report
                        // asks for them
  LintMode lints = LintMode::Off;
  // Of an input of an interactive session, whose text holds more than the input
  // (repl/Declarations.h):
  bool session = false;
  size_t earlierAt =
      0; // runs from this offset of the text on ran before, and come first; 0: none did
  int32_t earlier = 0; // how many of the program's statements they are
  // from these offsets on, data paths start in that folder
  std::vector<std::pair<size_t, std::string>> folders;
  bool profile =
      false; // time stamps in the code of steps and evaluations, and the tables that explain them
};

/// Stages in order. Each includes those before it.
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

  /// Takes the program from options.path, or from `text`. Reports what is wrong with the file.
  bool load();
  bool loadText(llvm::StringRef text, llvm::StringRef name);

  /// Runs the stages up to `stage`. False after an error, which is in diagnostics().
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
  /// What places in the program's file are called: as it was given, but nothing that is standalone
  /// holds an absolute path.
  std::string sourceName() const;

  /// A copy of one function, which has reached Planned, lowered to loops. Null after an error.
  mlir::OwningOpRef<mlir::ModuleOp> loopsOf(llvm::StringRef name);

  /// Gives the program with the addresses of its functions, each of which is compiled in memory
  /// when it is first called; valid while the session lives. Null after an error.
  const nn_program *compileInMemory();
  /// Writes a standalone executable, options.output. `argv0` and the address of main find the
  /// runtime's library.
  bool writeExecutable(const char *argv0);

  /// What took how long so far.
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
  // its statements, where they do not run in the order of the text
  std::vector<ast::Stmt *> ordered;
  std::vector<std::unique_ptr<ast::Program>> preludePrograms;
  sema::Symbols names;
  IrgenResult generated;
  std::optional<Target> codeTarget;
  PipelineOptions pipeline; // complete once codeTarget is known
  LlvmProgram translated;
  ObjectCache cache;
  Timeline times;
  std::optional<FunctionCompiler> compiler;
  std::unique_ptr<Jit> jit;
  std::once_flag aheadStarted;
  std::optional<pthread_t> ahead; // a thread that compiles what will be called soon
};

} // namespace nnc
