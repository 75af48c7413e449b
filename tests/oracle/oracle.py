"""What the oracles share: ask the C driver beside the script, compare, print one line of counts.

    python3 tests/oracle/ask_NAME.py DRIVER

(ask_, for a script named as a module of Python would hide it.) DRIVER is the program built from tests/oracle/NAME.c; it answers one line for each line it reads.
"""
import subprocess
import sys


def run(name, pairs):
    pairs = list(pairs)
    asked = "".join(q + "\n" for q, _ in pairs)
    done = subprocess.run([sys.argv[1]], input=asked.encode(), capture_output=True)
    got = done.stdout.decode(errors="replace").split("\n")[:-1]
    wrong = [(q, want, g) for (q, want), g in zip(pairs, got) if want != g]
    for q, want, g in wrong[:10]:
        print(f"{name}: {q}\n  wanted {want}\n  got    {g}")
    if done.returncode or len(got) != len(pairs):
        print(f"{name}: exit {done.returncode}, {len(got)} answers to {len(pairs)} questions")
        sys.stdout.write(done.stderr.decode(errors="replace")[-4000:])
        sys.exit(1)
    print(f"oracle {name}: {len(pairs)} questions, {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)
