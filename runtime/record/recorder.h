// Recorder: what happens in a run, told to files while it happens: --log (a JSON object in each
// line) and --tensorboard (event files). Formats: grammar/LANGUAGE.md, rule 8.13.
#pragma once

#include "runtime/record/history.h"
#include "runtime/support/status.h"

#include <map>
#include <memory>
#include <string>

namespace nnrt {

struct Flags;
class Engine;

/// A file that grows: every write is complete, or fails with a message that names the file.
class GrowingFile {
public:
  GrowingFile() = default;
  GrowingFile(const GrowingFile &) = delete;
  ~GrowingFile();

  /// Creates `path`. With `goOn` its lines are kept, but for one that a crash has cut off.
  Status open(const std::string &path, bool goOn);
  bool isOpen() const { return file >= 0; }
  const std::string &name() const { return path; }
  Status write(const std::string &text);
  /// Makes `text` the whole of it; to be gone on with.
  Status replace(const std::string &text);

private:
  int file = -1;
  std::string path;
};

/// One TensorBoard event file: TFRecords of Event messages (tensorflow/core/util/event.proto,
/// written by hand).
class EventFile {
public:
  /// Creates a new file in `folder`, which is made if it is missing.
  Status open(const std::string &folder);
  /// Numbers and histograms that belong to one step, as one message.
  struct Summary {
    std::string values; // encoded
    void add(const std::string &tag, double value);
    void add(const std::string &tag, const Histogram &histogram, double sum, double sumOfSquares);
  };
  Status write(int64_t step, const Summary &summary);
  /// What the folder's other files say of steps from `step` on does not count any more: a run
  /// begins there anew.
  Status beginAgain(int64_t step);

private:
  GrowingFile file;
};

/// A TFRecord: length, its checksum, data, their checksum.
std::string tfRecord(const std::string &data);
/// CRC-32C (Castagnoli), as RFC 3720 defines it.
uint32_t crc32c(const std::string &data);

class Recorder {
public:
  /// Opens what the flags name and writes the start of the run.
  Status open(const nn_program &opened, const Flags &flags, const Engine &engine);
  bool active() const { return log.isOpen() || !folder.empty(); }

  Status trainBegins(const TrainRecord &record);
  /// The last epoch of `record` is complete. `looked`: the last row of record.monitored is of this
  /// epoch.
  Status epoch(const Engine &engine, const TrainRecord &record, bool looked);
  /// A run of an experiment that is over, which was made beside others.
  Status whole(const TrainRecord &record);
  Status trainEnds(const TrainRecord &record);
  Status evaluated(const EvaluateRecord &record);
  /// The end of the run; `error` is empty when all went well.
  Status end(double seconds, const std::string &error);

private:
  Status dropRepeated(const TrainRecord &record);
  Status events(const TrainRecord &record, EventFile *&file);
  Status look(const Engine *engine, const TrainRecord &record, size_t row);
  std::string tagPrefix(const TrainRecord &record) const;

  const nn_program *program = nullptr;
  GrowingFile log;
  std::string folder;                                      // of --tensorboard, or empty
  std::map<std::string, std::unique_ptr<EventFile>> files; // by the folder of a run
};

} // namespace nnrt
