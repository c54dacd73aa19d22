// Replaces the runtime in tests: prints the tables of a linked program and the results of its
// functions.
#include "runtime/abi.h"
#include "runtime/schema/program.h"

#include <cstdio>

using namespace program;
using nnrt::as;

template <class T> static T call(const nn_image &image, const nn_fn &fn, double scalar) {
  T result = T();
  void *out[] = {&result};
  nn_call call = nn_call();
  call.out = out;
  call.scalars = &scalar;
  call.rows = 6;
  image.functions[fn.code](&call, 1, 2);
  return result;
}

int nn_main(const nn_image *image, int argc, char **argv) {
  const std::unique_ptr<ProgramT> p = nnrt::unpackImage(*image);
  if (!p)
    return 9;
  std::printf("%u %s [%s] %s %lld\n", p->version, p->name.c_str(), p->doc.c_str(),
              p->elements.c_str(), (long long)p->persistent_bytes);
  for (const TensorT &tensor : p->tensors)
    std::printf("%s %s %lld rank %zu last %lld kind %d\n", tensor.name.c_str(), tensor.key.c_str(),
                (long long)tensor.offset, tensor.shape.size(), (long long)tensor.shape.back(),
                tensor.kind);
  const OptionT &option = p->options[0];
  std::printf("%s %s %g %d\n", option.name.c_str(), option.help.c_str(), option.value, option.kind);
  const DataT &d = p->data[0];
  std::printf("%s %d %s %s %g %g %d %s\n", d.name.c_str(), d.source->kind,
              d.source->columns[1].c_str(), d.test->path.c_str(), d.source->values[1],
              d.source->seed.value, d.source->seed.slot,
              d.test->labels.empty() ? "none" : "labels");
  const TrainT &t = as<TrainT>(p->statements[0]);
  std::printf("%s %d %d %g %d %lld %lld\n", t.where.c_str(), t.keep.metric, t.keep.split,
              t.batch.value, !t.eval.exists(),
              (long long)p->functions[size_t(t.step.code)].fixed_bytes,
              (long long)call<int64_t>(*image, t.step, 0));
  std::printf("%.6f\n", call<double>(*image, as<PrintT>(p->statements[1]).fn, 1));
  std::printf("%s\n", as<LoadT>(p->statements[2]).except[0].c_str());
  const ProfiledT &f = p->profile->functions[0];
  const KernelT &k = f.kernels[0];
  const SourceLineT &line = p->profile->lines[size_t(k.lines[0])];
  std::printf("%d line %s of %s, %zu kernels: %g flops, distance %g, %s\n",
              p->profile->vector_bytes, line.where.c_str(), line.text.c_str(), f.kernels.size(),
              k.flops.fixed, k.traffic[0].distance.per_row,
              f.code == t.step.code ? "the step" : "another function");
  return argc > 1 ? argv[1][0] - '0' : 0;
}
