"""Simulations over http endpoints, against servers on loopback: each sample is posted to the sandbox of
both sides, with what it authenticates by, and never to production; a side that does not answer has no
document; many samples go side by side.

    simulate_http.py FERRY
"""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import checks

SOURCE = '''language 1
customer acme {{
  channel orders: rest {{
    legacy exec(["cat"])
    modern {modern}
  }}
}}
migration m for acme {{
  phase p {{
    for each c in acme.channels {{
      simulate trial of c {{ samples "samples/*" }}
      require trial.compared == {compared} and trial.mismatches == {different} else "{{trial.compared}} compared, {{trial.mismatches}} differ"
    }}
  }}
}}
'''


class Gateway(http.server.ThreadingHTTPServer):
    """Answers a document with itself; the one numbered `odd` with another, `broken` with an error."""
    daemon_threads = True

    def __init__(self, odd=None, broken=None):
        super().__init__(("127.0.0.1", 0), Answer)
        self.odd, self.broken, self.seen = odd, broken, []
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.path, dict(self.headers), body))
        number = json.loads(body)["id"]
        if number == self.server.odd:
            body = body.replace(b'"v"', b'"w"')
        self.send_response(500 if number == self.server.broken else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def run(ferry, at, modern, compared, different, environment=()):
    at = pathlib.Path(at)
    (at / "samples").mkdir()
    for i in range(9):
        (at / f"samples/{i}.json").write_text(json.dumps({"id": i, "v": "a"}))
    (at / "main.ferry").write_text(SOURCE.format(modern=modern, compared=compared, different=different))
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "LC_ALL")} | dict(environment)
    done = subprocess.run([ferry, "run", "main.ferry"], cwd=at, env=env, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    events = subprocess.run([ferry, "events", "--format", "json"], cwd=at, env=env, text=True, stdout=subprocess.PIPE, timeout=60)
    return done, events.stdout


def ended(done):
    return [] if done.returncode == 0 else [f"status {done.returncode}: {done.stdout[-300:]} {done.stderr[-600:]}"]


def all_answer(ferry, at):
    gateway, production = Gateway(), Gateway()
    done, _ = run(ferry, at, f'http("{production.base}", sandbox: "{gateway.base}/try")', 9, 0)
    yield from ended(done)
    if production.seen or sorted(s[0] for s in gateway.seen) != ["/try"] * 9:
        yield f"production got {len(production.seen)}, the sandbox {len(gateway.seen)}"
    kinds = {s[1].get("Content-Type") for s in gateway.seen}
    if kinds != {"application/json"}:
        yield f"sent as {kinds}"


def one_differs_one_breaks(ferry, at):
    gateway = Gateway(odd=3, broken=5)
    done, _ = run(ferry, at, f'http("https://x.invalid", sandbox: "{gateway.base}")', 9, 2)
    yield from ended(done)


def credentials_stay(ferry, at):
    gateway = Gateway(broken=5)
    modern = f'soap("https://x.invalid", sandbox: "{gateway.base}", auth: bearer(secret("WORD")))'
    done, journal = run(ferry, at, modern, 9, 1, {"WORD": "sesame77"})
    yield from ended(done)
    if {s[1].get("Authorization") for s in gateway.seen} != {"Bearer sesame77"}:
        yield f"sent {gateway.seen[:1]}"
    if "sesame77" in journal + done.stdout + done.stderr:
        yield "a secret stands in the journal or on the screen"


def no_sandbox(ferry, at):
    production = Gateway()
    done, journal = run(ferry, at, f'http("{production.base}")', 9, 0)
    if production.seen:
        yield f"production got {len(production.seen)}"
    if done.returncode != 6 or "declares no sandbox" not in journal:
        yield f"status {done.returncode}, not 6 (a gate without a value asks): {journal[-600:]}"


def main():
    ferry = str(pathlib.Path(sys.argv[1]).resolve())
    cases = {"every sample is posted to the sandbox": all_answer, "answers that differ or do not come": one_differs_one_breaks,
             "credentials are sent, and stay secret": credentials_stay, "nothing goes to production": no_sandbox}
    results = {}
    for name, test in cases.items():
        with tempfile.TemporaryDirectory() as at:
            results[name] = list(test(ferry, at))
    checks.report(results)


main()
