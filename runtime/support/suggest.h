// "Did you mean …?" for names that do not exist.
#pragma once

#include <string>
#include <vector>

namespace nnrt {

/// The candidate nearest to `name` by edit distance (a swap of neighbours counts once), or "" if
/// none is near enough to be intended.
std::string nearest(const std::string &name, const std::vector<std::string> &candidates);

/// "; did you mean `…`?" or "".
std::string didYouMean(const std::string &name, const std::vector<std::string> &candidates);

} // namespace nnrt
