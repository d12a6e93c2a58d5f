#!/usr/bin/env python3
"""Solves for the three free energies of the IMX500 from its three published figures of power.

    tools/calibrate_energy.py [--write] [--fovea build/fovea]

Published (ISSCC 2021, 9.6, as quoted by AITRIOS documentation):
    4.97 TOPS/W of the CNN processor at its peak        a multiply-accumulate with its registers and clock
    278.8 mW in the 12.3 Mpixel mode                     a comparator's current while it converts,
    379.1 mW in the 3.1 Mpixel mode                      a column's standing power while the sensor streams
What ran then is assumed: tools/validate.py, POWER. All other energies of logic/tech are published, follow the laws of
tools/validate_energy.py, or are assumed, and are not touched. Power is linear in the three, so one run of each mode and
one more with each of the analog ones changed give the solution. Two more lines tell what other frame rates would give:
that much the published figures leave open.
"""
import argparse
import json
import os
import re
import sys
import tempfile

from validate import BINNED, CNN_BLOCKS, PLAIN, Fovea, lines, mode_mw, peak_rest

CHIP = "logic/chips/imx500.json"
FILES = {"pixel": "logic/tech/pixel_65nm.json", "logic": "logic/tech/logic_22nm.json"}
PEAK_TOPS_W, FULL_MW, BINNED_MW = 4.97, 278.8, 379.1
ANALOG_V = 2.7
# Of a multiplication of 8 bits: as many bits as they multiply; without work half (assumed)
MAC_SHARES = {"conv_macs": 1, "depthwise_macs": 1, "narrow4_macs": 0.5, "narrow2_macs": 0.25, "idle_macs": 0.5}
DEFAULTS = "10 uA (CamJ's comparator); 13.5 uW (its source follower's 5 uA at 2.7 V)"


def convert_us(adc, bits):
    """Time of a conversion: settling, reset ramp, signal ramp (pixel/README.md)."""
    counts = 2 ** bits * (1 + adc["reset_ramp_permille"] / 1000) + adc["ramp_margin"]
    return (adc["reset_settle_ns"] + adc["transfer_settle_ns"]) / 1000 + counts / adc["counter_hz"] * 1e6


def with_energies(texts, adc, mac_aj, ua, uw):
    """Texts of the two technology files with these three."""
    def put(text, stat, number, key='"aj": '):
        text, found = re.subn(rf'({{"stat": "{stat}", {re.escape(key)})[0-9.]+', rf"\g<1>{number}", text)
        assert found == 1, f"{stat}: {found} rows"
        return text
    pixel, logic = texts["pixel"], texts["logic"]
    for bits in (8, 10, 12):
        pixel = put(pixel, f"conversions_{bits}", int(round(ua * ANALOG_V * convert_us(adc, bits) * 1e6, -3)))
    pixel = put(pixel, "stream_ps", f"{uw:.4g}", '"aj_per": {"column": ')
    for stat, share in MAC_SHARES.items():
        logic = put(logic, stat, int(round(mac_aj * share, -2)))
    return {"pixel": pixel, "logic": logic}


class Bench:
    """The chip with technology files of one's own."""

    def __init__(self, fovea, folder):
        with open(CHIP) as f:
            self.chip = json.load(f)
        self.texts = {}
        for die, path in FILES.items():
            with open(path) as f:
                self.texts[die] = f.read()
            self.chip.setdefault("tech", {})[die] = os.path.join(folder, os.path.basename(path))
        path = os.path.join(folder, "chip.json")
        with open(path, "w") as f:
            json.dump(self.chip, f)
        self.fovea = Fovea(fovea, path, folder)
        self.columns = self.chip["pixel"]["array"]["width_px"]

    def set(self, mac_aj, ua, uw):
        for die, text in with_energies(self.texts, self.chip["pixel"]["adc"], mac_aj, ua, uw).items():
            with open(self.chip["tech"][die], "w") as f:
                f.write(text)

    def modes(self, timing):
        """mW of everything in the 12 Mpixel mode; of all but the CNN processor in the 3 Mpixel mode."""
        binned = mode_mw(self.fovea, {**BINNED, **lines(*timing)})
        return (sum(mode_mw(self.fovea, {**PLAIN, **lines(0, 3068)}).values()),
                sum(mw for block, mw in binned.items() if block not in CNN_BLOCKS))


def solve(bench, timing):
    """(aJ of a multiply-accumulate, uA of a comparator, uW of a column)"""
    bench.set(400000, 10, 10)
    ps, rest_fj, places, _ = peak_rest(bench.fovea, bench.chip)
    peak = 2 * places / ps * 1e3 / PEAK_TOPS_W
    mac_aj = (peak * ps - rest_fj) / places * 1000

    def modes(ua, uw):
        bench.set(mac_aj, ua, uw)
        return bench.modes(timing)
    base, more_ua, more_uw = modes(10, 10), modes(20, 10), modes(10, 30)
    a, b = ((y - x) / 10 for x, y in zip(base, more_ua))
    c, d = ((y - x) / 20 for x, y in zip(base, more_uw))
    full, binned = FULL_MW - base[0], BINNED_MW - peak - base[1]
    det = a * d - b * c
    return mac_aj, 10 + (full * d - binned * c) / det, 10 + (a * binned - b * full) / det


def tell(what, solution):
    mac_aj, ua, uw = solution
    print(f"{what:46s} {mac_aj / 1e6:6.3f} pJ {ua:8.2f} uA {uw:8.2f} uW")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the solution into logic/tech")
    parser.add_argument("--fovea", default="build/fovea")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args.fovea, folder)
        solution = solve(bench, (9398, 2637))
        print(f"{'':46s} {'MAC':>9s} {'comparator':>11s} {'column':>11s}   defaults: {DEFAULTS}")
        tell("as assumed: 3 Mpixel mode at 30 frames/s", solution)
        tell("if at 15", solve(bench, (9398, 5274)))
        tell("if at 60", solve(bench, (4699, 2637)))
    if args.write:
        texts = with_energies(bench.texts, bench.chip["pixel"]["adc"], *solution)
        for die, path in FILES.items():
            with open(path, "w") as f:
                f.write(texts[die])
    return 0


if __name__ == "__main__":
    sys.exit(main())
