"""The examples as a reader would run them: checked, compiled, compared, rehearsed, run live with
people at a second terminal, audited, replayed. What happened is read from the world they leave."""
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import checks
from worlds import Copy, doubled

HASH = re.compile(r"^sha256:[0-9a-f]{64}$")
RESULTS = {}


def test(name):
    """Registers a function that yields faults; an exception is a fault, too."""
    def register(f):
        def run(*args):
            try:
                RESULTS[name] = list(f(*args))
            except (AssertionError, KeyError, ValueError, OSError, subprocess.SubprocessError) as e:
                RESULTS[name] = [f"{type(e).__name__}: {e}"]
        return run
    return register


def ended(done, status):
    if done.returncode != status:
        yield f"`{' '.join(done.args[1:])}` ended with {done.returncode}, not {status}: {done.stderr[-2000:]}{done.stdout[-1000:]}"


# --- one hash ---------------------------------------------------------------------------------------

def declarations(text):
    """A file cut before each declaration, its comments with it."""
    parts, current, depth = [], [], 0
    for line in text.splitlines(True):
        starts = depth == 0 and re.match(r"[a-z]", line)
        if starts and any(re.match(r"[a-z]", x) for x in current):
            at = len(current)
            while at and (current[at - 1].startswith("//") or not current[at - 1].strip()):
                at -= 1
            parts.append("".join(current[:at]))
            current = current[at:]
        current.append(line)
        code = re.sub(r'"(?:\\.|[^"\\])*"|//.*', "", line)
        depth += sum(map(code.count, "{[(")) - sum(map(code.count, "}])"))
    return parts + ["".join(current)]


def disturbed(text, r):
    """The same program in another layout: declarations in another order, comments, blanks, line ends."""
    parts = [p if p.endswith("\n") else p + "\n" for p in declarations(text)]
    first, rest = parts[0], parts[1:]  # `language` stays where it is
    r.shuffle(rest)
    out = []
    for line in "".join([first, *rest]).splitlines():
        if not line.strip().startswith("//"):
            pieces = re.split(r'("(?:\\.|[^"\\])*")', line)
            line = "".join(p if p.startswith('"') else re.sub(r"(?<=\S) +(?=\S)(?!\d\d:)", " " * r.randint(1, 4), p) for p in pieces)
        out.append(" " * r.randint(0, 3) + line + r.choice(["", "", "  ", "  // a word more"]))
        if r.random() < 0.2:
            out.append(r.choice(["", "// a remark"]))
    return "\n".join(out) + "\n"


def compiled(ferry, folder, main):
    done = subprocess.run([str(ferry), "compile", main, "-o", "out.fimg"], cwd=folder, text=True, capture_output=True, timeout=60)
    if done.returncode or not HASH.match(done.stdout.strip()):
        raise ValueError(f"compile {main}: {done.returncode} {done.stdout}{done.stderr[-2000:]}")
    return done.stdout.strip(), (folder / "out.fimg").read_bytes()


def hash_is_stable(ferry, name, at):
    source = checks.ROOT / "examples" / name
    r = random.Random(name)
    first = None
    for i in range(4):
        folder = at / f"copy {i}" / "deeper" / name
        shutil.copytree(source, folder)
        if i:
            for file in folder.glob("*.ferry"):
                file.write_text(disturbed(file.read_text(), r))
        main = f"{name}.ferry"
        if i == 2:
            (folder / main).rename(folder / "other.ferry")
            main = "other.ferry"
        got, _ = compiled(ferry, folder, main)
        first = first or got
        if got != first:
            yield f"disturbed {i} times the hash is {got}, not {first}"
    text = (folder / f"{name}.ferry").read_text()
    untested = re.sub(r'^ *test +"[^\n]*\{[^\n]*\n.*?^ *\}[^\n]*$', "", text, flags=re.M | re.S)
    if "expect" not in text or "expect" in untested:
        yield "there is no test to leave out"
    (folder / f"{name}.ferry").write_text(untested)
    if compiled(ferry, folder, f"{name}.ferry")[0] != first:
        yield "tests are part of the hash"
    (folder / f"{name}.ferry").write_text(text.replace("99.9%", "99.8%").replace("99.5%", "99.4%"))
    if compiled(ferry, folder, f"{name}.ferry")[0] == first:
        yield "another promise has the same hash"


