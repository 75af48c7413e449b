"""The connector `http` against servers on loopback: what each answer, and each way of not answering,
says about a write; what is sent; what never comes back; whom it trusts.

    connector_http.py FERRY
"""
import collections
import http.server
import json
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

import checks

SOURCE = '''language 1
customer acme "ACME" {{ channel orders: edi "Orders" {{ volume 20 per day }} }}
connector gw: http {{
  base "{base}"
  {fields}
}}
migration m for acme {{
  phase p {{
{body}
  }}
}}
'''
STEP = '''    step route "Route" {{
      do      gw.{call}
      undo    gw.delete("/routes/orders")
      check   gw.get("/state").json.done == true
      timeout {timeout}
    }}
'''


class World(http.server.ThreadingHTTPServer):
    """A server whose answer to a path's last word is that word: 200, 404, 500, 302, reset, hang, flood, echo."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.done, self.fails = [], False, collections.Counter()
        self.base = f"http://127.0.0.1:{self.server_address[1]}/api"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # a client that gave up


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, document, **headers):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Length": len(body), "Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle_call(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        word = self.path.partition("?")[0].rpartition("/")[2]
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        if word == "state":
            return self.answer(200, {"done": self.server.done})
        if self.command == "DELETE":
            self.server.done = False
            return self.answer(204, {})
        if word in ("late", "reset") and self.server.fails[word] == 0:
            self.server.fails[word] += 1
            self.server.done = True  # it happened, and nobody hears of it
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return self.connection.close()
        if word == "hang":
            return threading.Event().wait(6)
        if word == "flood":
            self.send_response(200)
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"x" * (1 << 20))
            return self.connection.close()
        if word == "echo":
            return self.answer(200, {"said": self.headers.get("Authorization"), "tenant": self.headers.get("X-Tenant")},
                               **{"X-Echo": self.headers.get("Authorization")})
        status = int(word) if word.isdigit() else 200
        self.server.done |= status < 300
        self.answer(status, {"word": word}, **({"Location": "/api/elsewhere"} if status == 302 else {}))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_call


class Run:
    def __init__(self, ferry, at, base, body, fields="", environment=(), options=()):
        self.ferry, self.at = ferry, pathlib.Path(at)
        (self.at / "main.ferry").write_text(SOURCE.format(base=base, fields=fields, body=body))
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "LC_ALL")} | dict(environment)
        self.done = self.call(env, "run", "main.ferry", "--stay", *options)
        lines = self.call(env, "events", "--format", "json").stdout.splitlines()
        self.events = [json.loads(line) for line in lines]
        self.journal = "\n".join(lines)

    def call(self, env, *words):
        return subprocess.run([self.ferry, *words], cwd=self.at, env=env, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

    def outcomes(self, kind="intent"):
        """(status, detail) of what answered the writes."""
        asked = {(e["fiber"], n) for e in self.events if e["kind"] == kind for n in [e["seq"]]}
        after = sorted(seq for _, seq in asked)
        out = []
        for seq in after:
            for e in self.events:
                if e["seq"] > seq and e["kind"] == "outcome":
                    out.append((e["body"]["status"], e["body"].get("detail", "")))
                    break
        return out

    def end(self):
        return self.events[-1]["body"]["state"] if self.events else None


def step(call, timeout="5s"):
    return STEP.format(call=call, timeout=timeout)


def judged(ferry, at, call, want, end, performed, timeout="5s", part=""):
    """A step's write: what its first outcome was, how the run ended, how often it was sent."""
    world = World()
    run = Run(ferry, at, world.base, step(call, timeout))
    status, detail = (run.outcomes() or [("none", "")])[0]
    sent = [s for s in world.seen if s[0] not in ("GET", "DELETE")]
    if status != want or part not in detail:
        yield f"{call}: {status} {detail!r}, not {want} {part!r}"
    if run.end() != end:
        yield f"{call}: ended {run.end()}, not {end}: {run.done.stderr[-400:]}"
    if len(sent) != performed or len({s[2].get("Idempotency-Key") for s in sent}) > 1:
        yield f"{call}: sent {[(s[0], s[1], s[2].get('Idempotency-Key')) for s in sent]}, not {performed} with one key"
    world.shutdown()


def sent_as_written(ferry, at):
    world = World()
    body = '    let a = gw.get("/state", query: {n: 3, who: "a b&c"}, headers: {"X-One": "1"}).status\n' + \
        '    let b = gw.get("state?x=1", query: {y: true}).headers.x\n' + \
        step('post("/200", text: "hello")') + step('put("/200", json: {b: 1, a: "ü"})').replace("route", "again").replace(
            "gw.get(\"/state\").json.done == true", "gw.get(\"/state\").status == 200")
    run = Run(ferry, at, world.base, body, 'auth basic("ann", secret("WORD"))\n  headers { "X-Tenant" "acme" }', {"WORD": "sesame77"})
    yield from (f"no request is {want}: {world.seen}" for want in (
        ("GET", "/api/state?n=3&who=a%20b%26c"), ("GET", "/api/state?x=1&y=true"), ("POST", "/api/200")) if want not in
        [s[:2] for s in world.seen])
    first, post = world.seen[0][2], next(s for s in world.seen if s[0] == "POST")
    if first.get("X-One") != "1" or first.get("X-Tenant") != "acme" or "Idempotency-Key" in first:
        yield f"headers of a read: {first}"
    if first.get("Authorization") != "Basic YW5uOnNlc2FtZTc3":
        yield f"credentials: {first.get('Authorization')}"
    if post[3] != b"hello" or not post[2]["Content-Type"].startswith("text/plain") or len(post[2].get("Idempotency-Key", "")) != 64:
        yield f"a post: {post}"
    if "sesame77" in run.journal or "sesame77" in run.done.stdout + run.done.stderr:
        yield "a secret stands in the journal or on the screen"
    world.shutdown()


