"""Blocks of steps in turn: A B C A B C …, and what follows from them."""
import statistics
import time

import process

BLOCK_SECONDS = 0.25
DISTURBED = 0.05  # of a processor's time: more than the clock ticks that the kernel counts in
LEAST_ROUNDS = 5
SETTLE_SECONDS = 0.01  # between two turns: OpenMP's threads spin for some milliseconds after a step


def quantile(values, share):
    values = sorted(values)
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (at - low) * (values[high] - values[low])


class Series:
    """Steps per second of one peer, round after round, and the share of its processors that others used meanwhile."""

    def __init__(self):
        self.all, self.others = [], []
        self.rates = self.all  # of the rounds that count

    @property
    def median(self):
        return statistics.median(self.rates)

    @property
    def spread(self):
        """Half of what lies between the 10th and the 90th percentile, as a share of the median."""
        return (quantile(self.rates, 0.9) - quantile(self.rates, 0.1)) / 2 / self.median


def ratio(series, other):
    """How many times faster `series` is: the median over pairs of blocks that followed one another."""
    return statistics.median(a / b for a, b in zip(series.rates, other.rates))


def steps_per_block(peer):
    """So many that a block takes about BLOCK_SECONDS; also warms up."""
    steps = peer.chunk
    while True:
        seconds, _ = peer.run(steps)
        if seconds > BLOCK_SECONDS / 4:
            return max(1, round(steps * BLOCK_SECONDS / seconds / peer.chunk)) * peer.chunk
        steps = max(2 * steps, min(64 * steps, int(steps * BLOCK_SECONDS / 2 / max(seconds, 1e-9)) // peer.chunk * peer.chunk))


def rounds(peers, count, problems):
    """Runs all peers (a dict by name) in turn until `count` rounds were quiet: nobody else used the processors. After twice as many
    rounds the quiet ones have to do, and if there are too few of them all count. A peer that fails is taken out of `peers` and
    noted in `problems`. Gives a Series for each peer and the number of quiet rounds."""

    def guarded(name, work):
        try:
            return work()
        except process.PeerError as error:
            problems.append("%s: %s" % (name, error))
            peers.pop(name).close()

    series = {name: Series() for name in peers}
    steps = {name: guarded(name, lambda: steps_per_block(peers[name])) for name in list(peers)}
    quiet = []
    while peers and len(quiet) < count and (done := max((len(own.all) for own in series.values()), default=0)) < 2 * count:
        for name in list(peers):
            time.sleep(SETTLE_SECONDS)
            result = guarded(name, lambda: peers[name].run(steps[name]))
            if result:
                series[name].all.append(steps[name] / result[0])
                series[name].others.append(result[1])
        if all(series[name].others[done] < DISTURBED for name in peers):
            quiet.append(done)
    for name in peers:
        if len(quiet) >= LEAST_ROUNDS:
            series[name].rates = [series[name].all[at] for at in quiet]
    return {name: series[name] for name in peers}, len(quiet)
