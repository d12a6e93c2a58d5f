#!/usr/bin/env python3
"""Formulas of tools/validate_energy.py, worked out by hand; the fit, on chips made up for it."""
import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools"))
import validate_energy as ve  # noqa: E402

P = {"periphery": 1.0, "adc_step": 50.0, "mac": 2.0, "sram": 0.8, "gm_id_fast": 10.0, "gm_id_slow": 16.0,
     "column": 9.0}


def chip(reported, *rows):
    return {"chip": "X", "reported": reported, "components": [{"name": "all", "reported": reported, "rows": rows}]}


def row(kind, **numbers):
    return {"kind": kind, "per_px": 1, **numbers}


class Formulas(unittest.TestCase):
    def near(self, kind, want_pj, **numbers):
        self.assertAlmostEqual(ve.KINDS[kind](row(kind, **numbers), P), want_pj, places=9)

    def test_a_capacitor_takes_c_v_squared(self):
        self.near("charge", 0.625, ff=100, volts=2.5)

    def test_a_follower_drives_load_and_column(self):
        # 9 fF x (65 / 130) x (1.55 / 5) x 3040 = 4240.8 fF; 5240.8 fF x 2.7 V x 1 V
        self.near("follower", 14.15016, load_ff=1000, node_nm=65, pitch_um=1.55, rows=3040, volts=2.7, swing=1)

    def test_a_follower_without_column_drives_its_load(self):
        self.near("follower", 1.8, load_ff=1000, volts=1.8, swing=1)

    def test_a_follower_without_static_current_takes_the_swing_squared(self):
        self.near("follower", 1.21, dynamic=True, load_ff=1000, volts=2.5, swing=1.1)

    def test_a_current_takes_volts_times_charge(self):
        self.near("bias", 24.75, volts=1.5, ua=1.1, us=15)

    def test_an_amplifier_is_biased_for_its_speed(self):
        # gm = 2 pi x 1 pF x 10 x 50 kHz = pi uS; / 16 a volt; x 3.2 V x 20 us = 4 pi pJ; and 10.24 pJ
        self.near("amplifier", 22.8063706144, ff=1000, gain=10, settle_us=20, on_us=20, volts=3.2, branches=1)

    def test_a_fast_amplifier_needs_more_current_for_its_gm(self):
        # gm = 2 pi x 1 pF x 1 x 10 MHz = 20 pi uS; / 10; x 1 V x 0.1 us = 0.2 pi pJ; and 1 pJ
        self.near("amplifier", 1.6283185307, ff=1000, gain=1, settle_us=0.1, on_us=0.1, volts=1, branches=1)

    def test_a_converter_doubles_with_each_bit(self):
        self.near("convert", 50 * 4 * 256 * 1e-3, bits=8, volts=2)
        self.near("convert", 2 * 50 * 4 * 256 * 1e-3, bits=9, volts=2)

    def test_a_multiplier_goes_as_node_volts_and_bits_squared(self):
        self.near("mac", 2.0, node_nm=65, volts=1, bits=8)
        self.near("mac", 1.0, node_nm=130, volts=0.5, bits=8)
        self.near("mac", 8.0, node_nm=65, volts=1, bits=16)

    def test_a_memory_goes_as_the_root_of_its_size(self):
        self.near("sram", 0.8, node_nm=65, volts=1, kib=1)
        self.near("sram", 3.2, node_nm=65, volts=1, kib=16)

    def test_periphery_is_what_analog_circuits_draw_and_no_other(self):
        more = {**P, "periphery": 1.5}
        self.assertAlmostEqual(ve.charge(row("charge", ff=100, volts=1), more), 0.15)
        self.assertAlmostEqual(ve.bias(row("bias", volts=1, ua=1, us=1), more), 1.5)
        self.assertAlmostEqual(ve.mac(row("mac", node_nm=65, volts=1, bits=8), more), 2.0)
        self.assertAlmostEqual(ve.convert(row("convert", bits=1, volts=1), more), 0.1)


