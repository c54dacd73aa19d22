// Detects the processor's features, by asking the processor (x86) or the kernel (aarch64). The
// system must also save vector registers. Only features that a compiler uses by itself are listed:
// a trainer may run on processors without the others.
#include "runtime/device/cpu.h"

#include "runtime/device/machine.h"

#include <cstring>
#include <string_view>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace nnrt {

namespace {

#if defined(__x86_64__)

enum Register { EAX, EBX, ECX, EDX };
enum State { Always, Avx, Avx512 }; // which registers the system must save

struct Feature {
  const char *name;
  unsigned leaf, subleaf;
  Register place;
  int bit;
  State state = Always;
};

const Feature features[] = {{"sse3", 1, 0, ECX, 0},
                            {"pclmul", 1, 0, ECX, 1},
                            {"ssse3", 1, 0, ECX, 9},
                            {"fma", 1, 0, ECX, 12, Avx},
                            {"cx16", 1, 0, ECX, 13},
                            {"sse4.1", 1, 0, ECX, 19},
                            {"sse4.2", 1, 0, ECX, 20},
                            {"movbe", 1, 0, ECX, 22},
                            {"popcnt", 1, 0, ECX, 23},
                            {"aes", 1, 0, ECX, 25},
                            {"avx", 1, 0, ECX, 28, Avx},
                            {"f16c", 1, 0, ECX, 29, Avx},
                            {"bmi", 7, 0, EBX, 3},
                            {"avx2", 7, 0, EBX, 5, Avx},
                            {"bmi2", 7, 0, EBX, 8},
                            {"avx512f", 7, 0, EBX, 16, Avx512},
                            {"avx512dq", 7, 0, EBX, 17, Avx512},
                            {"adx", 7, 0, EBX, 19},
                            {"avx512ifma", 7, 0, EBX, 21, Avx512},
                            {"avx512cd", 7, 0, EBX, 28, Avx512},
                            {"sha", 7, 0, EBX, 29},
                            {"avx512bw", 7, 0, EBX, 30, Avx512},
                            {"avx512vl", 7, 0, EBX, 31, Avx512},
                            {"avx512vbmi", 7, 0, ECX, 1, Avx512},
                            {"avx512vbmi2", 7, 0, ECX, 6, Avx512},
                            {"gfni", 7, 0, ECX, 8},
                            {"vaes", 7, 0, ECX, 9, Avx},
                            {"vpclmulqdq", 7, 0, ECX, 10, Avx},
                            {"avx512vnni", 7, 0, ECX, 11, Avx512},
                            {"avx512bitalg", 7, 0, ECX, 12, Avx512},
                            {"avx512vpopcntdq", 7, 0, ECX, 14, Avx512},
                            {"avx512vp2intersect", 7, 0, EDX, 8, Avx512},
                            {"avx512fp16", 7, 0, EDX, 23, Avx512},
                            {"sha512", 7, 1, EAX, 0, Avx},
                            {"sm3", 7, 1, EAX, 1, Avx},
                            {"sm4", 7, 1, EAX, 2, Avx},
                            {"avxvnni", 7, 1, EAX, 4, Avx},
                            {"avx512bf16", 7, 1, EAX, 5, Avx512},
                            {"avxifma", 7, 1, EAX, 23, Avx},
                            {"avxvnniint8", 7, 1, EDX, 4, Avx},
                            {"avxneconvert", 7, 1, EDX, 5, Avx},
                            {"avxvnniint16", 7, 1, EDX, 10, Avx},
                            {"sahf", 0x80000001, 0, ECX, 0},
                            {"lzcnt", 0x80000001, 0, ECX, 5},
                            {"sse4a", 0x80000001, 0, ECX, 6},
                            {"xop", 0x80000001, 0, ECX, 11, Avx},
                            {"fma4", 0x80000001, 0, ECX, 16, Avx},
                            {"tbm", 0x80000001, 0, ECX, 21}};

/// The vector registers that the system saves and restores.
State keptBySystem() {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 27)) // OSXSAVE
    return Always;
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & 0xe6) == 0xe6 ? Avx512 : (low & 0x6) == 0x6 ? Avx : Always;
}

