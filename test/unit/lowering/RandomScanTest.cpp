// Tests random programs as the block of a scan: the arguments are elements of sequences, states and
// invariants, and what the program computes is stacked. So every op reads and writes elements.
#include "compiler/dialect/NnDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "test/unit/lowering/RandomProgram.h"

#include <cstdlib>
#include <random>

using namespace mlir;
using namespace nnc;
using namespace nnc::test;

namespace {

unsigned numberFrom(const char *variable, unsigned otherwise) {
  const char *given = std::getenv(variable);
  return given ? std::atoi(given) : otherwise;
}

class Scans {
public:
  explicit Scans(unsigned seed) : random(seed) {}

  /// A module with one function: a scan of `block`, or a scan of a scan of it.
  OwningOpRef<ModuleOp> around(func::FuncOp block, unsigned depth) {
    Location loc = block.getLoc();
    OpBuilder b(block.getContext());
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    b.setInsertionPointToStart(module->getBody());
    Block &body = block.getBody().front();
    // The role of each argument; a number in f64 is a scalar of the call, and the same in all runs.
    const int64_t length = pick({1, 2, 3, 7});
    SmallVector<unsigned> byRole[3];
    for (BlockArgument argument : body.getArguments())
      byRole[argument == body.getArguments().back() ? 2 : random() % 3].push_back(
          argument.getArgNumber());
    SmallVector<Type> inputs;
    for (unsigned role = 0; role < 3; ++role)
      for (unsigned i : byRole[role]) {
        Type type = body.getArgument(i).getType();
        inputs.push_back(role == 1 ? Type(nn::sequenceOf(type, length)) : type);
      }
    SmallVector<Value> yielded;
    for (unsigned i : byRole[0])
      yielded.push_back(valueOf(body, body.getArgument(i).getType()));
    llvm::append_range(yielded, body.getTerminator()->getOperands());
    SmallVector<Type> results;
    for (auto [i, value] : llvm::enumerate(yielded))
      results.push_back(i < byRole[0].size() ? value.getType()
                                             : Type(nn::sequenceOf(value.getType(), length)));

    auto function = b.create<func::FuncOp>(loc, "f", b.getFunctionType(inputs, results));
    b.setInsertionPointToStart(function.addEntryBlock());
    ValueRange all = function.getArguments();
    const size_t states = byRole[0].size(), sequences = byRole[1].size();
    auto scan =
        b.create<nn::ScanOp>(loc, length, /*backward=*/random() % 2 == 0, all.take_front(states),
                             all.slice(states, sequences), all.drop_front(states + sequences),
                             ArrayRef<Type>(results).drop_front(states));
    b.create<func::ReturnOp>(loc, scan.getValues());
    Block &run = scan.getBody().front();
    b.setInsertionPointToEnd(&run);
    IRMapping inside;
    unsigned next = 0;
    for (const auto &role : byRole)
      for (unsigned i : role)
        inside.map(body.getArgument(i), run.getArgument(next++));
    for (Operation &op : body.without_terminator())
      b.clone(op, inside);
    b.create<nn::YieldOp>(
        loc, llvm::map_to_vector(yielded, [&](Value value) { return inside.lookup(value); }));
    return depth ? around(function, depth - 1) : std::move(module);
  }

private:
  int64_t pick(std::initializer_list<int64_t> values) {
    return values.begin()[random() % values.size()];
  }
  /// Any value of this type: an argument at least.
  Value valueOf(Block &body, Type type) {
    SmallVector<Value> fit;
    for (Value argument : body.getArguments())
      if (argument.getType() == type)
        fit.push_back(argument);
    for (Operation &op : body)
      for (Value result : op.getResults())
        if (result.getType() == type)
          fit.push_back(result);
    return fit[random() % fit.size()];
  }
  std::mt19937 random;
};

void runSeed(unsigned seed, const std::string &element, double tolerance) {
  SCOPED_TRACE("seed " + std::to_string(seed) + " " + element);
  OwningOpRef<ModuleOp> block = randomProgram(seed, 8, element);
  OwningOpRef<ModuleOp> module =
      Scans(seed).around(*block->getOps<func::FuncOp>().begin(), /*depth=*/seed % 3 == 0);
  Program program(std::move(module));
  ASSERT_TRUE(succeeded(verify(program.getModule())));
  int64_t batch = 1 + seed % 6;
  check(program, program.randomArguments(batch, seed), batch, tolerance);
  if (testing::Test::HasFailure()) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    program.getModule().print(stream);
    ADD_FAILURE() << text;
  }
}

const unsigned programs = numberFrom("NNC_RANDOM_PROGRAMS", 20);
const unsigned firstSeed = numberFrom("NNC_RANDOM_SEED", 1);

} // namespace

TEST(RandomScan, AgreesWithTheInterpreterInF64) {
  for (unsigned seed = firstSeed; seed < firstSeed + programs && !HasFailure(); ++seed)
    runSeed(seed, "f64", 1e-8);
}

TEST(RandomScan, FusionAndThreadsChangeNoBitInF32) {
  for (unsigned seed = firstSeed; seed < firstSeed + programs && !HasFailure(); ++seed)
    runSeed(2000 + seed, "f32", INFINITY);
}
