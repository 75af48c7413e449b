"""What the oracles share: ask the C driver beside the script and compare.

    python3 tests/oracle/ask_NAME.py DRIVER

DRIVER is the program built from tests/oracle/NAME.c; it answers one line for each line it reads.
(ask_, for a script named as a module of Python would hide that.) However many questions there are,
they count as one test.
"""
import subprocess
import sys


def run(name, pairs, extra=(0, 0)):
    """`extra`: passed and failed of what the script tested by itself."""
    pairs = list(pairs)
    asked = "".join(q + "\n" for q, _ in pairs)
    done = subprocess.run([sys.argv[1]], input=asked.encode(), capture_output=True)
    got = done.stdout.decode(errors="replace").split("\n")[:-1]
    wrong = [(q, want, g) for (q, want), g in zip(pairs, got) if want != g]
    for q, want, g in wrong[:10]:
        print(f"{name}: {q}\n  wanted {want}\n  got    {g}")
    failed = len(wrong)
    if done.returncode or len(got) != len(pairs):
        print(f"{name}: exit {done.returncode}, {len(got)} answers to {len(pairs)} questions")
        sys.stdout.write(done.stderr.decode(errors="replace")[-4000:])
        failed = max(failed + len(pairs) - len(got), 1)
    print(f"note: {len(pairs)} questions")
    print(f"{(failed == 0) + extra[0]} passed, {(failed > 0) + extra[1]} failed")
    sys.exit(failed + extra[1] > 0)