#elif defined(__aarch64__) && defined(__linux__)

struct Feature {
  const char *name;
  unsigned long type;
  int bit;
};

const Feature features[] = {
    {"aes", AT_HWCAP, 3},      {"sha2", AT_HWCAP, 6},       {"crc", AT_HWCAP, 7},
    {"lse", AT_HWCAP, 8},      {"fullfp16", AT_HWCAP, 10},  {"rdm", AT_HWCAP, 12},
    {"jsconv", AT_HWCAP, 13},  {"complxnum", AT_HWCAP, 14}, {"rcpc", AT_HWCAP, 15},
    {"sha3", AT_HWCAP, 17},    {"dotprod", AT_HWCAP, 20},   {"sve", AT_HWCAP, 22},
    {"fp16fml", AT_HWCAP, 23}, {"sve2", AT_HWCAP2, 1},      {"i8mm", AT_HWCAP2, 13},
    {"bf16", AT_HWCAP2, 14}};

#endif

std::vector<std::string> listed(const char *names) {
  std::vector<std::string> list;
  for (std::string_view rest = names ? names : ""; !rest.empty();) {
    const size_t comma = rest.find(',');
    list.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  return list;
}

/// The listed features that the processor lacks.
std::vector<std::string> missing(const char *names, Has (*has)(const std::string &)) {
  std::vector<std::string> result;
  for (const std::string &name : listed(names))
    if (has(name) == Has::No)
      result.push_back(name);
  return result;
}

/// The highest level that the processor has, for the suggested fix; empty on other machines.
std::string highestLevel(Has (*has)(const std::string &)) {
  std::string highest;
#if defined(__x86_64__)
  static const char *const levels[][2] = {
#define LEVEL(name, adds) {name, adds},
      NN_X86_LEVELS(LEVEL)
#undef LEVEL
  };
  for (auto &[name, adds] : levels) {
    if (!missing(adds, has).empty())
      break;
    highest = name;
  }
#endif
  return highest;
}

} // namespace

Has processorHas(const std::string &name) {
#if defined(__x86_64__)
  static const State kept = keptBySystem();
  for (const Feature &feature : features) {
    if (name != feature.name)
      continue;
    unsigned r[4] = {};
    const bool there =
        __get_cpuid_count(feature.leaf, feature.subleaf, &r[EAX], &r[EBX], &r[ECX], &r[EDX]);
    return there && (r[feature.place] >> feature.bit & 1) && kept >= feature.state ? Has::Yes
                                                                                   : Has::No;
  }
#elif defined(__aarch64__) && defined(__linux__)
  for (const Feature &feature : features)
    if (name == feature.name)
      return getauxval(feature.type) >> feature.bit & 1 ? Has::Yes : Has::No;
#endif
  return Has::Unknown;
}

Status checkProcessor(const ProgramT &program, Has (*has)(const std::string &)) {
  const std::vector<std::string> lacks = missing(program.features.c_str(), has);
  if (lacks.empty())
    return Status();
  std::string names;
  const size_t most = 6;
  for (size_t i = 0; i < lacks.size() && i < most; ++i)
    names += (i ? ", " : "") + lacks[i];
  if (lacks.size() > most)
    names += format(" and %zu more", lacks.size() - most);
  const std::string level = highestLevel(has);
  return Status::error(format(
      "the program was compiled for another processor (%s): this one, %s, has no %s; compile it %s",
      program.cpu.empty() ? "unknown" : program.cpu.c_str(), processorName().c_str(), names.c_str(),
      level.empty() ? "here" : ("here, or with `nnc --cpu " + level + "`").c_str()));
}

} // namespace nnrt
