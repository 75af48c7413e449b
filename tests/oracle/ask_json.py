"""The JSON reader against Python's: random documents, whole and damaged, in canonical form; then
the files named y_ and n_ of a JSON test suite below $CORPUS, where there is one."""
import json
import os
import pathlib
import random
import subprocess
import sys

import oracle

NAMED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
CHARACTERS = 'ab"\\/\b\n\t\x00\x1f é€\ue000\ufb33😀𝄞'


class Number(str):
    pass


class Members(list):
    pass


def quoted(s):
    def one(c):
        return NAMED.get(c) or (f"\\u{ord(c):04x}" if c < " " or "\ud800" <= c <= "\udfff" else c)
    return '"' + "".join(map(one, s)) + '"'


def utf16(pair):
    return pair[0].encode("utf-16-be", "surrogatepass")


def canonical(v):
    if isinstance(v, Members):
        return "{" + ",".join(f"{quoted(k)}:{canonical(x)}" for k, x in sorted(v, key=utf16)) + "}"
    if isinstance(v, list):
        return "[" + ",".join(map(canonical, v)) + "]"
    if isinstance(v, Number):
        return str(v)
    return quoted(v) if isinstance(v, str) else json.dumps(v)


def refuse(word):
    raise ValueError(word)


def answer(text):
    try:
        return canonical(json.loads(text, object_pairs_hook=Members, parse_int=Number,
                                    parse_float=Number, parse_constant=refuse))
    except ValueError:
        return "fault"


def random_text(r):
    out = []
    for _ in range(r.randint(0, 6)):
        c = r.choice(CHARACTERS)
        units = c.encode("utf-16-be")
        if c < " " or c in '"\\' or r.random() < 0.3:
            out.append(NAMED[c] if c in NAMED and r.random() < 0.5 else "".join(
                f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2)))
        else:
            out.append(c)
    if r.random() < 0.05:
        out.append(r.choice(["\\ud800", "\\udc00", "\\/"]))
    return '"' + "".join(out) + '"'


def random_value(r, depth):
    kind = r.random()
    gap = lambda: r.choice(["", "", " ", "\t ", "\r"])
    if depth and kind < 0.3:
        return "[" + ",".join(gap() + random_value(r, depth - 1) + gap()
                              for _ in range(r.randint(0, 4))) + gap() + "]" 
    if depth and kind < 0.6:
        return "{" + ",".join(gap() + random_text(r) + gap() + ":" + gap() +
                              random_value(r, depth - 1) for _ in range(r.randint(0, 5))) + gap() + "}"
    return r.choice([random_text(r), r.choice(["true", "false", "null"]), str(r.randint(-99, 10**20)),
                     "-0.0", f"{r.randint(0, 9)}.{r.randint(0, 999)}e{r.choice(['', '+', '-'])}{r.randint(0, 99)}"])


def damaged(r, text):
    i = r.randrange(len(text))
    return r.choice([text[:i] + text[i + 1:], text[:i], text[:i] + r.choice('"\\[]{},:0e.-xu ') + text[i:]])


def questions(r):
    for _ in range(6000):
        text = random_value(r, 5)
        yield text, answer(text)
        broken = damaged(r, text)
        if broken:
            yield broken, answer(broken)


def ask_corpus():
    folder = os.environ.get("CORPUS") or ""
    files = sorted(p for p in pathlib.Path(folder or ".").rglob("[yn]_*.json")) if folder else []
    if not files:
        print("note: no corpus (name a folder with a JSON test suite in CORPUS)")
        return 0, 0
    got = subprocess.run([sys.argv[1], *map(str, files)], capture_output=True, text=True).stdout.split()
    got += ["no answer"] * (len(files) - len(got))
    wanted = ["ok" if f.name.startswith("y_") else "fault" for f in files]
    wrong = [f"{f.name}: {g}" for f, w, g in zip(files, wanted, got) if w != g]
    print(f"note: {len(files)} files of a corpus, {len(wrong)} wrong", *wrong, sep="\n")
    return int(not wrong), int(bool(wrong))


oracle.run("json", questions(random.Random(8259)), ask_corpus())
