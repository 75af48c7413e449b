"""Interchanges of ORDERS and INVOIC (D.96A), as many bytes as wanted, the same in every run."""
import random

NAMES = ["BR?'OK UND S?+HNE", "M\u00fcller GmbH", "ACME INC", "NORTH WEST STORES"]


def message(rng, number, reference):
    kind = "INVOIC" if number % 3 == 0 else "ORDERS"
    segments = [f"UNH+{reference}+{kind}:D:96A:UN:EAN008", f"BGM+220+PO{number:09d}+9", "DTM+137:20270304:102", "DTM+2:20270311:102",
                f"RFF+CT:{rng.randrange(10**6)}", f"NAD+BY+4012345000009::9++{rng.choice(NAMES)}+HAFENSTRASSE {rng.randrange(200)}+HAMBURG++20457+DE",
                "RFF+VA:DE123456789", "CTA+OC+:P. WALD", "COM+?+49401234567:TE", "NAD+SU+4098765000010::9", "CUX+2:EUR:9"]
    lines = rng.randrange(1, 12)
    for i in range(1, lines + 1):
        segments += [f"LIN+{i}++40{rng.randrange(10**11):011d}:EN", f"PIA+1+{rng.randrange(10**7)}:SA", "IMD+F++:::SCREWS M6 X 20, ZINC",
                     f"QTY+21:{rng.randrange(1, 500)}:PCE", f"MOA+203:{rng.randrange(1, 10**6) / 100:.2f}", f"PRI+AAA:{rng.randrange(1, 10**4) / 100:.2f}"]
    segments += ["UNS+S", f"CNT+2:{lines}"] + (["MOA+77:120.50"] if kind == "INVOIC" else [])
    return "'\n".join([*segments, f"UNT+{len(segments) + 1}+{reference}"]) + "'\n"


def messages(size, each=100):
    """Yields interchanges of `each` messages until there are `size` bytes; no two references are alike."""
    rng, written, control = random.Random(7), 0, 0
    while written < size:
        control += 1
        body = "".join(message(rng, control * each + i, i + 1) for i in range(each))
        text = (f"UNA:+.? '\nUNB+UNOC:3+4012345000009:14+4098765000010:14+270304:2210+R{control}'\n" + body + f"UNZ+{each}+R{control}'\n")
        written += len(text)
        yield text
