"""Reads the golden files of the formats for other tools as those tools would.

The json report holds the facts; folded, speedscope and pprof have to say the same. What
speedscope accepts is its src/lib/file-format-spec.ts and the checks of its importer.
"""

import datetime
import json
import os
import re

import pytest

import pprof_reader

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")


def read(name):
    """Strict UTF-8; no line ends but newlines."""
    with open(os.path.join(GOLDEN, name), "rb") as file:
        return file.read().decode()


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), f"a key is there twice: {keys}"
    return dict(pairs)


def no_constants(word):
    raise ValueError(f"{word} is not JSON")


def load(check, name):
    text = read(name)
    check(f"{name}: one line", (1, True), (len(text.splitlines()), text.endswith("\n")))
    check(f"{name}: no tags", False, "<" in text)
    return json.loads(text, object_pairs_hook=no_duplicates, parse_constant=no_constants)


META = {"id", "method", "path", "query", "mount", "route", "status", "response_bytes",
        "location", "exception", "started", "mode", "wall_ns", "cpu_ns", "wait_ns", "sort_by",
        "restrictions", "pid", "worker", "core", "python", "server", "plugin",
        "notices"}  # fmt: skip
MODES = {
    "deterministic": ({"calls", "primitive_calls"}, set(), {"calls"}),
    "sampling": ({"interval_ns", "samples", "lost", "peers"}, {"tl", "lines"},
                 {"samples", "cpu"}),
}  # fmt: skip
TABLES = {
    "func": {"name", "file", "line", "lib", "kind"},
    "tl": {"dt", "node", "wait"},
    "lines": {"func", "line", "self", "total", "hits"},
    "wait": {"of", "kind", "ns"},
}


def check_table(check, name, what, table, keys):
    check(f"{name}: {what}", keys, set(table))
    check(f"{name}: {what} is parallel", 1, len({len(column) for column in table.values()}))
    numbers = [number for column in table.values() for number in column]
    check(f"{name}: {what} is whole", True, all(type(n) is int and n >= 0 for n in numbers))


