"""The examples as the checks run them: in copies below a temporary folder, with people who answer
from other processes as soon as they are asked.

`Copy` is one example in a folder of its own. `quick` makes its live migrations take seconds rather
than minutes of a test's time. Every call that changes something outside leaves a line in calls.log
before it does anything, beside the example's own effects.log, which shows each key once by design:
a key that stands in calls.log twice was performed twice.
"""
import collections
import json
import pathlib
import shutil
import subprocess
import threading

import checks

# What people do when asked for NAME: the arguments of `ferry`, in order.
PEOPLE = {"go": [["approve", "go", "--as", "change_board", "--by", "ana"],
                 ["approve", "go", "--as", "change_board", "--by", "bo"]],
          "package": [["done", "package", "--as", "field", "--by", "fay", "--evidence", "images=4/4"]],
          "first_orders": [["done", "first_orders", "--as", "edi_desk", "--by", "dee", "--evidence", "orders=SO-88121"]]}
QUICK = [("watch: 2h, tick: 1m, patience: 5m", "watch: 6m, tick: 1m, patience: 2m"),
         ("watch: 5s, tick: 1s, patience: 2s", "watch: 600ms, tick: 200ms, patience: 200ms"),
         ("watch: 20s, tick: 1s, patience: 3s", "watch: 10s, tick: 200ms, patience: 300ms")]
CALLED = '''    with open("calls.log", "a") as calls:
        calls.write("%s %s %s\\n" % (os.environ.get("FERRY_IDEMPOTENCY_KEY", "-"), name, verb))
'''
KEPT = 4  # documents of each folder of data in a quick copy


class Copy:
    def __init__(self, ferry, name, at, quick=False):
        self.ferry, self.name, self.folder = str(ferry), name, pathlib.Path(at) / name
        shutil.copytree(checks.ROOT / "examples" / name, self.folder)
        self.main = f"{name}.ferry"
        self.log_calls()
        if quick:
            self.quicken()

    def log_calls(self):
        ctl = self.folder / "gateways/ctl"
        text = ctl.read_text()
        # the example may change; a call that leaves no trace would make the check blind
        assert text.count("def change(name, verb, update):\n") == 1
        ctl.write_text(text.replace("def change(name, verb, update):\n", "def change(name, verb, update):\n" + CALLED))

    def quicken(self):
        main = self.folder / self.main
        text = main.read_text()
        changed = text
        for slow, fast in QUICK:
            changed = changed.replace(slow, fast)
        assert changed != text
        main.write_text(changed)
        for folder in {p.parent for p in (self.folder / "data").rglob("*") if p.is_file()}:
            for file in sorted(folder.iterdir())[KEPT:]:
                file.unlink()

    def argv(self, *args):
        return [self.ferry, *args]

    def run(self, *args, timeout=120):
        return subprocess.run(self.argv(*args), cwd=self.folder, text=True, errors="replace", timeout=timeout,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def start(self, *args, under=(), **more):
        return subprocess.Popen([*under, *self.argv(*args)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)

    def with_people(self, *args, timeout=120):
        with People(self):
            return self.run(*args, timeout=timeout)

    def json(self, *args):
        return json.loads(self.run(*args, "--format", "json").stdout)

    def events(self):
        lines = self.run("events", "--format", "json").stdout.splitlines()
        return [json.loads(line) for line in lines]

    def world(self, platform="platform"):
        """Every file of the platform but the logs, which tell how it came about; {} before anything."""
        root = self.folder / platform
        return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*"))
                if p.is_file() and p.suffix == ".json"}

    def leftovers(self, platform="platform"):
        """Part files and the like: nothing of Ferry's may stay behind in somebody's folder."""
        root = self.folder / platform
        return [str(p.relative_to(root)) for p in root.rglob("*")
                if p.is_file() and p.suffix != ".json" and p.name not in ("effects.log", "calls.log")]

    def log(self, name="effects.log", platform="platform"):
        """(key, what) of each line."""
        path = self.folder / platform / name
        lines = path.read_text().splitlines() if path.exists() else []
        return [tuple(line.split(" ", 1)) for line in lines]


class People:
    """Answers each question once, from another process, as soon as `ferry status` shows it."""

    def __init__(self, copy, people=PEOPLE):
        self.copy, self.left, self.faults = copy, {k: list(v) for k, v in people.items()}, []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def asked(self):
        try:
            runs = json.loads(self.copy.run("status", "--format", "json", timeout=20).stdout)["runs"]
        except (ValueError, KeyError, subprocess.TimeoutExpired):
            return []  # no store yet, or its owner was killed this moment
        return [w["name"].rpartition(".")[2] for r in runs for w in r.get("waiting", [])]

    def watch(self):
        while not self.over.wait(0.1):
            for name in self.asked():
                while self.left.get(name) and not self.over.is_set():
                    done = self.copy.run(*self.left[name][0], timeout=20)
                    if done.returncode not in (0, 6):
                        self.faults.append((self.left[name][0], done.returncode, done.stderr))
                        break  # the owner may just have died: asked again when status shows it again
                    self.left[name].pop(0)


def wait_for(process, seconds):
    """Its status; a process that does not end is a failure of its own (None), and is ended."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def doubts(events):
    """(key, verdict) of each doubt that was settled. A decision names a place of the program, and what
    was in doubt there is the newest intent of that place."""
    intents = {}
    for e in events:
        place = e["run"], e["fiber"], e["site"]
        if e["kind"] == "intent":
            intents[place] = e["key"]
        elif e["kind"] == "decision" and e["body"].get("what") == "doubt":
            yield intents.get(place), e["body"]["verdict"]


def doubled(copy, platform="platform"):
    """Keys that were performed more than once though no doubt about them was settled so that it should be."""
    calls = collections.Counter(copy.log("calls.log", platform))
    twice = {key for (key, _), n in calls.items() if n > 1}
    undone = {key for key, verdict in doubts(copy.events()) if verdict in ("did not happen", "again")} if twice else set()
    return sorted(twice - undone)
