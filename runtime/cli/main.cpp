// nn_main: runs a trainer, from its command line to its exit code.
#include "runtime/cli/entry.h"
#include "runtime/device/cpu.h"
#include "runtime/predict/generate.h"
#include "runtime/predict/predict.h"
#include "runtime/process/output.h"
#include "runtime/process/process.h"
#include "runtime/process/signals.h"
#include "runtime/support/memory.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <unistd.h>

namespace nnrt {

void printError(const Status &status) { showError("error: " + status.message() + "\n"); }

std::unique_ptr<ProgramT> openProgram(const nn_image &image) {
  std::unique_ptr<ProgramT> program = unpackImage(image);
  if (!program)
    printError(Status::error("this program was compiled for another version of the runtime, or is "
                             "damaged: compile it again"));
  return program;
}

/// The text that --timing shows.
static std::string timingText(const Run &run) {
  std::string text = "timing: data loaded in " + duration(run.loadSeconds);
  if (run.firstStepSeconds >= 0)
    text += format(", first step done %s after the start (%s without loading)",
                   duration(run.firstStepSeconds).c_str(),
                   duration(run.firstStepSeconds - run.loadSeconds).c_str());
  text += format("\ntiming: memory: arena %s bytes, scratch for all functions %s bytes\n",
                 grouped(int64_t(run.engine.arena.size())).c_str(),
                 grouped(int64_t(run.engine.scratchBytes())).c_str());
  for (const auto &[key, data] : run.data)
    if (data)
      text +=
          format("timing: memory: data %s%s: %s bytes\n", data->description->name.c_str(),
                 data->description->folds > 0 ? format(", fold %d", key.second + 1).c_str() : "",
                 grouped(int64_t(data->bytes())).c_str());
  for (const TrainRecord &record : run.trained)
    text += format(
        "timing: memory: a step of train %s on %s: scratch %s bytes, batch %s bytes, results %s "
        "bytes\n",
        record.model.c_str(), record.data.c_str(), grouped(int64_t(record.scratchBytes)).c_str(),
        grouped(int64_t(record.batchBytes)).c_str(), grouped(int64_t(record.resultBytes)).c_str());
  for (const TrainRecord &record : run.trained)
    text += format("timing: train %s on %s: %s in %s, %s steps/s, %s\n", record.model.c_str(),
                   record.data.c_str(), counted(record.steps, "step").c_str(),
                   duration(record.seconds).c_str(),
                   number(double(record.steps) / record.seconds).c_str(),
                   counted(record.threads, "thread").c_str());
  return text;
}

int finishRun(Run &run, const Status &status) {
  run.progress.clear();
  if (status.failed()) {
    printError(status);
    return ExitFailed;
  }
  if (run.engine.profiler)
    show(run.engine.profiler->text());
  if (run.signal) {
    int64_t steps = run.trained.empty() ? 0 : run.trained.back().steps;
    const std::string after = " after " + counted(steps, "step") + "\n";
    if (outputError()) { // nobody interrupted the run: its output was lost
      showError(
          format("error: the output could not be written: %s; stopped", strerror(outputError())) +
          after);
      return ExitFailed;
    }
    showError(std::string("interrupted by ") + signalName(run.signal) + after);
    return ExitSignal + run.signal;
  }
  if (run.flags.timing) {
    show(timingText(run));
  }
  return nn_output_end(ExitDone); // lost output is a failure too
}

static void outOfMemory() {
  static const char text[] = "error: out of memory\n";
  (void)!write(2, text, sizeof text - 1);
  _exit(ExitFailed);
}

} // namespace nnrt

extern "C" int nn_main(const nn_image *image, int argc, char **argv) {
  using namespace nnrt;
  const double start = nn_process_start();
  nn_process_begin();
  std::set_new_handler(outOfMemory);
  if (Status status = checkStack("a trainer", 256 << 10); status.failed()) {
    printError(status);
    return ExitFailed;
  }
  const std::unique_ptr<ProgramT> program = openProgram(*image);
  if (!program)
    return ExitFailed;
  Flags flags;
  if (Status status = parseFlags(*program, argc, argv, false, flags); status.failed()) {
    printError(status);
    return ExitUsage;
  }
  if (flags.help) {
    show(helpText(*program, argc > 0 ? argv[0] : program->name.c_str()));
    return nn_output_end(ExitDone);
  }
  if (flags.version) {
    show(program->name + (program->compiler.empty() ? "" : ", compiled by " + program->compiler) +
         "\n");
    return nn_output_end(ExitDone);
  }
  if (Status status = checkProcessor(*program); status.failed()) {
    printError(status);
    return ExitFailed;
  }
  SignalScope signals;
  Run run(*program, image->functions, flags);
  run.startSeconds = start;
  run.stepsLeft = flags.maxSteps;
  run.folders = programFolders(*program, flags.data);
  Status status = run.engine.start(flags.seed, flags.options);
  if (!status.failed())
    status = initialiseModels(run);
  if (!status.failed() && flags.predict)
    status = flags.generate ? generate(run) : predict(run);
  if (!status.failed() && !flags.predict)
    status = checkBeforeRun(run);
  if (!status.failed() && !flags.predict)
    status = run.recorder.open(run.program, run.flags, run.engine);
  if (!status.failed() && !flags.predict) {
    status = runStatements(run);
    Status closed = run.recorder.end(now() - run.startSeconds, status.failed() ? status.message()
                                                               : run.signal    ? "interrupted"
                                                                               : "");
    if (!status.failed())
      status = std::move(closed);
  }
  return finishRun(run, status);
}
