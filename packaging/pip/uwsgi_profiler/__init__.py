"""uwsgi-profiler as pip installs it: the plugin, its sources, and a command.

    errors      what ends a build or a command, as one line
    places      where the files are
    servers     which uWSGI the environment has, and whose it is
    building    compiles the plugin
    trial       profiles a request on a server of its own
    cli         the command uwsgi-profiler

The build backend imports servers and building before anything is installed. So this package
needs the standard library only.
"""
