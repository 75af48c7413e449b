"""One slip, few messages: programs that are right are spoilt in one place, by a seed, and `ferry check` may say at most
MOST things about it, all of them about the program. A crash, a hang, status 70 and a screenful are failures.

    slips.py FERRY [--seed N] [--count N] [--show]       --show prints what was said most about
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import checks

TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9A-Za-z_.%:-]*|==|!=|<=|>=|\?\?|[^\sA-Za-z0-9_"]')
MOST = 2       # messages about one slip
SELDOM = 0.025 # share of slips about which there may be more: those that cut a program in two
COUNT = 900


def programs(folder):
    """Programs without faults, each with what it uses beside it."""
    for name in ("acme", "birch"):
        to = folder / name
        shutil.copytree(checks.ROOT / "examples" / name, to, ignore=shutil.ignore_patterns("data", "platform*", "*.py"))
        yield to / f"{name}.ferry"
        yield from (p for p in sorted(to.glob("*.ferry")) if p.stem != name)


def tokens(text):
    """Places of the words and signs that are no comments."""
    return [m.span() for m in TOKEN.finditer(text) if not m[0].startswith("//")]


def cut(text, r):
    a, b = r.choice(tokens(text))
    return f"without `{text[a:b]}`", a, text[:a] + text[b:]


def swap(text, r):
    at = tokens(text)
    i = r.randrange(len(at) - 1)
    (a, b), (c, d) = at[i], at[i + 1]
    return f"`{text[a:b]}` and `{text[c:d]}` swapped", a, text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def double(text, r):
    a, b = r.choice(tokens(text))
    return f"`{text[a:b]}` twice", a, text[:b] + " " + text[a:b] + text[b:]


def rename(text, r):
    """A letter of a word is lost."""
    words = [(a, b) for a, b in tokens(text) if b - a > 3 and text[a:b].isidentifier()]
    a, b = r.choice(words)
    i = r.randrange(a + 1, b)
    return f"`{text[a:b]}` mistyped", a, text[:i] + text[i + 1:]


def spoil_sign(text, r):
    """A sign of another language for one of ours."""
    signs = {"{": "(", "}": ")", "(": "{", ")": "]", "[": "(", "]": ")", ",": ";", ":": "=", ".": "->", "==": "=", "=": ":"}
    at = [(a, b) for a, b in tokens(text) if text[a:b] in signs]
    a, b = r.choice(at)
    return f"`{signs[text[a:b]]}` for `{text[a:b]}`", a, text[:a] + signs[text[a:b]] + text[b:]


SLIPS = [cut, cut, swap, double, rename, spoil_sign]


def said(ferry, root):
    """(status, messages) of the check of a program."""
    done = subprocess.run([ferry, "check", "--format", "json", root.name], cwd=root.parent, capture_output=True,
                          timeout=20, env={"PATH": os.environ["PATH"], "TZ": "UTC"})
    if done.returncode not in (0, 1):
        return done.returncode, [done.stderr.decode(errors="replace")[-500:]]
    found = json.loads(done.stdout)["diagnostics"]
    return done.returncode, [f"{d['code']} {d['file']}:{d['line']}:{d['column']} {d['message']}" for d in found]


def one(ferry, sources, folder, seed):
    r = random.Random(seed)
    path = r.choice(sources)
    what, at, text = r.choice(SLIPS)(path.read_text(), r)
    copy = folder / f"slip{seed}"
    shutil.copytree(path.parent, copy)
    (copy / path.name).write_text(text)
    root = copy / f"{path.parent.name}.ferry"
    try:
        status, messages = said(ferry, root)
    except (subprocess.TimeoutExpired, ValueError) as fault:
        status, messages = -1, [str(fault)[:300]]
    shutil.rmtree(copy)
    line = path.read_text()[:at].count("\n") + 1
    return f"seed {seed}: {path.name}:{line}: {what}", status, messages


def main():
    options = argparse.ArgumentParser()
    options.add_argument("ferry")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=COUNT)
    options.add_argument("--show", action="store_true")
    options = options.parse_args()
    ferry, broken, many = str(pathlib.Path(options.ferry).resolve()), [], []
    histogram = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="ferry-slips-") as folder, ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(folder)
        sources = list(programs(folder))
        right = [f"{p} is not right to begin with" for p in sources if p.stem == p.parent.name and said(ferry, p)[0]]
        seeds = range(options.seed, options.seed + options.count)
        for title, status, messages in pool.map(lambda s: one(ferry, sources, folder, s), seeds):
            told = "\n    ".join([title, *messages])
            histogram[len(messages)] += 1
            if status not in (0, 1):
                broken.append(f"status {status}: {told}")
            elif len(messages) > MOST:
                many.append((len(messages), told))
    many = [told for _, told in sorted(many, key=lambda m: -m[0])]
    if options.show:
        print(*many, sorted(histogram.items()), sep="\n")
    allowed = SELDOM * options.count
    checks.report({"examples": right, "one slip ends well": broken,
                   f"one slip, at most {MOST} messages": many[:4] if len(many) > allowed else []})


main()
