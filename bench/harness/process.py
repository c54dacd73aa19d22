"""A peer as a process: started, told to make steps, measured from outside.

Only the peer whose turn it is runs; the others wait for a line on their standard input. Whether they really sleep is measured
too: `idle_seconds` is the processor time that a peer has used outside of its turns."""
import os
import re
import select
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
# Freed memory stays with the process: PyTorch asks for its tensors anew in each step, and pages that are given back and fetched
# again cost it a tenth of its speed.
COMMON = {"GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=4294967296",
          "PYTHONDONTWRITEBYTECODE": "1"}  # the source tree stays as it is


class PeerError(Exception):
    """What went wrong with a peer; the run goes on without it."""


def processor_seconds(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def busy_seconds(processors):
    """What these processors have worked since the machine started, whoever for."""
    total = 0
    with open("/proc/stat") as file:
        for line in file:
            name, *times = line.split()
            if name[:3] == "cpu" and name[3:].isdigit() and int(name[3:]) in processors:
                user, nice, system, idle, wait, interrupts, soft, steal = map(int, times[:8])
                total += user + nice + system + interrupts + soft + steal
    return total / TICKS


class Peer:
    """`processors`: the ones it may use. `log`: a file for what it prints."""

    def __init__(self, name, command, environment, processors, log, patience):
        self.name, self.processors, self.log, self.patience = name, set(processors), log, patience
        self.idle_seconds, self.buffer = 0.0, b""
        reading, writing = os.pipe()
        own = os.sched_getaffinity(0)
        with open(log, "ab") as output:
            os.sched_setaffinity(0, processors)  # inherited by the child
            try:
                begin = time.perf_counter()
                self.process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=output, stderr=output, pass_fds=[writing],
                    env={**os.environ, **COMMON, **environment, "NNC_BENCH_PIPE": str(writing)})
            except OSError as error:
                os.close(reading)
                raise PeerError("cannot be started: %s" % error)
            finally:
                os.sched_setaffinity(0, own)
                os.close(writing)
        self.reading = reading
        self.chunk = self.steps = int(self.expect("first"))  # steps: made so far
        self.first_seconds = time.perf_counter() - begin
        self.rested = processor_seconds(self.process.pid)

    def expect(self, word):
        deadline = time.monotonic() + self.patience
        while b"\n" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.reading], [], [], left)[0]:
                self.close()
                raise PeerError("no answer within %d s" % self.patience)
            text = os.read(self.reading, 4096)
            if not text:
                self.close()
                raise PeerError("ended: see %s" % self.log)
            self.buffer += text
        line, self.buffer = self.buffer.split(b"\n", 1)
        answer, value = line.decode().split()
        if answer != word:
            raise PeerError("answered `%s` instead of `%s`" % (line.decode(), word))
        return value

    def ask(self, command, count, word):
        self.idle_seconds += processor_seconds(self.process.pid) - self.rested
        try:
            self.process.stdin.write(b"%s %d\n" % (command.encode(), count))
            self.process.stdin.flush()
        except OSError:
            raise PeerError("ended: see %s" % self.log)
        value = float(self.expect(word))
        self.steps += count
        self.rested = processor_seconds(self.process.pid)
        return value

    def run(self, steps):
        """Seconds for that many steps, by the peer's own clock; and the share of its processors that others used meanwhile."""
        busy, own, begin = busy_seconds(self.processors), processor_seconds(self.process.pid), time.perf_counter()
        seconds = self.ask("run", steps, "ran")
        passed = time.perf_counter() - begin
        others = (busy_seconds(self.processors) - busy) - (processor_seconds(self.process.pid) - own)
        return seconds, max(0.0, others / passed / len(self.processors))

    def learn(self, steps):
        return self.ask("learn", steps, "learned")

    def peak_bytes(self):
        with open("/proc/%d/status" % self.process.pid) as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        raise PeerError("has no VmHWM")

    def steps_said(self):
        """How many steps a gated trainer says at its end that it has made, or None."""
        with open(self.log) as file:
            said = re.findall(r"interrupted by SIGINT after ([\d,]+) step", file.read())
        return int(said[-1].replace(",", "")) if said else None

    def close(self):
        if self.reading is None:
            return
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.reading)
        self.reading = None