def check_profile(check, name):
    profile = load(check, name)
    meta, nodes, funcs, texts = (profile[key] for key in ("meta", "node", "func", "str"))
    more_meta, more_tables, more_columns = MODES[meta["mode"]]
    waits = nodes.pop("wait", None)
    check(f"{name}: keys", {"v", "meta", "str", "func", "node"} | more_tables, set(profile))
    check(f"{name}: meta", META | more_meta, set(meta))
    check(f"{name}: started", True, bool(re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", meta["started"])))  # fmt: skip
    check(f"{name}: each text once", len(texts), len(set(texts)))
    check_table(check, name, "node", nodes, {"depth", "func", "self"} | more_columns)
    for what in {"func"} | more_tables:
        check_table(check, name, what, profile[what], TABLES[what])
    used = {i for column in ("name", "file", "lib") for i in funcs[column]}
    check(f"{name}: the texts are used", set(range(len(texts))), used)
    check(f"{name}: the request", (0, 0, 4),
          (nodes["depth"][0], nodes["func"][0], funcs["kind"][0]))  # fmt: skip
    steps = [b - a for a, b in zip(nodes["depth"], nodes["depth"][1:])]
    check(f"{name}: preorder", True, all(step <= 1 for step in steps))
    check(f"{name}: one root", 1, nodes["depth"].count(0))
    if meta["mode"] == "sampling":
        check_samples(check, name, profile)
        check_waits(check, name, nodes, waits)
    return profile


def check_samples(check, name, profile):
    meta, nodes, moments = profile["meta"], profile["node"], profile["tl"]
    self_ns = [0] * len(nodes["self"])
    for node, ns in zip(moments["node"], moments["dt"]):
        self_ns[node] += ns
    check(f"{name}: self times are those of the timeline", self_ns, nodes["self"])
    waiting = sum(self_ns) - sum(nodes["cpu"])
    check(f"{name}: waits", waiting, sum(meta["wait_ns"].values()))


def check_waits(check, name, nodes, waits):
    """Self time is time that ran and parts that waited."""
    check_table(check, name, "wait", waits, TABLES["wait"])
    parts = list(nodes["cpu"])
    for node, ns in zip(waits["of"], waits["ns"]):
        parts[node] += ns
    check(f"{name}: parts of self times", nodes["self"], parts)


def frames(profile, node):
    """The functions from the request to the node."""
    stack, depth = [], profile["node"]["depth"]
    for i in range(node, -1, -1):
        if depth[i] == depth[node] - len(stack):
            stack.append(profile["node"]["func"][i])
    return stack[::-1]


def check_folded(check, name, profile):
    lines = read(name).split("\n")
    check(f"{name}: a newline at the end", "", lines.pop())
    parsed = [re.fullmatch(r"(.+) (\d+)", line) for line in lines]
    check(f"{name}: lines", [], [line for line, m in zip(lines, parsed) if not m])
    self_ns = profile["node"]["self"]
    check(f"{name}: sum", (sum(self_ns) + 500) // 1000, sum(int(m[2]) for m in parsed))
    # by rounding the running sum, others could get a line: in these two profiles none does
    shown = [i for i, ns in enumerate(self_ns) if ns >= 500]
    depths = [len(m[1].split(";")) for m in parsed]
    check(f"{name}: stacks", [profile["node"]["depth"][i] + 1 for i in shown], depths)
    for match in parsed:
        check(f"{name}: one count", None, re.fullmatch(r"(.+) \d+(\.\d*)?", match[1]))
        check(f"{name}: printable", True, all(c.isprintable() for c in match[1]))


def exact(seconds):
    return round(seconds * 1e9)


def sampled_self(check, contents):
    """Stack: nanoseconds."""
    check("samples and weights", len(contents["samples"]), len(contents["weights"]))
    sums = {}
    for stack, weight in zip(contents["samples"], contents["weights"]):
        sums[tuple(stack)] = sums.get(tuple(stack), 0) + exact(weight)
    return sums


def evented_self(check, contents):
    sums, stack, now = {}, [], contents["startValue"]
    for event in contents["events"]:
        check("an event", {"type", "frame", "at"}, set(event))
        if event["at"] > now:
            sums[tuple(stack)] = sums.get(tuple(stack), 0) + exact(event["at"] - now)
        check("events are in order", True, event["at"] >= now)
        now = event["at"]
        if event["type"] == "O":
            stack.append(event["frame"])
        else:
            check("the innermost frame is closed", stack.pop(), event["frame"])
    check("all frames are closed", [], stack)
    return sums


def check_speedscope(check, name, profile):
    file = load(check, name)
    check(f"{name}: keys", {"$schema", "exporter", "name", "activeProfileIndex", "shared",
                            "profiles"}, set(file))  # fmt: skip
    check(f"{name}: schema", "https://www.speedscope.app/file-format-schema.json",
          file["$schema"])  # fmt: skip
    check(f"{name}: index", 0, file["activeProfileIndex"])
    types = {"name": str, "file": str, "line": int}
    for frame in file["shared"]["frames"]:
        check(f"{name}: a frame", True, "name" in frame and all(
            type(value) is types[key] for key, value in frame.items()))  # fmt: skip
    check(f"{name}: frames", len(profile["func"]["name"]), len(file["shared"]["frames"]))
    [contents] = file["profiles"]
    kind = contents["type"]
    more = {"sampled": {"samples", "weights"}, "evented": {"events"}}[kind]
    check(f"{name}: profile", {"type", "name", "unit", "startValue", "endValue"} | more,
          set(contents))  # fmt: skip
    check(f"{name}: unit", "seconds", contents["unit"])
    sums = {"sampled": sampled_self, "evented": evented_self}[kind](check, contents)
    expected = {}
    for i, ns in enumerate(profile["node"]["self"]):
        if ns:
            expected[tuple(frames(profile, i))] = ns
    check(f"{name}: self times", expected, sums)
    total = contents["endValue"] - contents["startValue"]
    check(f"{name}: total", sum(profile["node"]["self"]), exact(total))


def own_values(profile):
    """By node what its pprof sample has to say."""
    nodes = profile["node"]
    if "calls" in nodes:
        return [(0, calls, self_ns, 0) for calls, self_ns in zip(nodes["calls"], nodes["self"])]
    own, path = list(nodes["samples"]), []
    for i, depth in enumerate(nodes["depth"]):
        path[depth:] = [i]
        if depth:
            own[path[depth - 1]] -= nodes["samples"][i]
    return list(zip(own, [0] * len(own), nodes["self"], nodes["cpu"]))


def check_pprof(check, name, profile):
    with open(os.path.join(GOLDEN, name), "rb") as file:
        pprof = pprof_reader.read(file.read())
    meta, nodes, funcs = (profile[key] for key in ("meta", "node", "func"))
    own = own_values(profile)
    shown = [i for i, values in enumerate(own) if any(values)]
    check(f"{name}: values", [own[i] for i in shown],
          [tuple(values) for _, values in pprof["samples"]])  # fmt: skip
    for (stack, _), node in zip(pprof["samples"], shown):
        expected = frames(profile, node)[::-1]
        check(f"{name}: a stack", [funcs["line"][f] for f in expected],
              [frame.start_line for frame in stack])  # fmt: skip
        check(f"{name}: a stack", [funcs["file"][f] for f in expected],
              [profile["str"].index(frame.filename or "~" * (f > 0 and funcs["kind"][f] == 3))
               for frame, f in zip(stack, expected)])  # fmt: skip
    check(f"{name}: lines", True, all(frame.line in (frame.start_line, *lines_of(profile, frame))
                                      for frame in pprof["frames"].values()))  # fmt: skip
    check(f"{name}: names are not C++", [], [frame for frame in pprof["frames"].values()
                                             if frame.system_name == frame.name])  # fmt: skip
    started = datetime.datetime.strptime(meta["started"] + "+0000", "%Y-%m-%dT%H:%M:%S.%fZ%z")
    check(f"{name}: start", round(started.timestamp() * 1e6) * 1000, pprof["time"])
    check(f"{name}: duration", meta["wall_ns"], pprof["duration"])
    sampling = meta["mode"] == "sampling"
    check(f"{name}: period", (("wall", "nanoseconds"), meta["interval_ns"] if sampling else 1),
          pprof["period"])  # fmt: skip
    check(f"{name}: types", [("samples", "count"), ("calls", "count"), ("wall", "nanoseconds"),
                             ("cpu", "nanoseconds")], pprof["types"])  # fmt: skip
    check(f"{name}: mapping", ["python"], pprof["mappings"])
    check(f"{name}: labels", {("profile_id", meta["id"])}, pprof["labels"])
    check(f"{name}: default", "wall", pprof["default"])
    notices = [f"NOTICE {notice['code']}: {notice['text']}" for notice in meta["notices"]]
    check(f"{name}: comments", [f"PROFILE {meta['id']}", pprof["samples"][0][0][-1].name,
                                *notices], pprof["comments"])  # fmt: skip
    return pprof


def lines_of(profile, frame):
    """Those of the function that all of its own time was in."""
    lines, self_ns = profile.get("lines"), profile["node"]["self"]
    for i, func in enumerate(lines["func"] if lines else []):
        own = sum(ns for f, ns in zip(profile["node"]["func"], self_ns) if f == func)
        line = profile["func"]["line"][func]
        if (lines["self"][i], line) == (own, frame.start_line):
            yield lines["line"][i]


def check_same_stacks(check, name, pprof, folded):
    """What is in both: folded leaves out what is below a microsecond."""
    stacks = [[frame.name.replace(";", ":") for frame in reversed(stack)]
              for stack, values in pprof["samples"] if values[2] >= 500]  # fmt: skip
    lines = [line.rpartition(" ")[0].split(";") for line in read(folded).splitlines()]
    check(f"{name}: as many stacks", len(lines), len(stacks))
    for stack, line in zip(stacks, lines):
        check(f"{name}: a stack", [re.sub(r" (?=[\d.]+$)", "_", frame) for frame in stack],
              [re.sub(r" \([^()]*:\d+\)$", "", frame) for frame in line])  # fmt: skip


@pytest.mark.parametrize("name", ["sample", "sampling"])
def test_formats_say_the_same(checks, name):
    profile = check_profile(checks, f"{name}.json")
    check_folded(checks, f"{name}.folded", profile)
    check_speedscope(checks, f"{name}.speedscope.json", profile)
    pprof = check_pprof(checks, f"{name}.pb", profile)
    check_same_stacks(checks, f"{name}.pb", pprof, f"{name}.folded")
