// Records what a report shows of the program: its text, the entries of its train statements, its
// networks, and which numbers an evaluation compares with the outputs. Programs without a report do
// not need this.
#include "compiler/irgen/statements/Report.h"

#include "compiler/dialect/NnDialect.h"

using namespace nnc;

void nnc::generateReport(ProgramContext &ctx, Settings &settings, const ast::ReportStmt *s) {
  std::string file;
  if (!settings.textOf(s->file, file, "the report"))
    return;
  ReportT row;
  row.where = ctx.where(s->range);
  row.path = std::move(file);
  row.text = bufferText(ctx.diags.sources(), ctx.program.buffer).str();
  ctx.add(std::move(row));
}

std::string nnc::writtenAt(Range r) {
  std::string line;
  bool quoted = false, comment = false, space = false;
  for (const char *at = r.begin.getPointer(), *end = r.end.getPointer(); at < end; ++at) {
    if (comment ? *at != '\n' : *at == '#' && !quoted) {
      comment = true;
      continue;
    }
    comment = false;
    if (!quoted && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) {
      space = !line.empty();
      continue;
    }
    if (space)
      line += ' ';
    space = false;
    line += *at;
    if (quoted && *at == '\\' && at + 1 < end)
      line += *++at;
    else if (*at == '"')
      quoted = !quoted;
  }
  return line;
}

void nnc::noteEntries(llvm::ArrayRef<ast::Entry *> entries, TrainT &row) {
  for (const ast::Entry *e : entries) {
    EntryT entry;
    if (auto *setting = llvm::dyn_cast<ast::SettingEntry>(e)) {
      entry.name = setting->name.text.str();
      entry.text = writtenAt(setting->value->range);
    } else {
      // `clip norm 1.0`: the first word is the name of the entry.
      const std::string whole = writtenAt(e->range);
      auto [word, rest] = llvm::StringRef(whole).split(' ');
      entry.name = word.str();
      entry.text = rest.str();
    }
    row.entries.push_back(std::move(entry));
  }
}

void nnc::noteLayers(ProgramContext &ctx, llvm::ArrayRef<Application> applications, ModelT &row) {
  // Do not show the layers inside the library's own layers. Layers that the program passes to one
  // are shown inside it.
  auto isShown = [&](const Application &a) {
    return !a.insideFunction && a.result && isBatched(a.result) && a.named.isValid() &&
           ctx.diags.sources().FindBufferContainingLoc(a.named.begin) == ctx.program.buffer;
  };
  std::vector<bool> open; // for each application around the present one: whether it is shown
  for (const Application &a : applications) {
    open.resize(std::min<size_t>(open.size(), a.depth));
    if (isShown(a)) {
      // `max_pool(2)` is a call that starts with the name; `… |> relu` has only the name.
      const bool call = a.place.empty() && a.at.isValid() && a.at.begin == a.named.begin;
      LayerT layer;
      layer.place = a.place;
      layer.text = writtenAt(call ? a.at : a.named);
      layer.shape = exampleShape(a.result).vec();
      layer.depth = int32_t(llvm::count(open, true));
      row.layers.push_back(std::move(layer));
      open.push_back(true);
    } else {
      open.push_back(false);
    }
  }
}

int32_t nnc::comparedField(ProgramContext &ctx, Function &fn, const ast::ModelDecl *model,
                           llvm::ArrayRef<DataGenerator::Field> fields,
                           llvm::ArrayRef<mlir::Value> values) {
  llvm::DenseSet<mlir::Value> outputs;
  for (const auto &[key, value] : fn.applied)
    if (key.first == ctx.elab.placeOf(model) && value.isTensor())
      outputs.insert(value.tensor);
  if (outputs.empty())
    return -1;
  int32_t found = -1;
  fn.op().walk([&](mlir::Operation *op) {
    if (!llvm::isa<nn::ScalarBodyOp>(op) || op->getNumOperands() < 2)
      return mlir::WalkResult::advance();
    bool output = false;
    int32_t field = -1;
    for (mlir::Value operand : op->getOperands())
      for (mlir::Value v = operand; v; v = Elaborator::beforeMoving(v)) {
        output |= outputs.contains(v);
        for (auto [i, f] : llvm::enumerate(values))
          if (f == v)
            field = fields[i].row;
        if (outputs.contains(v))
          break;
      }
    if (!output || field < 0)
      return mlir::WalkResult::advance();
    found = field;
    return mlir::WalkResult::interrupt();
  });
  return found;
}
