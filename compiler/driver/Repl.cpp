// Reading inputs: a line editor on a terminal, plain lines from a pipe.
#include "compiler/driver/Repl.h"

#include "compiler/driver/repl/Evaluator.h"
#include "compiler/parse/Parse.h"
#include "runtime/process.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/LineEditor/LineEditor.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <csignal>
#include <iostream>
#include <unistd.h>

using namespace nnc;

static volatile sig_atomic_t interrupted = 0;

/// Where typed lines are remembered: $XDG_STATE_HOME/nnc/history, or below ~/.local/state.
static std::string historyPath() {
  llvm::SmallString<128> path;
  if (auto state = llvm::sys::Process::GetEnv("XDG_STATE_HOME"); state && !state->empty())
    path = *state;
  else if (!llvm::sys::path::home_directory(path))
    return "";
  else
    llvm::sys::path::append(path, ".local", "state");
  llvm::sys::path::append(path, "nnc");
  if (llvm::sys::fs::create_directories(path))
    return ""; // then there is no history
  llvm::sys::path::append(path, "history");
  return path.str().str();
}

/// A beginning of an input needs more lines; a command never does.
static bool wantsMore(llvm::StringRef text) { return !text.ltrim().starts_with(":") && isIncomplete(text); }

static void runLines(repl::Evaluator &evaluator) {
  std::string input;
  for (std::string line; !evaluator.isOver() && !nn_output_lost() && std::getline(std::cin, line);) {
    input += line + "\n";
    if (wantsMore(input))
      continue;
    evaluator.evaluate(input);
    input.clear();
  }
  if (!evaluator.isOver())
    evaluator.evaluate(input); // an unfinished last input gets its message
}

static void runEditor(repl::Evaluator &evaluator) {
  llvm::LineEditor editor("nnc", historyPath());
  editor.setListCompleter([&](llvm::StringRef text, size_t position) {
    llvm::StringRef before = text.take_front(position);
    size_t start = position;
    while (start > 0 && (llvm::isAlnum(before[start - 1]) || before[start - 1] == '_' || (before[start - 1] & 0x80)))
      --start;
    if (start == 1 && before[0] == ':')
      start = 0;
    llvm::StringRef word = before.drop_front(start);
    std::vector<llvm::LineEditor::Completion> list;
    for (const std::string &candidate : evaluator.completions(word))
      list.emplace_back(candidate.substr(word.size()), candidate);
    return list;
  });
  // Ctrl-C gives up the input that is being typed; while a run lasts, the runtime ends that run.
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);

  llvm::outs() << "nnc: `:help` lists the commands, Ctrl-D leaves\n";
  llvm::outs().flush();
  std::string input;
  while (!evaluator.isOver()) {
    editor.setPrompt(input.empty() ? "nnc> " : "...> ");
    interrupted = 0;
    std::optional<std::string> line = editor.readLine();
    if (interrupted) {
      input.clear();
      std::clearerr(stdin);
      llvm::outs() << "\n";
      llvm::outs().flush();
      continue;
    }
    if (!line)
      break;
    input += *line + "\n";
    // An empty line ends an input that nothing would complete.
    if (wantsMore(input) && !line->empty())
      continue;
    evaluator.evaluate(input);
    input.clear();
  }
  llvm::outs() << "\n";
}

int nnc::runRepl(SessionOptions options, int argc, char **argv) {
  repl::Evaluator evaluator(std::move(options), argc, argv);
  if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
    runEditor(evaluator);
  else
    runLines(evaluator);
  return 0;
}
