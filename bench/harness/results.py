"""What was measured, as Markdown."""
import measure
import models

COLUMNS = {"eager": "PyTorch eager", "compile": "torch.compile", "jax": "JAX", "c": "C"}


def rounded(value):
    """Three digits, and thousands apart."""
    if value >= 1000:
        return "{:,.0f}".format(float("%.3g" % value))
    return "%.3g" % value


def best(result, group):
    """The name of the fastest peer of a group, or None."""
    names = [name for name, kind in result.kinds.items() if kind.group == group and name in result.series]
    return max(names, key=lambda name: result.series[name].median, default=None)


def roof_flops(result):
    """FLOP/s of all threads: a step of the roof's program is 2^26 of them on each."""
    return result.series["roof"].median * 2**26 * result.threads


def share(result, name):
    """The share of the roof that a peer's contractions reach, block by block: the roof is measured in the same round."""
    flops = models.flops_per_step(result.model) / (2**26 * result.threads)
    return measure.ratio(result.series[name], result.series["roof"]) * flops


def table(head, lines):
    text = "| %s |\n|%s\n" % (" | ".join(head), "---|" * len(head))
    return text + "".join("| %s |\n" % " | ".join(line) for line in lines)


def ratios(results):
    """nnc against the best of each group."""
    lines = []
    for result in results:
        line = [result.model.letter, str(result.threads)]
        for group in COLUMNS:
            name = best(result, group)
            line.append("%s×" % rounded(measure.ratio(result.series["nnc"], result.series[name])) if name and "nnc" in result.series else "–")
        line.append("%.0f %%" % (100 * share(result, "nnc")) if "nnc" in result.series and result.model.letter != "a" else "–")
        others = [name for group in COLUMNS for name in [best(result, group)] if name]
        line.append("%.0f %%" % (100 * max(share(result, name) for name in others)) if others and result.model.letter != "a" else "–")
        if "nnc on one thread" in result.series and "nnc" in result.series:
            line.append("%.2f×" % measure.ratio(result.series["nnc"], result.series["nnc on one thread"]))
        else:
            line.append("–")
        lines.append(line)
    return table(["Model", "Threads", *("vs " + name for name in COLUMNS.values()), "Roof: nnc", "Roof: best peer", "vs 1 thread"], lines)


def details(results):
    """Every peer by itself."""
    lines = []
    for result in results:
        for name, kind in result.kinds.items():
            if name == "roof" or name not in result.series:
                continue
            series = result.series[name]
            first = result.first.get(name)
            loss = result.losses.get(name)
            lines.append([result.model.letter, str(result.threads), name, rounded(series.median), "±%.1f %%" % (100 * series.spread),
                          "%s ms" % rounded(1000 * first), "%s MB" % rounded(result.peak[name] / 1e6),
                          "–" if result.model.letter == "a" else "%.0f %%" % (100 * share(result, name)),
                          "–" if loss is None else "%.3g" % loss])
    return table(["Model", "Threads", "Peer", "Steps/s", "Spread", "First step", "Peak memory", "Roof", "Loss"], lines)


def legend(results):
    """What the letters mean."""
    seen = {result.model.letter: result for result in results}
    return table(["Model", "", "FLOPs a step"], [[letter, result.model.title, "{:,}".format(models.flops_per_step(result.model))]
                                                for letter, result in seen.items()])
