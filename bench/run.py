#!/usr/bin/env python3
"""Measures Ferry beside a peer, in pairs in one run, and prints medians and their ratio.

    bench/run.py FERRY PROGRAMS [--json FILE] [NAME…]     names: startup journal compile fleet x12 edifact csv compare xml json

FERRY is the binary, PROGRAMS the folder of what bench/*.c became. Nothing here passes or fails. What
each figure means, and what it does not, stands in bench/README.md.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import tables
import time
import compares
import trees

from fleet import fleet
from messages import messages
from orders import orders

HERE = pathlib.Path(__file__).resolve().parent
NULL = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]


def spawn_seconds(argv):
    """Processor seconds of a process, its own and the system's for it, and those on the clock."""
    start = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=NULL)
    _, status, used = os.wait4(pid, 0)
    elapsed = time.perf_counter() - start
    if status:
        sys.exit(f"bench: {' '.join(argv)} ended with status {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, elapsed


def pairs(commands, rounds):
    """(processor, clock) seconds of each command, the commands taking turns; the first round only warms."""
    taken = {name: [] for name in commands}
    for i in range(rounds + 1):
        for name, argv in commands.items():
            seconds = spawn_seconds(argv)
            if i:
                taken[name].append(seconds)
    return {name: tuple(zip(*seconds)) for name, seconds in taken.items()}


def of_pairs(ours, theirs):
    return statistics.median(a / b for a, b in zip(ours, theirs))


def installed(ferry, folder):
    """A copy, written from end to end as an installer writes it and as the peer's file was. What a linker
    writes here and there lies in smaller pieces in the page cache, and starts slower by a twentieth."""
    return shutil.copy(ferry, folder / "ferry")


def startup(ferry, luac, folder):
    """`check` of a playbook of 50 lines, whole process."""
    taken = pairs({"ferry check": [ferry, "check", str(HERE / "fifty.ferry")],
                   "luac -p": [luac, "-p", str(HERE / "fifty.lua")],
                   "true": ["/bin/true"]}, 200)
    shown = {f"{name}, ms": statistics.median(s[0]) * 1e3 for name, s in taken.items()}
    ours, theirs = taken["ferry check"], taken["luac -p"]
    return shown | {"ratio (time, below 1 is faster)": of_pairs(ours[0], theirs[0]),
                    "ratio by the clock": of_pairs(ours[1], theirs[1])}


def journal(commits, folder):
    """Durable commits a second: one event each, against write+fdatasync of as many bytes."""
    out = subprocess.run([commits, str(folder), "20", "40"], check=True, text=True, stdout=subprocess.PIPE).stdout
    rounds = [[float(x) for x in line.split()] for line in out.splitlines()]
    durable, over, grown, size = zip(*rounds)
    rate = lambda seconds: statistics.median(20 / s for s in seconds)
    return {"journal commits/s": rate(durable), "fdatasync, file of full size, /s": rate(over),
            "fdatasync, growing file, /s": rate(grown), "bytes a commit": statistics.median(size),
            "ratio to full size (rate, above 1 is faster)": of_pairs(over, durable),
            "ratio to growing (rate, above 1 is faster)": of_pairs(grown, durable)}


def ferry_source(size):
    """Customers, playbooks and migrations after those of fifty.ferry, until there are `size` bytes."""
    text = (HERE / "fifty.ferry").read_text()
    head, body = text[:text.index("customer")], text[text.index("customer"):]
    return repeated(head, body, ("harlan", "move", "orders"), size)


def lua_source(size):
    text = (HERE / "fifty.lua").read_text().replace("return function()", "harlan.run = function()")
    head, body = text[:text.index("local harlan")], text[text.index("local harlan"):]
    return repeated(head, "do\n" + body + "end\n", ("harlan", "move", "orders"), size)


def repeated(head, body, names, size):
    parts, total, i = [head], len(head), 0
    while total < size:
        part = body
        for name in names:
            part = part.replace(name, f"{name}_{i}")
        part = part.replace(" 5000", f" {5000 + i}").replace("differ", f"differ {i}")
        parts.append(part)
        total += len(part)
        i += 1
    return "".join(parts)


def compile_rate(ferry, luac, folder, size=1_000_000):
    """Source to image, MB/s of source, whole process."""
    ours, theirs = folder / "big.ferry", folder / "big.lua"
    ours.write_text(ferry_source(size))
    theirs.write_text(lua_source(size))
    taken = pairs({"ferry compile": [ferry, "compile", str(ours), "-o", str(folder / "big.fimg")],
                   "luac": [luac, "-o", str(folder / "big.luac"), str(theirs)]}, 9)
    mb = {"ferry compile": ours.stat().st_size / 1e6, "luac": theirs.stat().st_size / 1e6}
    rates = {name: [mb[name] / s for s in seconds[0]] for name, seconds in taken.items()}
    shown = {f"{name}, MB/s": statistics.median(r) for name, r in rates.items()}
    return shown | {"MB of source": mb["ferry compile"], "image, MB": (folder / "big.fimg").stat().st_size / 1e6,
                    "ratio (rate, above 1 is faster)": of_pairs(rates["ferry compile"], rates["luac"])}


STAGES = ("scan", "words", "parse", "check", "image")


def fleet_rates(ferry, luac, stages, folder, lines=1_000_000):
    """A million lines: source to verified image, and how far each stage gets, MB/s of source."""
    ours, theirs = folder / "fleet.ferry", folder / "fleet.lua"
    ours.write_text(fleet(lines, 0))
    theirs.write_text(fleet(lines, 1))
    mb, lua_mb = ours.stat().st_size / 1e6, theirs.stat().st_size / 1e6
    taken = pairs({"ferry compile": [ferry, "compile", str(ours), "-o", str(folder / "fleet.fimg")],
                   "luac -p": [luac, "-p", str(theirs)],
                   "luac": [luac, "-o", str(folder / "fleet.luac"), str(theirs)]}, 5)
    size = lambda name: mb if name == "ferry compile" else lua_mb
    rates = {name: [size(name) / s for s in seconds[0]] for name, seconds in taken.items()}
    clock = {name: [size(name) / s for s in seconds[1]] for name, seconds in taken.items()}
    out = subprocess.run([stages, str(ours), "5"], check=True, text=True, stdout=subprocess.PIPE).stdout
    rounds = list(zip(*([float(x) for x in line.split()] for line in out.splitlines())))
    shown = {f"{name}, MB/s": statistics.median(r) for name, r in rates.items()}
    shown |= {f"up to {name}, MB/s": mb / statistics.median(s) for name, s in zip(STAGES, rounds)}
    return shown | {"verify alone, MB/s of source": mb / statistics.median(rounds[5]),
                    "MB of source": mb, "image, MB": (folder / "fleet.fimg").stat().st_size / 1e6,
                    "ratio to luac -p (rate, above 1 is faster)": of_pairs(rates["ferry compile"], rates["luac -p"]),
                    "ratio to luac (rate, above 1 is faster)": of_pairs(rates["ferry compile"], rates["luac"]),
                    "ratio to luac -p by the clock (rate)": of_pairs(clock["ferry compile"], clock["luac -p"])}


def node_parser(folder, package, peer):
    """A parser from npm in a folder of its own; None where npm cannot have it."""
    (folder / "package.json").write_text("{}")
    shutil.copy(HERE / peer, folder)
    npm = shutil.which("npm")
    done = npm and subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", package], cwd=folder, capture_output=True)
    return [shutil.which("node"), str(folder / peer)] if done and done.returncode == 0 else None


def x12_rates(ferry, reader, folder, size=200_000_000, small=5_000_000):
    """X12: read and validated, MB/s; generated orders, in memory and as whole processes."""
    big, little = folder / "orders.x12", folder / "few.x12"
    for path, n in ((big, size), (little, small)):
        with open(path, "w") as f:
            f.writelines(orders(n))
    mb, few = big.stat().st_size / 1e6, little.stat().st_size / 1e6
    out = subprocess.run([reader, str(big), "8"], check=True, text=True, stdout=subprocess.PIPE).stdout
    total, scalar, avx2, avx512, read, check, faults = zip(*([float(x) for x in line.split()] for line in out.splitlines()[1:]))
    if any(faults):
        sys.exit("bench: the generated orders have faults")
    rate = lambda seconds: mb / statistics.median(seconds) if min(seconds) else 0
    shown = {"read and validated in memory, MB/s": rate(read), "and segments checked, MB/s": rate([r + c for r, c in zip(read, check)]),
             "all bytes summed (floor), MB/s": rate(total), "masks AVX-512, MB/s": rate(avx512), "masks AVX2, MB/s": rate(avx2),
             "masks scalar, MB/s": rate(scalar), "ratio to the floor (rate)": of_pairs(total, read)}
    commands = {"ferry inspect": [ferry, "inspect", str(big)], "wc -l": [shutil.which("wc"), "-l", str(big)],
                "mawk, RS and FS": [shutil.which("mawk"), 'BEGIN { RS = "~"; FS = "*" } { n += NF } END { print n }', str(big)]}
    rates = {name: [mb / s for s in seconds[0]] for name, seconds in pairs(commands, 3).items()}
    node = node_parser(folder, "node-x12@1.7.1", "peer_x12.js")
    if node:
        taken = pairs({"node-x12": [*node, str(little)], "ferry inspect, 5 MB": [ferry, "inspect", str(little)]}, 3)
        rates |= {name: [few / s for s in seconds[0]] for name, seconds in taken.items()}
    shown |= {f"{name}, MB/s": statistics.median(r) for name, r in rates.items()}
    shown["ratio to mawk (rate, above 1 is faster)"] = of_pairs(rates["ferry inspect"], rates["mawk, RS and FS"])
    if node:
        shown["ratio to node-x12 (rate, above 1 is faster)"] = of_pairs(rates["ferry inspect, 5 MB"], rates["node-x12"])
    return shown


def edifact_rates(ferry, reader, folder, size=200_000_000, small=5_000_000):
    """EDIFACT: read and validated, MB/s; generated orders and invoices, in memory and as whole processes."""
    big, little = folder / "messages.edi", folder / "few.edi"
    for path, n in ((big, size), (little, small)):
        with open(path, "w", encoding="latin-1") as f:
            f.writelines(messages(n))
    mb, few = big.stat().st_size / 1e6, little.stat().st_size / 1e6
    out = subprocess.run([reader, str(big), "8"], check=True, text=True, stdout=subprocess.PIPE).stdout
    total, read, faults = zip(*([float(x) for x in line.split()] for line in out.splitlines()[1:]))
    if any(faults):
        sys.exit("bench: the generated messages have faults")
    shown = {"read and validated in memory, MB/s": mb / statistics.median(read), "all bytes summed (floor), MB/s": mb / statistics.median(total),
             "ratio to the floor (rate)": of_pairs(total, read)}
    commands = {"ferry inspect": [ferry, "inspect", str(big)],
                "mawk, RS and FS": [shutil.which("mawk"), 'BEGIN { RS = "\'"; FS = "+" } { n += NF } END { print n }', str(big)]}
    rates = {name: [mb / s for s in seconds[0]] for name, seconds in pairs(commands, 3).items()}
    node = node_parser(folder, "edifact@1.2.12", "peer_edifact.js")
    if node:
        taken = pairs({"edifact (npm)": [*node, str(little)], "ferry inspect, 5 MB": [ferry, "inspect", str(little)]}, 3)
        rates |= {name: [few / s for s in seconds[0]] for name, seconds in taken.items()}
    shown |= {f"{name}, MB/s": statistics.median(r) for name, r in rates.items()}
    shown["ratio to mawk (rate, above 1 is faster)"] = of_pairs(rates["ferry inspect"], rates["mawk, RS and FS"])
    if node:
        shown["ratio to edifact (rate, above 1 is faster)"] = of_pairs(rates["ferry inspect, 5 MB"], rates["edifact (npm)"])
    return shown


def show(name, doc, figures):
    print(f"{name}: {doc}")
    for what, value in figures.items():
        print(f"  {what:48} {value:12,.3f}")


def main(argv):
    report = argv.pop(argv.index("--json") + 1) if "--json" in argv else None
    argv = [a for a in argv if a != "--json"]
    ferry, programs, wanted = str(pathlib.Path(argv[0]).resolve()), pathlib.Path(argv[1]).resolve(), argv[2:]
    luac = shutil.which("luac5.4") or sys.exit("bench: luac5.4 is missing (package lua5.4)")
    all_figures = {}
    # Below the build folder, not /tmp: that may be memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(dir=programs) as at:
        folder = pathlib.Path(at)
        ferry = str(installed(ferry, folder))
        for name, measure, args in (("startup", startup, (ferry, luac)), ("journal", journal, (str(programs / "commits"),)),
                                    ("compile", compile_rate, (ferry, luac)),
                                    ("fleet", fleet_rates, (ferry, luac, str(programs / "stages"))),
                                    ("x12", x12_rates, (ferry, str(programs / "x12"))),
                                    ("edifact", edifact_rates, (ferry, str(programs / "edifact")))):
            if not wanted or name in wanted:
                all_figures[name] = measure(*args, folder)
                show(name, measure.__doc__.split("\n")[0], all_figures[name])
        if not wanted or "csv" in wanted:
            all_figures["csv"] = tables.rates(ferry, str(programs / "csv"), folder, pairs)
            show("csv", tables.rates.__doc__, all_figures["csv"])
        if not wanted or "compare" in wanted:
            all_figures["compare"] = compares.compare_rates(ferry, folder, pairs)
            show("compare", compares.compare_rates.__doc__, all_figures["compare"])
        for kind in trees.PEERS:
            if not wanted or kind in wanted:
                all_figures[kind] = trees.compare_rates(kind, ferry, folder, pairs)
                show(kind, trees.compare_rates.__doc__.split(";")[0], all_figures[kind])
    if report:
        pathlib.Path(report).write_text(json.dumps(all_figures, indent=1) + "\n")


main(sys.argv[1:])
