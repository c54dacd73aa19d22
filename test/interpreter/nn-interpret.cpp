// nn-interpret: runs one function of an nn module on the reference interpreter and prints its
// results. It reads the output of `nnc --emit=nn`, `--emit=grad` and `nn-opt`.
#include "compiler/dialect/NnDialect.h"
#include "test/interpreter/Interpreter.h"
#include "test/loops/Loops.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <random>

using namespace mlir;
using namespace nnc::reference;
namespace cl = llvm::cl;

static cl::opt<std::string> file(cl::Positional, cl::desc("<module.mlir, or - for standard input>"),
                                 cl::init("-"));
static cl::opt<std::string> functionName("function",
                                         cl::desc("The function to run; needed if there are more"));
static cl::opt<int64_t> batch("batch", cl::desc("The number of examples, for `?` in types"),
                              cl::init(1));
static cl::list<std::string>
    given("arg", cl::desc("NAME=VALUE: an argument by its name (nn.tensor, nn.field or nn.scalar) "
                          "or as `argN`; a number fills it, nested lists give each element"));
static cl::opt<unsigned> randomSeed("random",
                                    cl::desc("Fill other arguments from the seed, in [-1, 1)"));

static int fail(const llvm::Twine &message) {
  llvm::errs() << "error: " << message << "\n";
  return 1;
}

/// The name that irgen gave to an argument or result, or its kind and number.
static std::string nameOf(DictionaryAttr attributes, StringRef kind, unsigned number) {
  if (attributes)
    for (NamedAttribute attribute : attributes)
      if (attribute.getName().getValue().starts_with("nn."))
        if (auto name = dyn_cast<StringAttr>(attribute.getValue()))
          return name.str();
  return (kind + llvm::Twine(number)).str();
}

static std::string inWords(const Shape &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

/// Appends the numbers of nested lists; false unless they have exactly the shape from `axis` on.
static bool readElements(const llvm::json::Value &value, const Shape &shape, size_t axis,
                         std::vector<double> &data) {
  if (axis == shape.size()) {
    std::optional<double> number = value.getAsNumber();
    data.push_back(number.value_or(0));
    return number.has_value();
  }
  const llvm::json::Array *list = value.getAsArray();
  return list && int64_t(list->size()) == shape[axis] &&
         llvm::all_of(*list, [&](const llvm::json::Value &element) {
           return readElements(element, shape, axis + 1, data);
         });
}

/// `text` as a tensor of this shape, or an error.
static llvm::Expected<Tensor> readTensor(StringRef text, const Shape &shape) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (!value)
    return value.takeError();
  if (std::optional<double> number = value->getAsNumber())
    return Tensor(shape, *number);
  std::vector<double> data;
  if (!readElements(*value, shape, 0, data))
    return llvm::createStringError("expected a number or nested lists of shape " + inWords(shape));
  return Tensor(shape, std::move(data));
}

static void printElements(const Tensor &tensor, size_t axis, size_t &next) {
  if (axis == tensor.shape.size()) {
    llvm::outs() << llvm::format("%.17g", tensor.data[next++]);
    return;
  }
  llvm::outs() << "[";
  for (int64_t i = 0; i < tensor.shape[axis]; ++i) {
    llvm::outs() << (i ? ", " : "");
    printElements(tensor, axis + 1, next);
  }
  llvm::outs() << "]";
}

static func::FuncOp findFunction(ModuleOp module) {
  if (!functionName.empty())
    return module.lookupSymbol<func::FuncOp>(functionName);
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  return functions.size() == 1 ? functions.front() : nullptr;
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "nn-interpret: the reference interpreter of nn\n");
  if (batch < 1)
    return fail("--batch must be at least 1");
  MLIRContext context;
  context.loadDialect<func::FuncDialect, nnc::nn::NnDialect, nnc::test::TestDialect>();
  nnc::test::addLoopSemantics();
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(file, &context);
  if (!module)
    return 1; // the parser has reported the error
  func::FuncOp function = findFunction(*module);
  if (!function) {
    std::string names;
    for (func::FuncOp each : module->getOps<func::FuncOp>())
      names += (names.empty() ? "" : ", ") + each.getName().str();
    return fail("choose a function with --function: " + names);
  }

  llvm::StringMap<StringRef> values;
  for (StringRef each : given) {
    auto [name, value] = each.split('=');
    if (!values.try_emplace(name, value).second)
      return fail("--arg " + name + " is given twice");
  }
  std::mt19937_64 generator(randomSeed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<Tensor> arguments;
  for (BlockArgument argument : function.getArguments()) {
    unsigned number = argument.getArgNumber();
    std::string name = nameOf(function.getArgAttrDict(number), "arg", number);
    Shape shape = shapeOf(argument.getType(), batch);
    auto found = values.find(name);
    if (found == values.end() && randomSeed.getNumOccurrences()) {
      arguments.push_back(generate(shape, [&](const Shape &) { return uniform(generator); }));
      continue;
    }
    if (found == values.end())
      return fail("argument `" + name + "` of shape " + inWords(shape) +
                  " has no value: give --arg '" + name + "=…' or --random SEED");
    llvm::Expected<Tensor> tensor = readTensor(found->second, shape);
    if (!tensor)
      return fail("--arg " + name + ": " + llvm::toString(tensor.takeError()));
    arguments.push_back(std::move(*tensor));
    values.erase(found);
  }
  if (!values.empty())
    return fail("`" + function.getName() + "` has no argument `" + values.begin()->first() + "`");

  Outcome outcome = run(function, arguments, batch);
  if (!outcome.error.empty())
    return fail(outcome.error);
  for (auto [number, result] : llvm::enumerate(outcome.results)) {
    size_t next = 0;
    llvm::outs() << nameOf(function.getResultAttrDict(number), "result", number) << " = ";
    printElements(result, 0, next);
    llvm::outs() << "\n";
  }
  return 0;
}
