// Writes a program as a standalone executable.
#include "compiler/driver/session/WriteExecutable.h"

#include "compiler/codegen/Executable.h"
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Tables.h"
#include "compiler/driver/FunctionCompiler.h"
#include "compiler/driver/Session.h"

#include "llvm/IR/Module.h"

using namespace nnc;

static llvm::Expected<llvm::SmallVector<char, 0>> makeObject(Session &session) {
  std::string key;
  if (session.objectCache().enabled()) {
    if (llvm::Error error = completeTables(session.tables(), session.module()))
      return error;
    // The tables are the rest of what the object depends on.
    key = objectKey(session.module(), session.target(), session.pipelineOptions(),
                    nnrt::packProgram(session.tables().program));
    if (std::unique_ptr<llvm::MemoryBuffer> kept = session.objectCache().find(key)) {
      llvm::StringRef bytes = kept->getBuffer();
      return llvm::SmallVector<char, 0>(bytes.begin(), bytes.end());
    }
  }
  if (!session.reach(Stage::Translated))
    return llvm::createStringError("");
  addProgram(session.llvmModule(), session.tables());
  llvm::Expected<llvm::SmallVector<char, 0>> object = session.timeline().measure(
      "generate code", [&] { return emitObject(session.llvmModule(), session.target()); });
  if (object)
    session.objectCache().keep(key, {object->data(), object->size()});
  return object;
}

bool nnc::writeExecutable(Session &session, const char *argv0) {
  noteUnusedCache(session.objectCache(), session.settings().cacheDir);
  if (!session.reach(Stage::Planned))
    return false;
  const double begin = Timeline::now();
  llvm::Expected<llvm::SmallVector<char, 0>> object = makeObject(session);
  if (!object)
    return session.diagnostics().hasErrors() ? (llvm::consumeError(object.takeError()), false)
                                             : session.fail(object.takeError());
  session.timeline().add(session.stage() == Stage::Planned ? "make the object (in the cache)"
                                                           : "make the object",
                         begin, Timeline::now());
  return session.timeline().measure("link", [&] {
    llvm::Expected<std::string> runtime =
        findRuntimeLibrary(argv0, reinterpret_cast<void *>(&nnc::generate));
    if (!runtime)
      return session.fail(runtime.takeError());
    if (llvm::Error error =
            linkExecutable(llvm::StringRef(object->data(), object->size()), *runtime,
                           partsOf(session.tables().program), session.settings().output))
      return session.fail(std::move(error));
    return true;
  });
}