# --- what is promised before anything runs ----------------------------------------------------------

def checks_clean(copy):
    done = copy.run("check", copy.main, "--strict", "--format", "json")
    yield from ended(done, 0)
    yield from (f"{d['code']} {d['file']}:{d['line']} {d['message']}" for d in json.loads(done.stdout)["diagnostics"])
    yield from ended(copy.run("plan", copy.main), 0)


def tests_pass(copy):
    """Its own tests, which touch nothing; what they expect is not empty: of another program they fail."""
    before = copy.world()
    done = copy.run("test", copy.main, "--format", "json")
    yield from ended(done, 0)
    got = json.loads(done.stdout)
    if got["passed"] < 5 or got["failed"]:
        yield f"{got['passed']} passed, {got['failed']} failed"
    if copy.world() != before or (copy.folder / ".ferry").exists():
        yield "a test touched something"
    source = copy.folder / copy.main
    source.write_text(source.read_text().replace("hold.state == undone", "hold.state == done"))
    yield from ended(copy.run("test", copy.main), 1)


def formats_itself(copy):
    """Formatting changes no meaning, and formatting twice changes nothing."""
    before, _ = compiled(copy.ferry, copy.folder, copy.main)
    files = sorted(p.name for p in copy.folder.glob("*.ferry"))
    yield from ended(copy.run("fmt", "--check", *files), 0)
    for f in files:
        (copy.folder / f).write_text((copy.folder / f).read_text().replace("  ", " "))
    yield from ended(copy.run("fmt", *files), 0)
    once = [(copy.folder / f).read_text() for f in files]
    yield from ended(copy.run("fmt", "--check", *files), 0)
    yield from ended(copy.run("fmt", *files), 0)
    if [(copy.folder / f).read_text() for f in files] != once:
        yield "formatting twice changes a file"
    if compiled(copy.ferry, copy.folder, copy.main)[0] != before:
        yield "formatting changes the hash"


def answers(copy, sample):
    for side in ("legacy", "modern"):
        with open(sample) as stdin, open(copy.folder / f"{side}.x12", "w") as stdout:
            subprocess.run([f"gateways/{side}"], cwd=copy.folder, stdin=stdin, stdout=stdout, check=True)
    return copy.run("compare", "legacy.x12", "modern.x12", "--format", "json")


def noise_is_no_difference(copy):
    for sample in sorted((copy.folder / "data/samples").glob("*/*.json"))[::7]:
        done = answers(copy, sample)
        yield from ended(done, 0)
        if json.loads(done.stdout)["matched"] < 1:
            yield f"{sample.name}: nothing matched"


def defect_is_found(copy):
    lost = [p for p in sorted((copy.folder / "data/tonight").rglob("*.json")) if len(json.loads(p.read_text())["lines"]) > 3]
    if not lost:
        yield "no document of tonight shows the fault"
    for sample in lost[:3]:
        done = answers(copy, sample)
        yield from ended(done, 2)
        classes = [d["class"] for p in json.loads(done.stdout)["pairs"] for d in p["differences"]]
        if "defect" not in classes:
            yield f"{sample.name}: {classes}"


# --- what happens -----------------------------------------------------------------------------------

def journal_holds(copy, *store):
    for command in ("audit", "replay"):
        yield from ended(copy.run(command, *store), 0)
    events = [json.loads(x) for x in copy.run("events", "--format", "json", *store).stdout.splitlines()]
    if [e["seq"] for e in events] != list(range(1, len(events) + 1)):
        yield f"events are not numbered from 1 without a gap: {[e['seq'] for e in events][:50]}"


def state_of(copy, *store):
    runs = json.loads(copy.run("status", "--format", "json", *store).stdout)["runs"]
    return [(r["migration"], r["state"]) for r in runs]


def rehearsal(copy, migration, status, state, changes):
    """The platform of the rehearsal moves, the real one does not."""
    live, before = copy.world(), copy.world("platform-test")
    yield from ended(copy.run("run", copy.main, migration, "--rehearse", "--store", "rehearsal"), status)
    if state_of(copy, "--store", "rehearsal") != [(migration, state)]:
        yield f"the run is {state_of(copy, '--store', 'rehearsal')}"
    if copy.world() != live or copy.log() or copy.log("calls.log"):
        yield "the rehearsal touched the real platform"
    if (copy.world("platform-test") != before) != changes or not copy.log(platform="platform-test"):
        yield "the platform of the rehearsal is not what it should be"
    yield from journal_holds(copy, "--store", "rehearsal")


