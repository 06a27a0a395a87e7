"""The soak's table, and what of it must not be."""
import collections
import re
import statistics

import harness
import watch as watching

DIED = re.compile('DAMN')
DROPPED = re.compile(r'profiler: (\d+) (profiles (?:dropped|are lost): \D*)')
ERROR = re.compile(r'profiler: (cannot .*?|no memory for .*?)'
                   r'(?: \((\d+) such errors since the last such line\))?$')


def crashes(watch):
    return [line for line in watch.server.log().splitlines()
            if harness.CRASH.search(line) or DIED.search(line)]


def growth(watch):
    """Of each worker that lived since the warm-up: (pid, KiB, KiB, {descriptors}), the
    median of the first third of the snapshots and of the last."""
    rows = []
    for pid in sorted(watch.snapshots[-1] if watch.snapshots else ()):
        seen = [one.get(pid) for one in watch.snapshots]
        if not all(seen):
            rows.append((pid, 0, 0, {-1}))
            continue
        third = max(1, len(seen) // 3)
        rows.append((pid, statistics.median(kib for kib, _ in seen[:third]),
                     statistics.median(kib for kib, _ in seen[-third:]),
                     {fds for _, fds in seen}))
    return rows


def memory_problems(watch, most_percent):
    for pid, first, last, fds in growth(watch):
        if not first:
            yield 'worker %d has not lived since the warm-up' % pid
        elif last > first * (1 + most_percent / 100):
            yield 'worker %d has grown by more than %g %%' % (pid, most_percent)
        if len(fds) > 1:
            yield 'worker %d: descriptors %s' % (pid, sorted(fds))


def sum_problems(watch):
    """What does not add up, since mark(), at the end."""
    m, seen, records = watch.counted(), watch.load.since, watch.stream.records
    if watching.rest(m):
        yield 'started is not kept + discarded + write errors: %s' % m
    if seen['requests'] != m['started'] + m['limited'] + seen['refused']:
        yield '%d requests are not %d started + %d at a limit + %d refused' % (
            seen['requests'], m['started'], m['limited'], seen['refused'])
    if seen['told of a limit'] > m['limited']:
        yield '%d were told of a limit, %d met one' % (seen['told of a limit'], m['limited'])
    if seen['wrong flags'] != m['denied']:
        yield '%d wrong flags, %d denied' % (seen['wrong flags'], m['denied'])
    if not m['kept'] <= records <= m['kept'] + m['write_errors']:
        yield '%d records in the log of %d kept' % (records, m['kept'])


def file_problems(watch, most_files):
    listed, there = watching.listed_files(watch.server.directory / 'profiles')
    if len(there) > most_files * 1.1:
        yield '%d files, of %d at most' % (len(there), most_files)
    if there - listed:
        yield 'files that no index names: %s' % sorted(there - listed)[:5]


def reasons(watch):
    """{what the log says of profiles that were lost since mark(): how many}"""
    found = collections.Counter()
    for line in watch.server.log()[watch.told_from:].splitlines():
        dropped, error = DROPPED.search(line), ERROR.search(line)
        if dropped:
            found[dropped.group(2)] += int(dropped.group(1))
        elif error:
            found[error.group(1)] += int(error.group(2) or 1)
    return found


def reason_problems(watch, all_are_told):
    """The log tells of the first error at once, and of the next ones at the first of a
    later minute; so all are told but some of those since the last fault."""
    told, errors = sum(reasons(watch).values()), watch.counted()['write_errors']
    if told > errors or all_are_told and told < watch.errors_before or errors and not told:
        yield 'the log tells of %d lost profiles, of %d (%d before the last fault)' % (
            told, errors, watch.errors_before)


def table(watch, title):
    load, m = watch.load, watch.counted()
    print('%s, %s: %d reloads, %d rotations of the log, %d faults' % (
        load.name, title, watch.reloads, watch.stream.rotations, watch.faults))
    for name, count in sorted(load.counts.items()):
        print('  %-60s %8d' % (name, count))
    print('  %-60s %8d' % ('wrong answers and hangs', len(load.problems)))
    print('  %-60s %8d' % ('crashes', len(crashes(watch))))
    print('  counters%s: %s' % (' since the last reload' if watch.base else '', ', '.join(
        '%s %d' % item for item in m.items())))
    print('  %d started = %d kept + %d discarded + %d write errors + %d under way' % (
        m['started'], m['kept'], m['discarded'], m['write_errors'], watching.rest(m)))
    for pid, first, last, fds in growth(watch):
        print('  worker %-6d resident %d KiB -> %d KiB (%+.2f %%), descriptors %s' % (
            pid, first, last, 100.0 * (last - first) / (first or 1),
            ' or '.join(map(str, sorted(fds)))))
    for text, count in reasons(watch).items():
        print('  lost, as the log tells: %d: %s' % (count, text[:200]))
    for line in load.problems[:20] + watch.stream.broken[:5] + crashes(watch)[:20]:
        print('  ' + line)
