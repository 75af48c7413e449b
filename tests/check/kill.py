"""kill -9, then `ferry resume`: the end state and the world are those of an undisturbed run, and nothing
was performed twice unless the journal says that it was in doubt.

    kill.py FERRY [--all] [--seconds N] [SCENARIO…]

Two ways of dying. *At a system call*: strace ends the process on entry to the n-th call of a kind that
changes anything outside of it. States between two such calls look alike from outside, so all of them
together are every moment at which a kill could matter; --all does each of one run, by default a
sample that fits the time. *At a random moment*: once, twice or three times, the resumes too.
"""
import collections
import concurrent.futures
import contextlib
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import checks
from worlds import Copy, People, doubled, doubts, wait_for

HERE = pathlib.Path(__file__).resolve().parent

CALLS = ("write pwrite64 writev pwritev fsync fdatasync ftruncate fallocate rename renameat renameat2 link linkat "
         "symlink unlink unlinkat mkdir mkdirat rmdir chmod fchmod fchmodat flock fcntl kill pidfd_send_signal clone clone3 "
         "fork vfork bind listen connect accept4 sendto sendmsg munmap exit_group").split()
ENDS = ("completed", "rolled_back", "partial", "stopped", "stuck")
LONGEST = 150  # seconds that one run may take

SHORT = "kill_short.ferry"  # beside acme's files, instead of acme.ferry's own migrations

Scenario = collections.namedtuple("Scenario", "name example migration options platform status state main", defaults=[None])
SCENARIOS = [
    Scenario("short", "acme", "short_done", [], "platform", 0, "completed", SHORT),
    Scenario("short, going back", "acme", "short_back", [], "platform", 4, "rolled_back", SHORT),
    Scenario("rehearsal", "acme", "acme_2027", ["--rehearse"], "platform-test", 0, "completed"),
    Scenario("live", "acme", "acme_live", [], "platform", 0, "completed"),
    Scenario("going back", "birch", "birch_live", [], "platform", 4, "rolled_back"),
]


class Short(Copy):
    """The example's world under a program that needs neither people nor data, and a `ctl` that starts fast."""

    def __init__(self, ferry, name, at, main):
        self.ferry, self.name, self.folder, self.main = str(ferry), name, at / name, main
        shutil.copytree(checks.ROOT / "examples" / name, self.folder, ignore=shutil.ignore_patterns("data"))
        shutil.copy(HERE / main, self.folder)
        shutil.copy(HERE / "ctl.pl", self.folder / "gateways/ctl")


def start(copy, s, under=()):
    return copy.start("run", copy.main, s.migration, "--stay", *s.options, under=under)


def runs_of(copy):
    """The runs of the store; none where it was killed before there was one."""
    if not (copy.folder / ".ferry/state.db").exists():
        return []
    done = copy.run("status", "--format", "json", timeout=LONGEST)
    try:
        return json.loads(done.stdout)["runs"]
    except ValueError:
        return []


def finish(copy, s):
    """What a person does after a crash, until nothing is open; yields what surprised."""
    for _ in range(8):
        runs = runs_of(copy)
        if runs and runs[-1]["state"] in ENDS:
            return
        process = copy.start("resume", "--stay") if runs else start(copy, s)
        status = wait_for(process, LONGEST)
        if status not in (0, 4, 5, 6):
            yield f"{'resume' if runs else 'run'} ended with {status}"
            done = copy.run("resume", timeout=LONGEST)
            yield f"resume again: {done.returncode} {done.stderr[-500:]}"
            return
    yield f"still open: {runs_of(copy)}"


def facts(copy, s):
    """What must not depend on being killed."""
    world = {k: json.loads(v) for k, v in copy.world(s.platform).items()}
    return {"states": [(r["migration"], r["state"]) for r in runs_of(copy)], "world": world,
            "effects": sorted(what for _, what in copy.log("effects.log", s.platform))}


def faults_after(copy, s, want):
    got = facts(copy, s)
    yield from (f"{k}: {got[k]}, not {want[k]}" for k in want if got[k] != want[k])
    twice = doubled(copy, s.platform)
    if twice:
        yield f"performed twice without a doubt in the journal: {twice}"
    if copy.leftovers(s.platform):
        yield f"left behind: {copy.leftovers(s.platform)}"
    for command in ("audit", "replay"):
        done = copy.run(command, timeout=LONGEST)
        if done.returncode:
            yield f"{command} ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"


