# shape.py SOURCE: checks that functions and classes stay small: no function over 80 lines, no class with more than 25 functions. It
# relies on the formatting that format.py enforces: what begins at a column ends at the same column.
import os
import re
import sys

source = sys.argv[1]
longest, most = 80, 25
TYPE = re.compile(r"^( *)(?:template <.*> )?(?:class|struct)(?: \w+\(.*?\))? (\w+)[^;]*\{$")
BEGIN = re.compile(r"^( *)(?!namespace|struct|class|enum|union|extern|if|for|while|switch|else|do\b|return|case|default)[\w:~<\[].*")


def functions(lines):
    """The definitions: (line, length, head)."""
    found, at = [], 0
    while at < len(lines):
        line = lines[at]
        match = BEGIN.match(line)
        if match and not line.strip().startswith(("#", "//", "using", "public", "private", "protected")):
            head, last = line, at
            while not head.rstrip().endswith(("{", ";", "}")) and last + 1 < len(lines) and last - at < 12:
                last += 1
                head += " " + lines[last].strip()
            before = head.split("(")[0]
            # Not a call with a lambda, a variable or a constructor's list of members.
            if head.endswith("{") and "(" in head and not re.search("[=:]|//", before.replace("::", "")) and (before[0] != " " or " " in before.strip()):
                end = last
                while end < len(lines) and lines[end] != match.group(1) + "}":
                    end += 1
                if end < len(lines):
                    found.append((at + 1, end - at + 1, head))
                    at = last
        at += 1
    return found


def methods(lines):
    """The classes: (line, name, number of functions declared in it)."""
    found = []
    for at, line in enumerate(lines):
        match = TYPE.match(line)
        if not match:
            continue
        indent, number, access = match.group(1) + "  ", 0, False
        for inner in lines[at + 1:]:
            if inner.startswith(match.group(1) + "}"):
                break
            own = re.match(r"^%s(?! )(?:explicit |static |virtual |constexpr |const |inline |friend )*[\w:~].*\(" % indent, inner)
            if own and not re.match(r"^\s*(using|friend|return|if|for|while|template)\b", inner) and not re.search(r"=\s*[\w:]+\(|std::function<", inner.split("(")[0] + "("):
                number += 1
        found.append((at + 1, match.group(2), number))
    return found


problems = checked = 0
for top in ["compiler", "runtime", "test", "bench"]:
    for folder, _, names in os.walk(os.path.join(source, top)):
        for name in sorted(names):
            if not name.endswith((".h", ".cpp")):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                # What is in raw strings is no code; its lines still count.
                code = re.sub(r'R"\((.*?)\)"', lambda text: "\n" * text.group(0).count("\n"), file.read(), flags=re.S)
                lines = code.split("\n")
            shown = os.path.relpath(path, source)
            checked += 1
            for line, length, head in functions(lines):
                if length > longest:
                    print("%s:%d: %d lines: %s" % (shown, line, length, head[:80]))
                    problems += 1
            for line, kind, number in methods(lines):
                if number > most:
                    print("%s:%d: %s has %d functions" % (shown, line, kind, number))
                    problems += 1
print("%d files" % checked)
sys.exit(1 if problems or checked < 100 else 0)
