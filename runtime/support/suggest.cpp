// Finds similar names by edit distance (optimal string alignment), ignoring case.
#include "runtime/support/suggest.h"

#include <algorithm>
#include <cctype>

namespace nnrt {

static size_t distance(const std::string &a, const std::string &b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]) ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + same});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

/// "w" of "net.dense1.w".
static std::string lastPart(const std::string &name) {
  return name.substr(name.find_last_of('.') + 1); // all of it if there is no dot
}

/// Whether two names have anything in common: `b` is not a misspelling of `w`.
static bool isAlike(const std::string &a, const std::string &b) {
  return distance(a, b) < std::max<size_t>(1, std::max(a.size(), b.size()));
}

std::string nearest(const std::string &name, const std::vector<std::string> &candidates) {
  if (name.size() > 100)
    return "";
  std::string best;
  size_t bestDistance = std::max<size_t>(1, name.size() / 3) + 1;
  for (const std::string &candidate : candidates) {
    if (candidate.size() > 200)
      continue;
    size_t d = distance(name, candidate);
    if (d < bestDistance && isAlike(lastPart(name), lastPart(candidate))) {
      bestDistance = d;
      best = candidate;
    }
  }
  return best;
}

std::string didYouMean(const std::string &name, const std::vector<std::string> &candidates) {
  std::string found = nearest(name, candidates);
  return found.empty() ? "" : "; did you mean `" + found + "`?";
}

} // namespace nnrt
