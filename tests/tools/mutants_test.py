#!/usr/bin/env python3
"""tests/mutants.txt: each row still breaks one line of the tree (`make mutants`, which is long, shows that it is noticed)."""
import os
import re
import subprocess
import sys
import unittest

os.chdir(os.path.join(os.path.dirname(__file__), "..", ".."))


def mutants():
    with open("tests/mutants.txt", encoding="utf-8") as f:
        rows = [line.rstrip("\n") for line in f if line.strip() and not line.startswith("#")]
    return [re.sub(r" +\| ", "|", row).split("|") for row in rows]


class Mutants(unittest.TestCase):
    def test_there_are_a_dozen_and_their_names_differ(self):
        names = [row[0] for row in mutants()]
        self.assertGreaterEqual(len(names), 12)
        self.assertEqual(len(names), len(set(names)))

    def test_each_changes_one_line_of_its_file(self):
        for row in mutants():
            self.assertEqual(len(row), 4, row)
            name, file, script, _ = row
            with open(file, encoding="utf-8") as f:
                before = f.read()
            after = subprocess.run(["sed", "-E", script, file], capture_output=True, text=True, check=True).stdout
            pairs = list(zip(before.splitlines(), after.splitlines(), strict=True))
            self.assertEqual(sum(a != b for a, b in pairs), 1, name)


if __name__ == "__main__":
    done = unittest.main(exit=False, verbosity=0).result
    run, failed, errors = done.testsRun, len(done.failures), len(done.errors)
    print(f"{100 * (run - failed - errors) // run}%: Checks: {run}, Failures: {failed}, Errors: {errors}")
    sys.exit(0 if done.wasSuccessful() else 1)
