"""The standard playbooks in small worlds: each is rehearsed to its end over a folder, and goes back
when its channel misbehaves; the lifecycle likewise with every strategy, over a folder, over a
command, and by people's hands. The world is compared document by document."""
import json
import pathlib
import subprocess
import sys
import tempfile

import checks

FERRY = str(pathlib.Path(sys.argv[1]).resolve())
LIBRARY = checks.ROOT / "stdlib/playbooks"
CALLS = ("rest", "soap", "web_portal")
KINDS = ("edi", "sftp", *CALLS, "thick_client")
MEMORY = next((d for d in ("/dev/shm",) if pathlib.Path(d).is_dir()), None)  # a rehearsal commits thousands of times
CTL = 'case "$1" in\nget) cat "$2.json" ;;\nput) cat >"$2.part" && mv "$2.part" "$2.json" ;;\nesac\n'
CONNECTORS = """connector files: dir {
  base      "live"
  rehearsal "test"
}
connector ctl: exec {
  base      "live"
  rehearsal "test"
  command   ["sh", "../ctl.sh"]
}
"""


def documents(name):
    """A channel at rest on the legacy side, and all that gates ask for."""
    return {
        f"routes/{name}": {"target": "legacy", "share": 0},
        f"hold/{name}": {"held": False},
        f"numbers/{name}": {"side": "legacy", "next": 104040},
        f"pollers/{name}": {"legacy": True, "modern": False},
        f"access/{name}": {"legacy": "open"},
        f"baseline/{name}": {"p95_ms": 40},
        f"state/{name}": {"unmapped": 0, "overlap": True, "receipts": True, "days_left": 200, "outstanding": 0,
                          "control": 104039, "sent": 5, "acknowledged": 5, "posted": 5, "duplicates": 0, "crypto": True,
                          "pollers": 1, "missing": 0, "repeated": 0, "breaking": 0, "unreconciled": 0, "unsynchronised": 0},
        f"metrics/{name}": {"error_rate": 0.004, "volume": 5000, "violations": 0, "p95_ms": 41, "late": 0, "agreement": 1,
                            "launches": 0}}


class World:
    def __init__(self, folder, channels, prefix=""):
        self.folder = pathlib.Path(folder)
        self.before = {"open/acme": {"severe": 0}}
        for name in channels:
            self.before.update(documents(prefix + name))
        (self.folder / "ctl.sh").write_text(CTL)
        for side in ("legacy", "modern"):
            for name in channels:
                (self.folder / "answers" / side / name).mkdir(parents=True)
                (self.folder / "answers" / side / name / "one.txt").write_text(f"of {name}\n")
        for name in channels:
            (self.folder / "data/samples" / (prefix + name)).mkdir(parents=True)
            (self.folder / "data/samples" / (prefix + name) / "one.txt").write_text(f"of {name}\n")

    def set(self, path, **fields):
        self.before[path] = {**self.before[path], **fields}

    def rehearse(self, program, *more):
        """Exit code and output; the world afterwards is in self.after."""
        (self.folder / "main.ferry").write_text("language 1\n" + program)
        for path, document in self.before.items():
            file = self.folder / "test" / f"{path}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(document))
        run = self.ferry("run", "main.ferry", "--rehearse", "--store", "store", *more)
        self.after = {str(f.relative_to(self.folder / "test").with_suffix("")): json.loads(f.read_text())
                      for f in (self.folder / "test").rglob("*.json")}
        return run.returncode, run.stdout + run.stderr

    def ferry(self, *argv):
        return subprocess.run([FERRY, *argv], cwd=self.folder, capture_output=True, text=True)

    def changed(self):
        return {path: doc for path, doc in self.after.items() if doc != self.before.get(path)}


def channel(name, kind, endpoints=True):
    ends = f'\n    legacy dir("answers/legacy/{name}")\n    modern dir("answers/modern/{name}")' if endpoints else ""
    return f"  channel {name}: {kind} {{\n    volume 5_000 per day{ends}\n  }}\n"


def one_channel(kind, arguments, playbook=""):
    extra = ", retire: 1d" if kind == "thick_client" else ", watch: 30m, documents: 1" + (", slower: none" if kind in CALLS else "")
    return (f"use std.{kind}\n{CONNECTORS}customer acme {{\n{channel('c', kind)}}}\n{playbook}"
            "migration m for acme {\n  window sat 22:00 to sun 06:00 in \"Europe/Berlin\"\n  phase move {\n"
            f"    for each c in acme.channels where c.kind == {kind} {{ apply {'mine' if playbook else kind + '.move'}(c{arguments}{extra}) }}\n  }}\n}}\n")


MOVED = {"edi": {"routes/c": {"target": "modern"}, "numbers/c": {"side": "modern", "next": 105039}},
         "sftp": {"routes/c": {"target": "modern"}, "pollers/c": {"legacy": False, "modern": True}},
         "thick_client": {"access/c": {"legacy": "read_only"}},
         **{kind: {"routes/c": {"target": "modern", "share": 1}} for kind in CALLS}}
# What stays when a channel went back: who had numbers above the legacy ones must not fall below them.
BACK = {"edi": {"routes/c": {"target": "legacy", "resend": "archive"}, "numbers/c": {"side": "legacy", "next": 105039}},
        "sftp": {"routes/c": {"target": "legacy", "resend": "archive"}},
        "thick_client": {}, **{kind: {} for kind in CALLS}}


def expect(world, got, exit_code, changed, faults, what):
    code, output = got
    if code != exit_code:
        faults.append(f"{what}: exit {code}, not {exit_code}\n    " + "\n    ".join(output.split("\n")[-12:]))
    elif changed is not None and world.changed() != changed:
        faults.append(f"{what}: changed {world.changed()}, not {changed}")
    for command in ("replay", "audit"):
        run = world.ferry(command, "--store", "store")
        if run.returncode:
            faults.append(f"{what}: {command} ends with {run.returncode}: {run.stdout[-300:]}{run.stderr[-300:]}")


