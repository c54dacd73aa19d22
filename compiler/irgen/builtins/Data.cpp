// Builtin functions about the columns and fields of data: category, missing, classes,
// class_weights. In a data block, or in a run, calls of them are evaluated in eval/Calls.cpp;
// elsewhere they are errors.
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

using namespace nnc;

Value nnc::buildMissing(Elaborator &elab, const BuiltinCall &call) {
  elab.diags.error(call.at, "`missing` asks whether a column of a data set has no value; it can be "
                            "used only in a data block");
  return Value::error();
}

Value nnc::buildClasses(Elaborator &elab, const BuiltinCall &call) {
  const Arg *of = call.positional(0);
  const int64_t n = of && of->value.classes ? (*of->value.classes)() : -1;
  if (of && of->value.isError())
    return of->value;
  if (n > 0)
    return Value::of(double(n));
  elab.diags
      .error(elab.diags.callSite.isValid() ? elab.diags.callSite : call.at,
             "how many classes there are is not known before the run")
      .note("it is counted for `category(column)`, and for fields that are one; else give the "
            "number: `one_hot(y, 10)`");
  return Value::error();
}

Value nnc::buildCategory(Elaborator &elab, const BuiltinCall &call) {
  elab.diags.error(call.at, "`category` turns a column of a data set into class numbers; it "
                            "belongs in a data block");
  return Value::error();
}

Value nnc::buildClassWeights(Elaborator &elab, const BuiltinCall &call) {
  elab.diags.error(call.at, "`class_weights` takes a field of the data set that a run is on");
  return Value::error();
}
