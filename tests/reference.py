"""The parts of SPEC.md that are made from the lists and the grammar themselves.

A part stands between `<!-- made: NAME -->` and `<!-- end -->`. `make reference` writes every part anew;
tests/check/spec.py fails when one is not what would be written.
"""
import re
import sys

import checks
import productions

MADE = re.compile(r"<!-- made: (\w+) -->\n(.*?)<!-- end -->\n", re.S)


# --- .def files ------------------------------------------------------------------------------------

def arguments(text):
    """The arguments of a macro, up to its closing bracket: adjacent strings joined, escapes undone."""
    out, word, depth, i, quoted = [], "", 1, 0, False
    while depth:
        if text[i] == '"':
            end = i + 1
            while text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            word, quoted = (word if quoted else "") + text[i + 1:end], True
            i = end + 1
            continue
        depth += (text[i] == "(") - (text[i] == ")")
        if (text[i] == "," and depth == 1) or depth == 0:
            out.append(re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), word) if quoted else word.strip())
            word, quoted = "", False
        elif not quoted:
            word += text[i]
        i += 1
    return out


def rows(path, macro):
    """The arguments of each MACRO(…) at the beginning of a line."""
    text = re.sub(r"/\*.*?\*/", "", (checks.ROOT / path).read_text(), flags=re.S)
    text = re.sub(r"^#.*(?:\\\n.*)*$", "", text, flags=re.M)
    return [arguments(text[m.end():]) for m in re.finditer(rf"^[ \t]*{macro}\(", text, re.M)]


def indented(text):
    return "".join(f"    {line}".rstrip() + "\n" for line in text.split("\n"))


def table(head, lines):
    return "".join(f"| {' | '.join(line)} |\n" for line in [head, ["---"] * len(head), *lines])


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def without_stars(comment):
    """The lines of a C comment, their common margin taken off."""
    lines = [re.sub(r"^ ?\*+ ?", "", line) for line in comment.split("\n")]
    return [line.rstrip() for line in lines]


# --- parts -----------------------------------------------------------------------------------------

def fields():
    forms = {"R": "`a to b`", "N": "`n times every d`", "B": "block"}
    names, out, last = dict(rows("compiler/fields.def", "BLOCK_KIND")), [], ""
    for block, name, form, flags, kind, doc in rows("compiler/fields.def", "FIELD"):
        marks = ["repeatable"] * ("MANY" in flags)
        # A type that is a form says it already: `range`, `call, block or none`.
        takes = [kind] * ("E" in form or form == "B") + [forms[f] for f in form if f in "RN" or (f == "B" and form != "B" and "block" not in kind)]
        takes = " or ".join(t for t in takes if t != "range" or len(takes) == 1)
        shown = f"**`{name}`**" if "REQUIRED" in flags else f"`{name}`"
        out.append([names[block] if block != last else "", shown, cell(takes), cell("; ".join([doc] * bool(doc) + marks))])
        last = block
    return table(["block", "field", "takes", "is"], out)


def functions():
    out = [[f"`{name}({cell(signature.split(' -> ')[0])})`", signature.split(" -> ")[1], cell(doc)]
           for _, name, signature, doc in rows("bytecode/builtins.def", "PURE")]
    units = {"NUMBER": "number", "PERCENT": "percent", "DURATION": "duration", "RATE": "rate", "MONEY": "money", "REVENUE": "money per year"}
    out += [[f"`{name}({units.get(a, a.lower())})`", units.get(b, b.lower()), f"× {multiply}" + f" / {divide}" * (divide != "1") + " of the units of [4](#4-names-types-values)"]
            for _, name, a, b, multiply, divide in rows("bytecode/conversions.def", "CONVERSION")]
    return table(["function", "gives", "is"], out)


def operations():
    traits = {"NATURAL": "again", "PROBES": "asked", "DEDUPLICATES": "keyed"}
    out = []
    for _, connector, name, effect, takes, gives, flags, doc in rows("bytecode/builtins.def", "OPERATION"):
        if connector == "none":
            continue
        gives = " ".join(g.split(":")[0].strip() for g in gives.split(","))
        doubt = " ".join(traits[t] for t in re.findall(r"\w+", flags) if t in traits) or ("-" if effect == "READ" else "a person")
        out.append([f"`{connector}.{name}`", effect.lower(), f"`{takes}`", f"`{gives}`", doubt, cell(doc)])
    return table(["operation", "effect", "arguments", "result", "in doubt", "is"], out)


