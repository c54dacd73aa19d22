// Status: success, or one message for the person who runs the program. The runtime is built without
// exceptions, so every function that can fail returns a Status. Also text helpers shared by all
// files.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nnrt {

/// printf into a string.
std::string format(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

class [[nodiscard]] Status {
public:
  Status() = default;
  /// A failure; `text` is printed after "error: ".
  static Status error(std::string text) { return Status(std::move(text)); }

  bool failed() const { return text != nullptr; }
  /// Empty on success.
  const std::string &message() const;

  /// The same failure with " (at file:line:col)" after its first line; unchanged on success or
  /// without a place.
  Status at(const std::string &where) const;

private:
  explicit Status(std::string text) : text(new std::string(std::move(text))) {}
  std::unique_ptr<const std::string> text; // null: success, which must be free
};

/// Returns from the enclosing function when `expression` failed.
#define NN_TRY(expression)                                                                         \
  if (::nnrt::Status status_ = (expression); status_.failed())                                     \
  return status_

/// Up to six significant digits: 0.9987, 12, 1e-05, nan.
std::string number(double value);
/// 12345678 -> "12,345,678".
std::string grouped(int64_t value);
/// "1 epoch", "1,000 epochs".
std::string counted(int64_t count, const char *noun);
/// 1536 -> "1.5 KiB".
std::string bytes(uint64_t value);
/// Seconds as "0.8 s", "2 min 05 s", "1 h 02 min".
std::string duration(double seconds);
/// "[2, 3]" for a shape; "a number" for rank 0.
std::string shapeText(const std::vector<int64_t> &shape);
/// The product of the dimensions.
int64_t elementCount(const std::vector<int64_t> &shape);
/// The number of characters of `text`, not of bytes.
size_t characters(const std::string &text);
/// `text` padded to `to` characters, with spaces before it (`right`) or after it.
std::string padded(const std::string &text, size_t to, bool right);
/// `text` shortened to at most `limit` characters, with control characters made visible, for
/// quoting in messages.
std::string quoted(const std::string &text, size_t limit = 40);

} // namespace nnrt
