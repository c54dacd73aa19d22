// The characters of `text` data sets as class numbers: `plays.numbers("ROMEO:")`.
#include "compiler/irgen/eval/Elaborator.h"

#include "runtime/support/utf8.h"

using namespace nnc;

const ast::DataDecl *Calls::dataCalled(const ast::CallExpr *e, llvm::StringRef method,
                                       const Scope &scope) const {
  auto *field = llvm::dyn_cast<ast::FieldExpr>(e->callee);
  auto *name = field ? llvm::dyn_cast<ast::NameExpr>(field->base) : nullptr;
  if (!name || field->field.text != method || scope.find(name->name.text))
    return nullptr;
  return llvm::dyn_cast_or_null<ast::DataDecl>(symbols.find(name->name.text, scope.prelude));
}

/// The characters of a text, one after the other.
static std::vector<llvm::StringRef> charactersOf(llvm::StringRef text) {
  std::vector<llvm::StringRef> characters;
  while (!text.empty()) {
    uint32_t code;
    const size_t size = nnrt::firstCharacter(std::string_view(text.data(), text.size()), code);
    characters.push_back(text.take_front(size));
    text = text.drop_front(size);
  }
  return characters;
}

Value Calls::numbersOf(const ast::DataDecl *data, const ast::CallExpr *e, const Scope &scope) {
  auto known = symbols.data.find(data);
  if (known == symbols.data.end() || known->second.source.characters.empty())
    return Value::error(); // reported by sema
  const std::vector<std::string> &characters = known->second.source.characters;
  const Value text = elab.evaluate(e->args[0].value, scope);
  if (text.isError())
    return text;
  if (text.kind != Value::Kind::Text) {
    diags.error(e->args[0].range,
                "`numbers` takes a text in quotes, and this is " + text.describe());
    return Value::error();
  }
  Value numbers = Value::ofKind(Value::Kind::List);
  std::string unknown;
  for (llvm::StringRef character : charactersOf(text.text)) {
    auto it = llvm::find(characters, character);
    if (it != characters.end())
      numbers.items.push_back(Value::of(double(it - characters.begin())));
    else if (!llvm::StringRef(unknown).contains("`" + character.str() + "`"))
      unknown += (unknown.empty() ? "`" : ", `") + character.str() + "`";
  }
  if (!unknown.empty()) {
    diags.error(e->args[0].range, "`" + data->name.text + "` has no " + unknown)
        .note("a model knows the " + llvm::Twine(characters.size()) +
              " different characters of its text, and no others");
    return Value::error();
  }
  if (numbers.items.empty()) {
    diags.error(e->args[0].range, "an empty text has no numbers");
    return Value::error();
  }
  elab.spelled.insert(data);
  const double count = double(characters.size());
  numbers.classes = std::make_shared<std::function<int64_t()>>([count] { return int64_t(count); });
  return numbers;
}

std::optional<Value> Calls::evaluateTextCall(const ast::CallExpr *e, const Scope &scope) {
  if (const ast::DataDecl *data = dataCalled(e, sema::numbersMethod, scope))
    return e->args.size() == 1 && e->args[0].value ? numbersOf(data, e, scope) : Value::error();
  if (!dataCalled(e, sema::textMethod, scope))
    return std::nullopt;
  diags.error(e->range, "a text is no value to compute with: only `print` shows one")
      .note("`print " +
            llvm::cast<ast::NameExpr>(llvm::cast<ast::FieldExpr>(e->callee)->base)->name.text +
            ".text(…)`, and nothing around it");
  return Value::error();
}
