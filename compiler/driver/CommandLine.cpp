// Flags, and which action they ask for.
#include "compiler/driver/CommandLine.h"

#include "compiler/driver/Emit.h"
#include "compiler/driver/Repl.h"
#include "compiler/driver/Session.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnc;
namespace cl = llvm::cl;

namespace {

cl::OptionCategory category("nnc");
cl::SubCommand runCommand("run", "compile in memory and run; what follows FILE goes to the program (nnc run FILE --help)");
cl::SubCommand checkCommand("check", "every static check; nothing is run");

cl::opt<std::string> input(cl::Positional, cl::desc("FILE.nn"), cl::cat(category));
cl::opt<std::string> runInput(cl::Positional, cl::desc("FILE.nn"), cl::Required, cl::cat(category), cl::sub(runCommand));
cl::opt<std::string> checkInput(cl::Positional, cl::desc("FILE.nn"), cl::Required, cl::cat(category), cl::sub(checkCommand));
cl::list<std::string> runArguments(cl::ConsumeAfter, cl::desc("[the program's own flags]"), cl::cat(category), cl::sub(runCommand));

cl::opt<std::string> output("o", cl::desc("write a standalone trainer, or with --emit its text, to this file"),
                            cl::value_desc("file"), cl::cat(category));
cl::opt<EmitKind> emitKind(
    "emit", cl::desc("print a stage instead:"), cl::cat(category), cl::init(EmitKind::None),
    cl::values(clEnumValN(EmitKind::Ast, "ast", "the program as it was parsed"),
               clEnumValN(EmitKind::Nn, "nn", "the nn dialect, before differentiation"),
               clEnumValN(EmitKind::Grad, "grad", "the complete training step: forward, backward, update"),
               clEnumValN(EmitKind::Fused, "fused", "fused kernels with their places in memory"),
               clEnumValN(EmitKind::Mlir, "mlir", "kernels as vector code in MLIR"),
               clEnumValN(EmitKind::Llvm, "llvm", "LLVM IR, optimized"),
               clEnumValN(EmitKind::Asm, "asm", "assembly"),
               clEnumValN(EmitKind::Obj, "obj", "an object file"),
               clEnumValN(EmitKind::Math, "math", "the forward pass and the gradients as formulas"),
               clEnumValN(EmitKind::Plan, "plan", "parameters, bytes and FLOPs of a step")));
cl::opt<bool> latex("latex", cl::desc("with --emit=math: LaTeX"), cl::cat(category));
cl::opt<bool> gradients("gradients", cl::desc("try every derivative against finite differences"), cl::cat(category),
                        cl::sub(checkCommand));

enum class Precision { F32, F64 };
cl::opt<Precision> precision("precision", cl::desc("the type of all tensors:"), cl::init(Precision::F32),
                             cl::values(clEnumValN(Precision::F32, "f32", "single precision (the default)"),
                                        clEnumValN(Precision::F64, "f64", "double precision")),
                             cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand), cl::sub(checkCommand));
cl::opt<std::string> dataDir("data", cl::desc("a folder where data files are looked for too"), cl::value_desc("dir"),
                             cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand), cl::sub(checkCommand));
cl::opt<std::string> cpu("cpu", cl::desc("the processor: native, x86-64, x86-64-v3, x86-64-v4"), cl::init("native"),
                         cl::value_desc("level"), cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand));
cl::opt<std::string> triple("target", cl::desc("the target's triple, for --emit=obj, asm and llvm"), cl::value_desc("triple"),
                            cl::cat(category));
cl::opt<bool> timing("timing", cl::desc("say where compile time goes"), cl::cat(category),
                     cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand), cl::sub(checkCommand));
cl::opt<bool> unfused("unfused", cl::desc("give every operation a kernel of its own (for tests)"), cl::Hidden,
                      cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand));

SessionOptions sessionOptions(const std::string &path) {
  SessionOptions options;
  options.path = path;
  options.dataDir = dataDir;
  options.doublePrecision = precision == Precision::F64;
  options.unfused = unfused;
  options.cpu = cpu;
  options.triple = triple;
  options.timing = timing;
  return options;
}

void printTimes(Session &session, size_t from = 0) {
  for (auto &[name, seconds] : session.times().drop_front(from))
    llvm::errs() << llvm::format("%8.1f ms  ", seconds * 1e3) << name << "\n";
}

int finish(Session &session, bool ok) {
  session.diagnostics().print(llvm::errs());
  if (timing)
    printTimes(session);
  return ok && !session.diagnostics().hasErrors() ? 0 : 1;
}

