#!/usr/bin/python3
"""Hands user data to cloud-init's own parser and handlers, as it does at a machine's first boot.

read_user_data.py CLOUD_INIT USER_DATA FOLDER

CLOUD_INIT is the folder of its Python package. FOLDER then holds scripts/, in the order in which
they would run, and cloud-config.txt; nothing of it is run. Prints the version, the names of the
scripts and what was complained of.
"""

import logging
import os
import pathlib
import sys

sys.path.insert(0, sys.argv[1])

# pylint: disable=wrong-import-position,import-error,protected-access
from cloudinit import stages, version
from cloudinit.sources import DataSourceNone

folder = pathlib.Path(sys.argv[3]).resolve()
folder.mkdir()
complaints = logging.StreamHandler(sys.stdout)
complaints.setLevel(logging.WARNING)
logging.getLogger().addHandler(complaints)

init = stages.Init(ds_deps=[])
paths = {"cloud_dir": str(folder / "cloud"), "run_dir": str(folder / "run")}
init._cfg = {"system_info": {"distro": "debian", "paths": paths}}
for place in init._initial_subdirs():
    os.makedirs(place, exist_ok=True)
source = DataSourceNone.DataSourceNone({}, init.distro, init.paths)
source.userdata_raw = pathlib.Path(sys.argv[2]).read_bytes()
source.metadata = {"instance-id": "i-0123456789abcdef0"}
init.datasource = source
init.paths.datasource = source

instance = pathlib.Path(init.paths.get_ipath())
instance.mkdir(parents=True)
(folder / "cloud" / "instance").symlink_to(instance)
for name in ("handlers", "scripts", "sem"):
    (instance / name).mkdir(exist_ok=True)
init._consume_userdata("once-per-instance")

(folder / "scripts").symlink_to(instance / "scripts")
(folder / "cloud-config.txt").symlink_to(instance / "cloud-config.txt")
print(version.version_string())
for script in sorted(os.listdir(instance / "scripts")):  # as cloudinit.subp.runparts() has it
    mode = (instance / "scripts" / script).stat().st_mode
    print(f"script {script} {mode & 0o777:o}")
