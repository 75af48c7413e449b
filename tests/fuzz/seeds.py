"""Seeds for the fuzz targets of the front end: what the golden cases and examples hold anyway, so that no copy of it is kept.

    seeds.py NAME FOLDER      writes those of the target NAME into FOLDER; none for targets without
"""
import hashlib
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
LARGEST = 16384
FILE = re.compile(r"^--- file (\S+)\n(.*?)(?=^--- |^=== |\Z)", re.M | re.S)


def golden():
    """(name, text) of every source and file of the golden cases."""
    for path in sorted((TESTS / "golden").rglob("*.txt")):
        for case in re.split(r"^=== .*\n", path.read_text(), flags=re.M)[1:]:
            yield "main.ferry", re.split(r"^--- ", re.sub(r"^# .*\n", "", case, flags=re.M), maxsplit=1, flags=re.M)[0]
            yield from FILE.findall(case)


def examples():
    for path in sorted((TESTS.parent / "examples").rglob("*")):
        if path.suffix in (".ferry", ".yaml", ".csv") and path.is_file():
            yield path.name, path.read_text()


def main():
    name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    suffixes = {"parse": [".ferry"], "compile": [".ferry"], "yaml": [".yaml", ".yml"], "csv": [".csv"]}.get(name, [])
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in (*golden(), *examples()):
        data = text.encode()
        if pathlib.Path(file).suffix in suffixes and 0 < len(data) <= LARGEST:
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


main()
