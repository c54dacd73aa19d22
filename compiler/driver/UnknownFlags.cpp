// Finds unknown flags. The search follows LLVM's parser: a command comes first, values come after
// the flags that need them, and `--` ends the flags.
#include "compiler/driver/UnknownFlags.h"

#include "compiler/support/Diagnostics.h"
#include "runtime/ask.h"

#include "llvm/Support/CommandLine.h"

using namespace nnc;
namespace cl = llvm::cl;
using llvm::StringRef;

/// The command with this name, or null.
static cl::SubCommand *commandNamed(StringRef word) {
  for (cl::SubCommand *command : cl::getRegisteredSubcommands())
    if (!command->getName().empty() && command->getName() == word)
      return command;
  return nullptr;
}

/// The flags that --help shows.
static llvm::SmallVector<StringRef> shownFlags(cl::SubCommand &command) {
  llvm::SmallVector<StringRef> names;
  for (auto &entry : cl::getRegisteredOptions(command))
    if (entry.getValue()->getOptionHiddenFlag() == cl::NotHidden)
      names.push_back(entry.getKey());
  llvm::sort(names);
  return names;
}

/// LLVM's own options, which are hidden, are accepted with every command. An option with the name
/// of a program's flag is excluded: LLVM would silently take that flag.
static const cl::Option *llvmOption(StringRef flag) {
  const cl::Option *option = cl::getRegisteredOptions(cl::SubCommand::getTopLevel()).lookup(flag);
  return option && option->getOptionHiddenFlag() != cl::NotHidden && !nn_is_flag(flag.str())
             ? option
             : nullptr;
}

static std::string complaint(StringRef flag, cl::SubCommand *command) {
  auto shown = [](StringRef name) { return (name.size() == 1 ? "-" : "--") + name.str(); };
  std::string text = "there is no flag " + shown(flag);
  const llvm::SmallVector<StringRef> names =
      shownFlags(command ? *command : cl::SubCommand::getTopLevel());
  if (StringRef near = didYouMean(flag, names); !near.empty())
    return text + "; did you mean " + shown(near) + "?";
  const std::string name = command ? " " + command->getName().str() : std::string();
  return text + "; `nnc" + name +
         " --help` lists all, and those of a program come after it: `nnc run FILE " + shown(flag) +
         "`";
}

std::string nnc::unknownFlag(int argc, char **argv) {
  cl::SubCommand *command = argc > 1 ? commandNamed(argv[1]) : nullptr;
  auto &options = cl::getRegisteredOptions(command ? *command : cl::SubCommand::getTopLevel());
  const bool programsOwn = command && command->ConsumeAfterOpt;
  for (int i = command ? 2 : 1; i < argc; ++i) {
    StringRef word = argv[i];
    if (word == "--")
      break;
    if (!word.starts_with("-") || word == "-") {
      if (programsOwn)
        break; // this is its file; what follows belongs to the program
      continue;
    }
    const auto [flag, value] = word.ltrim('-').split('=');
    const cl::Option *known = options.lookup(flag);
    if (!known)
      known = llvmOption(flag);
    if (!known)
      return complaint(flag, command);
    if (known->getValueExpectedFlag() == cl::ValueRequired && !word.contains('='))
      ++i;
  }
  return "";
}
