// Collects messages, and suggests the name that was probably intended. DiagnosticPrinter.cpp prints
// the messages.
#include "compiler/support/Diagnostics.h"

using namespace nnc;
using llvm::StringRef;

Diagnostics::Diagnostics() = default;

DiagnosticBuilder Diagnostics::error(Range where, const llvm::Twine &message) {
  ++errors;
  const bool inLibrary = callSite.isValid() && where.isValid() &&
                         manager.FindBufferContainingLoc(where.begin) !=
                             manager.FindBufferContainingLoc(callSite.begin);
  messages.push_back({Severity::Error, inLibrary ? callSite : where, message.str(), {}, {}});
  DiagnosticBuilder report(*this);
  if (inLibrary)
    report.note(where, "found here");
  return report;
}

DiagnosticBuilder Diagnostics::warning(Range where, const llvm::Twine &message) {
  messages.push_back({Severity::Warning, where, message.str(), {}, {}});
  return DiagnosticBuilder(*this);
}

void Diagnostics::clear() {
  messages.clear();
  printed = 0;
  errors = shownErrors = 0;
}

DiagnosticBuilder &DiagnosticBuilder::also(Range range) {
  if (range.isValid())
    diags.messages.back().also.push_back(range);
  return *this;
}

DiagnosticBuilder &DiagnosticBuilder::note(Range range, const llvm::Twine &message) {
  diags.messages.back().notes.push_back({Severity::Note, range, message.str(), {}, {}});
  return *this;
}

DiagnosticBuilder &DiagnosticBuilder::suggest(StringRef name,
                                              llvm::ArrayRef<StringRef> candidates) {
  if (StringRef near = didYouMean(name, candidates); !near.empty())
    note("did you mean `" + near + "`?");
  return *this;
}

/// Whether the names differ only by a swap of two neighbouring letters. That counts as one
/// difference: `gard` is near `grad`.
static bool isSwap(StringRef a, StringRef b) {
  size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i])
    ++i;
  return a.size() == b.size() && i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] &&
         a.substr(i + 2) == b.substr(i + 2);
}

StringRef nnc::didYouMean(StringRef name, llvm::ArrayRef<StringRef> candidates) {
  // Distances are doubled so that a difference in case alone can count half.
  unsigned limit = 2 * std::max<unsigned>(1, (name.size() + 1) / 3);
  StringRef best;
  for (StringRef candidate : candidates) {
    if (candidate.empty() || candidate == name)
      continue;
    unsigned exact =
        isSwap(name, candidate) ? 2 : 2 * name.edit_distance(candidate, true, limit / 2);
    unsigned folded = 2 * name.edit_distance_insensitive(candidate, true, limit / 2) + 1;
    unsigned distance = std::min(exact, folded);
    // Two names that share no letter are not near, even if they are short.
    if (distance > limit || distance >= 2 * std::min(name.size(), candidate.size()))
      continue;
    limit = distance - 1;
    best = candidate;
    if (limit == 0)
      break;
  }
  return best;
}
