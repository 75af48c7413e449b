"""The compiled parts of the suite, for tests/run.

    programs.py build VARIABLE=… TARGET…     one `make`; its output when it fails
    programs.py units FOLDER                 every cmocka program of FOLDER/unit, test by test
    programs.py replays FOLDER               every fuzz target of FOLDER/replay over its corpus
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAN, OK, NOT_OK = re.compile(r"^1\.\.(\d+)$", re.M), re.compile(r"^ok \d+", re.M), re.compile(r"^not ok \d+ .*", re.M)
SECONDS = 300


def run(command, **more):
    with tempfile.TemporaryDirectory(prefix="ferry-test-") as home:
        env = dict(os.environ, HOME=home, TMPDIR=home, CMOCKA_MESSAGE_OUTPUT="TAP",
                   UBSAN_OPTIONS="print_stacktrace=1")
        try:
            done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", timeout=SECONDS, **more)
        except subprocess.TimeoutExpired:
            return -1, "", f"did not end within {SECONDS} seconds"
        return done.returncode, done.stdout, done.stderr


def build(words):
    make = ["make", "-s", "-k", "-j2", "-C", str(ROOT), *words]
    done = subprocess.run(make, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        print(done.stdout[-6000:])
    return (1, 0) if done.returncode == 0 else (0, 1)


def unit(program):
    status, out, err = run([str(program)], cwd=ROOT)
    plan = PLAN.search(out)
    passed, failed = len(OK.findall(out)), len(NOT_OK.findall(out))
    unreached = max(int(plan[1]) - passed - failed, 0) if plan else 1
    if failed or unreached or status:
        print(f"FAIL {program.name}: status {status}, {unreached} tests not reached",
              *NOT_OK.findall(out), err[-4000:], sep="\n")
        failed = max(failed + unreached, 1)
    return passed, failed


def replay(program):
    corpus = ROOT / "tests/fuzz/corpus" / program.name
    files = sorted(p for p in corpus.rglob("*") if p.is_file())
    if not files:
        print(f"FAIL {program.name}: no corpus in {corpus.relative_to(ROOT)}")
        return 0, 1
    if run([str(program), *map(str, files)])[0] == 0:
        return len(files), 0
    bad = [(f, r) for f in files for r in [run([str(program), str(f)])] if r[0]]
    for f, (status, _, err) in bad:
        print(f"FAIL {program.name} over {f.relative_to(ROOT)}: status {status}", err[-2000:], sep="\n")
    return len(files) - len(bad), max(len(bad), 1)


def programs(folder, sources):
    """Named after the sources: a program whose source is gone is not run, one not built is a fault."""
    for source in sorted((ROOT / "tests" / sources).glob("*.c")):
        if source.name != "replay.c":
            yield pathlib.Path(ROOT / folder / source.stem)


def main():
    kind, words = sys.argv[1], sys.argv[2:]
    if kind == "build":
        results = [build(words)]
    else:
        one, folder, sources = {"units": (unit, "unit", "unit"), "replays": (replay, "replay", "fuzz")}[kind]
        results = []
        for program in programs(pathlib.Path(words[0]) / folder, sources):
            if program.exists():
                results.append(one(program))
            else:
                print(f"FAIL {program.name}: was not built")
                results.append((0, 1))
    passed, failed = (sum(c) for c in zip(*results)) if results else (0, 0)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
