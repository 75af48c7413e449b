"""An X12 file of more than four gigabytes that is one segment is read where it lies: its faults have offsets, and no memory is taken for
it. The file is a hole between a header and trailers, below the build folder because a folder in memory would fill it."""
import json
import resource
import subprocess
import sys
import tempfile

import checks

HEAD = (b"ISA*00*          *00*          *ZZ*ACME           *01*004321987      *260301*2210*U*00401*000000001*0*P*>~"
        b"GS*PO*A*B*20260301*2210*7*X*004010~ST*850*0001~")
TAIL = b"~SE*3*0001~GE*1*7~IEA*1*000000001~"
SIZE = (4 << 30) + 7
MEMORY = 400_000_000


def faults(ferry, folder):
    path = f"{folder}/one\nsegment.x12"
    with open(path, "wb") as f:
        f.write(HEAD)
        f.seek(SIZE)
        f.write(TAIL)
    limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    done = subprocess.run([ferry, "inspect", path, "--format", "json"], capture_output=True, text=True, timeout=300, preexec_fn=limit)
    if done.returncode != 1:
        return [f"ended with {done.returncode}: {done.stderr[-500:]}"]
    file = json.loads(done.stdout)["files"][0]
    told = {(f["code"], f["offset"]) for f in file["faults"]}
    sets = file["interchanges"][0]["groups"][0]["transactions"]
    return [*([] if ("AK3-1", len(HEAD)) in told else [f"no fault at the segment: {told}"]),
            *([] if sets[0]["segments"] == 3 else [f"{sets[0]['segments']} segments"]),
            *([] if file["file"] == "one\nsegment.x12" else [f"named {file['file']!r}"])]


with tempfile.TemporaryDirectory(dir=checks.ROOT / "build") as folder:
    checks.report({"one segment of four gigabytes": faults(sys.argv[1], folder)})