class Loop:
    def __init__(self, ferry, s, at):
        self.ferry, self.s, self.at = ferry, s, at
        self.faults, self.figures = [], collections.Counter()
        self.numbers = iter(range(10**9))
        with self.copy() as copy, self.people(copy):
            began = time.monotonic()
            status = wait_for(start(copy, s), LONGEST)
            self.length = time.monotonic() - began
            self.want = facts(copy, s)
            self.faults += [f"undisturbed: {f}" for f in faults_after(copy, s, self.want)]
            if status != s.status or self.want["states"] != [(s.migration, s.state)]:
                self.faults.append(f"undisturbed: status {status}, {self.want['states']}")

    def copy(self):
        return Fresh(self.ferry, self.s, self.at / f"{self.s.name}-{next(self.numbers)}")

    def people(self, copy):
        return contextlib.nullcontext() if self.s.main else People(copy)

    def judge(self, copy, how, faults):
        faults = faults + list(faults_after(copy, self.s, self.want))
        for _, verdict in doubts(copy.events()):
            self.figures[f"settled doubts: {verdict}"] += 1
        if faults:
            self.faults += [f"{how}: {f}" for f in faults]
            keep = os.environ.get("FERRY_KEEP")
            if keep:
                shutil.copytree(copy.folder, pathlib.Path(keep) / re.sub(r"\W+", "_", f"{self.s.name} {how}"), dirs_exist_ok=True,
                                ignore=lambda at, names: [n for n in names if pathlib.Path(at, n).is_socket()])

    def traced(self):
        """(call, n) of each call that matters in one run; empty where processes cannot be traced."""
        with self.copy() as copy, self.people(copy):
            out = copy.folder / "trace"
            under = ["strace", "-qq", "-o", str(out), "-e", "trace=" + ",".join("?" + c for c in CALLS)]
            status = wait_for(start(copy, self.s, under), LONGEST * 2)
            if status != self.s.status:
                return []
            counts = collections.Counter(re.findall(r"^(?:\d+ +)?(\w+)\(", out.read_text(errors="replace"), re.M))
            self.figures["system calls of one run"] = sum(counts.values())
            return [(call, n + 1) for call in sorted(counts) for n in range(counts[call])]

    def at_call(self, point):
        call, n = point
        with self.copy() as copy, self.people(copy):
            status = wait_for(start(copy, self.s, ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                                                   "-e", f"inject={call}:signal=SIGKILL:when={n}"]), LONGEST)
            if status == self.s.status:
                self.figures["not reached"] += 1  # runs differ by some polls
            else:
                self.figures["killed at a system call"] += 1
            self.judge(copy, f"{call} {n}", list(finish(copy, self.s)))

    def at_random(self, seed):
        r = random.Random(f"{self.s.name} {seed}")
        with self.copy() as copy, self.people(copy):
            process, faults = start(copy, self.s), []
            for _ in range(r.randint(1, 3)):
                time.sleep(r.uniform(0, self.length))
                if process.poll() is None:
                    process.kill()
                    self.figures["killed at a random moment"] += 1
                process.wait()
                if runs_of(copy):
                    process = copy.start("resume", "--stay")
            if process.poll() is None and wait_for(process, LONGEST) is None:
                faults.append("hangs")
            self.judge(copy, f"random {seed}", faults + list(finish(copy, self.s)))


class Fresh:
    """A copy that is deleted at the end of the block."""

    def __init__(self, ferry, s, folder):
        folder.mkdir()
        self.folder = folder
        self.made = Short(ferry, s.example, folder, s.main) if s.main else Copy(ferry, s.example, folder, quick=True)

    def __enter__(self):
        return self.made

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)


def spread(points, r):
    """In an order whose every beginning holds all kinds of calls: nine of ten are the journal's."""
    r.shuffle(points)
    seen = collections.Counter()
    ranked = []
    for call, n in points:
        seen[call] += 1
        ranked.append((seen[call], len(ranked), (call, n)))
    return [point for _, _, point in sorted(ranked)]


def work(loop, points, seeds, seconds, workers):
    """Calls, after every third a random moment, until there are none left or the time is over."""
    jobs, seeds = [], iter(seeds)
    for i, point in enumerate(points):
        jobs.append((loop.at_call, point))
        jobs += [(loop.at_random, s) for s in itertools.islice(seeds, i % 3 == 2)]
    jobs += [(loop.at_random, s) for s in seeds]
    until = time.monotonic() + seconds

    def one(job):
        if time.monotonic() < until:
            try:
                job[0](job[1])
            except (OSError, ValueError, KeyError, subprocess.SubprocessError) as e:
                loop.faults.append(f"{job[1]}: {type(e).__name__}: {e}")

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, jobs))


def main(argv):
    everything = "--all" in argv
    given = float(argv[argv.index("--seconds") + 1]) if "--seconds" in argv else 10**9 if everything else None
    names = [s.name for s in SCENARIOS if s.name in argv] or [s.name for s in SCENARIOS]
    results = {}
    with tempfile.TemporaryDirectory() as at:
        for s in (s for s in SCENARIOS if s.name in names):
            loop = Loop(pathlib.Path(argv[0]).resolve(), s, pathlib.Path(at))
            points = loop.traced() if shutil.which("strace") and not loop.faults else []
            if not points:
                print(f"note: {s.name}: processes cannot be traced here: no kill at a system call")
            if not loop.faults:
                seconds = (30 if s.main else 20) if given is None else given / len(names)
                work(loop, spread(points, random.Random(s.name)), range(100 if everything else 1000), seconds, 2)
            results[s.name] = loop.faults[:20]
            print(f"note: {s.name}: " + ", ".join(f"{n} {what}" for what, n in sorted(loop.figures.items())))
    checks.report(results)


main(sys.argv[1:])
