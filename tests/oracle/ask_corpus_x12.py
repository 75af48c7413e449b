"""Every real X12 file below $CORPUS (or $FERRY_CORPUS) through the reader and the comparison: it parses or gives a fault with an offset, matches itself, and cut anywhere neither crashes nor matches. The driver does the work; this finds the files, a few to a run, so that a crash names its file."""
import os
import pathlib
import subprocess
import sys

folder = os.environ.get("CORPUS") or os.environ.get("FERRY_CORPUS") or ""
files = sorted(p for p in pathlib.Path(folder, "edi/x12").rglob("*") if p.is_file() and p.suffix != ".json") if folder else []
if not files:
    print("note: no corpus (name a folder with edi/x12 in CORPUS)")
failed = 0
for file in files:
    done = subprocess.run([sys.argv[1], str(file)], capture_output=True, text=True, errors="replace", timeout=300)
    if done.returncode:
        failed += 1
        print(f"FAIL {file}: status {done.returncode}", done.stdout[-500:], done.stderr[-2000:], sep="\n")
print(f"{len(files) - failed} passed, {failed} failed")
sys.exit(failed > 0)
