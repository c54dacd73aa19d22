// Sessions: a sequence of programs that share trained tensors and loaded data.
#include "runtime/cli/entry.h"
#include "runtime/device/cpu.h"
#include "runtime/process/signals.h"
#include "runtime/run/remember.h"
#include "runtime/run/show.h"
#include "runtime/support/indices.h"

#include <cstring>

/// What a session keeps between programs.
struct nn_session {
  struct Tensor {
    std::vector<int64_t> shape;
    std::string elements;
    std::vector<unsigned char> data;
  };
  std::vector<std::string> arguments;
  std::vector<char *> argv;
  std::map<std::string, Tensor> tensors; // by full name
  // by a model's name: from its first training, or from a weight file
  std::map<std::string, nnrt::Learned> learned;
  nnrt::Memory memory; // of statements, by their numbers
  nnrt::SourceCache sources;
  std::unique_ptr<nnrt::Pool> pool;
};

namespace nnrt {

/// Whether it is a tensor of an experiment's variant: these are remembered with the experiment.
static bool isOfVariant(const TensorT &tensor) {
  return tensor.name.find('#') != std::string::npos;
}

/// Restores the tensors that an earlier program has left under the same name and with the same
/// shape.
static void restoreTensors(const nn_session &session, Run &run) {
  Engine &engine = run.engine;
  const ProgramT &program = engine.program;
  for (int32_t t : indices(program.tensors)) {
    const TensorT &tensor = program.tensors[t];
    auto found = session.tensors.find(tensor.name);
    if (tensor.kind == NN_OPTIMIZER_STATE || isOfVariant(tensor) || found == session.tensors.end())
      continue;
    const nn_session::Tensor &kept = found->second;
    if (kept.elements == program.elements && kept.shape == tensor.shape) {
      engine.arena.importTensor(t, kept.data.data(), engine.arena.tensor(t));
      run.drawn[size_t(t)] = 0;
    }
  }
}

static void keepTensors(nn_session &session, const Engine &engine) {
  const ProgramT &program = engine.program;
  for (int32_t t : indices(program.tensors)) {
    const TensorT &tensor = program.tensors[t];
    if (tensor.kind == NN_OPTIMIZER_STATE || isOfVariant(tensor))
      continue;
    std::vector<unsigned char> data(size_t(engine.arena.bytes(t)));
    engine.arena.exportTensor(t, engine.arena.tensor(t), data.data());
    session.tensors[tensor.name] = {tensor.shape, program.elements, std::move(data)};
  }
}

/// Restores what models have learned besides weights. A model that was declared again with other
/// shapes has learned nothing.
static void restoreLearned(nn_session &session, Run &run) {
  const ProgramT &program = run.program;
  for (int32_t m : indices(program.models)) {
    const nn_range range = program.models[m].tensors;
    bool whole = true;
    for (int32_t t = range.first; t < range.first + range.count; ++t)
      whole &= !run.drawn[size_t(t)] || program.tensors[t].kind == NN_OPTIMIZER_STATE;
    if (!whole)
      session.learned.erase(program.models[m].name);
  }
  run.loaded = session.learned;
}

/// A model keeps the statistics and the classes of the data that it was trained on first, even if
/// those data change.
static void keepLearned(nn_session &session, Run &run) {
  session.learned = run.loaded;
  const ProgramT &program = run.program;
  for (int32_t i = run.earlier; i < int32_t(program.statements.size()); ++i) {
    if (program.statements[i].body.type != NN_STMT_TRAIN ||
        run.trained.size() == run.recalledTrained)
      continue;
    for (int32_t m : indices(program.models))
      if (Dataset *data = nullptr; program.models[m].data >= 0 && !program.models[m].hidden &&
                                   !session.learned.count(program.models[m].name) &&
                                   !run.need(program.models[m].data, data).failed())
        session.learned[program.models[m].name] = data->learned();
  }
}

/// Starts a run of the session that is ready for the program except for its tensors.
static Status begin(nn_session &session, const ProgramT &program, const nn_code *functions,
                    Flags &flags, std::unique_ptr<Run> &run) {
  const double start = now();
  NN_TRY(parseFlags(program, int(session.argv.size()), session.argv.data(), true, flags));
  flags.predict = flags.generate = false;
  if (!session.pool)
    session.pool.reset(new Pool(flags.threads > 0 ? flags.threads : availableCores()));
  run.reset(new Run(program, functions, flags, session.pool.get()));
  run->startSeconds = start;
  run->stepsLeft = flags.maxSteps;
  run->folders = programFolders(program, flags.data);
  run->cache = &session.sources;
  return Status();
}

static int runInSession(nn_session &session, const nn_image &image, const int64_t *numbers,
                        int32_t earlier) {
  const std::unique_ptr<ProgramT> owner = openProgram(image);
  if (!owner)
    return ExitFailed;
  const ProgramT &program = *owner;
  Flags flags;
  SignalScope signals(/*mayEnd=*/false); // the session continues
  std::unique_ptr<Run> owned;
  if (Status status = begin(session, program, image.functions, flags, owned); status.failed()) {
    printError(status);
    return ExitUsage;
  }
  if (Status status = checkProcessor(program); status.failed()) {
    printError(status);
    return ExitFailed;
  }
  Run &run = *owned;
  run.earlier = earlier;
  run.reported = run.monitored = true; // a later program may report what this one does
  for (const auto &entry : session.memory)
    run.earlierTrains += entry.second.isTrain;
  Status status = run.engine.start(flags.seed, flags.options);
  if (status.failed())
    return finishRun(run, status);
  status = initialiseModels(run);
  restoreTensors(session, run);
  restoreLearned(session, run);
  if (!status.failed())
    status = recall(run, session.memory, numbers);
  run.recalledTrained = run.trained.size();
  run.recalledEvaluated = run.evaluated.size();
  run.recalledSearched = run.searched.size();
  if (!status.failed())
    status = checkBeforeRun(run);
  if (!status.failed())
    status = run.recorder.open(run.program, run.flags, run.engine);
  if (!status.failed())
    status = runStatements(run);
  // Also after a failure: a step that fails has written nothing, so the tensors are those of the
  // last good step.
  keepTensors(session, run.engine);
  keepLearned(session, run);
  if (numbers)
    remember(run, session.memory, numbers);
  return finishRun(run, status);
}

static int showInSession(nn_session &session, const nn_image &image, const char *name) {
  const std::unique_ptr<ProgramT> program = openProgram(image);
  if (!program)
    return ExitFailed;
  Flags flags;
  SignalScope signals(/*mayEnd=*/false); // the session continues
  std::unique_ptr<Run> run;
  Status status = begin(session, *program, image.functions, flags, run);
  if (!status.failed())
    status = run->engine.start(flags.seed, flags.options);
  if (!status.failed())
    status = showData(*run, name);
  if (status.failed())
    printError(status);
  return status.failed() ? ExitFailed : ExitDone;
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

extern "C" int nn_session_run(nn_session *session, const nn_image *image, const int64_t *numbers,
                              int32_t n_earlier) {
  return nnrt::runInSession(*session, *image, numbers, n_earlier);
}

extern "C" int nn_session_remembers(const nn_session *session, int64_t number) {
  return session->memory.count(number) > 0;
}

extern "C" int nn_session_show(nn_session *session, const nn_image *image, const char *name) {
  return nnrt::showInSession(*session, *image, name);
}

extern "C" void nn_session_destroy(nn_session *session) { delete session; }
