"""The soak's table, and what of it must not be."""
import re
import statistics

import harness
import watch as watching

DIED = re.compile('DAMN')
DROPPED = re.compile(r'(\d+) profiles dropped|(\d+) such errors since|(\d+) profiles are lost')


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


def told_reasons(watch):
    """What the server's log says of profiles that were lost."""
    return [line for line in watch.server.log().splitlines() if DROPPED.search(line)]


def table(watch, title):
    load, m = watch.load, watch.counted()
    print('%s, %s: %d reloads, %d rotations of the log' % (
        load.name, title, watch.reloads, watch.stream.rotations))
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
    for line in (load.problems[:20] + watch.stream.broken[:5] + crashes(watch)[:20]
                 + told_reasons(watch)[-20:]):
        print('  ' + line)
