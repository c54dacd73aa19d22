# inflated.py FILE…: prints the files, and after each what zlib has compressed in it: the program of a trainer or of an object file
# (runtime/schema/pack.cpp).
import sys
import zlib


def streams(data):
    """(place, length, content) of each compressed stream in `data`."""
    at = data.find(b"\x78\xda")  # how those of the highest compression begin
    while at >= 0:
        stream = zlib.decompressobj()
        try:
            content = stream.decompress(data[at:])
        except zlib.error:
            content = b""
        if stream.eof:
            yield at, len(data) - at - len(stream.unused_data), content
        at = data.find(b"\x78\xda", at + 1)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            data = file.read()
        sys.stdout.buffer.write(data)
        for _, _, content in streams(data):
            sys.stdout.buffer.write(content)
