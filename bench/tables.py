"""Lines of orders as a table, as two platforms export them; and how fast they are read and compared, beside other tools."""
import os
import random
import shutil
import statistics
import subprocess
import sys

HEAD = ["order", "line", "day", "customer", "city", "article", "text", "quantity", "price", "note"]
NOISY = 1000  # of so many rows, one writes a price as another decimal


def rows(size):
    """Rows of about `size` bytes in all, the same in every run: a quarter of them with quotes."""
    r, total, i = random.Random(4711), 0, 0
    while total < size:
        i += 1
        note = ("", "", "", "urgent", "call first, then ship", 'marked "fragile"')[r.randrange(6)]
        row = [f"PO-{i // 4:08d}-{i % 4}", str(i % 4 + 1), f"2026-03-{r.randint(1, 28):02d}", f"Customer {r.randint(1, 999)}", "Ulm",
               f"SKU{r.randrange(10**6):06d}", f"Screw M{r.randint(3, 20)}x{r.randint(10, 90)}", str(r.randint(1, 500)),
               f"{r.randint(100, 99999) / 100:.2f}", note]
        total += sum(map(len, row)) + len(row)
        yield row


def cell(text, separator, always):
    quoted = always or separator in text or '"' in text
    return '"' + text.replace('"', '""') + '"' if quoted else text


def write_table(path, table, separator=",", always=False, noise=False):
    with open(path, "w", encoding="utf-8", newline="") as f:
        for i, row in enumerate([HEAD, *table]):
            if noise and i and i % NOISY == 0:
                row = [*row[:8], row[8] + "0", *row[9:]]
            f.write(separator.join(cell(c, separator, always) for c in row) + "\n")


def python_csv(path):
    return [sys.executable, "-c", "import csv, sys\nn = 0\nfor row in csv.reader(open(sys.argv[1], newline='')):\n    n += len(row)\nprint(n)", path]


PEERS = {"mawk -F,": ("mawk", lambda p: ["-F,", "{ n += NF } END { print n }", p]),
         "mlr --icsv --ojson head": ("mlr", lambda p: ["--icsv", "--ojson", "filter", "false", p]),
         "xsv count": ("xsv", lambda p: ["count", p])}


def rates(ferry, reader, folder, pairs, size=200_000_000, small=20_000_000):
    """CSV: rows read and validated, MB/s; and two exports compared, MB/s a side."""
    big, little, same, other = (str(folder / n) for n in ("big.csv", "few.csv", "same.csv", "other.csv"))
    table = list(rows(size))
    write_table(big, table)
    write_table(same, table, noise=True)
    write_table(other, table, ";", True, noise=True)
    write_table(little, table[:len(table) * small // size])
    mb, few = os.path.getsize(big) / 1e6, os.path.getsize(little) / 1e6
    out = subprocess.run([reader, big, "8"], check=True, text=True, stdout=subprocess.PIPE).stdout
    total, *levels, cells, faults = zip(*([float(x) for x in line.split()] for line in out.splitlines()[1:]))
    if any(faults):
        sys.exit("bench: the generated table has faults")
    rate = lambda seconds: mb / statistics.median(seconds) if min(seconds) else 0
    shown = {"all bytes summed (floor), MB/s": rate(total)}
    for name, seconds in zip(("byte by byte", "masks scalar", "masks AVX2", "masks AVX-512"), levels):
        shown[f"rows in memory, {name}, MB/s"] = rate(seconds)
    shown["and all fields cut, MB/s"] = rate(cells)
    commands = {"ferry inspect": [ferry, "inspect", big], "wc -l": [shutil.which("wc"), "-l", big]}
    commands |= {name: [shutil.which(tool), *of(big)] for name, (tool, of) in PEERS.items() if shutil.which(tool) and name != "mlr --icsv --ojson head"}
    taken = {name: [mb / s for s in seconds[0]] for name, seconds in pairs(commands, 3).items()}
    slow = {"ferry inspect, 20 MB": [ferry, "inspect", little], "python csv": python_csv(little)}
    slow |= {name: [shutil.which(tool), *of(little)] for name, (tool, of) in PEERS.items() if shutil.which(tool) and name not in commands}
    taken |= {name: [few / s for s in seconds[0]] for name, seconds in pairs(slow, 3).items()}
    against = {"ferry compare": ["/bin/sh", "-c", f"{ferry} compare {big} {same} || true"],
               "ferry compare, every row quoted anew": ["/bin/sh", "-c", f"{ferry} compare {big} {other} || true"],
               "cmp": ["/bin/sh", "-c", f"cmp {big} {same} || true"], "diff": ["/bin/sh", "-c", f"diff {big} {same} || true"]}
    taken |= {f"{name}, a side": [mb / s for s in seconds[0]] for name, seconds in pairs(against, 3).items()}
    shown |= {f"{name}, MB/s": statistics.median(r) for name, r in taken.items()}
    for name in PEERS | {"python csv": None}:
        ours = "ferry inspect" if name in commands else "ferry inspect, 20 MB"
        if name in taken:
            shown[f"ratio to {name} (rate)"] = statistics.median(a / b for a, b in zip(taken[ours], taken[name]))
    shown["ratio of compare to diff (rate)"] = statistics.median(a / b for a, b in zip(taken["ferry compare, a side"], taken["diff, a side"]))
    return shown
