// Parses the command line and runs the action that it asks for.
#include "compiler/driver/CommandLine.h"

#include "compiler/driver/Emit.h"
#include "compiler/driver/Output.h"
#include "compiler/driver/Repl.h"
#include "compiler/driver/Session.h"
#include "compiler/driver/UnknownFlags.h"
#include "compiler/driver/Version.h"
#include "compiler/driver/session/WriteExecutable.h"
#include "compiler/support/Diagnostics.h"
#include "runtime/abi.h"
#include "runtime/ask.h"
#include "runtime/support/visible.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

using namespace nnc;
namespace cl = llvm::cl;

namespace {

double mainBegan; // Timeline::now()

cl::OptionCategory category("nnc");
cl::SubCommand runCommand(
    "run",
    "compile in memory and run; what follows FILE goes to the program (nnc run FILE --help)");
cl::SubCommand checkCommand("check", "every static check; nothing is run");

cl::opt<std::string> input(cl::Positional, cl::desc("FILE.nn (-: standard input)"),
                           cl::cat(category));
cl::list<std::string> beyond(cl::Positional, cl::Hidden,
                             cl::cat(category)); // to report them
cl::opt<std::string> runInput(cl::Positional, cl::desc("FILE.nn"), cl::Required, cl::cat(category),
                              cl::sub(runCommand));
cl::opt<std::string> checkInput(cl::Positional, cl::desc("FILE.nn"), cl::Required,
                                cl::cat(category), cl::sub(checkCommand));
cl::list<std::string> runArguments(cl::ConsumeAfter, cl::desc("[the program's own flags]"),
                                   cl::cat(category), cl::sub(runCommand));

cl::opt<bool>
    interactive("i", cl::desc("run FILE.nn, then go on in a session with all that it declares"),
                cl::cat(category));
cl::opt<std::string>
    output("o", cl::desc("write a standalone trainer, or with --emit its text, to this file"),
           cl::value_desc("file"), cl::cat(category));
cl::opt<EmitKind> emitKind(
    "emit", cl::desc("print a stage instead:"), cl::cat(category), cl::init(EmitKind::None),
    cl::values(clEnumValN(EmitKind::Ast, "ast", "the program as it was parsed"),
               clEnumValN(EmitKind::Nn, "nn", "the nn dialect, before differentiation"),
               clEnumValN(EmitKind::Grad, "grad",
                          "the complete training step: forward, backward, update"),
               clEnumValN(EmitKind::Fused, "fused", "fused kernels with their places in memory"),
               clEnumValN(EmitKind::Program, "program",
                          "everything but the code, as the runtime reads it"),
               clEnumValN(EmitKind::Mlir, "mlir", "kernels as vector code in MLIR"),
               clEnumValN(EmitKind::Llvm, "llvm", "LLVM IR, optimized"),
               clEnumValN(EmitKind::Asm, "asm", "assembly"),
               clEnumValN(EmitKind::Obj, "obj", "an object file"),
               clEnumValN(EmitKind::Math, "math", "the forward pass and the gradients as formulas"),
               clEnumValN(EmitKind::Plan, "plan", "parameters, bytes and FLOPs of a step")));
cl::opt<bool> latex("latex", cl::desc("with --emit=math: LaTeX"), cl::cat(category));
cl::opt<bool> gradients("gradients", cl::desc("try every derivative against finite differences"),
                        cl::cat(category), cl::sub(checkCommand));

cl::opt<LintMode>
    lints("lints", cl::desc("what to do about code that is allowed but rarely intended:"),
          cl::init(LintMode::Warn),
          cl::values(clEnumValN(LintMode::Warn, "warn", "warnings (the default)"),
                     clEnumValN(LintMode::Error, "error", "errors: nothing is compiled"),
                     clEnumValN(LintMode::Off, "off", "nothing")),
          cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand),
          cl::sub(checkCommand));

