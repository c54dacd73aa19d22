# programs.py NNC DOCUMENT: every fenced block of a reference is checked with `nnc check`: as it stands, or, where it is a fragment, with what
# a comment in the document declares around it.