def forward(kind, arguments, changed):
    faults = []
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, ["c"])
        expect(world, world.rehearse(one_channel(kind, arguments)), 0, changed, faults, "forward")
    return faults


def back(kind):
    """A channel that is fine until it serves: the watch takes it back, or a gate that was put behind the switch."""
    faults = []
    gate = """playbook mine from thick_client.move {
  insert after desks {
    let facts = gateway.get("state/{c.name}").json
    require number(facts.unmapped) == 7
  }
}
"""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, ["c"])
        world.set("metrics/c", error_rate=0.2)
        program = one_channel(kind, ", gateway: files", gate if kind == "thick_client" else "")
        got = world.rehearse(program)
        expect(world, got, 4, BACK[kind], faults, "back")
        if "stuck" in got[1]:
            faults.append("an undo did not do: " + next(line for line in got[1].split("\n") if "stuck" in line))
    return faults


def lifecycle(strategy, gateway, channels):
    return (f"{CONNECTORS}role board {{ members [\"ann\", \"ben\"] }}\ncustomer acme {{\n"
            + "".join(channel(name, kind) for name, kind in channels.items())
            + "}\nmigration m for acme {\n  window    sat 22:00 to sun 06:00 in \"Europe/Berlin\"\n"
            + f"  strategy  {strategy}\n" + (f"  gateway   {gateway}\n" if gateway else "")
            + "  approvers board\n  votes     2\n  watch     30m\n  cycle     2h\n  period    1d\n  calm      2h\n  documents 1\n  slower    none\n}\n")


def whole_lifecycle(strategy, gateway):
    faults, channels = [], {"orders": "edi", "ledger": "sftp", "api": "rest", "desk": "thick_client"}
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, channels, "acme.")
        got = world.rehearse(lifecycle(strategy, gateway, channels))
        moved = {"routes/acme.orders": {"target": "modern"}, "numbers/acme.orders": {"side": "modern", "next": 105039},
                 "routes/acme.ledger": {"target": "modern"}, "pollers/acme.ledger": {"legacy": False, "modern": True},
                 "routes/acme.api": {"target": "modern", "share": 1}, "access/acme.desk": {"legacy": "read_only"}}
        expect(world, got, 0, moved if gateway else {}, faults, "forward")
        if gateway:
            ramp = {"phased": 5, "canary": 4}.get(strategy, 1)
            sent = got[1].count("of api to the modern side") // 2
            if sent != ramp:
                faults.append(f"{sent} stages, not {ramp}")
    return faults


def one_goes_back():
    """One channel misbehaves: it goes back alone, the others stay, and the run ends partial."""
    faults, channels = [], {"api": "rest", "site": "web_portal"}
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, channels, "acme.")
        world.set("metrics/acme.site", p95_ms=400)
        got = world.rehearse(lifecycle("phased", "files", channels))
        expect(world, got, 4, {"routes/acme.api": {"target": "modern", "share": 1}}, faults, "one goes back")
    return faults


def sides_disagree():
    faults, channels = [], {"api": "rest"}
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, channels, "acme.")
        world.set("metrics/acme.api", agreement=0.9)
        got = world.rehearse(lifecycle("parallel_run", "ctl", channels))
        expect(world, got, 4, {}, faults, "the sides disagree")
    return faults


def two_customers():
    """Two customers with channels of one name, side by side: the documents of neither are the other's."""
    faults = []
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, ["api"], "acme.")
        for path, document in documents("bolt.api").items():
            world.before[path] = document
        world.before["open/bolt"] = {"severe": 0}
        world.set("metrics/bolt.api", error_rate=0.2)
        program = (CONNECTORS + "".join(f"customer {name} {{\n{channel('api', 'rest', False)}}}\n" for name in ("acme", "bolt"))
                   + "migration m for each cu in customers parallel 2 {\n  window   sat 22:00 to sun 06:00 in \"Europe/Berlin\"\n"
                   + "  strategy big_bang\n  gateway  files\n  watch    30m\n  calm     2h\n}\n")
        expect(world, world.rehearse(program), 4, {"routes/acme.api": {"target": "modern", "share": 1}}, faults, "two customers")
    return faults


def in_order():
    """Each file by itself: as project, so that its playbooks are checked for any argument."""
    faults = []
    for path in sorted(LIBRARY.glob("*.ferry")):
        for command in (["check", "--strict"], ["fmt", "--check"]):
            run = subprocess.run([FERRY, *command, str(path)], capture_output=True, text=True)
            if run.returncode:
                faults.append(f"ferry {' '.join(command)} {path.name}: {run.stdout}{run.stderr}")
    return faults


tests = {"the library is in order": in_order()}
for one in KINDS:
    tests[f"std.{one} over a folder"] = forward(one, ", gateway: files", MOVED[one])
    tests[f"std.{one} over a command"] = forward(one, ", gateway: ctl", MOVED[one])
    tests[f"std.{one} by hand"] = forward(one, "", {})
    tests[f"std.{one} goes back"] = back(one)
for each in ("phased", "big_bang", "parallel_run", "canary"):
    tests[f"lifecycle, {each}"] = whole_lifecycle(each, "files")
tests["lifecycle over a command"] = whole_lifecycle("phased", "ctl")
tests["lifecycle by hand"] = whole_lifecycle("phased", "")
tests["lifecycle, one goes back"] = one_goes_back()
tests["lifecycle, two customers"] = two_customers()
tests["lifecycle, the sides disagree"] = sides_disagree()
checks.report(tests)
