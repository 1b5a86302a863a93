"""`python -m ledger.witness`."""

import sys

from ledger.witness.server import main

if __name__ == "__main__":
    sys.exit(main())
