"""Golden cases: blocks of text that say what a command shows for a source. See tests/README.md.

    python3 tests/golden.py [--ferry build/ferry] [--bless] [FILE or COMMAND]…
"""
import argparse
import difflib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from patterns import difference, same

ROOT = pathlib.Path(__file__).resolve().parent / "golden"
PLACE = re.compile(r"^--- (\w+)(?: (.*))?$")
DIRECTIVE = re.compile(r"^# (args|run|stdin|env): ?(.*)$")
FRESH = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "NO_COLOR": "1", "TZ": "UTC",
         "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99:print_stacktrace=1"}
SECONDS = 60


@dataclass
class Part:
    name: str
    argument: str
    lines: list
    first: int  # index of its "---" line in the file


@dataclass
class Case:
    path: pathlib.Path
    title: str
    first: int
    source: list = field(default_factory=list)
    directives: list = field(default_factory=list)
    parts: list = field(default_factory=list)

    @property
    def command(self):
        folder = self.path.relative_to(ROOT).parts[0]
        return "check" if folder == "catalogue" else folder


def read_cases(path):
    """The blocks of a file. What stands before the first `===` is for people."""
    case, part = None, None
    for i, line in enumerate(path.read_text().split("\n")):
        place = PLACE.match(line)
        if line.startswith("=== "):
            if case:
                yield case
            case, part = Case(path, line[4:].strip(), i), None
        elif case is None:
            continue
        elif place:
            part = Part(place[1], (place[2] or "").strip(), [], i)
            case.parts.append(part)
        elif part:
            part.lines.append(line)
        elif DIRECTIVE.match(line) and not case.source:
            case.directives.append(DIRECTIVE.match(line).groups())
        else:
            case.source.append(line)
    if case:
        yield case


def whole(lines):
    """Lines as a file: without the blank ones at the end that separate blocks."""
    return ("\n".join(lines).rstrip("\n") + "\n").lstrip("\n")


def place(d):
    name = "" if d["file"] in ("main.ferry", None) else d["file"] + ":"
    return f"{name}{d['line']}:{d['column']}-{d['end_line']}:{d['end_column']}"


def apply_edits(content, edits):
    """Edits speak of the bytes as they were; two that overlap are a fault of the diagnostics."""
    end = len(content)
    for start, stop, text in sorted(edits, reverse=True):
        if not 0 <= start <= stop <= end:
            raise ValueError(f"the edit {start}-{stop} overlaps another one, or lies outside of the file")
        content, end = content[:start] + text.encode() + content[stop:], start
    return content


def changed_lines(name, old, new):
    old, new = (s.decode(errors="backslashreplace").split("\n") for s in (old, new))
    for kind, a, b, x, y in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind != "equal":
            yield from (f"{name}{i + 1}: {new[i]}\n" for i in range(x, y))
            if x == y:
                yield f"{name}{a + 1}: (gone)\n"


