// Files: whole reads with clear errors, atomic writes, and where a program's paths are looked for.
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
/// it. On an error nothing is left behind. A symbolic link stays: the file that it leads to is
/// replaced. Into a device or a pipe (/dev/stdout) is written directly.
Status writeFile(const std::string &path, const std::vector<Piece> &pieces);

/// Fails when writeFile() would: asked before a long run that ends with writing it. Makes a file
/// beside `path` and removes it; removes what a killed process has left there too.
Status checkWritable(const std::string &path);

/// "cannot write PATH: No space left on device".
Status systemError(const char *doing, const std::string &path, int code);

/// What is wrong with a file that was cut, or written to, between two looks at it.
Status changedWhileRead(const std::string &path);

/// Where the data of a program is looked for.
struct Folders {
  std::string program;                     // the program's folder; "" is the working directory
  std::string data;                        // --data DIR, or ""
  std::vector<std::string> elsewhere = {}; // of a trainer: folders to look in last
};

/// The first of these that exists: `path` itself when absolute, program/path, data/path,
/// data/basename. The error lists what was tried.
Status findFile(const std::string &path, const Folders &folders, std::string &found);

/// "a/b/c.csv" -> "c.csv" and "a/b".
std::string baseName(const std::string &path);
std::string folderOf(const std::string &path);
bool isFile(const std::string &path);

} // namespace nnrt
