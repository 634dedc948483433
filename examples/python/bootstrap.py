"""Where the broker is: the first argument, or KAFSCALE_BOOTSTRAP, or localhost:9092."""

import os
import sys


def bootstrap():
    return sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KAFSCALE_BOOTSTRAP", "localhost:9092")
