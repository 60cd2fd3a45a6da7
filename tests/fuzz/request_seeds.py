#!/usr/bin/python3
"""Decisions for request_fuzz.cc, which takes any bytes as such: request_seeds.py FOLDER."""

import random
import sys
from pathlib import Path

# Numbers that are the same in every run.
DICE = random.Random(9)

for number, length in enumerate((60, 150, 150, 400, 900)):
    Path(sys.argv[1], str(number)).write_bytes(DICE.randbytes(length))