def words():
    out = [["`SERIES." + field + "`", cell(doc)] for _, field, doc in rows("bytecode/statistics.def", "STATISTIC")]
    given = {"NONE": "", "PATTERN": '("PATTERN")', "TEXT": '("TEXT")', "COUNT": "(N)"}
    out += [[f"`constrain … {word}{given[argument]}`", cell(doc)] for _, word, argument, doc in rows("bytecode/bounds.def", "BOUND")]
    out += [[f"`{name}`", ", ".join(f"`{m}`" for m in members.split())] for name, members in rows("bytecode/tables.def", "ENUM")]
    return table(["word", "is"], out)


def declared(path):
    """(head of the declaration on one line, its doc comment) of each role, factor and playbook of a file."""
    doc, head = [], ""
    for line in path.read_text().split("\n"):
        if line.startswith("///"):
            doc.append(line[3:].strip())
            continue
        if head or re.match(r"(factor|playbook|role) ", line):
            head = (head + " " + line.strip()).strip()
            if head.count("(") != head.count(")"):
                continue
            yield re.sub(r"\s*\{[^{]*$", "", head), " ".join(doc)
        doc, head = [], ""


def library():
    out = []
    for path in sorted((checks.ROOT / "stdlib/playbooks").glob("*.ferry")):
        for head, doc in declared(path):
            kind, name = head.split()[0], re.match(r"\w+ (\w+)", head)[1]
            title = re.search(r'"([^"]*)"$', head)
            signature = re.sub(r'\s*"[^"]*"$', "", head)[len(kind) + 1:]
            out.append([f"`std.{path.stem}`", f"{kind} `{cell(signature)}`", cell(title[1] if title and kind == "factor" else doc)])
    return table(["module", "declares", "is"], out)


