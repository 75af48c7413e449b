"""Interchanges of purchase orders, as many bytes as wanted, the same in every run."""
import random

ISA = "ISA*00*          *00*          *ZZ*ACME           *01*004321987      *%s*%s*U*00401*%09d*0*P*>~\n"


def order(rng, control, number):
    lines = rng.randrange(3, 20)
    segments = [f"ST*850*{control:04d}", f"BEG*00*SA*PO{number:08d}**20260301", f"REF*DP*{rng.randrange(1000):03d}", "DTM*002*20260315",
                f"N1*ST*STORE {number % 977}*92*{number % 977:04d}", f"N3*{number % 500 + 1} MAIN STREET", "N4*CHICAGO*IL*60601"]
    for i in range(1, lines + 1):
        price = f"{rng.randrange(1, 90)}.{rng.randrange(100):02d}"
        segments += [f"PO1*{i}*{rng.randrange(1, 500)}*EA*{price}**UP*{rng.randrange(10**12):012d}*VN*SKU{rng.randrange(10**6):06d}",
                     f"PID*F****ITEM DESCRIPTION {i}"]
    segments += [f"CTT*{lines}", f"SE*{len(segments) + 2}*{control:04d}"]
    return "~\n".join(segments) + "~\n"


def orders(size, each=100, again=False, differs=0, forms=0):
    """Yields interchanges of `each` orders until there are `size` bytes; no two control numbers are alike. `again`: the same orders as another
    system sends them a day later, under other control numbers; of so many, one differs in a unit, or writes its prices with one more zero."""
    rng, written, control = random.Random(7), 0, 0
    day, hour, on, sets_on = ("260302", "0413", 500000, 1000) if again else ("260301", "2210", 0, 0)
    while written < size:
        control += 1
        sets, more = [], 2 * (len(str(control + on)) - len(str(control)))
        for i in range(each):
            number = control * each + i
            text = order(rng, i + 1 + sets_on, number)
            if differs and number % differs == 0:
                text = text.replace("*EA*", "*BX*", 1)
            if forms and number % forms == 0:
                more += text.count("**UP")
                text = text.replace("**UP", "0**UP")
            sets.append(text)
        text = (ISA % (day, hour, control + on) + f"GS*PO*ACME*004321987*20{day}*{hour}*{control + on}*X*004010~\n" + "".join(sets)
                + f"GE*{each}*{control + on}~\nIEA*1*{control + on:09d}~\n")
        written += len(text) - more  # as many orders, however they are written
        yield text
