// Builtin functions about the columns and fields of data: category, missing, classes,
// class_weights, denormalize, rows of a series, parts of dates. In a data block, or in a run, calls
// of them are evaluated in eval/Calls.cpp; elsewhere they are errors.
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

static Value notText(Elaborator &elab, const BuiltinCall &call, llvm::StringRef name) {
  elab.diags.error(call.at, "`" + name +
                                "` turns texts in a column of a table into numbers; it "
                                "belongs in a data block");
  return Value::error();
}

Value nnc::buildWords(Elaborator &elab, const BuiltinCall &call) {
  return notText(elab, call, "words");
}

Value nnc::buildCharacters(Elaborator &elab, const BuiltinCall &call) {
  return notText(elab, call, "characters");
}

Value nnc::buildDenormalize(Elaborator &elab, const BuiltinCall &call) {
  elab.diags.error(call.at, "`denormalize` takes a normalised field of the data set that a run is "
                            "on: `denormalize(net(x), y)`");
  return Value::error();
}

/// The value in the rows of a window whose length is the first argument.
static Value inRows(Elaborator &elab, const BuiltinCall &call, llvm::StringRef name,
                    llvm::function_ref<Value(int64_t k, const Value &e)> rows) {
  int64_t k;
  if (!elab.integerOf(call.positional(0)->value, k, call.positional(0)->range,
                      "the number of rows"))
    return Value::error();
  if (k < 1 || k > 1000000) {
    elab.diags.error(call.positional(0)->range,
                     "the number of rows is from 1 to 1,000,000; this is " + llvm::Twine(k));
    return Value::error();
  }
  if (!elab.window) {
    elab.diags
        .error(elab.diags.callSite.isValid() ? elab.diags.callSite : call.at,
               "`" + name + "` reads other rows of a series, and these rows are none")
        .note("in a data block, `series by time` says that its rows follow one another");
    return Value::error();
  }
  return rows(k, call.positional(1)->value);
}

Value nnc::buildPast(Elaborator &elab, const BuiltinCall &call) {
  return inRows(elab, call, "past", [&](int64_t k, const Value &e) {
    return elab.window(e, 1 - k, k, /*isLag=*/false, call.at);
  });
}

Value nnc::buildNext(Elaborator &elab, const BuiltinCall &call) {
  return inRows(elab, call, "next", [&](int64_t k, const Value &e) {
    return elab.window(e, 1, k, /*isLag=*/false, call.at);
  });
}

Value nnc::buildLag(Elaborator &elab, const BuiltinCall &call) {
  return inRows(elab, call, "lag", [&](int64_t k, const Value &e) {
    return elab.window(e, -k, 1, /*isLag=*/true, call.at);
  });
}

static Value notInData(Elaborator &elab, const BuiltinCall &call, llvm::StringRef name) {
  elab.diags.error(call.at, "`" + name +
                                "` reads the date or time in a column of a table; it "
                                "belongs in a data block");
  return Value::error();
}

Value nnc::buildDate(Elaborator &elab, const BuiltinCall &call) {
  return notInData(elab, call, "date");
}
Value nnc::buildTime(Elaborator &elab, const BuiltinCall &call) {
  return notInData(elab, call, "time");
}
Value nnc::buildYear(Elaborator &elab, const BuiltinCall &call) {
  return notInData(elab, call, "year");
}
Value nnc::buildMonth(Elaborator &elab, const BuiltinCall &call) {
  return notInData(elab, call, "month");
}
Value nnc::buildDay(Elaborator &elab, const BuiltinCall &call) {
  return notInData(elab, call, "day");
}
Value nnc::buildWeekday(Elaborator &elab, const BuiltinCall &call) {
  return notInData(elab, call, "weekday");
}
Value nnc::buildHour(Elaborator &elab, const BuiltinCall &call) {
  return notInData(elab, call, "hour");
}

Value nnc::buildClassWeights(Elaborator &elab, const BuiltinCall &call) {
  elab.diags.error(call.at, "`class_weights` takes a field of the data set that a run is on");
  return Value::error();
}
