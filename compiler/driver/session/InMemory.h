// InMemory: the program of a session, with functions that are compiled in memory.
#pragma once

#include "compiler/codegen/Jit.h"
#include "compiler/driver/FunctionCompiler.h"

#include "runtime/abi.h"

#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <string>
#include <vector>

namespace nnc {

class Session;

class InMemory {
public:
  explicit InMemory(Session &session);
  ~InMemory();

  /// Prepares the program, once. The session, which must outlive this object, has reached Planned.
  /// Returns false after an error, which is in the session's diagnostics.
  bool compile();
  /// The program with the addresses of its functions, after compile().
  const nn_image *program() const { return &image; }

private:
  void allowThreads();
  std::vector<std::string> neededFirst() const;
  void compileAhead();

  Session &session;
  std::optional<FunctionCompiler> compiler;
  std::unique_ptr<Jit> jit;
  std::string packed;
  std::vector<nn_code> functions;
  nn_image image = {};
  std::once_flag aheadStarted;
  std::optional<pthread_t> ahead; // the thread of compileAhead
};

} // namespace nnc
