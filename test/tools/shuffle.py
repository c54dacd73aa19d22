# shuffle.py: the order in which an epoch takes its rows, computed as runtime/support/shuffle.h does.
MASK = 0xFFFFFFFF
SHUFFLE = 2  # of runtime/support/philox.h's streams


def philox(counter, key):
    """Philox4x32-10 (Salmon et al., 2011): four words of a counter of four words under a key of two."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


def order(rows, epoch, statement=0, seed=0):
    """Indices of `rows` training rows in an epoch's order; `statement`: which of the program's train statements it is."""
    items, block = list(range(rows)), None
    for i in range(rows - 1, 0, -1):
        if i & 3 == 3 or i + 1 == rows:
            block = philox((i >> 2, 0, statement, epoch), (seed & MASK, (seed >> 32) ^ (SHUFFLE << 24)))
        j = (block[i & 3] * (i + 1)) >> 32
        items[i], items[j] = items[j], items[i]
    return items
