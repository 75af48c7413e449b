"""Every file below $CORPUS (or $FERRY_CORPUS), cut, with bits turned and with signs of its format in its data: the driver inspects and
compares what is left (spoiled.c), and for some of the files the program itself does, all cuts of one in one folder.

    ask_spoiled.py DRIVER [--all]      --all: every hundredth of every file, as `make corpus-cuts` does; else a share that differs by file
"""
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import zlib

ALL, SHARE = (100, 40, 40), (2, 1, 1)
OFTEN = 25              # of the share: of so many files, the program sees one
SECONDS = 300
LIMITED = dict(os.environ, ASAN_OPTIONS="hard_rss_limit_mb=2000", UBSAN_OPTIONS="print_stacktrace=1")
OURS = {"edi/x12": "x12", "edi/edifact": "edifact", "edi/tradacoms": "tradacoms", "json-pairs": "json", "json-syntax": "json", "csv": "csv"}


def files(folder):
    rows = [line.split("\t") for line in (folder / "MANIFEST.tsv").read_text().splitlines()[1:]]
    return [(folder / r[0], r[1]) for r in rows if (folder / r[0]).is_file()]


def run(args):
    try:
        done = subprocess.run(list(map(str, args)), capture_output=True, text=True, errors="replace", timeout=SECONDS, env=LIMITED)
    except subprocess.TimeoutExpired:
        return -1, "", f"did not end within {SECONDS} seconds"
    return done.returncode, done.stdout, done.stderr


def by_driver(driver, path, kind, counts):
    told = ["-k", OURS[kind]] if kind in OURS and zlib.crc32(path.name.encode()) % 2 else []
    status, out, err = run([driver, *counts, *told, path])
    if status:
        yield f"status {status}: {out[-1500:]}{err[-2500:]}"


def by_program(ferry, path, cuts):
    """All cuts of a file as one folder, against as many copies of the whole."""
    whole = path.read_bytes()
    with tempfile.TemporaryDirectory() as at:
        sides = [pathlib.Path(at, side) for side in ("whole", "cut")]
        for side in sides:
            side.mkdir()
        for k in range(cuts):
            sides[0].joinpath(f"{k:02}\n{path.suffix}").write_bytes(whole)
            sides[1].joinpath(f"{k:02}\n{path.suffix}").write_bytes(whole[:len(whole) * k // cuts])
        compared = (1, 2) if whole else (0, 1, 2)
        for args, statuses in ((["inspect", sides[1]], (0, 1)), (["inspect", "--all", "--format", "json", sides[1]], (0, 1)),
                               (["compare", *sides], compared), (["compare", "--format", "json", *sides], compared)):
            status, out, err = run([ferry, *args])
            if status not in statuses or "Sanitizer" in err or "runtime error" in err:
                yield f"ferry {args[0]} ended with {status}: {err[-2000:]}"


def spoil(job):
    driver, path, kind, number, whole = job
    counts = ALL if whole else SHARE
    faults = list(by_driver(driver, path, kind, counts))
    if whole or number % OFTEN == 0:
        faults += by_program(pathlib.Path(driver).parent.parent / "ferry", path, counts[0])
    return path, kind, faults


def main():
    driver, whole = sys.argv[1], "--all" in sys.argv
    folder = pathlib.Path(os.environ.get("CORPUS") or os.environ.get("FERRY_CORPUS") or "/nonexistent")
    if not (folder / "MANIFEST.tsv").is_file():
        print("note: no corpus (name a folder with MANIFEST.tsv in CORPUS)\n0 passed, 0 failed")
        return 0
    jobs = [(driver, path, kind, i, whole) for i, (path, kind) in enumerate(files(folder))]
    failed, kinds = 0, collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, kind, faults in pool.map(spoil, jobs):
            kinds[kind] += 1
            failed += bool(faults)
            if faults:
                print(f"FAIL {path}", *faults, sep="\n", flush=True)
    print("note: " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))
    print(f"{len(jobs) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