def types():
    families = {"q": "quantity", "w": "word", "t": "text", "l": "list", "r": "row", "h": "handle"}
    out = [[str(n), f"`{name}`", families[family.strip("'")], "" if scale == "-1" else f"10⁻{scale}".translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")).replace("¹⁰", "10", 1)]
           for n, (_, name, scale, family) in enumerate(rows("bytecode/types.def", "TYPE"))]
    return table(["id", "type", "family", "unit"], out)


def tables():
    out = []
    for table_id, name, parent in rows("bytecode/tables.def", "TABLE"):
        columns = [f"`{c[2]}`" + (" list" if "LIST" in c[5] else "") for c in rows("bytecode/tables.def", "COLUMN") if c[0] == table_id]
        out.append([f"`{name}`", "-" if parent == "NONE" else f"`{parent.lower()}`", ", ".join(columns)])
    return table(["table", "of", "columns, in their order"], out)


def instructions():
    letters = {"O_": "", "D_": "to", "R_": "reg", "N_": "regs", "I_": "int", "K_": "index", "J_": "skip", "T_": "table", "C_": "column", "F_": "function",
               "S_": "site", "H_": "field", "B_": "builtin", "Y_": "record", "V_": "conversion", "X_": "n", "G_": "fact"}
    out = [[str(n), f"`{mnemonic}`", " ".join(letters[o] for o in operands if letters[o]) + (" ·" if wait == "1" else ""), cell(doc)]
           for n, (_, mnemonic, *operands, wait, doc) in enumerate(rows("bytecode/opcodes.def", "OP"))]
    return table(["op", "mnemonic", "a b c", "does"], out)


def sites():
    return table(["kind", "its fields"], [[f"`{name}`", cell(doc)] for _, name, doc in rows("bytecode/sites.def", "SITE")])


def events():
    return table(["event", "is", "its body"],
                 [[f"`{name}`", group.lower(), cell(doc)] for _, name, group, doc in rows("vm/events.def", "EVENT")])


def defects():
    return table(["defect", "what is done to a copy"], [[name, cell(doc)] for _, name, _, doc in rows("stdlib/compare/prove_defects.def", "PROVE")])


def contract_defects():
    return table(["defect", "what is done to a copy"], [[name, cell(doc)] for _, name, doc in rows("stdlib/contract/contract_defects.def", "CONTRACT_DEFECT")])


def identifiers():
    """What each is worth by itself: its form alone, its groups, or only with a place that says what it is."""
    worth, out = {"EVIDENCE_LIKELY": "likely", "EVIDENCE_CERTAIN": "certain"}, []
    for _, code, title, family, regimes, _, _, _, bare, shapes, grouped, *_ in rows("stdlib/identifier/identifiers.def", "IDENTIFIER"):
        concerns = [r[len("REGIME_"):].lower() for r in re.findall(r"REGIME_\w+", regimes)]
        alone = [worth.get(bare)] * (bare in worth) + [f"{worth.get(grouped)} as " + ", ".join(f"`{cell(s)}`" for s in shapes.split("|"))] * (grouped in worth)
        out.append([f"`{code}`", cell(title), family[len("FAMILY_"):].lower(), " ".join(concerns), "; ".join(alone) or "-"])
    return table(["rule", "is", "family", "concerns, beside soc2 and iso27001", "by its form alone"], out)


def diagnostics():
    return table(["code", "is", ""], [[f"`{code}`", "" if level == "error" else level, cell(title)]
                                      for code, level, title, _ in rows("base/diagnostics.def", "DIAG")])


def tokens():
    """Patterns of ferry.l, its abbreviations put in. `NL` and the pieces of a text have none: §2 tells of them."""
    source, short, out, seen = (checks.ROOT / "grammar/ferry.l").read_text(), {}, [], set()
    for name, pattern in re.findall(r"^([A-Z_]+) {2,}(\S+)$", source.split("\n%%\n")[0], re.M):
        short[name] = re.sub(r"\{([A-Z_]+)\}", lambda m: short[m[1]], pattern)
    for pattern, token in re.findall(r"^(\S+(?:\"\S* \S*)*\S*) +(?:\{[^\n]*)?HERE\(TOK_(\w+)\)", source.split("\n%%\n")[1], re.M):
        if token in productions.TOKENS - seen:  # what comes later stands for a mistake
            seen.add(token)
            full = re.sub(r"\{([A-Z_]+)\}", lambda m: short[m[1]], pattern)
            out.append([productions.SIGNS.get(token, token), "`" + cell(full.replace('" "', "[ ]").replace('\\"', '"')) + "`"])
    return table(["token", "pattern"], out)


def layout():
    comment = re.search(r"/\*.*?\*/", (checks.ROOT / "bytecode/layout.h").read_text(), re.S)[0]
    lines = without_stars(comment[:-2])[2:]
    return indented("\n".join(line[4:] if line.startswith("    ") else line for line in lines).strip("\n"))


def commands():
    return table(["command", "does"], [[f"`ferry {name} {cell(synopsis)}`".replace(" `", "`"), cell(doc)]
                                       for name, _, _, doc, synopsis, *_ in rows("cli/commands.def", "COMMAND")])


def options():
    """Each option that help shows, with the commands that take it; all take --help and --color."""
    sets = dict(re.findall(r"#define (\w+) (OPT.*)", (checks.ROOT / "cli/commands.def").read_text()))
    takes = [(name, set(re.findall(r"OPT\((\w+)\)", " ".join(sets.get(word, word) for word in taken.split()))))
             for name, _, _, _, _, taken, *_ in rows("cli/commands.def", "COMMAND")]
    lines = []
    for one, long, short, argument, doc in sorted(rows("cli/options.def", "OPTION"), key=lambda row: row[1]):
        of = [name for name, taken in takes if one in taken] or ["every command"]
        if doc != "NULL":
            call = f"--{long}" + (f", -{short.strip(chr(39))}" if short != "0" else "") + (f" {argument}" if argument != "NULL" else "")
            lines.append([f"`{call}`", ", ".join(of), cell(doc)])
    return table(["option", "of", "does"], lines)


def contracts():
    """Rules of one level in a request and of another in a response stand in one line."""
    facts = [[f"`{code}`", level.lower(), cell(reason), there.lower(), cell(other)]
             for _, code, level, reason, there, other in rows("stdlib/contract/contract_rules.def", "FACT")]
    rules = [[f"`{code}`", level.lower(), cell(reason)] for _, code, level, reason in rows("stdlib/contract/contract_rules.def", "RULE")]
    return (table(["code", "level", "because"], rules) + "\nWhat a schema says, as `request.CODE` and `response.CODE`:\n\n" +
            table(["code", "request", "because", "response", "because"], facts))


PARTS = {f.__name__: f for f in (contract_defects, tokens, fields, functions, operations, words, library, layout, types, tables, instructions, sites, events, defects, identifiers, diagnostics, commands, options, contracts)}
PARTS["grammar"] = lambda: "```grammar\n" + productions.text() + "```\n\n" + productions.binding()


def made(text):
    """The text with every part as it would be written; unknown names stay as they are."""
    return MADE.sub(lambda m: f"<!-- made: {m[1]} -->\n{PARTS[m[1]]() if m[1] in PARTS else m[2]}<!-- end -->\n", text)


def stale(text):
    """Names of the parts that are not what would be written, or that nobody writes."""
    found = dict(MADE.findall(text))
    return ([n for n, body in found.items() if n not in PARTS or PARTS[n]() != body] +
            [n for n in PARTS if n not in found])


if __name__ == "__main__":
    spec = checks.ROOT / "SPEC.md"
    spec.write_text(made(spec.read_text()))
    sys.exit(0)
