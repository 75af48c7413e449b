"""Simulations over live traffic: what comes while the period lasts is answered, kept and compared; what
stood there before is not traffic; a run that is killed or parked in between goes on with what it has
gathered; a rehearsal takes what stands there.

    simulate_live.py FERRY
"""
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import checks

SOURCE = '''language 1
customer acme {{
  channel orders: rest {{
    legacy {legacy}
    modern {modern}
  }}
}}
migration m for acme {{
  phase p {{
    for each c in acme.channels {{
      simulate trial of c {{
        source live
        {samples}
        period {period}
        {hold}
      }}
      require trial.compared == {compared} and trial.mismatches == {different} and trial.detection == 100% else "{{trial.compared}} compared, {{trial.mismatches}} differ"
    }}
  }}
}}
'''
ASKED = {"legacy": 'exec(["cat"])', "modern": 'exec(["sed", "s/b/c/"])', "samples": 'samples "in/*"'}
FOLDERS = {"legacy": 'dir("old")', "modern": 'dir("new")', "samples": ""}


class Place:
    def __init__(self, ferry, at, **fields):
        self.ferry, self.at = ferry, pathlib.Path(at)
        for folder in ("in", "old", "new"):
            (self.at / folder).mkdir()
        (self.at / "main.ferry").write_text(SOURCE.format(**({"period": "6s", "hold": ""} | fields)))
        self.env = {k: v for k, v in os.environ.items() if k in ("PATH", "LC_ALL")}

    def begin(self, *words):
        return subprocess.Popen([self.ferry, *words], cwd=self.at, env=self.env, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def call(self, *words):
        p = self.begin(*words)
        out, err = p.communicate(timeout=60)
        return p.returncode, out + err

    def put(self, path, value):
        (self.at / path).write_text(json.dumps({"id": path.rpartition("/")[2], "v": value}))

    def wants(self, got, status):
        """The status, and a journal that stands up to audit and replay."""
        if got[0] != status:
            yield f"status {got[0]}, not {status}: {got[1][-900:]}"
        for word in ("audit", "replay"):
            code, said = self.call(word)
            if code:
                yield f"{word}: {code} {said[-300:]}"


def ended(p):
    out, err = p.communicate(timeout=60)
    return p.returncode, out + err


def comes_while_it_lasts(ferry, at):
    place = Place(ferry, at, **ASKED, compared=3, different=1)
    place.put("in/before", "b")
    run = place.begin("run", "main.ferry", "--stay")
    time.sleep(1.5)
    for name, value in (("one", "a"), ("two", "b"), ("three", "a")):
        place.put(f"in/{name}", value)
    yield from place.wants(ended(run), 0)
    kept = [f.name for f in (place.at / ".ferry/jobs").glob("traffic-*/*")]
    if kept != ["result"]:
        yield f"documents are kept after the end: {kept}"


def killed_in_between(ferry, at):
    place = Place(ferry, at, **ASKED, compared=3, different=1, period="9s")
    run = place.begin("run", "main.ferry", "--stay")
    time.sleep(1.2)
    place.put("in/one", "a")
    time.sleep(3.3)
    (place.at / "in/one").unlink()  # whoever it was meant for took it away
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    place.put("in/two", "b")
    place.put("in/three", "a")
    time.sleep(0.5)
    yield from place.wants(place.call("resume", "--stay"), 0)


def parked_in_between(ferry, at):
    place = Place(ferry, at, **FOLDERS, compared=2, different=0, period="24s", hold="hold 10s")
    code, said = place.call("run", "main.ferry", "--detach")
    if code != 6:
        yield f"it did not park: {code} {said[-300:]}"
    time.sleep(1.5)
    for name in ("one", "two"):
        place.put(f"old/{name}", "a")
        place.put(f"new/{name}", "a")
    time.sleep(3)
    code, said = place.call("resume", "--tick")
    if code != 6:
        yield f"it did not park again: {code} {said[-300:]}"
    time.sleep(20)
    yield from place.wants(place.call("resume", "--tick"), 0)


def edges_are_left_out(ferry, at):
    place = Place(ferry, at, **FOLDERS, compared=2, different=1, period="9s")
    run = place.begin("run", "main.ferry", "--stay")
    time.sleep(3.2)
    place.put("old/one", "a")
    place.put("new/one", "a")
    place.put("old/two", "a")  # modern never answers it
    time.sleep(3.3)
    place.put("old/late", "a")  # its answer is on its way
    yield from place.wants(ended(run), 0)


def did_not_hold(ferry, at):
    place = Place(ferry, at, **FOLDERS, compared=1, different=1, hold="hold 5s")
    run = place.begin("run", "main.ferry", "--stay")
    time.sleep(1.5)
    place.put("old/one", "a")
    place.put("new/one", "b")
    got = ended(run)
    yield from place.wants(got, 3)
    if "trial.held >= 5s" not in got[1]:
        yield f"it does not say what was wanted: {got[1][-400:]}"


def rehearsed(ferry, at):
    place = Place(ferry, at, **ASKED, compared=2, different=1, period="14d", hold="")
    place.put("in/one", "a")
    place.put("in/two", "b")
    yield from place.wants(place.call("run", "main.ferry", "--rehearse"), 0)


def main():
    ferry = str(pathlib.Path(sys.argv[1]).resolve())
    cases = {"what comes while it lasts": comes_while_it_lasts, "killed in between": killed_in_between,
             "parked in between": parked_in_between, "edges are left out": edges_are_left_out,
             "a match that did not hold": did_not_hold, "a rehearsal takes what stands there": rehearsed}

    def tried(test):
        with tempfile.TemporaryDirectory() as at:
            return list(test(ferry, at))

    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:  # they mostly wait
        checks.report(dict(zip(cases, pool.map(tried, cases.values()))))


main()
