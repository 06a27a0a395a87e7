"""Reads a pprof profile (profile.proto, gunzipped) without protobuf, strictly.

It asserts what a reader may rely on: the first text is "", every id and every index
leads somewhere, every sample has a value of each type.
"""

import collections

Frame = collections.namedtuple("Frame", "name system_name filename start_line line")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            assert shift <= 70 and value < 1 << 64
            return value, at


def message(data):
    """Field number: its values, which are integers, or bytes of what has a length."""
    fields, at = collections.defaultdict(list), 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            assert at + value <= len(data)
            value, at = data[at:at + value], at + value
        else:
            assert tag & 7 == 0, f"wire type {tag & 7}"
        fields[tag >> 3].append(value)
    return fields


def packed(values):
    numbers = []
    for data in values:
        at = 0
        while at < len(data):
            value, at = varint(data, at)
            numbers.append(value)
    return numbers


def single(fields, number):
    return fields[number][-1] if fields[number] else 0


def by_id(messages):
    table = {single(fields, 1): fields for fields in map(message, messages)}
    assert 0 not in table and len(table) == len(messages)
    return table


def read(data):
    profile = message(data)
    texts = [text.decode() for text in profile[6]]
    assert texts[0] == ""
    mappings, functions, locations = by_id(profile[3]), by_id(profile[5]), by_id(profile[4])

    def text(fields, number):
        return texts[single(fields, number)]

    def frame(location):
        [line] = map(message, location[4])
        f = functions[single(line, 1)]
        assert single(location, 2) in mappings
        return Frame(text(f, 2), text(f, 3), text(f, 4), single(f, 5), single(line, 2))

    def value_type(data):
        fields = message(data)
        return text(fields, 1), text(fields, 2)

    frames = {key: frame(location) for key, location in locations.items()}
    samples, labels = [], set()
    for fields in map(message, profile[2]):
        assert set(fields) == {1, 2, 3}
        values = packed(fields[2])
        assert len(values) == len(profile[1]) and max(values) < 1 << 63
        labels.update((text(label, 1), text(label, 2)) for label in map(message, fields[3]))
        samples.append(([frames[key] for key in packed(fields[1])], values))
    return {
        "types": [value_type(data) for data in profile[1]],
        "samples": samples,  # (stack, the leaf first; values)
        "frames": frames,
        "labels": labels,  # of all samples
        "mappings": [text(fields, 5) for fields in mappings.values()],
        "time": single(profile, 9),
        "duration": single(profile, 10),
        "period": (*map(value_type, profile[11]), single(profile, 12)),
        "comments": [texts[i] for i in packed(profile[13])],
        "default": text(profile, 14),
    }
