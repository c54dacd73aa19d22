# The lit suite: every .mlir, .nn and .test file under test/ that contains RUN lines. test/README.md lists the substitutions.
import os
import platform
import shutil
import subprocess
import lit.formats

config.name = "nnc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".nn", ".test"]
config.excludes = ["unit", "interpreter", "Inputs", "CMakeLists.txt", "README.md"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.nnc_build, "test", "lit")

source, build = config.nnc_source, config.nnc_build
# Data sets that are too large for the repository: next to the clone, or in the folder that NNC_SHARED names.
shared = os.path.abspath(os.environ.get("NNC_SHARED", os.path.join(source, "..", "shared")))
if os.path.isdir(os.path.join(shared, "data")):
    config.available_features.add("shared")
if config.sanitize:
    config.available_features.add("sanitize")
if shutil.which("chromium"):
    config.available_features.add("chromium")
if platform.machine() == "x86_64":
    config.available_features.add("x86")
if shutil.which("qemu-x86_64"):
    config.available_features.add("qemu-x86_64")
# strace may be installed without being allowed to trace.
if shutil.which("strace") and subprocess.run(["strace", "-o", os.devnull, "-e", "inject=fsync:error=EIO", "true"],
                                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
    config.available_features.add("strace")
# A cross compiler with its zlib, and an emulator: ./bootstrap cross installs them.
if shutil.which("aarch64-linux-gnu-g++") and shutil.which("qemu-aarch64-static") and not config.sanitize and os.path.isabs(
        subprocess.run(["aarch64-linux-gnu-g++", "-print-file-name=libz.a"], stdout=subprocess.PIPE, text=True).stdout.strip()):
    config.available_features.add("cross")
if os.environ.get("NNC_SLOW"):
    config.available_features.add("slow")
if os.environ.get("NNC_TIDY"):
    config.available_features.add("tidy")


def command(*words):
    return " ".join(words)


helper = lambda name: command(config.python, os.path.join(source, "test", "tools", name))
config.substitutions += [
    # Longer names first: lit replaces text, so %nnc would eat the beginning of %nncdir.
    ("%nnopt", os.path.join(build, "bin", "nn-opt")),
    ("%testopt", os.path.join(build, "bin", "nn-test-opt")),
    ("%interpret", os.path.join(build, "bin", "nn-interpret")),
    ("%nnc", os.path.join(build, "bin", "nnc")),
    ("%python", config.python),
    ("%shared", shared),
    ("%examples", os.path.join(source, "examples")),
    ("%src", source),
    ("%build", build),
    ("%fails", helper("fails.py")),
    ("%within", helper("within.py")),
    ("%bothways", helper("bothways.py") + " --nnc " + os.path.join(build, "bin", "nnc")),
    ("%inputs", helper("inputs.py")),
    ("%sources", helper("sources.py")),
    ("%stages", helper("stages.py") + " --nnc " + os.path.join(build, "bin", "nnc") + " --nn-opt " + os.path.join(build, "bin", "nn-opt")),
    ("%schedules", helper("schedules.py") + " --nnc " + os.path.join(build, "bin", "nnc") + " --nn-opt " + os.path.join(build, "bin", "nn-opt")),
    ("%killed", helper("killed.py")),
    ("%faults", helper("faults.py")),
    ("%innerloop", helper("innerloop.py") + " --nnc " + os.path.join(build, "bin", "nnc")),
    ("%planned", helper("planned.py") + " --nnc " + os.path.join(build, "bin", "nnc")),
]

config.environment["PATH"] = os.pathsep.join([config.llvm_tools, os.environ.get("PATH", "")])
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["NNC_CACHE_DIR"] = ""  # every test compiles for itself; test/driver/cache.test uses its own folders
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"  # nothing is written next to the sources
config.environment["TERM"] = "dumb"  # no progress bar, no colours
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "NNC_TIME_FACTOR", "NNC_SHARED", "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
