// Checks and writes output files. A file is recognised under any name: links are followed, and
// files are compared by device and number.
#include "compiler/driver/Output.h"

#include "compiler/codegen/Object.h"
#include "compiler/driver/Session.h"
#include "runtime/ask.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnc;

static bool refuse(Session &session, const llvm::Twine &message) {
  session.diagnostics().error(message);
  return false;
}

bool nnc::isOutputName(Session &session, llvm::StringRef output, EmitKind kind) {
  if (output.empty() || output == "-")
    return true;
  const std::string &source = session.settings().path;
  if (source != "-" && llvm::sys::fs::equivalent(source, output) &&
      llvm::sys::fs::is_regular_file(output))
    return refuse(session,
                  "cannot write '" + output + "': it is the program's own text; give another name");
  // The output of --emit=ast is a program.
  if (llvm::sys::path::extension(output) == ".nn" && kind != EmitKind::Ast)
    return refuse(session, "cannot write '" + output + "': `.nn` is for programs, and this is " +
                               (kind == EmitKind::None ? "a trainer" : "a stage of the compiler") +
                               "; give another name");
  return true;
}

bool nnc::keepsInputs(Session &session, llvm::StringRef output) {
  if (output.empty() || output == "-")
    return true;
  const std::string found =
      nn_is_input(session.tables().program, session.settings().dataDir, output.str());
  return found.empty() || refuse(session, found);
}

bool nnc::writeOutput(Session &session, llvm::StringRef output, llvm::StringRef bytes) {
  if (!output.empty() && output != "-") {
    llvm::Error error = writeFile(output, bytes);
    return !error || refuse(session, llvm::toString(std::move(error)));
  }
  llvm::raw_fd_ostream &out = llvm::outs();
  out << bytes;
  out.flush();
  if (!out.has_error())
    return true;
  const std::string why = out.error().message();
  out.clear_error(); // otherwise the stream's destructor ends the process
  return refuse(session, "cannot write 'standard output': " + why);
}
