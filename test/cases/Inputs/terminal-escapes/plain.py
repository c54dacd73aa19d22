# plain.py FILE: checks that it contains only text and newlines.
import sys
import unicodedata

text = open(sys.argv[1], encoding="utf-8").read()
bad = [c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
sys.exit("plain.py: %r" % bad if bad else 0)