def nothing_twice(copy):
    keys = [key for key, _ in copy.log("calls.log")]
    if len(set(keys)) != len(keys) or not all(re.fullmatch("[0-9a-f]{64}", k) for k in keys):
        yield f"keys are not one for each effect: {copy.log('calls.log')}"
    if doubled(copy):
        yield f"performed twice: {doubled(copy)}"
    if copy.leftovers():
        yield f"left behind: {copy.leftovers()}"


def acme_live(copy):
    before = {k: json.loads(v) for k, v in copy.world().items()}
    yield from ended(copy.with_people("run", copy.main, "acme_live", "--stay"), 0)
    want = {**before, "routes/ledger.json": {"target": "modern"}, "routes/catalogue.json": {"target": "modern"},
            "routes/orders.json": {**before["routes/orders.json"], "target": "modern", "held": False,
                                   "isa13": before["routes/orders.json"]["isa13"] + 1000}}
    after = {k: json.loads(v) for k, v in copy.world().items()}
    yield from (f"{k} is {after.get(k)}, not {want[k]}" for k in want if after.get(k) != want[k])
    numbers = f"orders numbers {want['routes/orders.json']['isa13']}"
    did = [what for _, what in copy.log()]
    if did != ["orders hold", numbers, "orders route modern", "orders release"]:
        yield f"effects: {did}"
    if state_of(copy) != [("acme_live", "completed")]:
        yield f"the run is {state_of(copy)}"
    yield from nothing_twice(copy)
    yield from journal_holds(copy)


def birch_live(copy):
    before = copy.world()
    yield from ended(copy.run("run", copy.main, "birch_live"), 4)
    if {k: json.loads(v) for k, v in copy.world().items()} != {k: json.loads(v) for k, v in before.items()}:
        yield f"the world is {copy.world()}, not {before}"
    did = [what for _, what in copy.log()]
    if did != ["shipping hold", "shipping route modern", "shipping release",
               "shipping hold", "shipping route legacy", "shipping release"]:
        yield f"effects: {did}"
    if state_of(copy) != [("birch_live", "rolled_back")]:
        yield f"the run is {state_of(copy)}"
    why = copy.run("why")
    yield from ended(why, 0)
    if "rejects" not in why.stdout:
        yield f"why does not name the series that fired: {why.stdout}"
    yield from nothing_twice(copy)
    yield from journal_holds(copy)


def dry_run(copy, migration):
    before = copy.world()
    copy.run("run", copy.main, migration, "--dry-run")
    if copy.world() != before or copy.log("calls.log") or (copy.folder / ".ferry").exists():
        yield "a dry run touched something"


def main(ferry):
    with tempfile.TemporaryDirectory() as at:
        at = pathlib.Path(at)
        copies = iter(range(100))

        def fresh(name, quick=False):
            return Copy(ferry, name, at / str(next(copies)), quick)

        for name, migration in (("acme", "acme_2027"), ("birch", "birch_2027")):
            test(f"{name}: one hash")(hash_is_stable)(ferry, name, at / f"hash {name}")
            test(f"{name}: checked clean")(checks_clean)(fresh(name))
            test(f"{name}: its tests pass")(tests_pass)(fresh(name))
            test(f"{name}: formats itself")(formats_itself)(fresh(name))
            test(f"{name}: noise is no difference")(noise_is_no_difference)(fresh(name))
            test(f"{name}: a dry run touches nothing")(dry_run)(fresh(name), migration)
        test("birch: the defect is found")(defect_is_found)(fresh("birch"))
        test("acme: rehearsed")(rehearsal)(fresh("acme"), "acme_2027", 0, "completed", True)
        test("birch: rehearsed, and goes back")(rehearsal)(fresh("birch"), "birch_2027", 4, "rolled_back", False)
        test("acme: live")(acme_live)(fresh("acme", quick=True))
        test("birch: live, and goes back")(birch_live)(fresh("birch", quick=True))
    checks.report(RESULTS)


main(pathlib.Path(sys.argv[1]).resolve())
