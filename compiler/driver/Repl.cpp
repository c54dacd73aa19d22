// Reads the inputs of an interactive session: with a line editor on a terminal, as plain lines from
// a pipe.
#include "compiler/driver/Repl.h"

#include "compiler/driver/repl/Evaluator.h"
#include "compiler/driver/repl/History.h"
#include "compiler/parse/Parse.h"
#include "runtime/process/process.h"

#include "llvm/LineEditor/LineEditor.h"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>

using namespace nnc;

static volatile sig_atomic_t interrupted = 0;

/// This many empty lines end an input, whatever is still open in it.
static const int endingLines = 3;

/// Whether the input is incomplete. A command never is.
static bool wantsMore(llvm::StringRef text) {
  return !text.ltrim().starts_with(":") && isIncomplete(text);
}

/// Whether a bracket is open. Appending any value would complete an input that only ends with an
/// operator or a comma.
static bool isInBrackets(const std::string &text) { return isIncomplete(text + "0\n"); }

static void runLines(repl::Evaluator &evaluator) {
  std::string input;
  for (std::string line;
       !evaluator.isOver() && !nn_output_lost() && std::getline(std::cin, line);) {
    input += line + "\n";
    if (wantsMore(input))
      continue;
    evaluator.evaluate(input);
    input.clear();
  }
  if (!evaluator.isOver())
    evaluator.evaluate(input); // reports an unfinished last input
}

namespace {

/// Reads from the terminal. Each input of several lines gets a new editor and becomes one entry of
/// the history.
class Terminal {
public:
  explicit Terminal(repl::Evaluator &evaluator)
      : evaluator(evaluator), history(repl::historyPath()) {
    makeEditor();
  }
  ~Terminal() {
    dropEditor();
    history.save();
  }
  void run();

private:
  void makeEditor();
  void dropEditor();
  void enter();

  repl::Evaluator &evaluator;
  repl::History history;
  std::unique_ptr<llvm::LineEditor> editor;
  FILE *out = nullptr; // of the editor
  std::string input;   // what has been typed of the current input
  int emptyLines = 0;  // at the end of `input`
};

} // namespace

/// An editor that ends writes its own history and an empty line. Nobody should see either.
void Terminal::dropEditor() {
  if (!editor)
    return;
  std::fflush(out);
  if (const int nowhere = open("/dev/null", O_WRONLY); nowhere >= 0) {
    dup2(nowhere, fileno(out));
    close(nowhere);
  }
  editor.reset();
  std::fclose(out);
}

void Terminal::makeEditor() {
  dropEditor();
  history.save();
  out = fdopen(dup(STDOUT_FILENO), "w");
  editor = std::make_unique<llvm::LineEditor>("nnc", history.path(), stdin, out);
  editor->setListCompleter([this](llvm::StringRef text, size_t position) {
    const std::string before = input + text.take_front(position).str();
    llvm::StringRef word;
    std::vector<llvm::LineEditor::Completion> list;
    for (const std::string &candidate : evaluator.completions(before, word))
      list.emplace_back(candidate.substr(word.size()), candidate);
    return list;
  });
}

/// Ends the input, which was evaluated or abandoned.
void Terminal::enter() {
  const bool isBlock = llvm::StringRef(input).rtrim().contains('\n');
  history.add(input);
  input.clear();
  emptyLines = 0;
  if (isBlock)
    makeEditor();
}

void Terminal::run() {
  while (!evaluator.isOver()) {
    editor->setPrompt(input.empty() ? "nnc> " : "...> ");
    interrupted = 0;
    std::optional<std::string> line = editor->readLine();
    if (interrupted) {
      enter();
      std::clearerr(stdin);
      llvm::outs() << "\n";
      llvm::outs().flush();
      continue;
    }
    if (!line)
      break;
    input += *line + "\n";
    emptyLines = llvm::StringRef(*line).trim().empty() ? emptyLines + 1 : 0;
    // A block may contain empty lines. Several in a row also end an input with an open bracket.
    if (wantsMore(input) && (emptyLines == 0 || (emptyLines < endingLines && isInBrackets(input))))
      continue;
    evaluator.evaluate(input);
    enter();
  }
  llvm::outs() << "\n";
}

static void runEditor(repl::Evaluator &evaluator) {
  // Ctrl-C abandons the input that is being typed. During a run, the runtime handles it and ends
  // the run.
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  llvm::outs() << "nnc: `:help` lists the commands, Ctrl-D leaves\n";
  llvm::outs().flush();
  Terminal(evaluator).run();
}

int nnc::runRepl(SessionOptions options, const std::string &file, int argc, char **argv) {
  repl::Evaluator evaluator(std::move(options), argc, argv);
  if (!file.empty() && !evaluator.loadFile(file))
    return 1;
  if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
    runEditor(evaluator);
  else
    runLines(evaluator);
  return 0;
}
