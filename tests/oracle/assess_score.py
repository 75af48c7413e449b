"""The risk of customers and channels, calculated from the tables of SPEC.md §6 with exact fractions
and nothing of Ferry's: what `ferry assess` shows is held against this.

A customer is a dict of fields, a channel one of its "channels"; an absent field is a missing key.
Quantities are Fractions: revenue a year, volume a day, sla and weights as parts of 1.
"""
from collections import namedtuple
from fractions import Fraction

CATEGORIES = ("technical", "business", "compliance", "operational", "integration")
WEIGHTS = dict(zip(CATEGORIES, (Fraction(w, 100) for w in (25, 30, 25, 15, 5))))
LEVELS = {"medium": 30, "high": 50, "critical": 70}
KINDS = {"edi": 70, "thick_client": 65, "soap": 50, "sftp": 40, "web_portal": 35, "rest": 30}
CRITICALITY = {"low": (10, 30), "medium": (30, 50), "high": (60, 80), "critical": (80, 95)}
REQUIREMENTS = ("hipaa", "pci_dss", "soc2", "gdpr", "sox", "iso27001", "glba", "ccpa", "nis2", "dora")
ABSENT = object()  # what a factor returns that cannot be told
APART = None       # what a factor returns that does not apply

# applies(row) -> (impact, likelihood), APART or ABSENT
Factor = namedtuple("Factor", "name subject category applies")


def when(row, fields, holds, impact, likelihood):
    if any(f not in row for f in fields):
        return ABSENT
    return (impact, likelihood) if holds(*(row[f] for f in fields)) else APART


def highest(*alternatives):
    """The first that applies counts, once; alternatives stand in falling order. One that cannot be
    told hides no lower one that surely applies."""
    for a in alternatives:
        if a not in (APART, ABSENT):
            return a
    return ABSENT if ABSENT in alternatives else APART


def steps(row, field, bounds, reached):
    """bounds: (bound, impact, likelihood) in falling order."""
    if field not in row:
        return ABSENT
    return next(((i, l) for b, i, l in bounds if reached(row[field], b)), APART)


def protocol_gap(row):
    """Where the legacy side is known to have none, the modern side need not be known."""
    if row.get("legacy_protocols") == []:
        return APART
    return when(row, ("legacy_protocols", "modern_protocols"),
                lambda have, offered: any(p not in offered for p in have), 70, 80)


FACTORS = [
    Factor("channel_kind", "channel", "technical", lambda c: (KINDS[c["kind"]], 50)),
    Factor("heavy_channel", "customer", "technical", lambda c: (55, 50) if any(
        ch["kind"] in ("edi", "thick_client") for ch in c["channels"]) else APART),
    Factor("integration_pattern", "channel", "technical", lambda c: highest(
        when(c, ("api_version", "modern_api_versions"), lambda v, ms: v not in ms, 60, 60),
        when(c, ("pattern",), lambda p: p == "synchronous", 45, 50))),
    Factor("criticality", "customer", "business", lambda c: CRITICALITY[c["criticality"]]
           if "criticality" in c else ABSENT),
    Factor("revenue", "customer", "business", lambda c: steps(
        c, "revenue", ((10_000_000, 75, 40), (1_000_000, 50, 40)), lambda v, b: v > b)),
    Factor("sla", "customer", "business", lambda c: steps(
        c, "sla", ((Fraction(9999, 10000), 65, 50), (Fraction(999, 1000), 45, 50)), lambda v, b: v >= b)),
    *(Factor(r, "customer", "compliance", lambda c, r=r: when(
        c, ("compliance",), lambda named: r in named, 70, 40)) for r in REQUIREMENTS),
    Factor("data_region", "channel", "compliance", lambda c: when(
        c, ("legacy_region", "modern_region"), lambda a, b: a != b, 80, 60)),
    Factor("volume", "channel", "operational", lambda c: when(
        c, ("volume",), lambda v: v > 10_000, 70, 45)),
    Factor("no_contact", "customer", "operational", lambda c: APART if any(
        f in c for f in ("contact.name", "contact.email", "contact.phone")) else (40, 60)),
    Factor("dependencies", "channel", "operational", lambda c: when(
        c, ("depends",), lambda d: len(d) > 3, 50, 50)),
    Factor("no_modern_endpoint", "channel", "integration", lambda c: APART if "modern" in c else (75, 100)),
    Factor("many_channels", "customer", "integration", lambda c: (65, 60)
           if len(c["channels"]) > 5 else APART),
    Factor("unmapped", "channel", "integration", lambda c: highest(
        protocol_gap(c),
        when(c, ("unmapped",), lambda u: len(u) > 0, 60, 70))),
]

Found = namedtuple("Found", "name category subject impact likelihood risk evidenced")


def rounded(value, places=6):
    """Half to even, as a Fraction; round() of a Fraction does just that."""
    return Fraction(round(Fraction(value) * 10**places), 10**places)


def found_on(row, subject, kind, factors):
    for f in factors:
        if f.subject != kind:
            continue
        at = f.applies(row)
        if at is ABSENT:
            yield Found(f.name, f.category, subject, None, None, None, False)
        elif at is not APART:
            impact, likelihood = map(Fraction, at)
            yield Found(f.name, f.category, subject, impact, likelihood, impact * likelihood / 100, True)


def scored(found, weights, levels):
    """{score, readiness, level, categories} of a list of Found."""
    exact = {}
    for category in CATEGORIES:
        risks = [f.risk for f in found if f.category == category and f.evidenced]
        exact[category] = sum(risks) / len(risks) if risks else Fraction(0)
    score = rounded(sum(weights[c] * exact[c] for c in CATEGORIES))
    level = ([n for n, from_ in levels.items() if score >= from_] or ["low"])[-1]
    return {"score": score, "readiness": 100 - score, "level": level,
            "categories": {c: rounded(exact[c]) for c in CATEGORIES}}


def assess(customer, factors=FACTORS, weights=WEIGHTS, levels=LEVELS):
    own = list(found_on(customer, customer["name"], "customer", factors))
    channels = []
    for channel in customer["channels"]:
        found = list(found_on(channel, channel["name"], "channel", factors))
        channels.append({"name": channel["name"], "kind": channel["kind"], **scored(found, weights, levels)})
        own += found
    return {"name": customer["name"], **scored(own, weights, levels), "factors": own, "channels": channels}
