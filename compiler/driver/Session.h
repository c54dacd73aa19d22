// Session: one compilation. Each stage is run at most once and can be printed.
#pragma once

#include "compiler/codegen/ObjectCache.h"
#include "compiler/codegen/Target.h"
#include "compiler/codegen/Translate.h"
#include "compiler/driver/Timeline.h"
#include "compiler/driver/session/Frontend.h"
#include "compiler/irgen/Irgen.h"
#include "compiler/pipeline/Pipeline.h"

#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <optional>
#include <string>

struct nn_image;

namespace nnc {

class InMemory;

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

  /// Takes the program from `text` instead of options.path. Reports errors of the text.
  bool loadText(llvm::StringRef text, llvm::StringRef name) { return front.loadText(text, name); }

  /// Runs the stages up to `stage`. Returns false after an error, which is in diagnostics().
  bool reach(Stage stage);
  /// The last stage that was run; none at the beginning.
  std::optional<Stage> stage() const { return reached; }

  Diagnostics &diagnostics() { return *diags; }
  /// Reports an error. Returns false.
  bool fail(llvm::Error error);

  const ast::Program &program() const { return *front.parsed; }
  llvm::ArrayRef<std::unique_ptr<ast::Program>> prelude() const { return front.prelude; }
  const sema::Symbols &symbols() const { return front.names; }
  mlir::ModuleOp module() { return *generated.module; }
  ProgramTables &tables() { return *generated.tables; }
  const Target &target() const { return *codeTarget; }
  /// Complete after Planned.
  const PipelineOptions &pipelineOptions() const { return pipeline; }
  llvm::Module &llvmModule() { return *translated.module; }
  const SessionOptions &settings() const { return options; }
  ObjectCache &objectCache() { return cache; }

  /// Gives the program with the addresses of its functions, each of which is compiled in memory
  /// when it is first called; valid while the session lives. Its tables are then complete. Null
  /// after an error.
  const nn_image *compileInMemory();

  /// How long each stage took so far.
  Timeline &timeline() { return times; }

private:
  bool generateModule();
  bool differentiateModule();
  bool planModule();
  bool loopModule();
  bool lowerModule();
  bool translateModule();

  SessionOptions options;
  std::unique_ptr<Diagnostics> diags;
  std::unique_ptr<mlir::MLIRContext> context;
  Frontend front;
  std::optional<Stage> reached;
  IrgenResult generated;
  std::optional<Target> codeTarget;
  PipelineOptions pipeline; // complete after codeTarget is known
  LlvmProgram translated;
  ObjectCache cache;
  Timeline times;
  std::unique_ptr<InMemory> memory; // after compileInMemory
};

} // namespace nnc