def secrets_stay(ferry, at):
    world = World()
    body = '    let said = gw.get("/echo").json.said\n    let head = gw.get("/echo").text\n    require said == "none" and head == "none"\n'
    run = Run(ferry, at, world.base, body, 'auth bearer(secret("TOKEN"))', {"TOKEN": "tok-31337-secret"})
    if not any("tok-31337-secret" in str(s[2]) for s in world.seen):
        yield f"the token was not sent: {world.seen}"
    if "tok-31337-secret" in run.journal or "***" not in run.journal:
        yield f"what an answer echoes of a secret is not scrubbed: {run.journal[-600:]}"
    world.shutdown()


def nobody_there(ferry, at):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    run = Run(ferry, at, f"http://127.0.0.1:{port}", step('put("/200", json: {a: 1})'))
    if run.end() != "rolled_back" or {s for s, _ in run.outcomes()} != {"refused"}:
        yield f"nobody listens: {run.outcomes()}, {run.end()}"


def headers_cannot_smuggle(ferry, at):
    world = World()
    run = Run(ferry, at, world.base, step('put("/200", json: {a: 1}, headers: {"X-A": "1\\nX-Evil: 2"})'))
    if any("X-Evil" in s[2] for s in world.seen) or run.outcomes()[0][0] != "refused":
        yield f"a header with a line break: {run.outcomes()}, {world.seen}"
    world.shutdown()


def certificate(at, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-keyout", "key.pem", "-out", "ca.pem", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"],
                   cwd=at, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def trust(ferry, at, name, fields, version, want):
    """A server with a certificate of its own making."""
    certificate(at, name)
    world = World()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    context.load_cert_chain(pathlib.Path(at) / "ca.pem", pathlib.Path(at) / "key.pem")
    world.socket = context.wrap_socket(world.socket, server_side=True)
    run = Run(ferry, at, world.base.replace("http://127.0.0.1", "https://localhost"),
              step('put("/200", json: {a: 1})'), fields)
    if run.end() != want:
        yield f"{name} {fields} {version.name}: {run.end()}, not {want}: {run.outcomes()}"
    world.shutdown()


def main():
    ferry = str(pathlib.Path(sys.argv[1]).resolve())
    put = 'put("/%s", json: {a: 1})'
    cases = {
        "200 is done": (judged, put % 200, "ok", "completed", 1),
        "a post is done": (judged, 'post("/201", json: {a: 1})', "ok", "completed", 1),
        "a patch is done": (judged, 'patch("/200", json: {a: 1})', "ok", "completed", 1),
        "404 is surely not done": (judged, put % 404, "refused", "rolled_back", 1, "5s", "HTTP 404"),
        "a redirect is not followed": (judged, put % 302, "refused", "rolled_back", 1, "5s", "HTTP 302"),
        "409 is unknown; nothing is there": (judged, 'post("/409", json: {a: 1})', "unknown", "rolled_back", 1, "5s", "HTTP 409"),
        "500 is unknown; nothing is there": (judged, 'post("/500", json: {a: 1})', "unknown", "rolled_back", 1, "5s", "HTTP 500"),
        "a lost answer: done, as its check says": (judged, 'post("/reset", json: {a: 1})', "unknown", "completed", 1),
        "a lost answer of a put: put again, one key": (judged, put % "reset", "unknown", "completed", 2),
        "no answer in time": (judged, 'post("/hang", json: {a: 1})', "unknown", "rolled_back", 1, "1s", "within its time"),
        "a flood": (judged, 'post("/flood", json: {a: 1})', "unknown", "rolled_back", 1, "9s", "beyond the limit"),
        "what is sent": (sent_as_written,),
        "secrets stay": (secrets_stay,),
        "nobody there": (nobody_there,),
        "headers cannot smuggle": (headers_cannot_smuggle,),
        "a stranger's certificate": (trust, "localhost", "", ssl.TLSVersion.TLSv1_3, "rolled_back"),
        "a certificate we know": (trust, "localhost", 'tls { ca "ca.pem" }', ssl.TLSVersion.TLSv1_3, "completed"),
        "another's name": (trust, "elsewhere", 'tls { ca "ca.pem" }', ssl.TLSVersion.TLSv1_3, "rolled_back"),
        "too old a version": (trust, "localhost", 'tls {\n    ca "ca.pem"\n    minimum 1.3\n  }', ssl.TLSVersion.TLSv1_2, "rolled_back"),
    }
    results = {}
    for name, (test, *more) in cases.items():
        with tempfile.TemporaryDirectory() as at:
            results[name] = list(test(ferry, at, *more))
    checks.report(results)


main()
