# Reads the parts of Markdown files that the tests of documentation need: fenced blocks, and the rows of tables.
import re


def blocks(text):
    """Yields (line, info, body) for each fenced block: the number of its first line, the word after the fence, the lines between."""
    start = info = body = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            if body is None:
                start, info, body = number + 1, line[3:].strip(), []
            else:
                yield start, info, body
                body = None
        elif body is not None:
            body.append(line)
    if body is not None:
        raise SystemExit("line %d: this block has no end" % start)


def rows(text):
    """Yields (line, cells) for each row of a table, without its head and rule."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        head = number < len(lines) and re.fullmatch(r"\|[-:| ]+\|", lines[number])
        if line.startswith("|") and not head and not re.fullmatch(r"\|[-:| ]+\|", line):
            yield number, [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
