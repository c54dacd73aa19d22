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

enum Place { InRuns, WithWeights, InPredictions, InTexts, Monitors };

struct FixedFlag {
  const char *name;
  const char *value; // the name of its value in --help, or null
  Place place;
  const char *help;
  Status (*read)(const FixedFlag &flag, const std::string &text, Flags &flags);

  bool inPredictions() const { return place == WithWeights || place == InPredictions; }
  bool inTexts() const { return place == WithWeights || place == InTexts; }
  bool inRuns() const { return place == InRuns || place == Monitors; }
  /// Whether the command that is being read takes it.
  bool taken(const Flags &flags) const {
    return inRuns() || (flags.predict && (flags.generate ? inTexts() : inPredictions()));
  }
};

// The readers of flags.def.
constexpr auto given = [](const FixedFlag &, const std::string &, bool &field) {
  field = true;
  return Status();
};
constexpr auto anyText = [](const FixedFlag &, const std::string &text, std::string &field) {
  field = text;
  return Status();
};
constexpr auto someText = [](const FixedFlag &flag, const std::string &text, std::string &field) {
  field = text;
  return text.empty() ? Status::error(format("--%s needs a value: %s", flag.name, flag.value))
                      : Status();
};
constexpr auto notDash = [](const FixedFlag &, const std::string &text, std::string &field) {
  field = text == "-" ? "" : text;
  return Status();
};
constexpr auto notNegative = [](const FixedFlag &flag, const std::string &text, double &field) {
  return parseNumber(text, field) && field >= 0 && std::isfinite(field)
             ? Status()
             : Status::error(format("--%s needs a number from 0, found `%s`", flag.name,
                                    quoted(text).c_str()));
};
struct Whole {
  double least, most;
  template <class T>
  Status operator()(const FixedFlag &flag, const std::string &text, T &field) const {
    double value;
    if (!parseNumber(text, value) || value != std::floor(value) || value < least || value > most)
      return Status::error(format("--%s needs a whole number from %.0f to %.0f, found `%s`",
                                  flag.name, least, most, quoted(text).c_str()));
    field = T(value);
    return Status();
  }
};

const FixedFlag fixedFlags[] = {
#define NN_FLAG(type, field, start, name, value, reader, place, help)                              \
  {name, value, place, help, [](const FixedFlag &flag, const std::string &text, Flags &flags) {    \
     return reader(flag, text, flags.field);                                                       \
   }},
#include "runtime/program/flags.def"
};

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
    if (name == flag.name && flag.taken(flags))
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
  return known.read(known, text, flags);
}

Status FlagReader::unknown() const {
  std::vector<std::string> names;
  for (const OptionT &option : program.options)
    names.push_back(option.name);
  for (const FixedFlag &flag : fixedFlags)
    if (flag.taken(flags))
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
  const FixedFlag *fixedFlag = findFixed();
  if (const OptionT *known = findOption(program, name))
    if (!fixedFlag || fixedFlag->place != InTexts)
      return option(*known);
  if (fixedFlag)
    return fixed(*fixedFlag);
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
    return Status::error("`" + quoted(inputs[0]) + "` is not a flag; --help lists all" +
                         didYouMean(inputs[0], {"predict", "generate"}));
  return Status();
}

Status FlagReader::checkPredict() {
  if (!flags.predict || flags.help || flags.version)
    return Status();
  if (flags.generate) {
    if (!inputs.empty())
      return Status::error("generate reads no file: `" + quoted(inputs[0]) + "` is not a flag");
    if (flags.weights.empty())
      return Status::error("generate needs --weights FILE");
    return flags.prompt.empty()
               ? Status::error("generate needs --prompt TEXT, from which it goes on")
               : Status();
  }
  if (inputs.size() != 1)
    return Status::error(inputs.empty() ? "predict needs a CSV file to read"
                                        : "predict reads one file, several were given");
  if (flags.weights.empty())
    return Status::error("predict needs --weights FILE");
  flags.input = inputs[0];
  return Status();
}

Status FlagReader::all() {
  if (argc > 1 && (!strcmp(argv[1], "predict") || !strcmp(argv[1], "generate"))) {
    flags.predict = true;
    flags.generate = !strcmp(argv[1], "generate");
    next = 2;
  }
  while (next < argc) {
    std::string argument = argv[next++];
    if (argument == "-h")
      argument = "--help";
    if (argument == "-o" && flags.predict && !flags.generate)
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
  const bool writes = std::any_of(models.begin(), models.end(), [&](const ModelT *model) {
    return model->data >= 0 && program.data[size_t(model->data)].source->kind == NN_TEXT;
  });
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
  if (writes)
    text += "       " + name + " generate [--model NAME] --weights FILE --prompt TEXT\n";
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
  auto list = [&](const char *heading, bool (FixedFlag::*isIn)() const) {
    text += heading;
    for (const FixedFlag &flag : fixedFlags)
      if ((flag.*isIn)())
        line(text,
             std::string("--") + flag.name + (flag.value ? std::string(" ") + flag.value : ""),
             flag.help);
  };
  list("\nflags:\n", &FixedFlag::inRuns);
  if (!models.empty())
    list("\nflags of predict:\n", &FixedFlag::inPredictions);
  if (writes)
    list("\nflags of generate:\n", &FixedFlag::inTexts);
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
      return flag.place == nnrt::Monitors;
  return false;
}

bool nn_is_flag(const std::string &name) {
  for (const nnrt::FixedFlag &flag : nnrt::fixedFlags)
    if (name == flag.name && flag.place != nnrt::InTexts) // those come before an option's
      return true;
  return false;
}
