// Fuzzes programs: the parser, sema and the generation of the module, with every message printed.
// Data files are searched in a folder that does not exist.
#include "Fuzz.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/driver/MlirDiagnostics.h"
#include "compiler/irgen/Irgen.h"
#include "compiler/parse/Parse.h"
#include "compiler/prelude/Prelude.h"
#include "compiler/sema/Sema.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

#include <memory>
#include <vector>

using namespace nnc;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// LLVM itself is not instrumented: see test/sanitize.sh.
extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0:detect_container_overflow=0:allocator_may_return_null=1:detect_"
         "leaks=0";
}
#endif
#endif

namespace {

/// The prelude, which is read once for many programs, as in a session.
struct Library {
  Diagnostics diags;
  std::vector<std::unique_ptr<ast::Program>> programs;
  std::vector<const ast::Program *> pointers;
  int uses = 0;

  Library() {
    for (const PreludeFile &file : preludeFiles()) {
      programs.push_back(parseString(diags, *addBuffer(diags, file.text, file.name)));
      pointers.push_back(programs.back().get());
    }
  }
};

const int mostUses = 500; // then it is read again: the texts of all programs stay in memory

void compile(llvm::StringRef text, Library &library) {
  Diagnostics &diags = library.diags;
  std::optional<unsigned> buffer = addBuffer(diags, text, "fuzz.nn");
  std::unique_ptr<ast::Program> program = buffer ? parseString(diags, *buffer) : nullptr;
  isIncomplete(text);
  if (!program)
    return;
  sema::Options options;
  options.sourceDir = "/nonexistent";
  sema::Symbols symbols;
  if (!sema::analyze(diags, *program, library.pointers, options, symbols) || diags.hasErrors())
    return;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<nn::NnDialect, kern::KernDialect, mlir::func::FuncDialect>();
  reportMlirDiagnostics(context, diags);
  IrgenOptions irgen;
  irgen.name = "fuzz";
  irgen.sourcePath = "fuzz.nn";
  irgen.sourceDir = "/nonexistent";
  IrgenResult generated;
  if (generate(diags, context, *program, symbols, irgen, generated) &&
      mlir::failed(mlir::verify(*generated.module)))
    __builtin_trap();
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static std::unique_ptr<Library> library;
  if (!library || ++library->uses > mostUses)
    library = std::make_unique<Library>();
  compile(llvm::StringRef(reinterpret_cast<const char *>(data), size), *library);
  std::string messages;
  llvm::raw_string_ostream out(messages);
  library->diags.print(out, false);
  nnc_fuzz::use(messages.data(), messages.size());
  library->diags.clear();
  return 0;
}
