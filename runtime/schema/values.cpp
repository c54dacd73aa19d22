// Packs and unpacks the small values of a program, for the code that flatc generates.
#include "runtime/schema/program.h"

namespace flatbuffers {

program::AmountValue Pack(const nn_amount &a) { return {a.fixed, a.per_row}; }
program::FnValue Pack(const nn_fn &f) { return program::FnValue(f.code); }
program::NumberValue Pack(const nn_number &n) { return {n.value, n.slot}; }
program::RangeValue Pack(const nn_range &r) { return {r.first, r.count}; }
program::TrafficValue Pack(const nn_traffic &t) { return {Pack(t.bytes), Pack(t.distance)}; }
program::WatchValue Pack(const nn_watch &w) { return {w.metric, w.split, w.direction}; }

nn_amount UnPack(const program::AmountValue &a) { return {a.fixed(), a.per_row()}; }
nn_fn UnPack(const program::FnValue &f) { return {f.code()}; }
nn_number UnPack(const program::NumberValue &n) { return {n.value(), n.slot()}; }
nn_range UnPack(const program::RangeValue &r) { return {r.first(), r.count()}; }
nn_traffic UnPack(const program::TrafficValue &t) {
  return {UnPack(t.bytes()), UnPack(t.distance())};
}
nn_watch UnPack(const program::WatchValue &w) { return {w.metric(), w.split(), w.direction()}; }

} // namespace flatbuffers
