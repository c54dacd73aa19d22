// Parses the trainer's command line and prints --help.
#include "runtime/program/flags.h"
#include "runtime/support/indices.h"

#include "runtime/program/statements.h"
#include "runtime/sources/csv_scan.h"
#include "runtime/support/suggest.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {

namespace {

enum class Fixed {
  Help,
  Version,
  Data,
  Seed,
  Threads,
  Resume,
  Quiet,
  MaxSteps,
  Timing,
  Profile,
  Watch,
  Log,
  TensorBoard,
  Model,
  Weights,
  Output
};

struct FixedFlag {
  const char *name;
  Fixed id;
  const char *value; // the name of its value in --help, or null
  const char *help;
  bool predict;          // belongs to the predict subcommand
  bool monitors = false; // shows what Monitor sees
};

const FixedFlag fixedFlags[] = {
    {"data", Fixed::Data, "DIR", "another folder to look for data files in", false},
    {"seed", Fixed::Seed, "N", "seed of initial weights, order and dropout (default 0)", false},
    {"threads", Fixed::Threads, "N",
     "worker threads (default: as many as pay, up to the cores); same results", false},
    {"resume", Fixed::Resume, nullptr, "go on from the checkpoints", false},
    {"quiet", Fixed::Quiet, nullptr, "print only results and errors", false},
    {"max-steps", Fixed::MaxSteps, "N", "stop training after N steps in all", false},
    {"timing", Fixed::Timing, nullptr,
     "print how long loading, the first step and training took, and the memory they use", false},
    {"profile", Fixed::Profile, nullptr,
     "print where the time went, by source line (compiled by nnc --profile)", false},
    {"watch", Fixed::Watch, nullptr,
     "print norms of weights, gradients and updates and dead units after training", false, true},
    {"log", Fixed::Log, "FILE", "write what happens to FILE, one JSON object a line", false, true},
    {"tensorboard", Fixed::TensorBoard, "DIR", "write event files for TensorBoard to DIR", false,
     true},
    {"help", Fixed::Help, nullptr, "this text", false},
    {"version", Fixed::Version, nullptr, "which nnc has compiled the program", false},
    {"model", Fixed::Model, "NAME", "which model, when the program has several", true},
    {"weights", Fixed::Weights, "FILE", "its saved weights (.safetensors)", true},
    {"output", Fixed::Output, "FILE",
     "where predictions go (-o FILE; default, and `-`: standard output)", true},
};

Status wholeNumber(const std::string &flag, const std::string &text, double least, double most,
                   double &value) {
  if (!parseNumber(text, value) || value != std::floor(value) || value < least || value > most)
    return Status::error(format("--%s needs a whole number from %.0f to %.0f, found `%s`",
                                flag.c_str(), least, most, quoted(text).c_str()));
  return Status();
}

Status setOption(const OptionT &option, const std::string &text, double &value) {
  if (option.kind == NN_OPTION_BOOL) {
    if (text == "true" || text == "yes" || text == "on" || text == "1")
      value = 1;
    else if (text == "false" || text == "no" || text == "off" || text == "0")
      value = 0;
    else
      return Status::error(
          format("--%s is true or false, found `%s`", option.name.c_str(), quoted(text).c_str()));
    return Status();
  }
  std::string digits;
  for (char c : text)
    if (c != '_') // 10_000, as in programs
      digits += c;
  bool percent = !digits.empty() && digits.back() == '%';
  if (percent)
    digits.pop_back();
  if (!parseNumber(digits, value) || !std::isfinite(value))
    return Status::error(
        format("--%s needs a number, found `%s`", option.name.c_str(), quoted(text).c_str()));
  if (percent)
    value /= 100;
  if (option.kind == NN_OPTION_INTEGER && value != std::floor(value))
    return Status::error(
        format("--%s needs a whole number, found `%s`", option.name.c_str(), quoted(text).c_str()));
  return Status();
}

const OptionT *findOption(const ProgramT &program, const std::string &name) {
  for (int32_t i : indices(program.options)) {
    std::string own = program.options[i].name;
    if (own == name)
      return &program.options[i];
    for (char &c : own) // batch_size is also --batch-size
      if (c == '_')
        c = '-';
    if (own == name)
      return &program.options[i];
  }
  return nullptr;
}

Status apply(const FixedFlag &flag, const std::string &text, Flags &flags) {
  double value;
  switch (flag.id) {
  case Fixed::Help:
    flags.help = true;
    break;
  case Fixed::Version:
    flags.version = true;
    break;
  case Fixed::Data:
    flags.data = text;
    break;
  case Fixed::Seed:
    NN_TRY(wholeNumber("seed", text, 0, 0x1p53, value));
    flags.seed = uint64_t(value);
    break;
  case Fixed::Threads:
    NN_TRY(wholeNumber("threads", text, 1, 1024, value));
    flags.threads = int(value);
    break;
  case Fixed::Resume:
    flags.resume = true;
    break;
  case Fixed::Quiet:
    flags.quiet = true;
    break;
  case Fixed::MaxSteps:
    NN_TRY(wholeNumber("max-steps", text, 1, 0x1p53, value));
    flags.maxSteps = int64_t(value);
    break;
  case Fixed::Timing:
    flags.timing = true;
    break;
  case Fixed::Profile:
    flags.profile = true;
    break;
  case Fixed::Watch:
    flags.watch = true;
    break;
  case Fixed::Log:
  case Fixed::TensorBoard:
    if (text.empty())
      return Status::error(format("--%s needs a value: %s", flag.name, flag.value));
    (flag.id == Fixed::Log ? flags.log : flags.tensorboard) = text;
    break;
  case Fixed::Model:
    flags.model = text;
    break;
  case Fixed::Weights:
    flags.weights = text;
    break;
  case Fixed::Output:
    flags.output = text == "-" ? "" : text;
    break;
  }
  return Status();
}

/// Reads the arguments of a command one after the other.
class FlagReader {
public:
  FlagReader(const ProgramT &program, int argc, char **argv, bool lenient, Flags &flags)
      : program(program), argc(argc), argv(argv), lenient(lenient), flags(flags) {}

