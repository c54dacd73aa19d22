// Writes the history. LLVM's line editor adds each line that it reads to its history as an entry of
// its own. A block of several lines must come back as a block, so this file writes the history that
// the editor loads. libedit can read, show and edit an entry with newlines.
#include "compiler/driver/repl/History.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnc::repl;

static constexpr llvm::StringRef cookie = "_HiStOrY_V2_";
static constexpr size_t most = 800; // as many as the editor keeps

std::string nnc::repl::historyPath() {
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

/// Encodes a text like vis(3) with VIS_WHITE: white space in octal, backslashes doubled.
static std::string encoded(llvm::StringRef text) {
  std::string result;
  for (const char c : text)
    if (c == '\\')
      result += "\\\\";
    else if (c == ' ' || c == '\t' || c == '\n')
      result += c == ' ' ? "\\040" : c == '\t' ? "\\011" : "\\012";
    else
      result += c;
  return result;
}

History::History(std::string path) : file(std::move(path)) {
  if (file.empty())
    return;
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/true);
  if (!buffer)
    return;
  llvm::StringRef text = (*buffer)->getBuffer();
  for (llvm::StringRef line : llvm::split(text, '\n'))
    if (!line.empty() && line != cookie)
      entries.push_back(line.str());
}

void History::add(llvm::StringRef input) {
  std::string entry = encoded(input.rtrim());
  if (entry.empty())
    return;
  if (entries.empty() || entries.back() != entry)
    entries.push_back(std::move(entry));
  if (entries.size() > most)
    entries.erase(entries.begin(), entries.end() - most);
}

void History::save() const {
  if (file.empty())
    return;
  llvm::SmallString<128> beside;
  int descriptor = -1;
  if (llvm::sys::fs::createUniqueFile(file + ".%%%%%%", descriptor, beside))
    return; // without a history, the session continues
  llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  os << cookie << "\n";
  for (const std::string &entry : entries)
    os << entry << "\n";
  os.close();
  const bool failed = os.has_error();
  os.clear_error();
  if (failed || llvm::sys::fs::rename(beside, file))
    (void)llvm::sys::fs::remove(beside);
}
