"""The productions of grammar/ferry.y as SPEC.md shows them.

Actions and what recovers from faults are left out; rules that only repeat or leave out something are
put in where they are used; alternatives that begin or end alike are told once. Nothing is written by
hand but the names of the signs and the rules that keep a name.
"""
import re

import checks

SIGNS = {"LPAREN": "'('", "RPAREN": "')'", "LBRACKET": "'['", "RBRACKET": "']'", "LBRACE": "'{'", "RBRACE": "'}'", "LBLOCK": "'{'", "RBLOCK": "'}'",
         "COMMA": ",", "DOT": ".", "COLON": ":", "ASSIGN": "=", "OPTIONAL": "?", "EQ": "==", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=",
         "COALESCE": "??", "PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "NAME": "N"}
KEPT = {"input": "FILE", "decl": "DECL", "item": "ITEM", "block": "B", "value": "VALUE", "loop": "LOOP", "params": "PARAMS", "type": "TYPE", "path": "PATH",
        "expr": "E", "logic": "LOGIC", "compare": "CMP", "sum": "SUM", "postfix": "POST", "args": "ARGS", "comprehension": "COMP", "literal": "LITERAL",
        "text": "T", "if_item": "IF"}
TOKENS = {"NAME", "NUMBER", "PERCENT", "DURATION", "DATE", "DATE_TIME", "TIME", "WEEKDAY_TIME", "CURRENCY", "CODE", "TEXT", "RAW"}
LISTS = ("decl", "item")  # an alternative a line
LEFT_OUT = {"error", "broken", "START_VALUE", "FAULTY"}


def keywords():
    return {token: word for _, (word, token, *_) in checks.entries("grammar/keywords.def", ["WORD"])}


def rules():
    """name -> alternatives, each a list of symbols, in the order of the file."""
    source = (checks.ROOT / "grammar/ferry.y").read_text().split("\n%%\n")[1]
    source = re.sub(r"/\*.*?\*/", " ", source, flags=re.S)
    plain, depth = "", 0
    for c in source:
        depth += c == "{"
        plain += c if not depth else " "
        depth -= c == "}"
    out = {}
    for name, body in re.findall(r"(\w+)\s*:(.*?);", plain, re.S):
        alternatives = [a.split() for a in body.split("|")]
        out[name] = [[s for s in re.sub(r"%empty|%prec \w+", "", " ".join(a)).split()] for a in alternatives if not LEFT_OUT & set(a)]
    out.pop("broken")
    return out


# --- regular forms: a word, ("seq", …), ("or", …), ("opt", x), ("many", x) ---------------------------

def seq(parts):
    flat = [p for part in parts for p in (part[1:] if isinstance(part, tuple) and part[0] == "seq" else [part])]
    return flat[0] if len(flat) == 1 else ("seq", *flat)


def common(a):
    """How many words all alternatives begin with."""
    n = 0
    while all(len(x) > n for x in a) and len({repr(x[n]) for x in a}) == 1:
        n += 1
    return n


def choice(alternatives):
    """One form for alternatives that are lists of forms."""
    unique = []
    for a in alternatives:
        if a not in unique:
            unique.append(a)
    if len(unique) == 1:
        return seq(unique[0])
    head = common(unique)
    if head:
        return seq(unique[0][:head] + [choice([a[head:] for a in unique])])
    groups = {}
    for a in unique:
        groups.setdefault(repr(a[:1]), []).append(a)
    tail = common([a[::-1] for a in unique])
    told = len(groups) < len(unique) and not str(unique[0][-1:]).startswith('["\'')
    if tail and not told:  # a bracket closes all of them; else what begins alike stays together
        return seq([choice([a[:-tail] for a in unique])] + unique[0][-tail:])
    if [] in unique:
        return ("opt", choice([a for a in unique if a]))
    return ("or", *(choice(g) for g in groups.values()))


def form(name, all_rules, inside=()):
    """The form of a rule; rules that keep no name are put in."""
    own = [a for a in all_rules[name] if a[:1] != [name]]
    again = [a[1:] for a in all_rules[name] if a[:1] == [name]]
    put = lambda a: [word(s, all_rules, (*inside, name)) for s in a]
    first = choice([put(a) for a in own])
    if not again:
        return first
    rest = ("many", choice([put(a) for a in again]))
    return rest if [] in own and len(own) == 1 else seq([first, rest])


def word(symbol, all_rules, inside):
    if symbol in KEPT:
        return KEPT[symbol]
    if symbol in all_rules:
        if symbol in inside:
            raise SystemExit(f"the rule {symbol} comes back to itself: give it a name in productions.py")
        return form(symbol, all_rules, inside)
    return SIGNS.get(symbol) or keywords().get(symbol) or {"START_FILE": ""}.get(symbol, symbol)


# --- text ------------------------------------------------------------------------------------------

def shown(f, loose=True):
    if isinstance(f, str):
        return f
    if f[0] == "seq":
        return " ".join(s for s in (shown(p, False) for p in f[1:]) if s)
    if f[0] == "or":
        inner = " | ".join(shown(p) for p in f[1:])
        return inner if loose else f"({inner})"
    inner = shown(f[1])
    return f"[{inner}]" if f[0] == "opt" else f"{{{inner}}}"


def text():
    all_rules = rules()
    out = ""
    for name, title in KEPT.items():
        f = form(name, all_rules)
        if name in LISTS and f[0] == "or":
            lines = [shown(p) for p in f[1:]]
        else:
            lines = [shown(f)]
        out += f"{title}: " + "\n    | ".join(lines) + "\n"
    return out


def binding():
    """The levels of expressions, loosest first, from the precedences of the file."""
    head, all_rules = (checks.ROOT / "grammar/ferry.y").read_text().split("\n%%\n")[0], rules()
    used = {s for a in all_rules["sum"] for s in a} | {"SIGN"}
    sides = {"left": "", "right": " (to the right)", "precedence": ""}
    logic, sums = [], []
    for side, signs in re.findall(r"^%(left|right|precedence) (.*)$", head, re.M):
        names = ["unary `-`" if s == "SIGN" else f"`{word(s, all_rules, ())}`" for s in signs.split()]
        (sums if set(signs.split()) & used else logic).append(" ".join(names) + sides[side])
    return "Binding, loosest first: " + ", ".join([*logic, "a comparison (once)", *sums, "`per`", "what stands behind: `.` `(` `[`"]) + ".\n"
