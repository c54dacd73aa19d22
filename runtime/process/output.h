// The only functions that write to standard output and standard error.
#pragma once

#include <string>

namespace nnrt {

/// Writes `text` to standard output at once; terminal control characters are made visible
/// (visible.h).
void show(const std::string &text);
/// The same for text that is meant to control the terminal: progress and coloured plots. It must
/// not contain data.
void drawText(const std::string &text);
/// Writes `text` to standard error, with control characters made visible.
void showError(const std::string &text);

/// Why output was lost, or 0 (an errno).
int outputError();

} // namespace nnrt
