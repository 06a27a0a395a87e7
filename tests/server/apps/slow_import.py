"""An app whose import takes its time, as real ones do."""
import time

import plain

time.sleep(0.3)
application = plain.application
