# tidy_finds.py TIDY SOURCE FOLDER: makes small trees in FOLDER and checks what TIDY says of them with the .clang-tidy of SOURCE.
import json
import os
import shutil
import subprocess
import sys

tidy, source, folder = sys.argv[1:4]
FAULT = "inline int *%s() { return 0; }\n"
CASES = {
    "clean": ({"a.cpp": "int one() { return 1; }\n"}, 0, "1 files, 0 findings"),
    "source": ({"a.cpp": FAULT % "none"}, 1, "1 files, 1 findings"),
    "header": ({"a.h": "#pragma once\n" + FAULT % "none", "a.cpp": '#include "runtime/a.h"\n', "b.cpp": '#include "runtime/a.h"\n'},
               1, "2 files, 1 findings"),
    "apart": ({"a.cpp": "static const int width = 1;\nint a() { return width; }\n",
               "b.cpp": "static const int width = 2;\nint b() { return width; }\n" + FAULT % "none"}, 1, "2 files, 1 findings"),
    "broken": ({"a.cpp": "int a() { return qqq; }\n"}, 1, "1 files, 1 findings"),
    "excused": ({"a.cpp": "int *none() { return 0; } // NOLINT(modernize-use-nullptr)\n"}, 0, "1 files, 0 findings"),
}
for name, (files, code, last) in CASES.items():
    top = os.path.join(folder, name)
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(os.path.join(top, "runtime"))
    os.makedirs(os.path.join(top, "build"))
    shutil.copy(os.path.join(source, ".clang-tidy"), top)
    commands = []
    for file, text in files.items():
        path = os.path.join(top, "runtime", file)
        with open(path, "w") as out:
            out.write(text)
        if file.endswith(".cpp"):
            commands.append({"directory": top, "file": path, "command": "c++ -I%s -std=c++17 -o x.o -c %s" % (top, path)})
    with open(os.path.join(top, "build", "compile_commands.json"), "w") as out:
        json.dump(commands, out)
    named = [os.path.join(top, "runtime", file) for file in files if file.endswith(".cpp")]
    result = subprocess.run([sys.executable, tidy, top, os.path.join(top, "build")] + named, stdout=subprocess.PIPE, text=True)
    if result.returncode != code or result.stdout.splitlines()[-1] != last or ("apart:" in result.stdout) != (name == "apart"):
        sys.exit("%s: exit code %d, expected %d and `%s`:\n%s" % (name, result.returncode, code, last, result.stdout))
print("%d trees" % len(CASES))