class Technology(unittest.TestCase):
    """The files of logic/tech hold what the laws give, within a percent."""

    def rows(self, name):
        with open(os.path.join("logic", "tech", name)) as f:
            blocks = json.load(f)["blocks"]
        return {(b["component"], row["stat"]): row for b in blocks for row in b.get("activity", [])}

    def near(self, row, want_pj):
        self.assertTrue(row["source"].startswith("law"), row)
        self.assertLess(abs(row["aj"] / (want_pj * 1e6) - 1), 0.01, row)

    def test_photosites_and_columns(self):
        _, _, p, _ = ve.load(ve.CHIPS)
        rows = self.rows("pixel_65nm.json")
        self.near(rows["pixel", "shutter_resets"], ve.charge({"ff": 100, "volts": 2.7}, p))
        self.near(rows["pixel", "px_reads"], ve.charge({"ff": 10, "volts": 2.7}, p))
        load = {"load_ff": 1000, "volts": 2.7, "swing": 1}
        self.near(rows["pixel", "column_settles"], ve.follower(load, p))
        wire = {**load, "load_ff": 0, "node_nm": 65, "pitch_um": 1.55, "rows": 1}
        self.assertLess(abs(rows["pixel", "column_settles"]["aj_per"]["row"] / (ve.follower(wire, p) * 1e6) - 1), 0.01)
        self.near(rows["pixel", "counter_clocks"], ve.convert({"bits": 0, "volts": 0.84}, p))

    def test_memories_and_multiplications(self):
        _, _, p, _ = ve.load(ve.CHIPS)
        rows = self.rows("logic_22nm.json")
        at = {"node_nm": 22, "volts": 0.84}
        for component, stat, kib in (("npu", "l1_read", 32), ("npu", "l1_written", 32), ("l2.master.*", "read_bytes", 1024),
                                     ("l2.master.*", "write_bytes", 1024), ("isp", "buffer_read_bytes", 6),
                                     ("isp.image", "buffer_write_bytes", 6), ("core", "fetch_tcm_bytes", 256),
                                     ("core", "fetch_rom_bytes", 4)):
            self.near(rows[component, stat], ve.sram({**at, "kib": kib}, p))
        self.near(rows["isp", "raw_px"], ve.mac({**at, "bits": 12}, p))
        self.near(rows["isp.image", "yuv_px"], 9 * ve.mac({**at, "bits": 8}, p))


class Fit(unittest.TestCase):
    def test_the_fit_finds_the_parameter_that_made_the_figures(self):
        macs = row("mac", node_nm=65, volts=1, bits=8)
        found = ve.fit([chip(5.0, macs), chip(50.0, {**macs, "per_px": 10})], P, ["mac"])
        self.assertAlmostEqual(found["mac"], 5.0, places=5)
        self.assertEqual(found["sram"], P["sram"])

    def test_the_fit_settles_between_figures_that_disagree(self):
        macs = row("mac", node_nm=65, volts=1, bits=8)
        found = ve.fit([chip(2.0, macs), chip(8.0, macs)], P, ["mac"])
        self.assertAlmostEqual(found["mac"], 4.0, places=5)  # geometric mean

    def test_a_component_is_the_sum_of_its_rows_times_their_number(self):
        c = chip(1.0, {**row("bias", volts=1, ua=1, us=1), "per_px": 3}, row("charge", ff=1000, volts=1))
        self.assertAlmostEqual(ve.chip_pj(c, P), 4.0)

    def test_assumed_numbers_are_counted(self):
        c = chip(1.0, {**row("bias", volts=1, ua=1, us=1), "assumed": {"ua": "why", "us": "why"}})
        self.assertEqual((ve.assumed(c), ve.given(c)), (2, 2))

    def test_a_row_that_lacks_a_number_is_named(self):
        with self.assertRaisesRegex(SystemExit, "chips.json: X, all, bias: KeyError"):
            ve.check([chip(1.0, row("bias", volts=1, ua=1))], P, "chips.json")

    def test_the_reported_parts_of_the_chips_sum_to_their_totals(self):
        chips, _, _, _ = ve.load(ve.CHIPS)
        self.assertEqual(len(chips), 9)
        for c in chips:
            parts = sum(part["reported"] for part in c["components"])
            self.assertLess(abs(parts / c["reported"] - 1), 0.005, c["chip"])
            camj = sum(part["camj"] for part in c["components"])
            self.assertLess(abs(camj / c["camj"] - 1), 0.005, c["chip"])


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(__file__), "..", ".."))
    done = unittest.main(exit=False, verbosity=0).result
    run, failed, errors = done.testsRun, len(done.failures), len(done.errors)
    print(f"{100 * (run - failed - errors) // run}%: Checks: {run}, Failures: {failed}, Errors: {errors}")
    sys.exit(0 if done.wasSuccessful() else 1)