class Run:
    """A case in its own folder: its files, and what a command prints there."""

    def __init__(self, ferry, case, folder):
        self.ferry, self.case = ferry, case
        self.folder = pathlib.Path(folder) / "case"
        home = pathlib.Path(folder) / "home"
        self.folder.mkdir()
        home.mkdir()
        self.env = FRESH | {"HOME": str(home), "TMPDIR": str(home)}
        self.broken = None
        self.put("main.ferry", case.source)
        for part in case.parts:
            if part.name == "file":
                self.put(part.argument, part.lines)
        for name, value in case.directives:
            if name == "env":
                self.env |= dict([value.split("=", 1)])

    def put(self, name, lines):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(whole(lines) if any(lines) else "")

    def ask(self, words, stdin=b""):
        try:
            done = subprocess.run([self.ferry, *words], cwd=self.folder, env=self.env, input=stdin,
                                  capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.broken = f"`ferry {shlex.join(words)}` did not end within {SECONDS} seconds"
            return "", "", -1
        out, err = (s.decode(errors="backslashreplace") for s in (done.stdout, done.stderr))
        if done.returncode < 0 or done.returncode in (70, 99) or "runtime error:" in err:
            self.broken = f"`ferry {shlex.join(words)}` ended with {done.returncode}:\n{err[-3000:]}"
        return out, err, done.returncode

    def main(self):
        """The command of the case, or its `# run:` lines one after the other."""
        values = lambda name: [v for n, v in self.case.directives if n == name]
        extra = [w for v in values("args") for w in shlex.split(v)]
        lines = [shlex.split(v) for v in values("run")] or [
            [self.case.command, "main.ferry", *extra]]
        stdin = b"".join((self.folder / v).read_bytes() for v in values("stdin"))
        out, err, status = "", "", 0
        for words in lines:
            o, e, status = self.ask(words, stdin)
            out, err = out + o, err + e
        return {"out": out, "err": err, "exit": str(status)}

    def diagnostics(self):
        out, err, _ = self.ask(["check", "--format", "json", "main.ferry"])
        try:
            return json.loads(out)["diagnostics"]
        except (ValueError, KeyError, TypeError) as fault:
            self.broken = f"check --format json gave no diagnostics ({fault}):\n{out}{err}"
            return []

    def diag(self):
        return "".join(f"{d['code']} {place(d)} {d['message']}\n" for d in self.diagnostics())

    def told(self):
        lines = []
        for d in self.diagnostics():
            lines.append(f"{d['code']} {place(d)} {d['message']}")
            lines += [f"    {place(label)} {label['text']}" for label in d["labels"]]
            lines += [f"    note: {note}" for note in d["notes"]]
            lines += [f"    help: {h['text']}" + (" (edit)" if h["edits"] else "") for h in d["help"]]
        return "".join(line + "\n" for line in lines)

    def fixed(self):
        """The lines that differ when each diagnostic's first help with edits is applied; all together must compile."""
        edits = {}
        for d in self.diagnostics():
            helps = [h["edits"] for h in d["help"] if h["edits"]]
            for e in helps[0] if helps else []:
                edits.setdefault(e["file"], set()).add((e["start"], e["end"], e["text"]))
        changed = []
        for name in sorted(edits):
            path = self.folder / name
            old = path.read_bytes()
            path.write_bytes(apply_edits(old, edits[name]))
            changed += changed_lines("" if name == "main.ferry" else name + ":", old, path.read_bytes())
        left = [d for d in self.diagnostics() if d["level"] == "error"]
        if left or not edits:
            self.broken = "with the suggested edits it does not compile:\n" + "".join(changed) + self.diag()
        return "".join(changed)

    def part(self, name):
        """What stands in a part that is not the command's own output."""
        if name in ("diag", "told", "fixed"):
            return {"diag": self.diag, "told": self.told, "fixed": self.fixed}[name]()
        asked = {"fmt": (["fmt", "-"], (self.folder / "main.ferry").read_bytes()),
                 "code": (["disasm", "main.ferry"], b"")}.get(name)
        return self.ask(*asked)[0] if asked else None


def try_case(ferry, case):
    """(failures, what was got for each part that is an expectation)"""
    with tempfile.TemporaryDirectory(prefix="ferry-golden-") as folder:
        try:
            run = Run(ferry, case, folder)
            got = run.main()
        except (OSError, ValueError) as fault:
            return [f"the case cannot be run: {fault}"], {}
        failures, actual = [], {}
        for part in sorted(case.parts, key=lambda p: p.name == "fixed"):  # which changes the files
            if part.name == "file":
                continue
            if part.name in got:
                value = got[part.name]
            elif part.name == "cat":
                path = run.folder / part.argument
                value = path.read_text(errors="backslashreplace") if path.is_file() else "(no such file)\n"
            else:
                value = run.part(part.name)
            if value is None:
                failures.append(f"unknown part `--- {part.name}`")
                continue
            wanted = part.argument if part.name == "exit" else whole(part.lines)
            value = value if part.name == "exit" else whole(value.split("\n"))
            if not same(wanted, value):
                actual[part.first] = value
                failures.append(f"--- {part.name} {wanted}, got {value}" if part.name == "exit" else
                                f"--- {part.name} {part.argument}\n{difference(wanted, value)}")
        if not [p for p in case.parts if p.name != "file"]:
            failures.append("expects nothing: a case needs at least one part (`make bless` adds them)")
        if run.broken:
            failures.append(run.broken)
        return failures, actual | {"got": got}


def bless(path, results):
    """Rewrites the parts that differ; a part that matched through `…` keeps it."""
    lines = path.read_text().split("\n")
    for case, (_, actual) in reversed(results):
        for part in reversed(case.parts):
            if part.first not in actual:
                continue
            value = actual[part.first]
            if part.name == "exit":
                lines[part.first] = f"--- exit {value}"
                continue
            end = part.first + 1 + len(part.lines)
            tail = [""] if part.lines and not part.lines[-1] else []
            lines[part.first + 1:end] = value.rstrip("\n").split("\n") * bool(value.strip()) + tail
        if not [p for p in case.parts if p.name != "file"]:
            end = case.first + 1 + len(case.directives) + len(case.source) + sum(
                1 + len(p.lines) for p in case.parts)
            got = actual["got"]
            lines[end:end] = ["--- out", *got["out"].rstrip("\n").split("\n"), f"--- exit {got['exit']}", ""]
    path.write_text("\n".join(lines).rstrip("\n") + "\n")


def find_files(names):
    """Files of cases. A command is looked for first: some have the name of a folder of the sources."""
    for name in names or [""]:
        path = next((p for p in (ROOT / name, pathlib.Path(name).resolve()) if p.exists()), ROOT / name)
        files = [path] if path.is_file() else sorted(path.rglob("*.txt"))
        if not files:
            print(f"no golden case at {path}")
            print("0 passed, 1 failed")
            sys.exit(1)
        yield from files


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ferry", default="build/ferry")
    options.add_argument("--bless", action="store_true")
    options.add_argument("names", nargs="*")
    options = options.parse_args()
    ferry, failed, count = str(pathlib.Path(options.ferry).resolve()), 0, 0
    with ThreadPoolExecutor(2) as pool:
        for path in find_files(options.names):
            cases = list(read_cases(path))
            results = list(zip(cases, pool.map(lambda c: try_case(ferry, c), cases)))
            count += len(cases)
            if options.bless:
                bless(path, results)
            for case, (failures, _) in results:
                failed += bool(failures)
                if failures and not options.bless:
                    print(f"FAIL {path.relative_to(ROOT.parent)}:{case.first + 1}: {case.title}", *failures, sep="\n")
    if options.bless:
        print(f"golden: {failed} of {count} cases rewritten; look at the diff")
        return 0
    print(f"{count - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
