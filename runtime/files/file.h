// Files: reads of whole files with clear errors, atomic writes, and the search for a program's
// paths.
#pragma once

#include "runtime/support/status.h"

#include <string>
#include <vector>

namespace nnrt {

/// Reads a regular file, or its first `limit` bytes. Errors name the path and what is wrong with it
/// (missing, a directory, …).
Status readFile(const std::string &path, std::string &contents, size_t limit = SIZE_MAX);

/// One piece of a file to be written.
struct Piece {
  const void *data;
  size_t size;
};

/// Writes `pieces` to a new file beside `path`, flushes it to the disk and renames it, so that at
/// every moment `path` is either the old file or the complete new one, however many processes write
/// it. On an error nothing is left behind. A symbolic link is kept, and the file that it leads to
/// is replaced. A device or a pipe (/dev/stdout) is written directly.
Status writeFile(const std::string &path, const std::vector<Piece> &pieces);

/// Fails if writeFile() would; called before a long run that ends with writing the file. Makes a
/// file beside `path` and removes it; also removes what a killed process has left there.
Status checkWritable(const std::string &path);

/// "cannot write PATH: No space left on device".
Status systemError(const char *doing, const std::string &path, int code);

/// The error for a file that was truncated or written to while it was being read.
Status changedWhileRead(const std::string &path);

/// Where the data of a program is looked for.
struct Folders {
  std::string program;                     // the program's folder; "" is the working directory
  std::string data;                        // --data DIR, or ""
  std::vector<std::string> elsewhere = {}; // for a trainer: folders to look in last
};

/// The first of these that exists: `path` itself when absolute, program/path, data/path,
/// data/basename. The error lists what was tried.
Status findFile(const std::string &path, const Folders &folders, std::string &found);

/// "a/b/c.csv" -> "c.csv" and "a/b".
std::string baseName(const std::string &path);
std::string folderOf(const std::string &path);
bool isFile(const std::string &path);

} // namespace nnrt