/// `nnc run FILE flags…`
int run(const char *argv0) {
  SessionOptions options = sessionOptions(runInput);
  // The program's own --data also says where the compiler looks for columns.
  for (size_t i = 0; i < runArguments.size(); ++i) {
    llvm::StringRef a = runArguments[i];
    if (a == "--data" && i + 1 < runArguments.size())
      options.dataDir = runArguments[i + 1];
    else if (a.consume_front("--data="))
      options.dataDir = a.str();
  }
  Session session(options);
  const nn_program *program = session.compileInMemory();
  const int failed = finish(session, program != nullptr);
  if (failed)
    return failed;
  std::vector<std::string> words{std::string(argv0) + " run " + runInput};
  if (!options.dataDir.empty() && llvm::none_of(runArguments, [](llvm::StringRef a) { return a.starts_with("--data"); }))
    words.insert(words.end(), {"--data", options.dataDir});
  words.insert(words.end(), runArguments.begin(), runArguments.end());
  std::vector<char *> argv;
  for (std::string &w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  const size_t before = session.times().size();
  const int code = nn_main(program, int(argv.size()) - 1, argv.data());
  if (timing)
    printTimes(session, before); // what was compiled as the run came to it
  return code;
}

int check() {
  Session session(sessionOptions(checkInput));
  bool ok = session.reach(Stage::Differentiated);
  if (ok && gradients) {
    session.diagnostics().print(llvm::errs());
    ok = checkGradients(session, llvm::outs());
  }
  return finish(session, ok);
}

int emit() {
  Session session(sessionOptions(input));
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream os(text);
  const bool ok = emitStage(session, emitKind, latex, os);
  if (!ok)
    return finish(session, false);
  std::error_code error;
  llvm::ToolOutputFile file(output.empty() ? "-" : llvm::StringRef(output), error, llvm::sys::fs::OF_None);
  if (error) {
    llvm::errs() << "error: cannot write `" << output << "`: " << error.message() << "\n";
    return 1;
  }
  file.os() << text;
  file.os().flush();
  if (file.os().has_error()) {
    llvm::errs() << "error: cannot write `" << (output.empty() ? std::string("standard output") : output.getValue()) << "`: "
                 << file.os().error().message() << "\n";
    file.os().clear_error();
    return 1;
  }
  file.keep();
  return finish(session, true);
}

} // namespace

int nnc::runCommandLine(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::HideUnrelatedOptions(category, runCommand);
  cl::HideUnrelatedOptions(category, checkCommand);
  std::string complaints;
  llvm::raw_string_ostream complaint(complaints);
  if (!cl::ParseCommandLineOptions(argc, argv,
                                   "nnc: a compiler for networks and their training\n\n"
                                   "  nnc FILE.nn -o trainer       a standalone native program: ./trainer --help\n"
                                   "  nnc run FILE.nn              compile in memory and run\n"
                                   "  nnc check FILE.nn            every static check, nothing is run\n"
                                   "  nnc FILE.nn --emit=STAGE     print a stage of the compiler\n"
                                   "  nnc                          an interactive session\n",
                                   &complaint)) {
    llvm::errs() << complaints;
    return 2;
  }
  if (cpu != "native" || !triple.empty())
    if (llvm::Expected<Target> known = Target::parse(cpu, triple); !known) {
      llvm::errs() << "nnc: " << llvm::toString(known.takeError()) << "\n";
      return 2;
    }
  if (runCommand)
    return run(argv[0]);
  if (checkCommand)
    return check();
  if (input.empty()) {
    if (argc > 1 && (!output.empty() || emitKind != EmitKind::None)) {
      llvm::errs() << "nnc: a file is wanted: nnc FILE.nn …\n";
      return 2;
    }
    return runRepl(sessionOptions("<repl>"), argc, argv);
  }
  if (latex && emitKind != EmitKind::Math) {
    llvm::errs() << "nnc: --latex goes with --emit=math\n";
    return 2;
  }
  if (emitKind != EmitKind::None)
    return emit();
  if (output.empty()) {
    llvm::errs() << "nnc: what is to be done with `" << input << "`? `nnc run " << input << "` runs it, `nnc " << input
                 << " -o trainer` makes a program of it\n";
    return 2;
  }
  if (!triple.empty()) {
    llvm::errs() << "nnc: --target goes with --emit=obj, asm or llvm; a trainer is linked for this machine\n";
    return 2;
  }
  Session session(sessionOptions(input));
  return finish(session, session.writeExecutable(output, argv[0]));
}
