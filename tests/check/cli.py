"""Several processes, signals and input that nobody would write: what one command line cannot show."""
import os
import pathlib
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time

import checks

FERRY = str(pathlib.Path(sys.argv[1]).resolve())
SECONDS = 60
SOURCE = """language 1
customer acme "ACME" { criticality high }
role board { members ["eve", "tom"] }
connector box: dir { base "world" }
migration now "Now" for acme {
  phase switch {
    step route "Point orders at modern" {
      do    box.write("route", text: "modern")
      undo  box.remove("route")
      check box.stat("route").exists
    }
    approve go "Keep it?" by 1 of board within 1h
  }
}
"""
ENV = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "NO_COLOR": "1", "TZ": "UTC",
       "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99"}


class Place:
    """A folder with a playbook and its world."""

    def __init__(self):
        self.keep = tempfile.TemporaryDirectory(prefix="ferry-cli-")
        self.folder = pathlib.Path(self.keep.name)
        (self.folder / "world").mkdir()
        (self.folder / "main.ferry").write_text(SOURCE)

    def ferry(self, *words, **more):
        return subprocess.run([FERRY, *words], cwd=self.folder, env=ENV | {"HOME": self.keep.name},
                              capture_output=True, text=True, errors="replace", timeout=SECONDS, **more)

    def start(self, *words):
        return subprocess.Popen([FERRY, *words], cwd=self.folder, env=ENV | {"HOME": self.keep.name}, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def until_asked(self):
        for _ in range(SECONDS * 10):
            if '"name": "go"' in self.ferry("status", "--format", "json").stdout:
                return
            time.sleep(0.1)
        raise TimeoutError("nobody was asked")


def wanted(done, code, *words):
    """Faults: another exit code, or words that are neither on stdout nor on stderr."""
    out = done.stdout + done.stderr
    faults = [] if done.returncode == code else [f"exit {done.returncode}, not {code}: {out[-400:]}"]
    return faults + [f"`{w}` is not said: {out[-400:]}" for w in words if w not in out]


def ended(process, code, *words):
    out, err = process.communicate(timeout=SECONDS)
    return wanted(subprocess.CompletedProcess([], process.returncode, out, err), code, *words)


def second_terminal():
    p = Place()
    run = p.start("run", "main.ferry", "--stay", "--by", "ann")
    p.until_asked()
    faults = wanted(p.ferry("note", "all quiet"), 0, "journaled")
    faults += wanted(p.ferry("approve", "og", "--as", "board", "--by", "eve"), 3, "switch.go")
    faults += wanted(p.ferry("approve", "go", "--as", "board", "--by", "eve"), 0, "journaled")
    return faults + ended(run, 0, "completed") + wanted(p.ferry("audit"), 0, "1 of 1 runs")


def interrupted(number, code):
    p = Place()
    run = p.start("run", "main.ferry", "--stay", "--by", "ann")
    p.until_asked()
    run.send_signal(number)
    faults = ended(run, code, "nothing is lost", "ferry resume now-1")
    again = p.start("resume", "--stay")
    time.sleep(0.5)
    faults += wanted(p.ferry("approve", "go", "--as", "board", "--by", "eve"), 0, "journaled")
    faults += ended(again, 0, "completed")
    if (p.folder / "world/route").read_text() != "modern":
        faults.append("the world is not what it should be")
    return faults + wanted(p.ferry("replay"), 0, "identical")


def killed():
    p = Place()
    run = p.start("run", "main.ferry", "--stay", "--by", "ann")
    p.until_asked()
    run.kill()
    run.communicate()
    faults = wanted(p.ferry("approve", "go", "--as", "board", "--by", "eve"), 0, "journaled")
    return faults + wanted(p.ferry("resume"), 0, "completed") + wanted(p.ferry("audit"), 0, "1 of 1 runs")


def held():
    p = Place()
    run = p.start("run", "main.ferry", "--stay", "--by", "ann")
    p.until_asked()
    faults = wanted(p.ferry("run", "main.ferry", "--by", "ann"), 3, f"pid {run.pid}", "help:")
    faults += wanted(p.ferry("resume"), 3, f"pid {run.pid}")
    faults += wanted(p.ferry("status"), 0, "switch.go", f"Driven   by pid {run.pid}")
    run.send_signal(signal.SIGTERM)
    return faults + ended(run, 143)


def given_back():
    p = Place()
    run = p.start("run", "main.ferry", "--stay", "--by", "ann")
    p.until_asked()
    again = p.start("resume", "--stay")
    time.sleep(0.5)
    run.send_signal(signal.SIGTERM)
    faults = ended(run, 143)
    faults += wanted(p.ferry("approve", "go", "--as", "board", "--by", "eve"), 0, "journaled")
    return faults + ended(again, 0, "completed")


def ended_while_waiting():
    p = Place()
    run = p.start("run", "main.ferry", "--stay", "--by", "ann")
    p.until_asked()
    again = p.start("resume", "--stay")
    time.sleep(0.5)
    faults = wanted(p.ferry("approve", "go", "--as", "board", "--by", "eve"), 0, "journaled")
    return faults + ended(run, 0, "completed") + ended(again, 0, "now-1 has ended: completed")


def terminal(p, *words, say=b"", until=lambda seen: False):
    """What one command shows on a terminal of its own, and how it ends. `say` is typed once `Type` is seen."""
    pid, fd = pty.fork()
    if not pid:
        os.chdir(p.folder)
        os.execve(FERRY, ["ferry", *words], ENV | {"HOME": p.keep.name, "TERM": "xterm"})
    seen, end = b"", time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            if not select.select([fd], [], [], 0.2)[0]:
                continue
            seen += os.read(fd, 65536)
            if say and b"Type" in seen:
                os.write(fd, say)
                say = b""
            if until(seen):
                os.kill(pid, signal.SIGINT)
    except OSError:
        pass  # the terminal's other side is gone: it has ended
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode(errors="replace")


def screen_moves():
    clock = rb"20\d\d (\d\d:\d\d:\d\d)"
    code, seen = terminal(Place(), "run", "main.ferry", until=lambda seen: len(set(re.findall(clock, seen))) > 3)
    return [] if code == 130 and "nothing is lost" in seen else [f"exit {code}: {seen[-400:]}"]


def confirmed(word, code, state, *words):
    p = Place()
    p.ferry("run", "main.ferry", "--by", "ann")
    got, seen = terminal(p, "rollback", "--reason", "no good", say=word + b"\n")
    faults = [] if got == code else [f"exit {got}, not {code}: {seen[-400:]}"]
    faults += [f"`{w}` is not said: {seen[-400:]}" for w in words if w not in seen]
    p.ferry("resume", "--detach")
    return faults + wanted(p.ferry("status"), 0, state)


ITERATIONS = """language 1
role board { members ["ann", "ben"] }
connector box: dir { base "world" }
customer acme {
  channel orders: edi { }
  channel files: sftp { }
}
migration m for acme {
  phase move {
    for each c in acme.channels {
      step route "Route {c.name}" {
        do    box.write(c.name, text: "modern")
        undo  box.remove(c.name)
        check box.stat(c.name).exists
      }
    }
  }
  phase tell {
    step note "Tell the desk" {
      do    box.write("note", text: "moved")
      undo  box.remove("note")
      check box.stat("note").exists
    }
    approve go "Keep it?" by 1 of board within 1h
  }
}
"""


def one_iteration_alone():
    """What was done after an iteration that goes back alone is named; its siblings do not rest on it."""
    p = Place()
    (p.folder / "main.ferry").write_text(ITERATIONS)
    p.ferry("run", "main.ferry", "--by", "cid")
    got, seen = terminal(p, "rollback", "--channel", "orders", "--reason", "no good", say=b"rollback\n")
    faults = [] if got == 0 else [f"exit {got}: {seen[-400:]}"]
    return faults + [f"`{w}` is not said: {seen[-500:]}" for w in ("move.orders.route", "Done after it, and stays: tell.note;")
                     if w not in seen] + [f"a sibling is named: {seen[-500:]}" for w in ("move.files",) if w in seen]


def input_of(name, content, code=1, *words):
    p = Place()
    (p.folder / name).write_bytes(content)
    faults = []
    for command in (["check"], ["compile"], ["fmt", "--check"]):
        done = p.ferry(*command, name)
        if done.returncode not in (code, 0 if command[0] == "fmt" else code, 2 if command[0] == "fmt" else code):
            faults += [f"{command[0]}: exit {done.returncode}: {done.stderr[-300:]}"]
        if len(done.stderr) > 200_000:
            faults.append(f"{command[0]}: {len(done.stderr)} bytes of messages")
    return faults + [f for w in words for f in wanted(p.ferry("check", name), code, w)]


def output_full():
    p = Place()
    with open("/dev/full", "w") as full:
        done = subprocess.run([FERRY, "explain"], cwd=p.folder, env=ENV, stdout=full, stderr=subprocess.PIPE, text=True)
    return [] if done.returncode == 3 and "cannot write" in done.stderr else [f"exit {done.returncode}: {done.stderr}"]


def into_a_pipe():
    """`-o` on what is no regular file writes into it, and leaves it what it is."""
    p = Place()
    pipe = p.folder / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    faults = wanted(p.ferry("compile", "main.ferry", "-o", "pipe"), 0, "sha256:")
    got = reader.communicate(timeout=SECONDS)[0] if pipe.is_fifo() else reader.kill() or b""
    faults += wanted(p.ferry("compile", "main.ferry", "-o", "whole"), 0, "sha256:")
    faults += [] if pipe.is_fifo() else ["the pipe became a file"]
    faults += [] if got == (p.folder / "whole").read_bytes() else [f"{len(got)} bytes came out of the pipe"]
    return faults + wanted(p.ferry("compile", "main.ferry", "-o", "world"), 3, "cannot write world")


def disk_full():
    """Who only reads needs a file that readers share; where it cannot grow, that is said."""
    def limits():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    p = Place()
    p.ferry("run", "main.ferry", stdin=subprocess.DEVNULL)
    return [f for word in ("status", "events", "audit") for f in wanted(p.ferry(word, preexec_fn=limits), 3, "no room on its disk")]


def revision():
    """A revision of git beside the file as it is now; and a run sheet that goes back into its run."""
    p = Place()
    git = lambda *words: subprocess.run(["git", "-c", "user.email=a@b.c", "-c", "user.name=a", *words], cwd=p.folder, env=ENV | {"HOME": p.keep.name},
                                        capture_output=True, check=True)
    git("init", "-q")
    git("add", "main.ferry")
    git("commit", "-q", "-m", "one")
    (p.folder / "main.ferry").write_text(SOURCE.replace("1 of board", "2 of board"))
    faults = wanted(p.ferry("diff", "HEAD:main.ferry", "main.ferry"), 2, "SAFER", "votes: board -> 2 of board")
    faults += wanted(p.ferry("diff", "main.ferry", "main.ferry"), 0, "the same")
    faults += wanted(p.ferry("plan", "main.ferry"), 0, "changed")
    faults += wanted(p.ferry("diff", "--upload:main.ferry", "main.ferry"), 64)
    return faults + wanted(p.ferry("diff", "nowhere:main.ferry", "main.ferry"), 1, "does not know the revision `nowhere`")


def run_sheet():
    p = Place()
    task = '  phase people {\n    task seen "See it" {\n      assigned board\n      undo none "seen"\n    }\n  }\n}\n'
    (p.folder / "main.ferry").write_text(SOURCE.rstrip()[:-1] + task)
    faults = wanted(p.ferry("run", "main.ferry", "--detach", "--by", "ann"), 6, "go")
    faults += wanted(p.ferry("approve", "go", "--as", "board", "--by", "eve"), 0)
    faults += wanted(p.ferry("resume", "--detach"), 6, "people.seen")
    sheet = p.ferry("plan", "main.ferry", "--runsheet", "--format", "csv").stdout
    (p.folder / "sheet.csv").write_text(sheet.replace('"people.seen",,,', '"people.seen",tom,,'))
    faults += wanted(p.ferry("done", "--from", "sheet.csv"), 0, "people.seen")
    return faults + wanted(p.ferry("resume"), 0, "completed")


def nothing_half_made():
    """Killed while it writes, `ferry new` leaves no project behind, or a whole one."""
    faults = []
    for after in (0.0005, 0.001, 0.002, 0.004):
        p = Place()
        process = p.start("new", "project")
        time.sleep(after)
        process.kill()
        process.communicate()
        if (p.folder / "project").exists() and p.ferry("check", "project/migration.ferry").returncode != 0:
            faults.append(f"half a project after {after} s")
    return faults


checks.report({
    "a revision of git is compared": revision(),
    "a run sheet is filled in and taken back": run_sheet(),
    "a project appears whole": nothing_half_made(),
    "a person votes from a second terminal": second_terminal(),
    "Ctrl-C stops at a commit, resume goes on": interrupted(signal.SIGINT, 130),
    "SIGTERM likewise": interrupted(signal.SIGTERM, 143),
    "after kill -9 a vote is taken and the run goes on": killed(),
    "a store that is held says by whom": held(),
    "a store that is given back is waited for": given_back(),
    "a run that ended while its store was waited for": ended_while_waiting(),
    "the clock of the screen moves while people are awaited": screen_moves(),
    "going back is shown first, and done when confirmed": confirmed(b"rollback", 0, "rolled_back", "switch.route", "One after the other likely"),
    "going back is not done when not confirmed": confirmed(b"yes", 3, "waiting", "not confirmed: nothing was done"),
    "one iteration goes back alone": one_iteration_alone(),
    "an empty source": input_of("a.ferry", b"", 0),
    "a binary source": input_of("a.ferry", bytes(range(256)) * 64),
    "a source of 100 MB": input_of("a.ferry", b"// comment\n" * (100 << 20 >> 3), 1, "limit"),
    "a source that is nested too deeply": input_of("a.ferry", b"let x = " + b"(" * 100_000),
    "a source that is cut off": input_of("a.ferry", SOURCE.encode()[:-40]),
    "a folder for a source": wanted(Place().ferry("check", "world"), 1, "world"),
    "stdout is full": output_full(),
    "what is written into a pipe stays a pipe": into_a_pipe(),
    "no room for readers": disk_full(),
})
