// The diagnostics engine. It collects every message of the compiler about a program.
#pragma once
#include "compiler/support/Source.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <string>
#include <vector>

namespace nnc {

enum class Severity { Error, Warning, Note };

/// One message with the places it is about, and the notes that explain it.
struct Diagnostic {
  Severity severity = Severity::Error;
  Range where; ///< where the caret is printed; invalid: no location
  std::string message;
  // further ranges, underlined if they are on the caret's line
  llvm::SmallVector<Range, 2> also;
  std::vector<Diagnostic> notes; ///< each printed below, with its own place
};

/// Returned by error() and warning(), to add to the message just made:
/// `diags.error(e->range, "…").also(lhs->range).note(decl->name.range, "declared here");`
/// Valid until the next call of error() or warning().
class DiagnosticBuilder {
public:
  /// Underlines a second range (with its own caret if it is on the same line).
  DiagnosticBuilder &also(Range range);
  /// Adds an explanation, with a place of its own (or none: pass Range()).
  DiagnosticBuilder &note(Range range, const llvm::Twine &message);
  DiagnosticBuilder &note(const llvm::Twine &message) { return note(Range(), message); }
  /// Adds "did you mean `x`?" when one of `candidates` is near `name`; otherwise nothing.
  DiagnosticBuilder &suggest(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates);

private:
  friend class Diagnostics;
  explicit DiagnosticBuilder(class Diagnostics &diags) : diags(diags) {}
  Diagnostics &diags;
};

/// Collects messages in the order in which they are reported and prints them on request, so that
/// one run reports several errors. Owns the sources that ranges point into, so it must outlive
/// every Range and every AST made from them.
class Diagnostics {
public:
  Diagnostics();
  Diagnostics(const Diagnostics &) = delete;
  Diagnostics &operator=(const Diagnostics &) = delete;

  llvm::SourceMgr &sources() { return manager; }
  const llvm::SourceMgr &sources() const { return manager; }

  DiagnosticBuilder error(Range where, const llvm::Twine &message);
  DiagnosticBuilder error(const llvm::Twine &message) { return error(Range(), message); }
  DiagnosticBuilder warning(Range where, const llvm::Twine &message);

  unsigned errorCount() const { return errors; }
  bool hasErrors() const { return errors != 0; }
  const std::vector<Diagnostic> &all() const { return messages; }

  /// If valid: the user's call of the library code that is being checked. Messages about that code
  /// are placed at the call, with a note that points into the library.
  Range callSite;

  /// Prints the messages that have not been printed yet: `file:line:col: error: …`, the source
  /// line, carets, then the notes. After maxPrinted errors the rest are only counted. Without
  /// `colors`, colours are used if the stream is a terminal that shows them.
  void print(llvm::raw_ostream &os);
  void print(llvm::raw_ostream &os, bool colors);

  /// The number of messages so far. rewind(mark()) forgets all messages reported in between, for an
  /// attempt that may fail.
  struct Mark {
    size_t messages;
    unsigned errors;
  };
  Mark mark() const { return {messages.size(), errors}; }
  void rewind(const Mark &mark) {
    messages.resize(mark.messages);
    errors = mark.errors;
  }

  /// Forgets every message (the sources stay). Used between two inputs of the REPL.
  void clear();

  /// Printed messages use the name `shown` for the file that positions call `name`.
  void showAs(llvm::StringRef name, llvm::StringRef shown) { shownNames[name.str()] = shown.str(); }

  /// The "file:line:col" of a place, for messages and MLIR locations.
  Position position(llvm::SMLoc loc) const { return positionOf(manager, loc); }
  Position position(Range range) const { return positionOf(manager, range.begin); }

  /// The number of errors printed in a run. More rarely help.
  static constexpr unsigned maxPrinted = 20;

private:
  friend class DiagnosticBuilder;
  llvm::SourceMgr manager;
  std::vector<Diagnostic> messages;
  size_t printed = 0;
  unsigned errors = 0, shownErrors = 0;
  std::map<std::string, std::string> shownNames;
};

/// The candidate nearest to `name` by edit distance (a difference in case counts half), or empty if
/// none is near enough: at most a third of the name's length may differ, but always one character.
llvm::StringRef didYouMean(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace nnc
