// Emits object files and assembly, and writes output files.
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Target.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace nnc {

static Error emit(Module &module, const Target &target, CodeGenFileType kind,
                  raw_pwrite_stream &stream) {
  auto machine = target.createMachine();
  if (!machine)
    return machine.takeError();
  legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, kind, /*DisableVerify=*/true))
    return createStringError("LLVM cannot write files for " + target.triple);
  passes.run(module);
  return Error::success();
}

Expected<SmallVector<char, 0>> emitObject(Module &module, const Target &target) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  if (Error error = emit(module, target, CodeGenFileType::ObjectFile, stream))
    return error;
  return bytes;
}

Expected<std::string> emitAssembly(Module &module, const Target &target) {
  SmallVector<char, 0> text;
  raw_svector_ostream stream(text);
  if (Error error = emit(module, target, CodeGenFileType::AssemblyFile, stream))
    return error;
  return std::string(text.begin(), text.end());
}

static std::error_code writeAll(raw_fd_ostream &stream, StringRef bytes) {
  stream << bytes;
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error(); // a stream that is destroyed with an error ends the process
  return code;
}

std::string replacedFile(StringRef path) {
  SmallString<256> real;
  if (sys::fs::is_symlink_file(path) && !sys::fs::real_path(path, real))
    return real.str().str();
  return (path.starts_with("-") || path.starts_with("@") ? "./" + path : path).str();
}

Error writeFile(StringRef path, StringRef bytes) {
  auto failed = [&](std::error_code code) {
    return createStringError(code, "cannot write '" + path + "': " + code.message());
  };
  sys::fs::file_status status;
  bool exists = !sys::fs::status(path, status);
  if (exists && sys::fs::is_directory(status))
    return failed(std::make_error_code(std::errc::is_a_directory));
  if (exists && !sys::fs::is_regular_file(status)) {
    // A device or a pipe must not be replaced by a file.
    std::error_code code;
    raw_fd_ostream stream(path, code);
    if (!code)
      code = writeAll(stream, bytes);
    return code ? failed(code) : Error::success();
  }
  const std::string target = replacedFile(path);
  const unsigned mode =
      exists ? status.permissions() & 0777 : sys::fs::all_read | sys::fs::all_write;
  auto temporary = sys::fs::TempFile::create(target + ".%%%%%%.tmp", mode);
  if (!temporary)
    return failed(errorToErrorCode(temporary.takeError()));
  raw_fd_ostream stream(temporary->FD, /*shouldClose=*/false);
  if (std::error_code code = writeAll(stream, bytes)) {
    consumeError(temporary->discard());
    return failed(code);
  }
  if (Error error = temporary->keep(target))
    return failed(errorToErrorCode(std::move(error)));
  return Error::success();
}

} // namespace nnc
