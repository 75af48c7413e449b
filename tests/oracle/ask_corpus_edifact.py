"""Every real file of EDIFACT and TRADACOMS below $CORPUS (or $FERRY_CORPUS) through the reader, the comparison and the CONTRL it deserves, whole, cut and with bytes turned. The driver does the work; this finds the files, one to a run, so that a crash names its file."""
import os
import pathlib
import subprocess
import sys

folder = os.environ.get("CORPUS") or os.environ.get("FERRY_CORPUS") or ""
kinds = ("edi/edifact", "edi/tradacoms")
files = sorted(p for kind in kinds for p in pathlib.Path(folder, kind).rglob("*") if p.is_file() and p.suffix != ".xml") if folder else []
if not files:
    print("note: no corpus (name a folder with edi/edifact in CORPUS)")
failed = 0
for file in files:
    done = subprocess.run([sys.argv[1], str(file)], capture_output=True, text=True, errors="replace", timeout=300)
    if done.returncode:
        failed += 1
        print(f"FAIL {file}: status {done.returncode}", done.stdout[-500:], done.stderr[-2000:], sep="\n")
print(f"{len(files) - failed} passed, {failed} failed")
sys.exit(failed > 0)
