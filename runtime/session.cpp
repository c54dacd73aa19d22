// Sessions: programs that follow one another and share what was learned and read.
#include "runtime/predict.h"
#include "runtime/run.h"
#include "runtime/signals.h"

#include <cstring>

/// What stays between programs.
struct nn_session {
  struct Tensor {
    std::vector<int64_t> shape;
    std::string elements;
    std::vector<unsigned char> data;
  };
  std::vector<std::string> arguments;
  std::vector<char *> argv;
  std::map<std::string, Tensor> tensors; // by full name
  nnrt::SourceCache sources;
  std::unique_ptr<nnrt::Pool> pool;
};

namespace nnrt {

/// Puts back the tensors that an earlier program has left under the same name and in the same shape.
static void restoreTensors(const nn_session &session, Run &run) {
  Engine &engine = run.engine;
  const nn_program &program = engine.program;
  for (int32_t t = 0; t < program.n_tensors; ++t) {
    const nn_tensor &tensor = program.tensors[t];
    auto found = session.tensors.find(tensor.name);
    if (tensor.kind == NN_OPTIMIZER_STATE || found == session.tensors.end())
      continue;
    const nn_session::Tensor &kept = found->second;
    if (kept.elements == program.elements &&
        kept.shape == std::vector<int64_t>(tensor.shape, tensor.shape + tensor.rank)) {
      engine.importTensor(t, kept.data.data(), engine.tensor(t));
      run.drawn[size_t(t)] = 0;
    }
  }
}

static void keepTensors(nn_session &session, const Engine &engine) {
  const nn_program &program = engine.program;
  for (int32_t t = 0; t < program.n_tensors; ++t) {
    const nn_tensor &tensor = program.tensors[t];
    if (tensor.kind == NN_OPTIMIZER_STATE)
      continue;
    std::vector<unsigned char> data(size_t(engine.tensorBytes(t)));
    engine.exportTensor(t, engine.tensor(t), data.data());
    session.tensors[tensor.name] = {{tensor.shape, tensor.shape + tensor.rank}, program.elements, std::move(data)};
  }
}

static int runInSession(nn_session &session, const nn_program &program) {
  double start = now();
  Flags flags;
  if (Status status = parseFlags(program, int(session.argv.size()), session.argv.data(), true, flags);
      status.failed()) {
    printError(status);
    return ExitUsage;
  }
  flags.predict = false;
  SignalScope signals(/*mayEnd=*/false); // the session goes on
  if (!session.pool)
    session.pool.reset(new Pool(flags.threads > 0 ? flags.threads : availableCores()));
  Run run(program, flags, session.pool.get());
  run.startSeconds = start;
  run.stepsLeft = flags.maxSteps;
  run.folders = programFolders(program, flags.data);
  run.cache = &session.sources;
  Status status = run.engine.start(flags.seed, flags.options);
  if (status.failed())
    return finishRun(run, status);
  status = initialiseModels(run);
  restoreTensors(session, run);
  if (!status.failed())
    status = checkBeforeRun(run);
  if (!status.failed())
    status = run.recorder.open(run);
  if (!status.failed())
    status = runStatements(run);
  // Also after a failure: a step that fails has written nothing, so the tensors are those of the last good step.
  keepTensors(session, run.engine);
  return finishRun(run, status);
}

} // namespace nnrt

extern "C" nn_session *nn_session_create(int argc, char **argv) {
  nn_session *session = new nn_session;
  for (int i = 0; i < argc; ++i)
    session->arguments.push_back(argv[i]);
  for (std::string &argument : session->arguments)
    session->argv.push_back(&argument[0]);
  return session;
}

extern "C" int nn_session_run(nn_session *session, const nn_program *program) {
  return nnrt::runInSession(*session, *program);
}

extern "C" void nn_session_destroy(nn_session *session) { delete session; }
