"""Expected text with `…`: within a line it stands for anything on that line, alone for any lines."""
import difflib
import re


def pattern(wanted):
    out = ""
    for line in wanted.split("\n")[:-1]:
        if line.strip() == "…":
            out += r"(?:[^\n]*\n)*?"
        else:
            out += "[^\n]*?".join(map(re.escape, line.split("…"))) + "\n"
    return out


def same(wanted, got):
    """Both end with a line break."""
    return wanted == got or ("…" in wanted and re.fullmatch(pattern(wanted), got) is not None)


def difference(wanted, got):
    lines = difflib.unified_diff(wanted.splitlines(True), got.splitlines(True), "wanted", "got", n=2)
    return "".join(list(lines)[2:]) or repr(got)
