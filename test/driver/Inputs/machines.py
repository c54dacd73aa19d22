# machines.py NNC PROGRAM: --target with machines for which nnc generates no code. All must end with 2, and so does this script.
import subprocess
import sys

MACHINES = """foo i686-linux-gnu mips-linux-gnu mips64-linux-gnu mips64el-linux-gnu nvptx64 nvptx64-nvidia-cuda wasm32 wasm64 riscv32 riscv64
riscv64-linux-gnu powerpc64le-linux-gnu powerpc64-linux-gnu amdgcn amdgcn-amd-amdhsa bpfel bpfeb ve loongarch64-linux-gnu spirv64 hexagon
s390x-linux-gnu sparcv9 avr msp430 aarch64_be-linux-gnu arm-linux-gnueabihf x86_64-linux-gnux32 aarch64-linux-gnu_ilp32 x86_64-apple-darwin
x86_64-windows-msvc arm64-apple-macos aarch64-windows x86_64-unknown-freebsd -""".split()
wrong = []
for machine in MACHINES:
    done = subprocess.run([sys.argv[1], sys.argv[2], "--target=" + machine, "--emit=obj", "-o", "never.o"], capture_output=True, timeout=60)
    if done.returncode != 2 or not done.stderr.startswith(b"nnc: ") or done.stderr.count(b"\n") != 1:
        wrong.append("%s: %d, %s" % (machine, done.returncode, done.stderr.decode()))
print("%d machines, each refused" % len(MACHINES) if not wrong else "\n".join(wrong))
sys.exit(1 if wrong else 2)
