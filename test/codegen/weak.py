# weak.py NM LIBRARY: every function of the runtime that is referred to weakly can be linked.
#
# A weak reference takes no member out of an archive. So the object that defines the function must define a symbol by which a linker is told
# to link it (nn_part_…, nn_executes_…), or an object that does must refer to it strongly. Otherwise the call is one of address 0.
import re
import subprocess
import sys

listing = subprocess.run([sys.argv[1], "-A", sys.argv[2]], check=True, stdout=subprocess.PIPE, text=True).stdout
defines, needs, weak = {}, {}, set()
for line in listing.splitlines():
    found = re.match(r"\S*?([\w.-]+\.o):\s*(?:[0-9a-f]+)?\s+(\w) (\S+)$", line)
    if not found:
        continue
    member, kind, symbol = found.groups()
    if kind in "TtWVDRBui":
        defines.setdefault(symbol, set()).add(member)
    elif kind == "U":
        needs.setdefault(member, set()).add(symbol)
    elif kind in "wv" and "nnrt" in symbol:
        weak.add(symbol)

linked = {member for symbol, members in defines.items() if symbol.startswith(("nn_part_", "nn_executes_")) for member in members}
requested = set(linked)
while True:  # and what those need
    more = {member for one in linked for symbol in needs.get(one, ()) for member in defines.get(symbol, ())} - linked
    if not more:
        break
    linked |= more
lost = sorted(symbol for symbol in weak if not defines.get(symbol, set()) & linked)
print("%d weak references, %d objects that are asked for, %d lost" % (len(weak), len(requested), len(lost)))
print("\n".join(lost))
sys.exit(1 if lost or len(weak) < 10 else 0)
