// Replaces the runtime in tests: prints the tables of a linked program and the results of its
// functions.
#include "runtime/abi.h"

#include <cstdio>

template <class T> static T call(const nn_fn &fn, double scalar) {
  T result = T();
  void *out[] = {&result};
  nn_call call = nn_call();
  call.out = out;
  call.scalars = &scalar;
  call.rows = 6;
  fn.code(&call, 1, 2);
  return result;
}

int nn_main(const nn_program *p, int argc, char **argv) {
  std::printf("%u %s [%s] %s %lld\n", p->abi_version, p->name, p->doc, p->elements,
              (long long)p->persistent_bytes);
  for (int i = 0; i < p->n_tensors; ++i)
    std::printf("%s %s %lld rank %d last %lld kind %d\n", p->tensors[i].name, p->tensors[i].key,
                (long long)p->tensors[i].offset, p->tensors[i].rank,
                (long long)p->tensors[i].shape[p->tensors[i].rank - 1], p->tensors[i].kind);
  std::printf("%s %s %g %d\n", p->options[0].name, p->options[0].help, p->options[0].value,
              p->options[0].kind);
  const nn_data &d = p->data[0];
  std::printf("%s %d %s %s %g %g %d %s\n", d.name, d.source.kind, d.source.columns[1], d.test->path,
              d.source.values[1], d.source.seed.value, d.source.seed.slot,
              d.test->labels ? "labels" : "none");
  const nn_train &t = *static_cast<const nn_train *>(p->statements[0].body);
  std::printf("%s %d %d %g %d %lld %lld\n", t.where, t.keep.metric, t.keep.split, t.batch.value,
              t.eval.code == nullptr, (long long)t.step.fixed_bytes,
              (long long)call<int64_t>(t.step, 0));
  std::printf("%.6f\n", call<double>(static_cast<const nn_print *>(p->statements[1].body)->fn, 1));
  std::printf("%s\n", static_cast<const nn_load *>(p->statements[2].body)->except[0]);
  const nn_profiled &f = p->profile->functions[0];
  const nn_kernel &k = f.kernels[0];
  const nn_source_line &line = p->profile->lines[k.lines[0]];
  std::printf("%d line %s of %s, %d kernels: %g flops, distance %g, %s\n", p->profile->vector_bytes,
              line.where, line.text, f.n_kernels, k.flops.fixed, k.traffic[0].distance.per_row,
              f.fn.code == t.step.code ? "the step" : "another function");
  return argc > 1 ? argv[1][0] - '0' : 0;
}