enum class Precision { F32, F64 };
cl::opt<Precision>
    precision("precision", cl::desc("the type of all tensors:"), cl::init(Precision::F32),
              cl::values(clEnumValN(Precision::F32, "f32", "single precision (the default)"),
                         clEnumValN(Precision::F64, "f64", "double precision")),
              cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand),
              cl::sub(checkCommand));
cl::opt<std::string> dataDir("data", cl::desc("a folder where data files are looked for too"),
                             cl::value_desc("dir"), cl::cat(category),
                             cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand),
                             cl::sub(checkCommand));
cl::opt<std::string> cpu("cpu",
                         cl::desc("the processor: native, x86-64, x86-64-v2, x86-64-v3, x86-64-v4"),
                         cl::init("native"), cl::value_desc("level"), cl::cat(category),
                         cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand));
cl::opt<std::string> triple("target", cl::desc("the target's triple, for --emit=obj, asm and llvm"),
                            cl::value_desc("triple"), cl::cat(category));
cl::opt<std::string> cacheDir("cache",
                              cl::desc("keep compiled code in this folder instead of ~/.cache/nnc"),
                              cl::value_desc("dir"), cl::cat(category),
                              cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand),
                              cl::sub(checkCommand));
cl::opt<bool> noCache("no-cache", cl::desc("neither keep compiled code nor use what was kept"),
                      cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()),
                      cl::sub(runCommand), cl::sub(checkCommand));
cl::opt<bool> timing("timing", cl::desc("say where compile time goes"), cl::cat(category),
                     cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand),
                     cl::sub(checkCommand));
cl::opt<bool>
    profile("profile",
            cl::desc("measure each source line's kernels and print their times when the run ends"),
            cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()), cl::sub(runCommand));
cl::opt<bool> unfused("unfused", cl::desc("give every operation a kernel of its own (for tests)"),
                      cl::Hidden, cl::cat(category), cl::sub(cl::SubCommand::getTopLevel()),
                      cl::sub(runCommand));

/// Whether one of LLVM's own options was given. Such options change code, and the key of the cache
/// does not contain them.
bool hasForeignOptions(cl::SubCommand &command) {
  return llvm::any_of(cl::getRegisteredOptions(command), [](auto &entry) {
    const cl::Option &option = *entry.getValue();
    return option.getNumOccurrences() > 0 && !llvm::is_contained(option.Categories, &category);
  });
}

SessionOptions sessionOptions(const std::string &path) {
  SessionOptions options;
  options.path = path;
  options.dataDir = dataDir;
  options.doublePrecision = precision == Precision::F64;
  options.unfused = unfused;
  options.cpu = cpu;
  options.triple = triple;
  if (!noCache && !hasForeignOptions(cl::SubCommand::getTopLevel()) &&
      !hasForeignOptions(runCommand) && !hasForeignOptions(checkCommand))
    options.cacheDir =
        cacheDir.getNumOccurrences() ? cacheDir.getValue() : ObjectCache::defaultFolder();
  options.profile = profile;
  options.lints = lints;
  return options;
}

/// Prints the table of --timing, from the start of the process to `end`.
void printTimes(Session &session, double end, llvm::StringRef total) {
  if (!timing)
    return;
  session.timeline().add("load nnc and its libraries", nn_process_start(), mainBegan);
  session.timeline().print(llvm::errs(), nn_process_start(), end, total);
}

int finish(Session &session, bool ok) {
  session.diagnostics().print(llvm::errs());
  printTimes(session, Timeline::now(), "in all");
  return ok && !session.diagnostics().hasErrors() ? 0 : 1;
}

/// Collects what the runtime reports about a run.
struct Observation {
  Timeline &timeline;
  std::optional<double> firstStep = {}; // when the first step ended

  static void note(void *self, const char *stage, double begin, double end) {
    auto &observation = *static_cast<Observation *>(self);
    observation.timeline.add(stage, begin, end);
    if (!observation.firstStep && llvm::StringRef(stage) == NN_STAGE_FIRST_STEP)
      observation.firstStep = end;
  }
};

