"""What goes wrong around Ferry: sources, data, images, stores and commands that are not as they should
be. Each gives the designed exit code and one message with a place and a way out, soon, and loses
nothing. A crash, a hang and a screenful are failures here."""
import fcntl
import json
import os
import pathlib
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile

import checks

RESULTS, TESTS = {}, []
SOON = 20         # seconds
SCREEN = 4000     # bytes of a message
MOST_KB = 400_000 # memory of any ferry process
FEW = """language 1
connector box: exec { base "box" }
customer k "K" { channel c: edi { volume 5 per day } }
migration m "One step" for k {
  phase only {
    step act "One write" {
      do      box.run(ARGV)
      undo    box.run(["rm", "-f", "made"])
      check   box.ask(["sh", "-c", "test -e made && echo true || echo false"]).json == true
      timeout 2s
    }
  }
}
"""


def test(f):
    TESTS.append(f)
    return f


class Box:
    """A folder with one program, and what ferry says there."""

    def __init__(self, ferry, at):
        self.ferry, self.at = str(ferry), pathlib.Path(at)

    def write(self, name, content):
        path = self.at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    def few(self, argv='["touch", "made"]'):
        (self.at / "box").mkdir(exist_ok=True)
        return self.write("main.ferry", FEW.replace("ARGV", argv))

    def run(self, *args, soon=SOON, **more):
        start = time.monotonic()
        done = subprocess.run([self.ferry, *args], cwd=self.at, stdin=subprocess.DEVNULL, timeout=soon * 3, text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        done.seconds, done.soon = time.monotonic() - start, soon
        return done


def said(done, statuses, *words):
    """Faults of one command: its status, that every word was said (a list: one of them), briefly and soon."""
    shown, call = done.stdout + done.stderr, " ".join(map(str, done.args[1:]))[:100]
    statuses = statuses if isinstance(statuses, tuple) else (statuses,)
    if done.returncode not in statuses:
        yield f"`{call}` ended with {done.returncode}, not {statuses}: {shown[-1500:]}"
    for word in words:
        if not any(w in shown for w in (word if isinstance(word, list) else [word])):
            yield f"`{call}` does not say {word}: {shown[-1500:]}"
    if done.returncode and not done.stderr.strip() and not done.stdout.strip():
        yield f"`{call}` says nothing"
    if len(done.stderr) > SCREEN:
        yield f"`{call}` says {len(done.stderr)} bytes: {done.stderr[:300]}"
    if done.seconds > done.soon:
        yield f"`{call}` took {done.seconds:.1f} s"


# --- sources ----------------------------------------------------------------------------------------

@test
def source_that_cannot_be_read(box):
    yield from said(box.run("check", "nowhere.ferry"), 1, "nowhere.ferry", ["No such file", "no such file"])
    (box.at / "folder.ferry").mkdir()
    yield from said(box.run("check", "folder.ferry"), 1, "folder.ferry", ["irectory", "folder"])
    yield from said(box.run("run", "nowhere.ferry"), (1, 3), "nowhere.ferry")
    box.write("uses.ferry", 'language 1\nuse "nowhere.ferry"\n')
    yield from said(box.run("check", "uses.ferry"), 1, "uses.ferry:2", "nowhere.ferry")
    if os.getuid():
        os.chmod(box.at / box.write("secret.ferry", "language 1\n"), 0)
        yield from said(box.run("check", "secret.ferry"), 1, "secret.ferry", "ermission")


@test
def source_that_is_empty(box):
    for content in ("", "\n", "// only a word\n", "\ufeff"):
        yield from said(box.run("check", box.write("empty.ferry", content)), (0, 1))
    yield from said(box.run("run", "empty.ferry"), (1, 3, 64), ["migration", "language"])


@test
def source_that_is_no_text(box):
    r = random.Random(7)
    for i in range(12):
        box.write("binary.ferry", bytes(r.randrange(256) for _ in range(r.choice([1, 10, 1000, 60_000]))))
        yield from said(box.run("check", "binary.ferry"), 1, "binary.ferry:")
    yield from said(box.run("check", box.write("elf.ferry", pathlib.Path(box.ferry).read_bytes()[:300_000])), 1, "elf.ferry:")
    yield from said(box.run("check", box.write("nul.ferry", b"language 1\nlet a = 1\0\n")), 1, "nul.ferry:2")


@test
def source_of_100_mb(box):
    line = b'let a = "0123456789012345678901234567890123456789012345678901234567890"\n'
    box.write("large.ferry", b"language 1\n" + line * (100_000_000 // len(line)))
    yield from said(box.run("check", "large.ferry"), 1, "large.ferry")
    yield from said(box.run("fmt", "--check", "large.ferry"), (0, 1, 2))
    os.remove(box.at / "large.ferry")
    yield from memory_is_bounded()


@test
def source_that_is_deeply_nested(box):
    for open_, close in (("(", ")"), ("[", "]"), ("{a:", "}"), ('"{', '}"'), ("not ", ""), ("-", ""), ("if true then 1 else ", ""), ("f(", ")")):
        for depth in (200, 900, 100_000):
            box.write("deep.ferry", "language 1\nfn f(n: number): number = n\nlet a = " + open_ * depth + "1" + close * depth + "\n")
            yield from said(box.run("check", "deep.ferry"), (0, 1) if depth < 1000 else 1, *["deep.ferry:3"][depth < 1000:])
    box.write("deep.ferry", "language 1\nplaybook p(c: channel) { phase a {\n" + "if true {\n" * 50_000 + "}\n" * 50_002)
    yield from said(box.run("check", "deep.ferry"), 1, "deep.ferry:")


@test
def source_that_is_cut_off(box):
    for name in ("acme", "birch"):
        shutil.copytree(checks.ROOT / "examples" / name, box.at / name, ignore=shutil.ignore_patterns("data", "platform*"))
        text = (box.at / name / f"{name}.ferry").read_bytes()
        r = random.Random(name)
        for at in sorted(r.sample(range(60, len(text) - 2), 25)):
            box.write(f"{name}/cut.ferry", text[:at])
            done = box.run("check", f"{name}/cut.ferry")
            yield from said(done, (0, 1))
            if done.returncode == 1 and "cut.ferry:" not in done.stdout + done.stderr:
                yield f"cut at {at}: no place in {done.stderr[:500]}"


# --- data and images --------------------------------------------------------------------------------

@test
def yaml_with_a_wrong_type(box):
    rows = []
    for i in range(1999):
        rows += [f"  - name: k{i}", f"    criticality: {'low' if i != 1998 else 'lwo'}"]
    at = next(i for i, r in enumerate(rows) if "lwo" in r) + 2
    box.write("inventory.yaml", "customers:\n" + "\n".join(rows) + "\n")
    box.write("main.ferry", 'language 1\ncustomers from "inventory.yaml"\n')
    done = box.run("check", "main.ferry")
    yield from said(done, 1, f"inventory.yaml:{at}:18", ["`low`", "low"])
    shown = json.loads(box.run("check", "main.ferry", "--format", "json").stdout)["diagnostics"]
    if [(d["file"], d["line"], d["column"]) for d in shown] != [("inventory.yaml", at, 18)]:
        yield f"diagnostics: {shown}"


@test
def yaml_that_is_none(box):
    box.write("main.ferry", 'language 1\ncustomers from "inventory.yaml"\n')
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join('*' + chr(97 + i) for _ in range(9))}]\n" for i in range(9))
    for content in (b"", b"customers:", b"customers: 5\n", b"customers:\n  - {name: [}\n", b"\xff\xfe\x00", b"[" * 200_000,
                    b"customers:\n  - name: a\n  - name: a\n", b"customers:\n  - kind: edi\n", bomb.encode(),
                    b"customers:\n  - name: a\n    channels:\n      - {name: c, kind: edu}\n",
                    b"customers:\n  - name: a\n    revenue: a lot\n", b"customers:\n  - name: a\n    volme: 5\n"):
        box.write("inventory.yaml", content)
        empty = content in (b"", b"customers:")
        yield from said(box.run("check", "main.ferry"), (0, 1) if empty else 1, *[] if empty else ["inventory.yaml"])
    yield from memory_is_bounded()


@test
def image_that_is_damaged(box):
    box.few()
    yield from said(box.run("compile", "main.ferry", "-o", "good.fimg"), 0)
    good = (box.at / "good.fimg").read_bytes()
    yield from said(box.run("disasm", "good.fimg"), 0)
    other = bytearray(good)
    other[4:12] = bytes(x ^ 0x7F for x in other[4:12])
    yield from said(box.run("disasm", box.write("other.fimg", bytes(other))), 1, "other.fimg")
    r = random.Random(3)
    for i in range(60):
        bad = bytearray(good)
        if i % 2:
            bad[r.randrange(len(bad))] ^= 1 << r.randrange(8)
        else:
            bad = bad[:r.randrange(len(bad))]
        done = box.run("disasm", box.write("bad.fimg", bytes(bad)))
        yield from said(done, (0, 1) if i % 2 else 1, *["bad.fimg"][:done.returncode])


@test
def data_that_is_deeply_nested(box):
    for name, open_, words in (("deep.json", "[", ["json"]), ("deep.xml", "<a>", ["xml"]), ("deep.yaml", "[", ["openapi", "yaml"])):
        head = "openapi: 3.0.0\nx: " if name.endswith("yaml") else ""
        box.write(name, head + open_ * (20_000_000 // len(open_)))
        yield from said(box.run("inspect", name), 1, words, "byte ", "levels")
        yield from said(box.run("compare", name, name), (1, 2), ["nested", "levels"], ["byte[", "byte "])
        os.remove(box.at / name)
    yield from memory_is_bounded()


@test
def data_that_is_something_else(box):
    """A zip under the names of others, asked for as what it is not; a name with a newline and an escape."""
    with zipfile.ZipFile(box.at / "orders.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("orders.x12", "ISA*00~" * 10_000)
    zipped = (box.at / "orders.zip").read_bytes()
    for kind in ("x12", "edifact", "tradacoms", "json", "xml", "openapi", "wsdl", "csv", "fixed_width"):
        name = box.write(f"orders\n\x1b[31m.{kind}", zipped)
        yield from said(box.run("inspect", name), 0, "bytes")
        yield from said(box.run("inspect", name, "--kind", kind), (0, 1), kind)
        yield from said(box.run("compare", name, name, "--kind", kind), (0, 1, 2))
        shown = box.run("inspect", name).stdout
        if "\x1b" in shown or shown.count("\n") > 1:
            yield f"a name reaches the terminal as it is: {shown!r}"


# --- stores -----------------------------------------------------------------------------------------

def ran(box, argv='["touch", "made"]'):
    box.few(argv)
    return said(box.run("run", "main.ferry"), 0)


@test
def store_that_is_locked(box):
    yield from ran(box)
    with open(box.at / ".ferry/state.lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield from said(box.run("run", "main.ferry"), 3, ["held", "owns", "another process", "locked", "owner"])
        yield from said(box.run("note", "a word"), 3)
        yield from said(box.run("status"), 0)
        yield from said(box.run("audit"), 0)


@test
def store_that_cannot_be_written(box):
    yield from ran(box)
    if os.getuid() == 0:  # nobody else's rights bind root
        os.chmod(box.at, 0o755)
        for path in [box.at / ".ferry", *(box.at / ".ferry").iterdir()]:
            os.chmod(path, 0o755 if path.is_dir() else 0o644)
        as_nobody = {"user": 65534, "group": 65534, "extra_groups": []}
        tool = box.at / "ferry"  # where nobody can reach it
        shutil.copy(box.ferry, tool)
        box.ferry = str(tool)
    else:
        os.chmod(box.at / ".ferry", 0o500)
        for path in (box.at / ".ferry").iterdir():
            os.chmod(path, 0o400)
        as_nobody = {}
    yield from said(box.run("run", "main.ferry", **as_nobody), 3, ".ferry", ["ermission", "write", "read-only"])
    if not as_nobody:
        os.chmod(box.at / ".ferry", 0o700)


@test
def store_without_room(box):
    yield from ran(box)
    head = box.run("audit", "--format", "json").stdout
    os.remove(box.at / "box/made")

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = box.run("run", "main.ferry", preexec_fn=no_room)
    yield from said(done, (3, 5), ["room", "full", "I/O"])
    if (box.at / "box/made").exists():
        yield "performed without a journal"
    yield from said(box.run("audit"), 0)
    if box.run("audit", "--format", "json").stdout != head:
        yield "a store without room lost or gained an event"
    yield from said(box.run("run", "main.ferry"), 0)


@test
def store_that_is_damaged(box):
    yield from ran(box)
    path = box.at / ".ferry/state.db"
    good = path.read_bytes()
    for name in ("state.db-wal", "state.db-shm"):
        (box.at / ".ferry" / name).unlink(missing_ok=True)
    r = random.Random(5)
    for content in (b"not a database", good[:5000], good[:100] + bytes(3000) + good[3100:],
                    *(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1:] for at in r.sample(range(4096, len(good)), 10))):
        path.write_bytes(content)
        for command in ("audit", "status", "run main.ferry"):
            done = box.run(*command.split())
            yield from said(done, (0, 1, 3, 4, 5))
            if done.returncode in (0, 4) and command == "audit" and content[:4096] != good[:4096]:
                yield f"audit finds nothing wrong in a damaged store: {done.stdout}"
            for extra in ("state.db-wal", "state.db-shm"):
                (box.at / ".ferry" / extra).unlink(missing_ok=True)
            path.write_bytes(content)


@test
def event_that_was_changed(box):
    yield from ran(box)
    with sqlite3.connect(box.at / ".ferry/state.db") as db:
        names = [row[0] for row in db.execute("select name from sqlite_master where type = 'trigger'")]
        for name in names:
            db.execute(f'drop trigger "{name}"')
        columns = [row[1] for row in db.execute("pragma table_info(event)")]
        db.execute("update event set body = replace(cast(body as text), 'mira', 'tom') || ' ' where seq = (select max(seq) - 1 from event)"
                   if "body" in columns else "select 1/0")
    yield from said(box.run("audit"), 1, ["chain", "does not fit", "broken"])


@test
def evidence_that_is_gone(box):
    """What a simulation found is named by the journal: by hash it can be read, and audit and replay miss it."""
    box.few()
    for side, price in ("legacy", "12.50"), ("modern", "12.05"):
        box.write(f"{side}/a.json", json.dumps({"id": 1, "price": price}))
    box.write("main.ferry", 'language 1\ncustomer acme {\n  channel orders: rest {\n    legacy dir("legacy")\n    modern dir("modern")\n  }\n}\n'
              'migration m for acme {\n  phase prove {\n    simulate trial of acme.orders { samples "legacy/*" }\n  }\n}\n')
    yield from said(box.run("run", "main.ferry"), 0)
    lines = map(json.loads, box.run("events", "--format", "json").stdout.splitlines())
    named = [e["body"]["evidence"] for e in lines if e["kind"] == "outcome" and "evidence" in e["body"]]
    if len(named) != 1:
        yield f"{len(named)} outcomes name evidence"
        return
    kept = json.loads(box.run("events", "--kept", named[0][:12]).stdout)
    if (kept["compared"], kept["pairs"][0]["differences"][0]["modern"]) != (1, "12.05"):
        yield f"kept is {kept}"
    yield from said(box.run("audit"), 0, "evidence of 1")
    with sqlite3.connect(box.at / ".ferry/state.db") as db:
        db.execute("delete from blob")
    yield from said(box.run("audit"), 1, "evidence", "not kept")
    yield from said(box.run("replay"), 1, "evidence", "not kept")
    yield from said(box.run("why", "trial"), 0, "not kept")
    yield from said(box.run("events", "--kept", named[0]), 3, "nothing is kept")


@test
def store_of_a_newer_ferry(box):
    yield from ran(box)
    with sqlite3.connect(box.at / ".ferry/state.db") as db:
        db.execute("pragma user_version = 9999")
    for command in ("run main.ferry", "status", "audit", "resume"):
        yield from said(box.run(*command.split()), (1, 3), "newer")


@test
def store_with_a_run_of_an_earlier_machine(box):
    """Such a run has no version in its first event. What it holds can be read, and its chain is checked."""
    yield from ran(box)
    with sqlite3.connect(box.at / ".ferry/state.db") as db:
        for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            db.execute(f'drop trigger "{name}"')
        kept = json.loads(db.execute("select body from event where seq = 1").fetchone()[0])
        kept["machine"] -= 1
        db.execute("update event set body = ? where seq = 1", [json.dumps(kept, separators=(",", ":"))])
    for command in ("status", "replay", "why act"):
        yield from said(box.run(*command.split()), 3, "m-1", "earlier Ferry 0.1.0", "ferry events")
    yield from said(box.run("events"), 0)
    done = box.run("audit")
    yield from said(done, 1, "not replayed", "earlier")
    yield from said(box.run("run", "main.ferry"), 0)


@test
def store_with_an_open_run_of_another_machine(box):
    box.few()
    source = (box.at / "main.ferry").read_text().replace("    step act", "    wait 1h\n    step act")
    box.write("main.ferry", source)
    yield from said(box.run("run", "main.ferry", "--detach"), 6)
    with sqlite3.connect(box.at / ".ferry/state.db") as db:
        for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            db.execute(f'drop trigger "{name}"')
        db.execute("update event set body = replace(body, '\"machine\":', '\"machine\":9') where seq = 1")
    for command in ("resume", "run main.ferry"):
        yield from said(box.run(*command.split()), 3, "m-1", "newer Ferry 0.1.0", "--store")


@test
def store_with_an_open_run(box):
    box.few()
    source = (box.at / "main.ferry").read_text().replace("    step act", "    wait 1h\n    step act")
    box.write("main.ferry", source)
    yield from said(box.run("run", "main.ferry", "--detach"), 6)
    yield from said(box.run("run", "main.ferry", "--detach"), 3, "m-1", "resume")
    if (box.at / "box/made").exists():
        yield "performed before its time"


@test
def store_that_is_not_there(box):
    box.few()
    for command in ("status", "resume", "events", "audit", "replay", "why", "approve go", "rollback --reason x --yes"):
        yield from said(box.run(*command.split()), (0, 3), ["store", ".ferry", "no run"])
    if (box.at / ".ferry").exists():
        yield "a reader made a store"


# --- commands of connectors --------------------------------------------------------------------------

def outcomes(box):
    lines = box.run("events", "--format", "json").stdout.splitlines()
    return [e["body"]["status"] for e in map(json.loads, lines) if e["kind"] == "outcome"]


def gone(box, argv, status, words, soon=60):
    """A run whose one write goes wrong: it goes back, and says what happened."""
    box.few(argv)
    done = box.run("run", "main.ferry", soon=soon)
    yield from said(done, (3, 4, 5))
    if status not in outcomes(box):
        yield f"outcomes: {outcomes(box)}"
    why = box.run("why")
    yield from said(why, 0, words)
    yield from said(box.run("audit"), 0)
    yield from said(box.run("replay"), 0)
    yield from memory_is_bounded()


@test
def command_that_does_not_exist(box):
    yield from gone(box, '["no-such-command-here"]', "refused", ["no-such-command-here", "No such file"])


@test
def command_that_hangs(box):
    yield from gone(box, '["sleep", "6113"]', "unknown", ["time", "2s"])
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    if "sleep 6113" in left:
        yield "the command still runs"


@test
def command_that_floods(box):
    yield from gone(box, '["yes", "and so on and so on"]', "unknown", ["output", "time", "long", "large", "more than"])
    size = sum(p.stat().st_size for p in (box.at / ".ferry").iterdir())
    if size > 20_000_000:
        yield f"the store has {size} bytes"


@test
def command_that_dies(box):
    yield from gone(box, '["sh", "-c", "kill -9 $$"]', "unknown", ["signal", "SIGKILL", "killed"])


@test
def command_that_fails(box):
    yield from gone(box, '["sh", "-c", "echo locked by vendor >&2; exit 7"]', "unknown", ["7"])


# --- folders ------------------------------------------------------------------------------------------

@test
def entries_that_are_no_files(box):
    box.write("in/order.json", '{"po": 1}')
    box.write("in/line\nbreak.txt", "hello")
    box.write("in/packed.x12", b"PK\3\4\x14\0")
    os.symlink("nowhere", box.at / "in/dangling")
    os.symlink(".", box.at / "in/loop")
    os.mkfifo(box.at / "in/pipe")
    os.symlink("/dev/zero", box.at / "in/zero")
    done = box.run("inspect", "in")
    yield from said(done, 0, "dangling (leads nowhere)", "loop (a link to a folder)", "pipe (no regular file)", "zero (no regular file)")
    if "ZIP archive: what is in it is not looked at" not in done.stdout:
        yield f"inspect says {done.stdout!r}"
    yield from said(box.run("inspect", "in/pipe"), 1, "in/pipe", "not a regular file", "into a file")
    yield from said(box.run("inspect", "-"), 1, "cannot read -", "into a file")
    yield from said(box.run("compare", "in", "in/../in"), 0, "left out of in", "compared with itself")


# --- people -------------------------------------------------------------------------------------------

@test
def name_that_is_mistyped(box):
    box.few()
    box.write("main.ferry", (box.at / "main.ferry").read_text().replace("    step act", """    task package "Install" {
      assigned field
      timeout  1h
      undo     none "nothing"
    }
    step act""").replace("customer k", 'role field { members ["fay"] }\ncustomer k'))
    yield from said(box.run("run", "main.ferry", "--detach"), 6)
    before = len(box.run("events", "--format", "json").stdout.splitlines())
    yield from said(box.run("done", "pakage", "--as", "field", "--by", "fay"), 3, "pakage", "package")
    yield from said(box.run("approve", "package", "--as", "field", "--by", "fay"), 3, "package")
    yield from said(box.run("done", "package", "--as", "feild", "--by", "fay"), 3, "field")
    yield from said(box.run("done", "package", "--as", "field", "--by", "mallory"), 3, "mallory")
    yield from said(box.run("done", "package", "--run", "m-7", "--as", "field", "--by", "fay"), 3, "m-7")
    yield from said(box.run("dnoe", "package"), 64, "done")
    yield from said(box.run("done", "package", "--sa", "field"), 64, "--")
    after = len(box.run("events", "--format", "json").stdout.splitlines())
    if after - before not in range(0, 12):  # owners come and go; nothing else is journaled
        yield f"{after - before} events came of refused commands"
    yield from said(box.run("done", "package", "--as", "field", "--by", "fay"), 0)
    yield from said(box.run("resume"), 0)


def memory_is_bounded():
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if most > MOST_KB:
        yield f"a child took {most} kB"


def main(ferry, wanted):
    for f in TESTS:
        if wanted and f.__name__ not in wanted:
            continue
        with tempfile.TemporaryDirectory() as at:
            try:
                RESULTS[f.__name__.replace("_", " ")] = list(f(Box(ferry, at)))[:10]
            except (OSError, ValueError, KeyError, sqlite3.Error, subprocess.SubprocessError) as e:
                RESULTS[f.__name__.replace("_", " ")] = [f"{type(e).__name__}: {e}"]
    checks.report(RESULTS)


main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:])
