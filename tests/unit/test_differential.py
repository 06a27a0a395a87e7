"""Compares the table and the .prof with Python's own pstats, byte for byte.

Random profiles of table_driver.c, with sort keys and restrictions in random combinations;
then the golden files of the sample profile.
"""

import io
import json
import marshal
import os
import pstats
import random
import subprocess

import pytest

import building
from environment import CC, UNIT_OUT

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "..", "golden")

# On these PCRE2 and re agree.
PATTERNS = [
    "walk", "shop", r"app\.py", "^/srv", r"\)$", "built-in", "^{.*}$", "größe", "日本",
    "[0-9]+", r"\d\d", "[^a-z]walk", "(walk|append)", r"^<string>:\d+\(", "nothing at all",
    "", "a b", "x{2}", r"\(<lambda>\)", "(?i)WALK", r"\.py:1?[0-5]\(", "[日-龠]",
    "\N{SNAKE}", ".", r"a\nb", "a,b", r"(?<!app)\.py", "_x", r"\[", "w(?=alk2)", "'", r"\\",
]  # fmt: skip


class Loaded:
    """What pstats.Stats takes in place of a file name."""

    def __init__(self, stats):
        self.stats = stats

    def create_stats(self):
        pass


def all_keys():
    stats = pstats.Stats(Loaded({("f", 1, "g"): (1, 1, 0.0, 0.0, {})}))
    return sorted(stats.get_sort_arg_defs())


def quoted(pattern):
    return f'"{pattern}"'


def any_restriction(rng):
    """A restriction as Python takes it, and as profiler-restrictions spells it."""
    kind = rng.randrange(10)
    if kind < 3:
        count = rng.choice([0, 1, 2, 3, 5, 10, 30, 100, 1000, 10**9])
        return count, rng.choice([str(count), f"0{count}", f"+{count}"])
    if kind < 5:
        fraction = rng.choice([0.0, 0.1, 0.5, 0.25, 0.999, rng.random()])
        text = f"{fraction:.17f}"
        return float(text), text
    pattern = rng.choice(PATTERNS)
    if pattern and pattern.isalpha() and rng.random() < 0.5:
        return pattern, pattern
    return pattern, quoted(pattern)


def any_case(rng, keys):
    sort = tuple(rng.choice(keys) for _ in range(rng.choice([1, 1, 2, 2, 3, 4])))
    if rng.random() < 0.05:
        sort = (rng.choice([-1, 0, 1, 2]),)
    chosen = [any_restriction(rng) for _ in range(rng.choice([0, 1, 1, 2, 2, 3]))]
    text = ", ".join(spelled for _, spelled in chosen) or "none"
    return sort, tuple(value for value, _ in chosen), text


def expected_table(stats, sort, restrictions):
    out = io.StringIO()
    table = pstats.Stats(Loaded(stats), stream=out)
    table.sort_stats(*sort).print_stats(*restrictions)
    return out.getvalue().encode()


class Driver:
    def __init__(self, path, requests):
        lines = "".join(f"{request}\n" for request in requests).encode()
        result = subprocess.run([path], input=lines, stdout=subprocess.PIPE, check=True)
        self.output = io.BytesIO(result.stdout)

    def block(self):
        return self.output.read(int(self.output.readline()))


PROFILES, BLOCK = 2000, 100


@pytest.mark.parametrize("first", range(1, PROFILES + 1, BLOCK))
def test_random_profiles(checks, first):
    rng = random.Random(20240229 + first)
    keys = all_keys()
    cases = [
        (seed, *any_case(rng, keys)) for seed in range(first, first + BLOCK) for _ in range(6)
    ]
    requests = [
        f"{seed}\t{','.join(map(str, sort))}\t{text}" for seed, sort, _, text in cases
    ]
    out = building.build("tests/unit/unit.mk", UNIT_OUT, "CC=" + CC)
    driver = Driver(out / "table_driver", requests)
    stats = None
    for (_, sort, restrictions, _), request in zip(cases, requests):
        prof = io.BytesIO(driver.block())
        if prof.getbuffer().nbytes:
            stats = marshal.load(prof)
            checks(request, b"\nprofile 00c0ffee00c0ffee\n", prof.read())
        got = driver.block()
        checks(request, expected_table(stats, sort, restrictions).decode(), got.decode())


SEARCH = ("/srv/shop/app.py", 12, "search")
WALK = ("/srv/shop/tree.py", 3, "walk")
LEN = ("~", 0, "<built-in method builtins.len>")
GROESSE = ("/srv/shop/größe.py", 7, "größe_日本")
HOSTILE = ("<string>", 1, "a\nb\x1b[31m</script>\"'\\")
APPEND = ("~", 0, "<method 'append' of 'list' objects>")

# As test_prof.c's tree adds up, in nanoseconds.
SAMPLE = {
    SEARCH: (1, 1, 1500000, 5852466, {}),
    WALK: (1, 7, 1750000, 1873456, {SEARCH: (1, 1, 250000, 1873456), WALK: (6, 2, 1500000, 1623456)}),
    LEN: (11, 11, 169134, 169134, {WALK: (8, 8, 123456, 123456), SEARCH: (3, 3, 45678, 45678)}),
    GROESSE: (2, 2, 2000000, 2099999, {SEARCH: (2, 2, 2000000, 2099999)}),
    APPEND: (10, 10, 99999, 99999, {GROESSE: (10, 10, 99999, 99999)}),
    HOSTILE: (1, 1, 333333, 333333, {SEARCH: (1, 1, 333333, 333333)}),
}  # fmt: skip


def in_nanoseconds(entry):
    first, second, self_s, cumulative_s, *callers = entry
    times = (round(self_s * 1e9), round(cumulative_s * 1e9))
    return (first, second, *times, *[
        {caller: in_nanoseconds(value) for caller, value in table.items()} for table in callers
    ])  # fmt: skip


def test_golden_files(checks):
    path = os.path.join(GOLDEN, "sample.prof")
    with open(path, "rb") as file:
        stats = marshal.load(file)
        checks("trailer", b"\nprofile 00c0ffee00c0ffee\n", file.read())
    loaded = {func: in_nanoseconds(entry) for func, entry in stats.items()}
    checks("sample.prof", SAMPLE, loaded)

    out = io.StringIO()
    pstats.Stats(path, stream=out).sort_stats("time", "calls").print_stats()
    table = out.getvalue().split("\n", 2)[2]
    with open(os.path.join(GOLDEN, "table-time.txt")) as file:
        checks("table-time.txt", table, file.read())
    with open(os.path.join(GOLDEN, "record.txt")) as file:
        record = file.read()
    werkzeug = f"{'-' * 80}\nPATH: {'/search/größe'!r}\n{table}{'-' * 80}\n\n"
    without_ours = "".join(
        line for line in record.splitlines(True) if not line.startswith("PROFILE ")
    )
    checks("record.txt", werkzeug, without_ours)

    with open(os.path.join(GOLDEN, "index.jsonl")) as file:
        line = json.loads(file.read())
    checks("index.jsonl", "/search/größe", line["path"])
    checks("index.jsonl", 'q="x"&profile=<1>', line["query"])
    checks("index.jsonl", (1700000000.123456, 12.346), (line["time"], line["elapsed_ms"]))