/// `nnc run FILE flags…`
int run(const char *argv0) {
  if (runInput == "-" && llvm::is_contained(runArguments, "-")) {
    llvm::errs() << "nnc: standard input cannot be both the program and what it predicts for\n";
    return 2;
  }
  SessionOptions options = sessionOptions(runInput);
  // The program's own --data also tells the compiler where to look for columns, and --profile
  // changes the code.
  for (size_t i = 0; i < runArguments.size(); ++i) {
    llvm::StringRef a = runArguments[i];
    if (a == "--data" && i + 1 < runArguments.size())
      options.dataDir = runArguments[i + 1];
    else if (a.consume_front("--data="))
      options.dataDir = a.str();
    else if (a == "--profile")
      options.profile = true;
    else if (nn_is_monitor_flag(
                 a.drop_while([](char c) { return c == '-'; }).split('=').first.str()))
      options.monitor = true;
  }
  Session session(options);
  const nn_image *image = session.compileInMemory();
  if (!image)
    return finish(session, false);
  session.diagnostics().print(llvm::errs());
  std::vector<std::string> words{std::string(argv0) + " run " + runInput};
  if (!options.dataDir.empty() &&
      llvm::none_of(runArguments, [](llvm::StringRef a) { return a.starts_with("--data"); }))
    words.insert(words.end(), {"--data", options.dataDir});
  words.insert(words.end(), runArguments.begin(), runArguments.end());
  std::vector<char *> argv;
  for (std::string &w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  // The runtime reports when its own stages begin and end. The time that --timing measures ends
  // with the first step.
  Observation observation{session.timeline()};
  nn_observe(&Observation::note, &observation);
  const int code = nn_main(image, int(argv.size()) - 1, argv.data());
  nn_observe(nullptr, nullptr);
  if (observation.firstStep)
    printTimes(session, *observation.firstStep,
               "from the process's start to the end of the first step");
  else
    printTimes(session, Timeline::now(), "in all");
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

/// Like keepsInputs, for a stage that is printed before the compiler knows what the program reads.
bool keepsUnseenInputs(Session &session) {
  SessionOptions options = sessionOptions(input);
  options.cacheDir.clear();
  Session whole(options);
  if (!session.reach(Stage::Parsed))
    return false;
  // If the program has mistakes, nobody knows what it reads. Such a program reads nothing.
  if (!whole.loadText(bufferText(session.diagnostics().sources(), session.program().buffer),
                      session.settings().sourceName()) ||
      !whole.reach(Stage::Generated) || keepsInputs(whole, output))
    return true;
  session.diagnostics().error(whole.diagnostics().all().back().message);
  return false;
}

int emit() {
  SessionOptions options = sessionOptions(input);
  options.standalone = emitKind == EmitKind::Obj;
  Session session(options);
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream os(text);
  const bool early = emitKind == EmitKind::Ast;
  bool ok = isOutputName(session, output, emitKind);
  if (ok && !output.empty() && output != "-")
    ok = early ? keepsUnseenInputs(session)
               : session.reach(Stage::Generated) && keepsInputs(session, output);
  ok = ok && emitStage(session, emitKind, latex, os) && !session.diagnostics().hasErrors() &&
       writeOutput(session, output, text);
  return finish(session, ok);
}

int makeTrainer(const char *argv0) {
  SessionOptions options = sessionOptions(input);
  options.output = output;
  options.standalone = true;
  options.monitor = true; // flags of the trainer may need it
  Session session(options);
  return finish(session, isOutputName(session, output, EmitKind::None) &&
                             session.reach(Stage::Generated) && keepsInputs(session, output) &&
                             writeExecutable(session, argv0));
}

/// Prints a message about wrong flags and returns the exit code. Names in it may contain control
/// characters of terminals.
int misuse(const llvm::Twine &text) {
  llvm::errs() << "nnc: " << nnrt::visible(text.str()) << "\n";
  return 2;
}

/// If `input` is the name of a command, or looks like one and no such file exists: a message that
/// says what was probably meant.
std::string meantCommand(int argc, char **argv) {
  for (const cl::SubCommand *command : {&runCommand, &checkCommand})
    if (input == command->getName()) {
      std::string words;
      for (int i = 1; i < argc; ++i)
        if (argv[i] != command->getName())
          words += std::string(" ") + argv[i];
      return "the command comes first: `nnc " + input + words + "`";
    }
  const llvm::StringRef near = didYouMean(input, {runCommand.getName(), checkCommand.getName()});
  if (near.empty() || llvm::sys::fs::exists(input))
    return "";
  return "there is no command `" + input + "`; did you mean `" + near.str() + "`?";
}

} // namespace

/// Called for errors that LLVM cannot recover from. Prints the message in the usual form and ends
/// the process without a crash.
static void endByFatalError(void *, const char *reason, bool) {
  llvm::errs() << "error: LLVM cannot make this program's code: " << reason << "\n";
  llvm::errs().flush();
  _exit(1);
}

int nnc::runCommandLine(int argc, char **argv) {
  llvm::install_fatal_error_handler(endByFatalError);
  nn_process_start(); // first, so that it is as exact as possible
  mainBegan = Timeline::now();
  cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << versionText() << " (LLVM " LLVM_VERSION_STRING ")\n"; });
  cl::HideUnrelatedOptions(category);
  cl::HideUnrelatedOptions(category, runCommand);
  cl::HideUnrelatedOptions(category, checkCommand);
  if (const std::string unknown = unknownFlag(argc, argv); !unknown.empty()) {
    return misuse(unknown);
  }
  std::string complaints;
  llvm::raw_string_ostream complaint(complaints);
  if (!cl::ParseCommandLineOptions(
          argc, argv,
          "nnc: a compiler for networks and their training\n\n"
          "  nnc FILE.nn -o trainer       a standalone native program: ./trainer --help\n"
          "  nnc run FILE.nn              compile in memory and run\n"
          "  nnc check FILE.nn            every static check, nothing is run\n"
          "  nnc FILE.nn --emit=STAGE     print a stage of the compiler\n"
          "  nnc                          an interactive session\n"
          "  nnc -i FILE.nn               run, then an interactive session\n",
          &complaint)) {
    llvm::errs() << nnrt::visible(complaints, /*lines=*/true);
    return 2;
  }
  if (cpu != "native" || !triple.empty())
    if (llvm::Expected<Target> known = Target::parse(cpu, triple); !known) {
      return misuse(llvm::toString(known.takeError()));
    }
  if (runCommand)
    return run(argv[0]);
  if (checkCommand)
    return check();
  if (interactive && (!output.empty() || emitKind != EmitKind::None || !triple.empty())) {
    return misuse("-i runs the program here: it does not go with -o, --emit or --target");
  }
  if (input.empty() || interactive) {
    if (argc > 1 && (!output.empty() || emitKind != EmitKind::None)) {
      return misuse("a file is missing: nnc FILE.nn …");
    }
    SessionOptions options = sessionOptions("<repl>");
    options.lints = LintMode::Off; // each input is a separate program
    return runRepl(options, input, argc, argv);
  }
  if (const std::string meant = meantCommand(argc, argv); !meant.empty())
    return misuse(meant);
  if (!beyond.empty()) {
    return misuse(llvm::Twine("`") + beyond.front() + "` after `" + input +
                  "`: nnc takes one file; `nnc run " + input +
                  " …` gives the program what follows, as in `nnc run " + input +
                  " predict --weights FILE -`");
  }
  if (latex && emitKind != EmitKind::Math) {
    return misuse("--latex goes with --emit=math");
  }
  if (emitKind != EmitKind::None)
    return emit();
  if (output.empty()) {
    return misuse(llvm::Twine("what should nnc do with `") + input + "`? `nnc run " + input +
                  "` runs it, `nnc " + input + " -o trainer` makes a program of it");
  }
  if (!triple.empty()) {
    return misuse(
        "--target goes with --emit=obj, asm or llvm; a trainer is linked for this machine");
  }
  if (output == "-") {
    return misuse("a trainer is a file of its own: -o needs its name (`./-` for a file that "
                  "is called `-`)");
  }
  return makeTrainer(argv[0]);
}
