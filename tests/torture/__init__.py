"""Hard use of the storage and the readers: kills, power cuts, damage, full disks, files of strangers, long sessions.

`python3 dev.py torture [--minutes N]` runs all of it and prints counts; `test_short.py` is the form that every test run has.
Each kind is a function that takes a number of cases and a seed and returns its counts; anything wrong raises `Wrong`.
"""
