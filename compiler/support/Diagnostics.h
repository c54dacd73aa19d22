// The diagnostics engine: every message the compiler says about a program goes through here.
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
  Range where; ///< where its caret stands; invalid: no place
  std::string message;
  // further ranges, underlined where they lie on the caret's line
  llvm::SmallVector<Range, 2> also;
  std::vector<Diagnostic> notes; ///< each printed below, with its own place
};

/// Returned by error() and warning(), to add to the message just made:
/// `diags.error(e->range, "…").also(lhs->range).note(decl->name.range, "declared here");`
/// Valid until the next call of error() or warning().
class DiagnosticBuilder {
public:
  /// Underlines a second culprit (a second caret where it is on the same line).
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

/// Collects messages in the order in which they are made and prints them when asked, so that a run
/// reports several errors. Owns the sources that ranges point into: it must outlive every Range and
/// every AST made from them.
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

  /// While valid: the user's call of library code that is being worked on. Messages about that code
  /// are placed there, with a note at the place inside.
  Range callSite;

  /// Prints what has not been printed yet: `file:line:col: error: …`, the source line, carets, then
  /// the notes. After maxPrinted errors the rest are only counted. `colors` follows the stream's
  /// terminal when not given.
  void print(llvm::raw_ostream &os);
  void print(llvm::raw_ostream &os, bool colors);

  /// What has been said so far; rewind(mark()) forgets what is said in between: of an attempt that
  /// may fail.
  struct Mark {
    size_t messages;
    unsigned errors;
  };
  Mark mark() const { return {messages.size(), errors}; }
  void rewind(const Mark &mark) {
    messages.resize(mark.messages);
    errors = mark.errors;
  }

  /// Forgets every message (the sources stay): between two inputs of the REPL.
  void clear();

  /// Positions call a file `name`; printed messages call it `shown`.
  void showAs(llvm::StringRef name, llvm::StringRef shown) { shownNames[name.str()] = shown.str(); }

  /// "file:line:col" of a place, for messages and MLIR locations.
  Position position(llvm::SMLoc loc) const { return positionOf(manager, loc); }
  Position position(Range range) const { return positionOf(manager, range.begin); }

  /// How many errors are shown of a run; one cause rarely needs more.
  static constexpr unsigned maxPrinted = 20;

private:
  friend class DiagnosticBuilder;
  llvm::SourceMgr manager;
  std::vector<Diagnostic> messages;
  size_t printed = 0;
  unsigned errors = 0, shownErrors = 0;
  std::map<std::string, std::string> shownNames;
};

/// The candidate nearest to `name` by edit distance (case counts half), or empty when none is near
/// enough to be what was meant: at most a third of the name's length, and at least one character,
/// may differ.
llvm::StringRef didYouMean(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace nnc
