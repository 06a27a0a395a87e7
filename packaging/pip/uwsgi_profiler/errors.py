class Failure(Exception):
    """Ends a build or a command. Its text is one line, for a user who sees only that."""

    def __str__(self):
        return 'uwsgi-profiler: %s' % super().__str__()
