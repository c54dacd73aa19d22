// Standard output and standard error: the only way to them.
#pragma once

#include <string>

namespace nnrt {

/// Writes `text` to standard output, at once; what controls a terminal in it is made visible
/// (visible.h).
void show(const std::string &text);
/// The same for text that is meant to control the terminal: progress and coloured plots. It may
/// hold no data.
void drawText(const std::string &text);
/// To standard error, made visible.
void showError(const std::string &text);

/// Why output was lost, or 0 (an errno).
int outputError();

} // namespace nnrt