  Status all();

private:
  /// A flag: "--name", or "--name=text".
  Status flag(const std::string &argument);
  Status option(const OptionT &option);
  Status fixed(const FixedFlag &known);
  Status unknown() const;
  /// Fails if what was given does not fit together.
  Status checkTogether() const;
  Status checkPredict();
  const FixedFlag *findFixed() const;
  /// The flag's value becomes `text`: after its `=`, or the next argument. False if there is none.
  bool takeValue();

  const ProgramT &program;
  int argc;
  char **argv;
  bool lenient;
  Flags &flags;
  int next = 1;
  std::vector<std::string> inputs; // arguments that are no flags
  // of the current flag
  std::string name, text;
  bool hasValue = false;
};

bool FlagReader::takeValue() {
  if (hasValue || next >= argc)
    return hasValue;
  text = argv[next++];
  return hasValue = true;
}

const FixedFlag *FlagReader::findFixed() const {
  const FixedFlag *known = nullptr;
  for (const FixedFlag &flag : fixedFlags)
    if (name == flag.name && (!flag.predict || flags.predict))
      known = &flag;
  return known;
}

Status FlagReader::option(const OptionT &option) {
  bool isBool = option.kind == NN_OPTION_BOOL;
  if (isBool && !hasValue)
    text = "true"; // --verbose alone turns it on
  else if (!takeValue())
    return Status::error("--" + name + " needs a value");
  return setOption(option, text, flags.options[size_t(&option - program.options.data())]);
}

Status FlagReader::fixed(const FixedFlag &known) {
  if (!known.value && hasValue)
    return Status::error("--" + name + " takes no value");
  if (known.value && !takeValue())
    return Status::error("--" + name + " needs a value: " + known.value);
  return apply(known, text, flags);
}

Status FlagReader::unknown() const {
  std::vector<std::string> names;
  for (const OptionT &option : program.options)
    names.push_back(option.name);
  for (const FixedFlag &flag : fixedFlags)
    if (!flag.predict || flags.predict)
      names.push_back(flag.name);
  std::string near = nearest(name, names);
  return Status::error("there is no flag --" + quoted(name) +
                       (near.empty() ? "; --help lists all" : "; did you mean --" + near + "?"));
}

Status FlagReader::flag(const std::string &argument) {
  const size_t equals = argument.find('=');
  name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
  hasValue = equals != std::string::npos;
  text = hasValue ? argument.substr(equals + 1) : "";
  if (const OptionT *known = findOption(program, name))
    return option(*known);
  if (const FixedFlag *known = findFixed())
    return fixed(*known);
  if (!lenient)
    return unknown();
  if (!hasValue && next < argc && argv[next][0] != '-')
    ++next;
  return Status();
}

Status FlagReader::checkTogether() const {
  if (flags.profile && !program.profile && !lenient)
    return Status::error(
        "--profile needs a trainer that was compiled for it: nnc --profile FILE.nn -o TRAINER");
  if (!flags.predict && !inputs.empty() && !lenient)
    return Status::error(
        "`" + quoted(inputs[0]) + "` is not a flag; --help lists all" +
        (nearest(inputs[0], {"predict"}).empty() ? "" : "; did you mean `predict`?"));
  return Status();
}

Status FlagReader::checkPredict() {
  if (!flags.predict || flags.help || flags.version)
    return Status();
  if (inputs.size() != 1)
    return Status::error(inputs.empty() ? "predict needs a CSV file to read"
                                        : "predict reads one file, several were given");
  if (flags.weights.empty())
    return Status::error("predict needs --weights FILE");
  flags.input = inputs[0];
  return Status();
}

Status FlagReader::all() {
  if (argc > 1 && !strcmp(argv[1], "predict")) {
    flags.predict = true;
    next = 2;
  }
  while (next < argc) {
    std::string argument = argv[next++];
    if (argument == "-h")
      argument = "--help";
    if (argument == "-o" && flags.predict)
      argument = "--output";
    if (argument.compare(0, 2, "--") == 0 && argument != "--") {
      NN_TRY(flag(argument));
      continue;
    }
    if (argument.size() > 1 && argument[0] == '-')
      return Status::error("there is no flag " + quoted(argument) + "; --help lists all");
    inputs.push_back(argument);
  }
  NN_TRY(checkTogether());
  return checkPredict();
}

} // namespace

