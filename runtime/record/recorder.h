// Recorder: writes what happens in a run to files: --log (a JSON object in each line) and
// --tensorboard (event files). Formats: grammar/LANGUAGE.md, rule 8.14.
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

  /// Creates `path`. With `goOn` its lines are kept, except one that a crash has truncated.
  Status open(const std::string &path, bool goOn);
  bool isOpen() const { return file >= 0; }
  const std::string &name() const { return path; }
  Status write(const std::string &text);
  /// Replaces the whole contents with `text`; more can be added afterwards.
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
  /// Records that data in the folder's other files for steps from `step` on are obsolete: a run
  /// begins again there.
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
  Status open(const ProgramT &opened, const Flags &flags, const Engine &engine);
  bool active() const { return log.isOpen() || !folder.empty(); }

  Status trainBegins(const TrainRecord &record);
  /// Called when the last epoch of `record` is complete. `looked`: the last row of record.monitored
  /// is from this epoch.
  Status epoch(const Engine &engine, const TrainRecord &record, bool looked);
  /// A completed run of an experiment, which was made in parallel with others.
  Status whole(const TrainRecord &record);
  Status trainEnds(const TrainRecord &record);
  Status evaluated(const EvaluateRecord &record);
  /// Called at the end of the run; `error` is empty if all went well.
  Status end(double seconds, const std::string &error);

private:
  Status dropRepeated(const TrainRecord &record);
  Status events(const TrainRecord &record, EventFile *&file);
  Status look(const Engine *engine, const TrainRecord &record, size_t row);
  std::string tagPrefix(const TrainRecord &record) const;

  const ProgramT *program = nullptr;
  GrowingFile log;
  std::string folder;                                      // from --tensorboard, or empty
  std::map<std::string, std::unique_ptr<EventFile>> files; // by the folder of a run
};

} // namespace nnrt
