"""hatchling's hooks: compiles the plugin for a wheel, with the environment's server."""
import os
import shutil
import sys
import tempfile

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

HERE = os.path.dirname(os.path.abspath(__file__))
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from uwsgi_profiler import building, servers  # noqa: E402
from uwsgi_profiler.errors import Failure  # noqa: E402


class Classifiers(MetadataHookInterface):
    """An older hatchling does not know the newer Pythons."""

    def update(self, metadata):
        pass

    def get_known_classifiers(self):
        return ['Programming Language :: Python :: 3.%d' % minor for minor in range(8, 20)]


class PluginHook(BuildHookInterface):
    def initialize(self, version, build_data):
        """An editable installation has the plugin in the checkout, beside the package."""
        editable = version == 'editable'
        self.into = os.path.join(HERE, 'uwsgi_profiler') if editable else tempfile.mkdtemp()
        try:
            servers.check_python()
            server = servers.need()
            building.build(server, self.root, self.into)
        except Failure as failure:
            self.remove()
            sys.exit(str(failure))
        build_data['pure_python'], build_data['infer_tag'] = False, True
        build_data['dependencies'] += server.requirement()
        if not editable:
            for name in building.BUILT:
                build_data['force_include'][os.path.join(self.into, name)] = 'uwsgi_profiler/' + name

    def finalize(self, version, build_data, artifact_path):
        self.remove()

    def remove(self):
        if not self.into.startswith(HERE):
            shutil.rmtree(self.into, ignore_errors=True)
