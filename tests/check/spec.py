"""Every fenced block of SPEC.md is tested.

    ```ferry                   a file that checks clean
    ```ferry fails E0301       a file whose errors are exactly these codes
    ```ferry part              declarations that are checked together with the part blocks before them
    ```ferry file a/b.ferry    a file that the blocks after it find, up to the next heading; checked, too
    ```yaml file x.yaml        likewise any other file: yaml, csv, text, json
    ```console                 `$ ` commands, run in a folder with those files; the output is compared,
                               `…` stands for anything on a line, alone for any lines
    ```grammar                 its words are those of grammar/keywords.def, no more and no fewer

What stands between `<!-- made: NAME -->` and `<!-- end -->` is what tests/reference.py would write there.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import checks
import patterns
import reference

MARK = "--ferry-spec-mark--"
FENCE = re.compile(r"^(```+)([^\n`]*)$")


def blocks(path):
    """(line, info, lines of the block); a heading is a block with the info `#`."""
    fence, info, first, lines = None, "", 0, []
    for i, line in enumerate(path.read_text().split("\n"), 1):
        m = FENCE.match(line)
        if fence is None and m:
            fence, info, first, lines = m[1], m[2].strip(), i, []
        elif fence is not None and line.strip() == fence:
            yield first, info, lines
            fence = None
        elif fence is not None:
            lines.append(line)
        elif line.startswith("#"):
            yield i, "#", []
    if fence is not None:
        yield first, "unclosed", lines


class Book:
    def __init__(self, ferry):
        self.ferry, self.files, self.part, self.results = ferry, {}, [], {}

    def folder(self):
        place = tempfile.TemporaryDirectory(prefix="ferry-spec-")
        for name, content in self.files.items():
            path = pathlib.Path(place.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return place

    def environment(self, folder):
        return {"PATH": f"{self.ferry.parent}:/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "LC_ALL": "C.UTF-8",
                "NO_COLOR": "1", "TZ": "UTC"}

    def codes(self, name):
        with self.folder() as folder:
            done = subprocess.run([str(self.ferry), "check", "--format", "json", name], cwd=folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, errors="replace", timeout=60, env=self.environment(folder))
        try:
            return [(d["code"], f"{d['line']}:{d['column']} {d['message']}") for d in json.loads(done.stdout)["diagnostics"]]
        except (ValueError, KeyError, TypeError):
            return [("none", f"check --format json gave: {done.stdout[:400]}{done.stderr[:400]}")]

    def check(self, text, wanted, name="main.ferry"):
        before, self.files = self.files, self.files | {name: text}
        found = self.codes(name)
        self.files = before
        if sorted({c for c, _ in found}) == sorted(wanted):
            return []
        return [f"wanted {' '.join(wanted) or 'a clean check'}, got:"] + [f"  {c} {m}" for c, m in found]

    def console(self, lines):
        commands, outputs = [], []
        for line in lines:
            if line.startswith("$ "):
                commands.append(line[2:])
                outputs.append([])
            elif outputs:
                outputs[-1].append(line)
        if not commands:
            return ["no line begins with `$ `"]
        script = "".join(f"{c}\n_s=$?; echo '{MARK}'; (exit $_s)\n" for c in commands)
        with self.folder() as folder:
            done = subprocess.run(["sh", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120, env=self.environment(folder))
        got = done.stdout.split(MARK + "\n")
        faults = []
        for command, output, shown in zip(commands, outputs, got):
            wanted = "".join(line + "\n" for line in output).strip("\n")
            if not patterns.same(wanted + "\n", shown.strip("\n") + "\n"):
                faults += [f"$ {command}", *("  " + d for d in patterns.difference(wanted + "\n", shown.strip("\n") + "\n").split("\n"))]
        return faults

    def words(self, text):
        """Reserved and contextual words, both ways."""
        if not (checks.ROOT / "grammar/keywords.def").is_file():
            return ["grammar/keywords.def is not there"]
        known = {w[0] for _, w in checks.entries("grammar/keywords.def", ["WORD"])}
        shown = set(re.findall(r"(?<![\w'\"])[a-z_]{2,}(?!\w)", text))
        return ([f"`{w}` is no word of grammar/keywords.def" for w in sorted(shown - known)] +
                [f"`{w}` of grammar/keywords.def is not shown" for w in sorted(known - shown)])

    def judge(self, info, lines):
        text, words = "\n".join(lines) + "\n", info.split()
        if len(words) == 3 and words[1] == "file":
            self.files[words[2]] = text
            return self.check(text, [], words[2]) if words[0] == "ferry" else []
        if words[:1] == ["console"]:
            return self.console(lines)
        if words[:2] == ["ferry", "fails"]:
            return self.check(text, words[2:])
        if words == ["ferry", "part"]:
            self.part.append(text)
            return self.check("\n".join(self.part), [])
        if words == ["ferry"]:
            return self.check(text, [])
        return self.words(text) if words == ["grammar"] else [f"nobody tests a block of kind `{info}`"]

    def read(self, path):
        for line, info, lines in blocks(path):
            if info == "#":
                self.files, self.part = {}, []
                continue
            try:
                self.results[f"{path.name}:{line}: {info}"] = self.judge(info, lines)
            except subprocess.TimeoutExpired:
                self.results[f"{path.name}:{line}: {info}"] = ["did not end in time"]


def anchors(text):
    """What GitHub makes of the headings outside of fences."""
    plain = re.sub(r"^(```+)[^\n]*\n.*?^\1$", "", text, flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", plain, re.M)}


def broken_links():
    """Links of SPEC.md and README.md into SPEC.md, and to files, that lead nowhere."""
    known = anchors((checks.ROOT / "SPEC.md").read_text())
    for name in ("SPEC.md", "README.md"):
        for link in re.findall(r"\]\(([^)\s]+)\)", (checks.ROOT / name).read_text()):
            path, _, anchor = link.partition("#")
            if path.startswith("http"):
                continue
            if path and not (checks.ROOT / path).exists():
                yield f"{name}: {link}: there is no such file"
            elif anchor and path in ("", "SPEC.md") and anchor not in known:
                yield f"{name}: {link}: there is no such heading"


book = Book(pathlib.Path(sys.argv[1]).resolve())
spec = checks.ROOT / "SPEC.md"
if spec.is_file():
    book.read(spec)
    book.results["links"] = list(broken_links())
    book.results["SPEC.md: made parts"] = [f"the part {n} is stale or missing: run `make reference`" for n in reference.stale(spec.read_text())]
else:
    book.results["SPEC.md"] = ["is not there"]
checks.report(book.results)
