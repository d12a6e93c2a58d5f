#!/usr/bin/env python3
"""tools/calibrate_energy.py on a bench made up for it: power that is linear in the three energies."""
import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
os.chdir(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, "tools")
import calibrate_energy as ce  # noqa: E402

ADC = {"reset_ramp_permille": 125, "ramp_margin": 64, "reset_settle_ns": 1000, "transfer_settle_ns": 1000,
       "counter_hz": 744000000}
PIXEL = '''[{"stat": "conversions_8", "aj": 1, "source": "a"}, {"stat": "conversions_10", "aj": 1},
{"stat": "conversions_12", "aj": 1}, {"stat": "stream_ps", "aj_per": {"column": 1.5}, "source": "b"}, {"aj": 7}]'''
LOGIC = '''[{"stat": "conv_macs", "aj": 5, "source": "c"}, {"stat": "depthwise_macs", "aj": 5}, {"stat": "narrow4_macs", "aj": 6},
{"stat": "narrow2_macs", "aj": 7}, {"stat": "idle_macs", "aj": 8}, {"stat": "macs", "aj": 9}]'''


class Bench:
    """100 mW stand in the one mode, 20 in the other; 5 and 1 mW a microampere, 4 each a microwatt of a column."""
    fovea = chip = None

    def set(self, mac_aj, ua, uw):
        self.at = mac_aj, ua, uw

    def modes(self, timing):
        _, ua, uw = self.at
        return 100 + 5 * ua + 4 * uw, 20 + 1 * ua + 4 * uw


class Calibration(unittest.TestCase):
    def test_a_conversion_takes_settling_and_two_ramps(self):
        # 2 us + (1024 + 128 + 64) / 744 MHz
        self.assertAlmostEqual(ce.convert_us(ADC, 10), 3.634409, places=6)
        self.assertAlmostEqual(ce.convert_us(ADC, 8), 2 + (256 + 32 + 64) / 744, places=9)

    def test_three_energies_are_put_where_they_belong_and_nowhere_else(self):
        texts = ce.with_energies({"pixel": PIXEL, "logic": LOGIC}, ADC, 314720, 10, 24.98)
        pixel, logic = json.loads(texts["pixel"]), json.loads(texts["logic"])
        self.assertEqual([row.get("aj") for row in pixel], [66774000, 98129000, 223548000, None, 7])
        self.assertEqual(pixel[3]["aj_per"], {"column": 24.98})
        self.assertEqual([row["aj"] for row in logic], [314700, 314700, 157400, 78700, 157400, 9])
        self.assertEqual((pixel[0]["source"], logic[0]["source"]), ("a", "c"))

    def test_a_row_that_is_not_there_ends_it(self):
        with self.assertRaises(AssertionError):
            ce.with_energies({"pixel": PIXEL, "logic": "[]"}, ADC, 1, 1, 1)

    def test_the_solution_gives_the_three_figures(self):
        # 1 us of 1000 places a ns: 2 TOPS are 2000 operations a ns; the rest takes 100 mW
        ce.peak_rest = lambda fovea, chip: (1e6, 100e6, 1e6, 0)
        bench = Bench()
        mac_aj, ua, uw = ce.solve(bench, None)
        peak = 2 * 1e3 / ce.PEAK_TOPS_W  # mW of 2 TOPS
        self.assertAlmostEqual(100 + mac_aj / 1000 * 1e6 / 1e6, peak, places=6)
        bench.set(mac_aj, ua, uw)
        self.assertAlmostEqual(bench.modes(None)[0], ce.FULL_MW, places=6)
        self.assertAlmostEqual(bench.modes(None)[1] + peak, ce.BINNED_MW, places=6)


if __name__ == "__main__":
    done = unittest.main(exit=False, verbosity=0).result
    run, failed, errors = done.testsRun, len(done.failures), len(done.errors)
    print(f"{100 * (run - failed - errors) // run}%: Checks: {run}, Failures: {failed}, Errors: {errors}")
    sys.exit(0 if done.wasSuccessful() else 1)
