// Builtin functions that make layers from layers: seq, repeat.
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

using namespace nnc;

Value nnc::buildSeq(Elaborator &, const BuiltinCall &call) {
  auto sequence = std::make_shared<Applicable>();
  sequence->kind = Applicable::Kind::Sequence;
  sequence->name = "seq";
  for (const Arg &a : call.args)
    sequence->parts.push_back(a.value);
  return Value::of(sequence);
}

Value nnc::buildRepeat(Elaborator &elab, const BuiltinCall &call) {
  int64_t times;
  if (!elab.integerOf(call.positional(0)->value, times, call.positional(0)->range,
                      "the number of repetitions"))
    return Value::error();
  if (times < 0 || times > 10000) {
    elab.diags.error(call.positional(0)->range,
                     "the number of repetitions must be between 0 and 10000");
    return Value::error();
  }
  auto sequence = std::make_shared<Applicable>();
  sequence->kind = Applicable::Kind::Sequence;
  sequence->name = "repeat";
  // Every repetition has its own parameters: copy the layer and the layers inside it. Uses of the
  // same layer stay the same layer in each copy.
  std::map<const Applicable *, std::shared_ptr<Applicable>> copies;
  const Applicable *model = nullptr;
  std::function<void(Value &)> renew = [&](Value &v) {
    for (Value &item : v.items)
      renew(item);
    if (v.kind != Value::Kind::Applicable)
      return;
    if (v.target->kind == Applicable::Kind::Model)
      model = v.target.get();
    std::shared_ptr<Applicable> &fresh = copies[v.target.get()];
    if (!fresh) {
      fresh = std::make_shared<Applicable>(*v.target);
      if (fresh->kind == Applicable::Kind::Layer)
        fresh->placed = false;
      for (Value &part : fresh->parts)
        renew(part);
      for (auto &entry : fresh->bound)
        renew(entry.second);
      for (auto &entry : fresh->partial)
        renew(entry.second);
    }
    v.target = fresh;
  };
  for (int64_t i = 0; i < times; ++i) {
    copies.clear();
    sequence->parts.push_back(call.positional(1)->value);
    renew(sequence->parts.back());
  }
  if (model) {
    elab.diags
        .error(call.positional(1)->range,
               "`repeat` gives each repetition weights of its own, and the model `" + model->name +
                   "` has one set of them")
        .note("`seq(" + model->name + ", " + model->name +
              ")` applies it twice; a `layer` can be repeated");
    return Value::error();
  }
  return Value::of(sequence);
}
