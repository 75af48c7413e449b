"""Every header compiles alone: it includes what it needs."""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import checks


def compile_alone(header):
    command = ["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-I.", "-Ibuild/gen", "-Wall", "-Wextra", "-Werror",
               "-Wno-unused-parameter", "-fsyntax-only", "-x", "c", "-include", header, "/dev/null"]
    done = subprocess.run(command, cwd=checks.ROOT, capture_output=True, text=True)
    return done.stderr.split("\n")[:8] if done.returncode else []


names = sorted(str(p.relative_to(checks.ROOT)) for d in "base bytecode grammar compiler vm stdlib cli".split()
               for p in (checks.ROOT / d).rglob("*.h"))
with ThreadPoolExecutor(2) as pool:
    checks.report(dict(zip(names, pool.map(compile_alone, names))))
