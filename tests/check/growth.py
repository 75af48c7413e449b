"""Four times the source takes about four times the time, for each shape of source that a program can have much of.

Processor time of the whole process, the least of some rounds in which the two sizes take turns: a busy machine slows
both. A walk over all that came before, for each thing, takes sixteen times; the bound lies between.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import checks

sys.path.insert(0, str(checks.ROOT / "bench"))
from fleet import fleet  # noqa: E402

BOUND, ROUNDS, GROWTH = 8, 3, 4


def lines(head, line):
    return lambda n: {"main.ferry": head + "".join(line.format(i=i) for i in range(n))}


def csv(n):
    return {"main.ferry": 'customers from "customers.csv"\nchannels from "channels.csv"\n',
            "customers.csv": "name,criticality\n" + "".join(f"c{i},high\n" for i in range(n)),
            "channels.csv": "customer,name,kind\n" + "".join(f"c{i},orders,edi\n" for i in range(n))}


def yaml(n):
    one = "  - name: c{i}\n    channels:\n      - {{name: orders, kind: edi, volume: {i} per day}}\n"
    return {"main.ferry": 'customers from "all.yaml"\n',
            "all.yaml": "customers:\n" + "".join(one.format(i=i) for i in range(n))}


SHAPES = {
    "a fleet kept as code": (20000, lambda n: {"main.ferry": fleet(n, 0)}),
    "values": (20000, lines("", "/// {i} is {i}.\nlet value_{i} = {i} + {i} * 2\n")),
    "one list": (60000, lambda n: {"main.ferry": "let all = [" + ", ".join(map(str, range(n))) + "]\n"}),
    "texts with values in them": (12000, lines("let a = 1\n", 'let text_{i} = "{i} {{a}} and {{a}}"\n')),
    "channels of a CSV file": (10000, csv),
    "customers of a YAML file": (5000, yaml),
    "names that are none": (8000, lines("", "let badName{i} = {i}\n")),
    "one name that is none": (8000, lines("", "let value_{i} = badName\n")),
    "names that nothing has": (8000, lines("", "let value_{i} = other_{i}\n")),
    "statements that are none": (8000, lines("", "let value_{i} = = {i}\n")),
    "braces that do not pair": (8000, lines("", "customer c{i} {{\n  industry (\"x\"\n}}\n")),
}


def seconds(ferry, folder, status):
    with open(os.devnull, "w") as null:
        child = subprocess.Popen([ferry, "check", "main.ferry"], cwd=folder, stdout=null, stderr=null)
        _, ended, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(ended)
    status.add(child.returncode)
    return used.ru_utime + used.ru_stime


def grows(ferry, n, files, folder):
    least = {}
    status = set()
    for size in (n, n * GROWTH):
        (folder / str(size)).mkdir(parents=True)
        for name, content in files(size).items():
            (folder / str(size) / name).write_text(content)
    for _ in range(ROUNDS):
        for size in (n, n * GROWTH):
            taken = seconds(ferry, folder / str(size), status)
            least[size] = min(taken, least.get(size, taken))
    if status - {0, 1}:
        yield f"ended with status {sorted(status)}"
    ratio = least[n * GROWTH] / least[n]
    if ratio > BOUND:
        yield f"{GROWTH} times the source took {ratio:.1f} times the time ({least[n] * 1e3:.0f} ms before)"


def main(ferry):
    faults = {}
    with tempfile.TemporaryDirectory() as at:
        for shape, (n, files) in SHAPES.items():
            faults[shape] = list(grows(ferry, n, files, pathlib.Path(at) / shape.replace(" ", "_")))
    checks.report(faults)


main(str(pathlib.Path(sys.argv[1]).resolve()))
