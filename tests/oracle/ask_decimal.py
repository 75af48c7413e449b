"""Exact decimals against Python's fractions: the same questions, answered by another hand."""
import random
import re
from fractions import Fraction

import oracle

LOW, HIGH, NA = -2**63 + 2, 2**63 - 1, -2**63
NUMBER = re.compile(r"(-?)(\d+(?:_\d+)*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?")


def half_even(f):
    return round(f)  # Fraction.__round__ rounds half to even


def shortest(v, scale):
    whole, fraction = divmod(abs(v), 10**scale)
    tail = str(fraction).zfill(scale).rstrip("0") if fraction else ""
    return ("-" if v < 0 else "") + str(whole) + ("." + tail if tail else "")


def read(scale, text):
    m = NUMBER.fullmatch(text)
    if not m:
        return "no"
    sign, whole, fraction, exponent = m.groups()
    fraction = fraction or ""
    exact = Fraction(int(whole.replace("_", "") + fraction)) * Fraction(10) ** (
        int(exponent or 0) - len(fraction) + scale)
    v = half_even(-exact if sign else exact)
    if not LOW <= v <= HIGH:
        return "no"
    return f"{'exact' if v == (-exact if sign else exact) else 'rounded'} {v} {shortest(v, scale)}"


def fit(v):
    return v if LOW <= v <= HIGH else NA


def digits(r, most):
    return "".join(r.choice("0123456789059") for _ in range(r.randint(1, most)))


def number(r, most=24):
    s = r.choice(["", "", "-"]) + digits(r, most)
    if r.random() < 0.1:
        s += "_" + digits(r, 3)
    if r.random() < 0.6:
        s += "." + digits(r, most)
    if r.random() < 0.3:
        s += r.choice("eE") + r.choice(["", "+", "-"]) + str(r.randint(0, 40))
    if r.random() < 0.05:
        s += r.choice([".", "_", "e", "x", "-"])
    return s


def compare(a, b):
    a, b = Fraction(a), Fraction(b)
    return (a > b) - (a < b)


def questions(r):
    for _ in range(20000):
        scale, text = r.choice([0, 2, 4, 6, 8, 18]), number(r)
        yield f"read {scale} {text}", read(scale, text)
    for _ in range(5000):
        n, d = (r.randint(-2**r.randint(1, 62), 2**r.randint(1, 62)) for _ in "ab")
        if r.random() < 0.3:
            d = r.choice([2, 4, 10, 100, -2, -10])
        if d:
            yield f"divide {n} {d}", str(half_even(Fraction(n, d)))
    for _ in range(5000):
        a, b, d = (r.randint(-2**r.randint(1, 62), 2**r.randint(1, 62)) for _ in "abc")
        yield f"muldiv {a} {b} {d}", str(fit(half_even(Fraction(a * b, d))) if d else NA)
    for _ in range(5000):
        a = number(r, 30).replace("_", "")
        b = a + "0" if "." in a and "e" not in a.lower() and r.random() < 0.3 else number(r, 30)
        if NUMBER.fullmatch(a) and NUMBER.fullmatch(b) and "_" not in b:
            yield f"compare {a} {b}", str(compare(a, b))


oracle.run("decimal", questions(random.Random(20270313)))
