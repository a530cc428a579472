"""Print which PostgreSQL server the tests run, or exit with 1 if there is none: the start of `make test`."""

import sys

from tests.postgres.server import PostgresMissing, find_programs

try:
    print(f"make: tests run {find_programs()}/postgres")
except PostgresMissing as missing:
    sys.exit(f"make: {missing}")
