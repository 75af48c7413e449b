"""`ferry assess` against tests/oracle/assess_score.py over some thousands of generated customers:
every score, level, category and factor, to the last digit. Customers come as YAML in its styles and
as blocks; fields sit on the bounds of the factors or are absent; some files bring weights, levels
and factors of their own."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from decimal import Decimal
from fractions import Fraction

import checks

sys.path.insert(0, str(checks.ROOT / "tests/oracle"))
import assess_score as oracle  # noqa: E402

PER_DAY = {"second": 86400, "minute": 1440, "hour": 24, "day": 1, "week": Fraction(1, 7)}
REVENUES = [Fraction(n) for n in (0, 1, 250_000, 999_999, 1_000_000, 1_000_001, 4_200_000, 9_999_999,
                                  10_000_000, 10_000_001, 18_500_000_000)] + [
    Fraction("999999.9999"), Fraction("1000000.0001"), Fraction("10000000.0001")]
SLAS = ["0%", "50%", "99%", "99.5%", "99.899999%", "99.9%", "99.900001%", "99.95%", "99.989999%",
        "99.99%", "99.999%", "100%"]
VOLUMES = [("0", "day"), ("40", "day"), ("9_999", "day"), ("10_000", "day"), ("10_001", "day"),
           ("70_000", "week"), ("70_000.000001", "week"), ("69_999.999999", "week"), ("416", "hour"),
           ("417", "hour"), ("6", "minute"), ("7", "minute"), ("1", "second"), ("0.1", "second"),
           ("12_345_678", "day")]
PROTOCOLS = ["tls1.0", "tls1.2", "tls1.3", "3des", "aes256-ctr"]
SYSTEMS = ["erp", "archive", "identity", "payer_hub", "wms"]
REGIONS = ["eu", "us", "ap"]
VERSIONS = ["1.0", "1.1", "2.0"]


def grouped(digits, r):
    """12345.6 as 12345.6 or 12_345.6."""
    whole, dot, rest = digits.partition(".")
    return (f"{int(whole):_}" if r.random() < 0.5 else whole) + dot + rest


def plain(value):
    text = str(Decimal(value.numerator) / Decimal(value.denominator))
    return format(Decimal(text), "f")


def some(r, xs, most=None):
    return r.sample(xs, r.randint(0, min(most or len(xs), len(xs))))


class Row:
    """A customer or a channel: its values for the oracle, and the text of each field."""

    def __init__(self, r, **fixed):
        self.r, self.value, self.text = r, dict(fixed), {}

    def put(self, field, value, text, present=0.75):
        if self.r.random() < present:
            self.value[field], self.text[field] = value, text

    def words(self, field, xs, present=0.75):
        """A list that may be empty: empty is not absent."""
        self.put(field, xs, xs, present)


def channel(r, index):
    row = Row(r, name=f"c{index}", kind=r.choice(list(oracle.KINDS)))
    number, unit = r.choice(VOLUMES)
    row.put("volume", Fraction(number.replace("_", "")) * PER_DAY[unit],
            f"{grouped(number.replace('_', ''), r)} per {unit}")
    for field, words in (("pattern", ["asynchronous", "synchronous", "batch"]), ("legacy_region", REGIONS),
                         ("modern_region", REGIONS), ("api_version", VERSIONS)):
        word = r.choice(words)
        row.put(field, word, word)
    row.words("modern_api_versions", some(r, VERSIONS))
    row.words("depends", some(r, SYSTEMS))
    row.words("unmapped", some(r, ["WAYBILL_V2", "846", "MSCONS"]))
    row.words("legacy_protocols", some(r, PROTOCOLS, 3))
    row.words("modern_protocols", some(r, PROTOCOLS, 4))
    row.put("modern", True, f'dir("out/{index}")')
    return row


def customer(r, index, currencies=("EUR", "USD", "JPY", "CHF")):
    row = Row(r, name=f"k{index:04}")
    word = r.choice(list(oracle.CRITICALITY))
    row.put("criticality", word, word)
    revenue = r.choice(REVENUES)
    monthly = revenue.denominator == 1 and revenue % 12 == 0 and r.random() < 0.5
    row.put("revenue", revenue, "{} {} per {}".format(
        grouped(plain(revenue / 12 if monthly else revenue), r), r.choice(currencies), "month" if monthly else "year"))
    sla = r.choice(SLAS)
    row.put("sla", Fraction(sla[:-1]) / 100, sla)
    row.words("compliance", some(r, list(oracle.REQUIREMENTS), 4))
    for field in ("contact.name", "contact.email", "contact.phone"):
        row.put(field, True, f"someone {index}", 0.3)
    many = r.choice([0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 12])
    row.channels = [channel(r, i) for i in range(many)]
    row.value["channels"] = [c.value for c in row.channels]
    return row


TEXTS = ("contact.name", "contact.email", "contact.phone", "legacy_region", "modern_region", "api_version")
WORDS = ("compliance",)  # lists of enum members; other lists are texts


def scalar(r, text):
    return r.choice([text, f"'{text}'", '"' + text.replace('"', '\\"') + '"'])


def yaml_fields(row, r):
    """(key, text) in any order, contact as a mapping."""
    out, contact = [], []
    for field, text in row.text.items():
        shown = "[" + ", ".join(scalar(r, x) for x in text) + "]" if isinstance(text, list) else scalar(r, text)
        (contact if field.startswith("contact.") else out).append((field.rpartition(".")[2], shown))
    if contact:
        out.append(("contact", "{" + ", ".join(f"{k}: {v}" for k, v in contact) + "}"))
    r.shuffle(out)
    return out


def yaml_of(row, r):
    lines = [f"  - name: {row.value['name']}"] + [f"    {k}: {v}" for k, v in yaml_fields(row, r)]
    if row.channels:
        lines.append("    channels:")
    for c in row.channels:
        fields = [("name", c.value["name"]), ("kind", c.value["kind"])] + yaml_fields(c, r)
        if r.random() < 0.5:
            lines.append("      - {" + ", ".join(f"{k}: {v}" for k, v in fields) + "}")
        else:
            lines += [("      - " if i == 0 else "        ") + f"{k}: {v}" for i, (k, v) in enumerate(fields)]
    return "\n".join(lines)


def block_field(field, text, indent):
    if isinstance(text, list):
        text = "[" + ", ".join(x if field in WORDS else f'"{x}"' for x in text) + "]"
    elif field in TEXTS:
        text = f'"{text}"'
    return f"{indent}{field} {text}"


def block_of(row):
    lines = [f"customer {row.value['name']} {{"]
    contact = [(f.rpartition(".")[2], t) for f, t in row.text.items() if f.startswith("contact.")]
    lines += [block_field(f, t, "  ") for f, t in row.text.items() if not f.startswith("contact.")]
    if contact:
        lines += ["  contact {"] + [f'    {f} "{t}"' for f, t in contact] + ["  }"]
    for c in row.channels:
        lines += [f"  channel {c.value['name']}: {c.value['kind']} {{"]
        lines += [block_field(f, t, "    ") for f, t in c.text.items()] + ["  }"]
    return "\n".join(lines + ["}"])


# --- programs of their own: (name, source, factors, weights, levels) ------------------------------

def replaced(name, factor):
    return [factor if f.name == name else f for f in oracle.FACTORS]


BUSY = oracle.Factor("busy", "channel", "operational", lambda c: oracle.when(
    c, ("volume",), lambda v: v > 40, Fraction("33.333333"), Fraction("0.000007")))
HEAVY = oracle.Factor("heavy", "channel", "technical", lambda c: (
    oracle.ABSENT if "volume" not in c else (80 if c["volume"] > 1000 else 60, Fraction("66.666667"))))
PROGRAMS = [
    ("as it comes", "", oracle.FACTORS, oracle.WEIGHTS, oracle.LEVELS),
    ("weights and levels", """risk {
  weights {
    technical   33.333333%
    business    11.111111%
    compliance  22.222222%
    operational 0%
    integration 33.333334%
  }
  levels {
    medium   10.5
    high     20.25
    critical 33.333333
  }
}
""", oracle.FACTORS, dict(zip(oracle.CATEGORIES, (Fraction(w) / 100 for w in (
        "33.333333", "11.111111", "22.222222", "0", "33.333334")))),
     {"medium": Fraction("10.5"), "high": Fraction("20.25"), "critical": Fraction("33.333333")}),
    ("factors", """factor busy(c: channel) "Not idle" {
  category   operational
  when       c.volume > 40 per day
  impact     33.333333
  likelihood 0.000007
  mitigate   "Move it at night."
}
fn weight(v: rate): number = if v > 1_000 per day then 80 else 60
factor heavy(c: channel) {
  category   technical
  impact     weight(c.volume)
  likelihood 66.666667
}
""", oracle.FACTORS + [BUSY, HEAVY], oracle.WEIGHTS, oracle.LEVELS),
]


# --- comparing ------------------------------------------------------------------------------------

def exact(value):
    """A number as assess prints it, digit by digit."""
    return Fraction(str(value))


def faults_of(got, want, weights):
    for key in ("score", "readiness", "level"):
        shown = got[key] if key == "level" else exact(got[key])
        if shown != want[key]:
            yield f"{key} is {got[key]}, not {want[key]}"
    for name, score in want["categories"].items():
        shown = got["categories"][name]
        if exact(shown["score"]) != score or exact(shown["weight"]) != 100 * weights[name]:
            yield f"{name} is {shown}, not {score} of weight {weights[name]}"
    shown = sorted(map(str, map(factor_shown, got["factors"])))
    right = sorted(map(str, map(factor_wanted, want["factors"])))
    yield from (f"factor too much: {f}" for f in shown if f not in right)
    yield from (f"factor missing: {f}" for f in right if f not in shown)
    if len(shown) != len(right):
        yield f"{len(shown)} factors, not {len(right)}"
    shown = [(c["name"], c["kind"], exact(c["score"]), c["level"]) for c in got["channels"]]
    right = [(c["name"], c["kind"], c["score"], c["level"]) for c in want["channels"]]
    yield from (f"channel {a}, not {b}" for a, b in zip(sorted(shown), sorted(right)) if a != b)
    if len(shown) != len(right):
        yield f"{len(shown)} channels, not {len(right)}"


def factor_shown(f):
    numbers = [exact(f[k]) if f["evidenced"] else None for k in ("impact", "likelihood", "risk")]
    return (f["name"], f["category"], f["subject"], *numbers, f["evidenced"])


def factor_wanted(f):
    return tuple(f._replace(risk=oracle.rounded(f.risk)) if f.evidenced else f)


def assess(ferry, folder, source):
    (folder / "main.ferry").write_text("language 1\n" + source)
    done = subprocess.run([ferry, "assess", "main.ferry", "--format", "json"], cwd=folder, text=True,
                          capture_output=True, timeout=60)
    if done.returncode:
        raise ValueError(f"status {done.returncode}: {done.stderr[:2000]}{done.stdout[:2000]}")
    return {c["name"]: c for c in json.loads(done.stdout, parse_float=str)["customers"]}


def compared(ferry, folder, rows, source, factors, weights, levels):
    got = assess(ferry, folder, source)
    for row in rows:
        name = row.value["name"]
        if name not in got:
            yield f"{name} is missing"
            continue
        want = oracle.assess(row.value, factors, weights, levels)
        for fault in list(faults_of(got[name], want, weights))[:5]:
            yield f"{name}: {fault}"
    if len(got) != len(rows):
        yield f"{len(got)} customers, not {len(rows)}"


def main(ferry):
    results, total = {}, 0
    for seed in range(9):
        r = random.Random(seed)
        name, extra, factors, weights, levels = PROGRAMS[seed % 3]
        as_blocks = seed >= 6
        rows = [customer(r, i) for i in range(120 if as_blocks else 500)]
        total += len(rows)
        with tempfile.TemporaryDirectory() as at:
            folder = pathlib.Path(at)
            if as_blocks:
                source = extra + "\n".join(map(block_of, rows))
            else:
                source = extra + 'customers from "inventory.yaml"\n'
                (folder / "inventory.yaml").write_text(
                    "customers:\n" + "\n".join(yaml_of(row, r) for row in rows) + "\n")
            label = f"{name}, {'blocks' if as_blocks else 'YAML'}, seed {seed}"
            try:
                results[label] = list(compared(ferry, folder, rows, source, factors, weights, levels))[:20]
            except (ValueError, KeyError, subprocess.TimeoutExpired) as e:
                results[label] = [f"{type(e).__name__}: {e}"]
    print(f"note: {total} customers")
    checks.report(results)


main(str(pathlib.Path(sys.argv[1]).resolve()))
