// Compiles a probe of a function. Its arguments are parameters of a model that is never trained, so
// one compiled `print` is enough for all points.
#include "compiler/driver/check/Probe.h"

using namespace nnc;
using namespace nnc::check;

static constexpr const char *modelName = "gradient_probe_model";

/// The shape of the first argument: as its parameter declares it, with 3 for every name; one
/// element if it declares none.
static std::string shapeOf(const ast::FnDecl &fn, size_t &elements) {
  elements = 1;
  if (!fn.params[0].shape)
    return "[1]";
  std::string text;
  for (const ast::Expr *dim : fn.params[0].shape->dims) {
    if (llvm::isa<ast::EllipsisExpr>(dim))
      continue;
    auto *number = llvm::dyn_cast<ast::NumberExpr>(dim);
    const size_t size = number ? size_t(number->value) : 3;
    text += (text.empty() ? "" : ", ") + std::to_string(size);
    elements *= size;
  }
  return "[" + text + "]";
}

static std::string textOf(const ast::FnDecl &fn, bool withOther, size_t &elements) {
  const std::string shape = shapeOf(fn, elements), count = std::to_string(elements),
                    name = modelName;
  std::string more;
  bool isSecond = withOther;
  double next = 0.6;
  for (const ast::Parameter &p : fn.params.drop_front()) {
    if (p.defaultValue)
      continue;
    more += isSecond ? ", other" : ", " + std::to_string(next);
    next += isSecond ? 0 : 0.3;
    isSecond = false;
  }
  return "fn gradient_probe(at: " + shape + (withOther ? ", other: " + shape : "") +
         ") {\n  let y = sum(" + fn.name.text.str() + "(at" + more +
         "))\n  concat(reshape(y, [1]), reshape(grad(y, at), [-1]))\n}\nmodel " + name +
         "(u: [1]) -> [1] {\n  param at: [" + count + "] = 0\n  param other: [" + count +
         "] = 0\n  u + sum(at) + sum(other)\n}\nprint gradient_probe(reshape(" + name + ".at, " +
         shape + ")" + (withOther ? ", reshape(" + name + ".other, " + shape + ")" : "") + ")\n";
}

std::unique_ptr<Probe> Probe::make(Session &session, const ast::FnDecl &fn,
                                   llvm::StringRef declarations, std::string &why) {
  if (fn.params.empty())
    return nullptr;
  bool needsMore = false;
  for (const ast::Parameter &p : fn.params.drop_front())
    needsMore |= !p.defaultValue;
  // First try the second argument as a tensor of the first one's shape, such as targets. If that
  // fails, all other arguments are numbers.
  for (bool withOther : {true, false}) {
    if (withOther && !needsMore)
      continue;
    SessionOptions options = session.settings();
    options.doublePrecision = true;
    auto own = std::make_unique<Session>(options);
    size_t elements = 0;
    const std::string text = declarations.str() + textOf(fn, withOther, elements);
    const nn_image *image =
        own->loadText(text, session.settings().sourceName()) ? own->compileInMemory() : nullptr;
    if (!image) {
      if (!own->diagnostics().all().empty())
        why = own->diagnostics().all().front().message;
      continue;
    }
    std::unique_ptr<Probe> probe(new Probe(std::move(own), *image));
    auto indexOf = [&](const char *name) {
      for (auto [i, tensor] : llvm::enumerate(probe->program.tensors))
        if (tensor.name == std::string(modelName) + "." + name)
          return int32_t(i);
      return -1;
    };
    probe->elements = elements;
    probe->first = indexOf("at");
    probe->other = withOther ? indexOf("other") : -1;
    probe->results.assign(1, std::vector<double>(elements + 1));
    if (probe->first >= 0)
      return probe;
  }
  return nullptr;
}

Probe::Probe(std::unique_ptr<Session> own, const nn_image &image)
    : session(std::move(own)), program(session->tables().program), caller(program, image) {}

Probe::Result Probe::at(llvm::ArrayRef<double> x, double otherValue) {
  llvm::copy(x, caller.tensor(first).begin());
  if (other >= 0)
    for (double &v : caller.tensor(other))
      v = otherValue;
  caller.call(nnrt::as<PrintT>(program.statements[0]).fn, {}, results, 1);
  return {results[0][0], llvm::ArrayRef(results[0]).drop_front()};
}
