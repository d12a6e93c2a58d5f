#!/usr/bin/env python3
"""Published figures of the IMX500 against simulated ones; ends with 1 when a bound is broken.

    tools/validate.py [--fovea build/fovea] [--chip logic/chips/imx500.json]

kind "calibration": the four run times that tools/calibrate.py fits, and nothing else (more than 1 %: cuts have
changed since, fit again); "validation": never
looked at when rates are chosen; "exact": follows from published settings, must agree to the
digits printed.
Sources: SONY announcement of 2020 as quoted by trade press; ISSCC "1/2.3inch 12.3Mpixel stacked CMOS
image sensor with 2304 MACs" (ISSCC 2021, 9.6) as quoted by Sony's AITRIOS documentation; KDRV Linux driver
imx500.c; MLMCU the MLonMCU project's converter reports and run logs.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

NETWORKS = "npu/networks"


class Fovea:
    def __init__(self, fovea, chip, folder):
        self.fovea, self.chip, self.folder = fovea, chip, folder
        self.compiled = {}

    def run(self, *args):
        done = subprocess.run([self.fovea, *args], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"validate: {done.stderr.strip()}")
        return done.stdout

    def network(self, name):
        if name not in self.compiled:
            self.compiled[name] = json.loads(self.run(
                "compile", "--topology", f"{NETWORKS}/{name}.topo", "--chip", self.chip,
                "-o", os.path.join(self.folder, "x.fnp"), "--json"))
        return self.compiled[name]

    def layer_bytes(self, lines):
        """Weight bytes of the last layer with weights of a list given as text."""
        path = os.path.join(self.folder, "probe.topo")
        with open(path, "w") as f:
            f.write("\n".join(lines) + "\n")
        out = json.loads(self.run("compile", "--topology", path, "--chip", self.chip,
                                  "-o", os.path.join(self.folder, "x.fnp"), "--json"))
        return [layer["weight_bytes"] for layer in out["layers"] if layer["weight_bytes"] > 0][-1]

    def frames(self):
        out = os.path.join(self.folder, "run")
        self.run("run", "scenes/entrance.json", "--frames", "2", "--chip", self.chip, "--out", out)
        with open(os.path.join(out, "stats.json")) as f:
            return json.load(f)["frames"]


def pixel_hz(chip):
    """What the registers make of the input clock after power-up."""
    logic = chip["logic"]
    regs = logic["ccs"]["power_up"]
    return (logic["inck_hz"] * regs["pll_multiplier"] * logic["ccs"]["pixels_per_clock"]
            / (regs["pre_pll_clk_div"] * regs["vt_sys_clk_div"] * regs["vt_pix_clk_div"]))


def shortest_line_pck(chip, width):
    """Clocks of a row that the register does not hold back: ADC, way to the logic die (pixel.h)."""
    adc, timing = chip["pixel"]["adc"], chip["pixel"]["timing"]
    counts = 2 ** adc["bits"] * (1000 + adc["reset_ramp_permille"]) // 1000 + adc["ramp_margin"]
    settle = (adc["reset_settle_ns"] + adc["transfer_settle_ns"]) * 1e-9
    clk = pixel_hz(chip)
    return max(math.ceil((settle + counts / adc["counter_hz"]) * clk),
               math.ceil(width * clk / timing["column_hz"]))


def rows(fovea, chip):
    """(what, kind, published, unit, simulated, bound in %, source)"""
    def network(name):
        return fovea.network(name)

    def conv(channels, more, kernel=3):
        return fovea.layer_bytes([f"input x 16 16 {channels}", "a conv k=1 c=%d" % channels,
                                  f"b conv k={kernel} c={more}"])

    npu = chip["npu"]
    mac = 32 * npu["mac"]["taps"] * npu["mac"]["channels"]
    frames = fovea.frames()
    readout = (frames[0]["readout_end_ps"] - frames[0]["readout_start_ps"]) * 1e-9
    period = (frames[1]["readout_start_ps"] - frames[0]["readout_start_ps"]) * 1e-9
    fast = [shortest_line_pck(chip, width) / pixel_hz(chip) * 1e3 * lines
            for width, lines in ((4056, 3040), (2028, 1520))]
    nets = [("MobileNetV1 1.0/224, run", "mobilenet_v1", 3.1, "SONY"),
            ("CIFAR baseline, run", "cifar_baseline", 0.080, "MLMCU"),
            ("CIFAR baseline 5x5, run", "cifar_baseline_5x5", 0.210, "MLMCU"),
            ("CIFAR mininet, run", "cifar_mininet", 0.220, "MLMCU")]
    for what, name, ms, source in nets:
        yield what, "calibration", ms, "ms", network(name)["time_us"] / 1e3, 1, source
    yield "multipliers", "exact", 2304, "", mac, 0, "ISSCC"
    yield "peak, 2 x MACs x clock", "exact", 1.2096, "TOPS", 2 * mac * npu["clk_hz"] / 1e12, 0.01, "ISSCC"
    yield "memory for networks", "exact", 8388480, "B", chip["logic"]["l2"]["bytes"], 0, "MLMCU"
    yield "readout, 12.3 Mpixel, link idle", "exact", 16.52, "ms", fast[0], 0.05, "ISSCC"
    yield "readout, 3.1 Mpixel, link idle", "exact", 5.52, "ms", fast[1], 0.05, "ISSCC"
    yield "readout, 3.1 Mpixel over 2 lanes", "exact", 19.20, "ms", readout, 0.05, "KDRV"
    yield "frame, 3.1 Mpixel over 2 lanes", "exact", 33.310, "ms", period, 0.05, "KDRV"
    yield "weights, 3x3, 20 to 44 channels", "validation", 18432, "B", conv(20, 44), 0, "MLMCU"
    yield "weights, 3x3, 48 to 96 channels", "validation", 55296, "B", conv(48, 96), 0, "MLMCU"
    first = fovea.layer_bytes(["input x 32 32 3", "a conv k=5 c=32"])
    yield "weights, first layer 5x5, 3 to 32", "validation", 36864, "B", first, 0, "MLMCU"
    full = fovea.layer_bytes(["input x 4 4 64", "f conv k=1 c=64", "g fc c=10"])
    yield "weights, fully connected 1024 to 10", "validation", 32800, "B", full, 1, "MLMCU"
    for name, published in (("cifar_baseline", 69.06 * 1024), ("cifar_mininet", 329856)):
        yield (f"constants, {name}", "validation", round(published), "B",
               network(name)["l2"]["constants_bytes"], 2, "MLMCU")
    cifar = ("cifar_baseline", "cifar_baseline_5x5", "cifar_mininet")
    maps = [place["bytes"] for place in network(cifar[0])["places"] if place["name"] == "image"]
    for n, published in enumerate((3300, 6100, 6500, 6500)):  # told in steps of 100
        yield f"map of layout node {n + 1}, 32x32x3", "validation", published, "B", maps[n + 1], 1.6, "MLMCU"
    for name in cifar:  # without what the report gives the image
        memory = network(name)
        image = next(place["bytes"] for place in memory["places"] if place["name"] == "image")
        yield (f"maps at their most, {name}", "validation", 48128 - 7168, "B",
               memory["l2"]["activations_bytes"] - image, 0, "MLMCU")
    for name in cifar:
        yield (f"working memory, {name}", "validation", 48128, "B",
               network(name)["l2"]["activations_bytes"], 10, "MLMCU")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fovea", default="build/fovea")
    parser.add_argument("--chip", default="logic/chips/imx500.json")
    args = parser.parse_args()
    with open(args.chip) as f:
        chip = json.load(f)
    broken = count = 0
    print(f"{'':38s} {'kind':12s} {'published':>12s} {'simulated':>12s} {'':4s} {'error':>8s} {'bound':>7s}  source")
    with tempfile.TemporaryDirectory() as folder:
        for what, kind, published, unit, simulated, bound, source in rows(Fovea(args.fovea, args.chip, folder), chip):
            error = 100 * (simulated / published - 1)
            bad = abs(error) > bound + 1e-9
            broken, count = broken + bad, count + 1
            print(f"{what:38s} {kind:12s} {published:12.6g} {simulated:12.6g} {unit:4s} {error:+7.2f}% {bound:6.2f}%  "
                  f"{source}{'  BROKEN' if bad else ''}")
    print(f"{count - broken} of {count} within their bounds")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