Status parseFlags(const ProgramT &program, int argc, char **argv, bool lenient, Flags &flags) {
  flags.options.clear();
  for (const OptionT &option : program.options)
    flags.options.push_back(option.value);
  return FlagReader(program, argc, argv, lenient, flags).all();
}

static void line(std::string &text, const std::string &left, const std::string &help) {
  text += "  " + padded(left, std::max<size_t>(22, characters(left) + 1), false) + help + "\n";
}

std::string helpText(const ProgramT &program, const char *argv0) {
  std::string name = argv0, text;
  const std::vector<const ModelT *> models = shownModels(program);
  // "/usr/bin/nnc run dir/model.nn": only the first word is a path to shorten.
  size_t slash = name.substr(0, name.find(' ')).rfind('/');
  if (slash != std::string::npos && name.compare(0, 2, "./") != 0)
    name = name.substr(slash + 1);
  if (!program.doc.empty()) {
    text += program.doc;
    if (text.back() != '\n')
      text += "\n";
    text += "\n";
  }
  text += "usage: " + name + " [flags]\n";
  if (!models.empty())
    text += "       " + name +
            " predict [--model NAME] --weights FILE INPUT.csv [-o OUTPUT.csv]\n"
            "       (INPUT `-`: standard input)\n";
  if (!program.options.empty()) {
    text += "\noptions of the program:\n";
    for (const OptionT &option : program.options) {
      bool isBool = option.kind == NN_OPTION_BOOL;
      std::string shown = isBool ? (option.value != 0 ? "true" : "false") : number(option.value);
      line(text,
           "--" + option.name +
               (isBool                             ? "[=BOOL]"
                : option.kind == NN_OPTION_INTEGER ? " N"
                                                   : " X"),
           option.help + (option.help.empty() ? "" : " ") + "(default " + shown + ")");
    }
  }
  for (bool predict : {false, true}) {
    if (predict && models.empty())
      continue;
    text += predict ? "\nflags of predict:\n" : "\nflags:\n";
    for (const FixedFlag &flag : fixedFlags)
      if (flag.predict == predict)
        line(text,
             std::string("--") + flag.name + (flag.value ? std::string(" ") + flag.value : ""),
             flag.help);
  }
  if (models.size() > 1) {
    text += "\nmodels:\n";
    for (const ModelT *model : models)
      text += "  " + model->name + "\n";
  }
  return text +
         "\nexit codes: 0 done, 1 the run failed, 2 wrong flags, 129, 130 or 143 interrupted\n";
}

} // namespace nnrt

bool nn_is_monitor_flag(const std::string &name) {
  for (const nnrt::FixedFlag &flag : nnrt::fixedFlags)
    if (name == flag.name)
      return flag.monitors;
  return false;
}

bool nn_is_flag(const std::string &name) {
  for (const nnrt::FixedFlag &flag : nnrt::fixedFlags)
    if (name == flag.name)
      return true;
  return false;
}
