"""Journals replayed by every build: replay.py FERRY [FERRY…]. The first one makes them, live and rehearsed,
with people, doubt and a way back; each must then tell the same events, derive the same bytes from the
inputs and end in the same state. Images compiled by each are the same bytes."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import checks

BUILDS = [str(pathlib.Path(p).resolve()) for p in sys.argv[1:]]
SECONDS = 600
HEAD = """language 1
customer acme "ACME" { criticality high }
role board { members ["eve", "tom"] }
role field { members ["fay"] }
connector box: dir {
  base      "world"
  rehearsal "world"
}
connector cli: exec {
  base      "world"
  rehearsal "world"
  refused   [3]
}
"""
STEP = """ step %(n)s "Make %(n)s" {
      do    %(do)s
      undo  box.remove("%(n)s")
      check box.stat("%(n)s").exists
    }"""


def step(name, command=None):
    do = f'cli.run({json.dumps(command)})' if command else f'box.write("{name}", text: "{name}")'
    return STEP % {"n": name, "do": do}


TASK = """ task desk "Move the desk" {
      assigned field
      timeout  1h
      evidence "a photo"
      undo     "move it back"
    }"""
# The command dies after its work, and nothing can be asked whether it was done: a person must say.
DOUBT = """ step letter "Send the letter" {
      do           cli.run(["sh", "-c", "echo sent >>letters; kill -9 $$"])
      irreversible "it is sent"
    }"""
PROGRAMS = {
    "completes": ([step("a"), step("b"), ' approve go "Go?" by 2 of board within 1h', step("c")], "now", {}),
    "goes back": ([step("a"), step("b"), step("c", ["sh", "-c", "echo no >&2; exit 3"])], "now", {}),
    "settled by its check": ([step("a"), step("c", ["sh", "-c", ": >c; kill -9 $$"])], "now", {}),
    "retried in vain": ([step("a"), step("c", ["sh", "-c", "kill -9 $$"])], "now", {}),
    "tasks": ([step("a"), TASK, step("b")], "now", {
        "desk": ["done", "desk", "--as", "field", "--by", "fay", "--evidence", "photo=1"]}),
    "doubt for a person": ([step("a"), ' approve go "Send?" by 2 of board within 1h', DOUBT], "now", {
        "letter": ["resolve", "letter", "--done", "--reason", "the other side has it"]}),
    "a question": ([step("a"), step("c", ["sh", "-c", "exit 3"]) + "\n on failure ask board within 20m else rollback"],
                   "now", {"question": ["answer", "switch", "rollback", "--as", "board", "--by", "eve"]}),
    "waits": ([step("a"), ' wait 1s', ' observe x: number every 200ms for 1s = cli.ask(["echo", "7"]).json', step("b")],
              "now", {}),
}
VOTES = {"go": [["approve", "go", "--as", "board", "--by", who] for who in ("eve", "tom")]}


class Store:
    """A copy of a playbook and what ran in it."""

    def __init__(self, name, folder):
        self.name, self.folder, self.faults = name, folder, []
        self.env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "NO_COLOR": "1", "TZ": "UTC",
                    "HOME": str(folder), "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99"}

    def ferry(self, *words, build=0):
        return subprocess.run([BUILDS[build], *words], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=SECONDS)

    def run(self, *words, says=None):
        """Runs to its end; `says`: what people answer to what is asked, by its name or kind."""
        run = subprocess.Popen([BUILDS[0], "run", *words], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        reader = threading.Thread(target=lambda: setattr(self, "said", run.communicate()), daemon=True)
        reader.start()
        self.answer(run, dict(says or {}))
        reader.join(SECONDS)
        if run.returncode not in (0, 4):
            self.faults.append(f"exit {run.returncode}: {self.said[1][-400:]}")

    def answer(self, run, says):
        end = time.monotonic() + SECONDS
        while run.poll() is None and time.monotonic() < end:
            status = self.ferry("status", "--format", "json").stdout if says else ""
            for name in [n for n in says if f': "{n}"' in status]:
                for words in says.pop(name):
                    told = self.ferry(*words)
                    if told.returncode:
                        self.faults.append(f"{' '.join(words)}: {told.stdout}{told.stderr}")
            time.sleep(0.1)
        run.kill()


def small(folder, name):
    parts, migration, says = PROGRAMS[name]
    s = Store(name, folder)
    (folder / "world").mkdir(parents=True)
    (folder / "main.ferry").write_text(HEAD + f'migration {migration} "Now" for acme {{\n  phase switch {{\n   '
                                       + "\n   ".join(parts) + "\n  }\n}\n")
    says = {k: [v] for k, v in says.items()} | (VOTES if "approve" in "".join(parts) else {})
    s.run("main.ferry", migration, "--stay", "--by", "ann", says=says)
    if name == "completes":
        s.run("main.ferry", migration, "--rehearse", "--by", "ann")
    return s


def example(folder, example_name, *words):
    s = Store(" ".join([example_name, *words]), folder)
    shutil.copytree(checks.ROOT / "examples" / example_name, folder)
    s.run(f"{example_name}.ferry", *words, "--store", ".ferry")
    return s


def told(s, build):
    """What a build makes of a store: events, replay with the state's hash, audit."""
    out = {}
    for command in ("events", "replay", "audit"):
        done = s.ferry(command, "--store", ".ferry", "--format", "json", build=build)
        out[command] = done.stdout
        if done.returncode:
            s.faults.append(f"{command} by {BUILDS[build]}: exit {done.returncode}: {done.stdout[-300:]}{done.stderr[-600:]}")
    return out


def judge(s):
    first = told(s, 0)
    runs = json.loads(first["replay"] or "{}").get("runs", [])
    if not runs or not all(r["identical"] and r["derived"] > 3 and r["state"].strip("0") for r in runs):
        s.faults.append(f"not identical, or not enough to tell: {first['replay'][:300]}")
    for build in range(1, len(BUILDS)):
        for command, text in told(s, build).items():
            if text != first[command]:
                s.faults.append(f"`{command}` by {BUILDS[build]} differs")
    return s.faults


def images(folder):
    """Each build compiles the same bytes."""
    faults = []
    for name in ("acme", "birch"):
        s = Store(name, checks.ROOT / "examples" / name)
        made = []
        for build in range(len(BUILDS)):
            to = folder / f"{name}{build}.fimg"
            if s.ferry("compile", f"{name}.ferry", "-o", str(to), build=build).returncode:
                faults.append(f"{BUILDS[build]} does not compile {name}")
            made.append(to.read_bytes() if to.exists() else None)
        faults += [f"{name} by {BUILDS[b]} is another image" for b in range(1, len(BUILDS)) if made[b] != made[0]]
    return faults


def main():
    with tempfile.TemporaryDirectory(prefix="ferry-replay-") as keep:
        folder, results, jobs = pathlib.Path(keep), {}, []
        for i, name in enumerate(PROGRAMS):
            jobs.append((name, small, (folder / f"p{i}", name)))
        for words in (("acme", "acme_2027", "--rehearse"), ("birch", "birch_2027", "--rehearse"),
                      ("birch", "birch_live", "--stay")):
            jobs.append((" ".join(words), example, (folder / "-".join(words), *words)))

        def work(name, make, args):
            try:
                results[name] = judge(make(*args))
            except Exception as e:  # noqa: BLE001: a fault of one store must not hide the others
                results[name] = [repr(e)]

        threads = [threading.Thread(target=work, args=j) for j in jobs]  # most of them only wait
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        checks.report({f"{j[0]}, by {len(BUILDS)} builds": results[j[0]] for j in jobs}
                      | {"images of the examples": images(folder)})


main()
