#!/usr/bin/env python3
"""tests/scenarios.py on rows made up for it."""
import math
import os
import sys
import unittest

sys.dont_write_bytecode = True
os.chdir(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, "tests")
import scenarios  # noqa: E402


def rows(name, column, values):
    return [{"scenario": "scenes/" + name, "seed": str(i + 1), "passed": "1", column: str(v)} for i, v in enumerate(values)]


class Scenarios(unittest.TestCase):
    def test_seeds_are_judged_by_mean_by_worst_and_by_share(self):
        self.assertEqual(scenarios.judge([0.8, 1.0], "mean", 0.9), (0.9, True))
        self.assertEqual(scenarios.judge([0.8, 1.0], "each", 0.9), (0.8, False))
        self.assertEqual(scenarios.judge([0.8, 1.0], "most", 0.9), (1.0, False))
        self.assertEqual(scenarios.judge([0] * 9 + [2], "zero", 0.9), (0.9, True))
        self.assertEqual(scenarios.judge([0] * 8 + [1, 2], "zero", 0.9), (0.8, False))
        self.assertEqual(scenarios.judge([1, 1, 1, 0], "passed", 0.75), (0.75, True))

    def test_a_target_that_nobody_measured_is_missed(self):
        found, met = scenarios.judge([], "mean", 0)
        self.assertTrue(math.isnan(found) and not met)
        self.assertEqual(scenarios.table([], [("a.json", "recall", "mean", 0.9)])[1], 1)

    def test_a_seed_without_the_figure_misses_the_target(self):
        lines, missed = scenarios.table(rows("a.json", "recall", [1, ""]), [("a.json", "recall", "mean", 0.9)])
        self.assertEqual(missed, 1)
        self.assertIn("| 1 of 2 | MISSED |", lines[-1])

    def test_a_line_says_target_found_least_and_most(self):
        lines, missed = scenarios.table(rows("a.json", "recall", [0.9, 1]) + rows("b.json", "recall", [0]),
                                        [("a.json", "recall", "mean", 0.9)])
        self.assertEqual(missed, 0)
        self.assertEqual(lines[-1], "| `a.json` | `recall` | mean at least 0.9 | 0.950 | 0.9 | 1 | 2 of 2 | met |")

    def test_every_target_is_of_a_scenario_that_is_there(self):
        for name, _, how, _ in scenarios.TARGETS:
            self.assertTrue(os.path.exists("scenes/" + name), name)
            self.assertIn(how, scenarios.WORDS)


if __name__ == "__main__":
    done = unittest.main(exit=False, verbosity=0).result
    run, failed, errors = done.testsRun, len(done.failures), len(done.errors)
    print(f"{100 * (run - failed - errors) // run}%: Checks: {run}, Failures: {failed}, Errors: {errors}")
    sys.exit(0 if done.wasSuccessful() else 1)
