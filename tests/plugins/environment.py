"""Where the tests live: a data folder of their own, decided before Django's settings are read."""

import atexit
import os
import shutil
import tempfile

if "NUANXIN_TEST_DATA" not in os.environ:
    # The process that starts the run makes the folder; parallel workers inherit it, and with it the keys.
    _folder = tempfile.mkdtemp(prefix="nuanxin-test-")
    os.mkdir(os.path.join(_folder, "static"))  # whitenoise warns when it is missing, and a warning fails a test
    os.environ["NUANXIN_TEST_DATA"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["NUANXIN_DATA"] = os.environ["NUANXIN_TEST_DATA"]
os.environ["NUANXIN_DEBUG"] = "1"
