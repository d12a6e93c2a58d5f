#!/usr/bin/env python3
"""Published figures of the IMX500 against simulated ones; ends with 1 when a bound is broken.

    tools/validate.py [--fovea build/fovea] [--chip logic/chips/imx500.json]

kind "calibration": the four run times that tools/calibrate.py fits and the three figures of power that
tools/calibrate_energy.py solves for, and nothing else (more than the bound: something has changed since, fit again);
"validation": never
looked at when rates are chosen; "exact": follows from published settings, must agree to the
digits printed.
Sources: SONY announcement of 2020 as quoted by trade press; ISSCC "1/2.3inch 12.3Mpixel stacked CMOS
image sensor with 2304 MACs" (ISSCC 2021, 9.6) as quoted by Sony's AITRIOS documentation; KDRV Linux driver
imx500.c; K477 the same of the IMX477 (imx477.c); MLMCU the MLonMCU project's converter reports and run logs;
LIST-A a chart's data, which cite the ISSCC paper.
"""
import argparse
import json
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

    def mode(self, chip, registers, frames=2, **more):
        """Frames with these CCS registers, more keys of the scenario; the run's statistics."""
        with open("scenes/entrance.json") as f:
            scenario = {**json.load(f), **more}
        scenario["chip"] = os.path.abspath(chip)
        scenario["firmware"] = os.path.abspath(os.path.join("scenes", scenario["firmware"]))
        scenario["networks"] = [os.path.abspath(os.path.join("scenes", n)) for n in scenario["networks"]]
        scenario["host"] = [{"at": "0us", "write": name, "value": value} for name, value in registers.items()]
        scenario["host"].append({"at": "1ms", "write": "mode_select", "value": 1})
        path, out = os.path.join(self.folder, "mode.json"), os.path.join(self.folder, "run")
        with open(path, "w") as f:
            json.dump(scenario, f)
        self.run("run", path, "--frames", str(frames), "--out", out)
        with open(os.path.join(out, "stats.json")) as f:
            return json.load(f)

    def infer(self, lines):
        """Statistics of a network given as text, on the NPU alone."""
        path = os.path.join(self.folder, "probe.topo")
        with open(path, "w") as f:
            f.write("\n".join(lines) + "\n")
        return json.loads(self.run("infer", path, "--timing-only", "--chip", self.chip, "--json"))


PLAIN = {"binning_mode": 0, "binning_type": 0x11, "coarse_integration_time": 500}
BINNED = {"binning_mode": 1, "binning_type": 0x22, "coarse_integration_time": 500}
ON_LINK = {"app_image_out": 1}


def lines(pck, frame):
    return {"line_length_pck": pck, "frame_length_lines": frame}


# What, chip (None: --chip), CCS registers; then published pixel rate in MHz, row time in us, frames/s, skew in ms,
# Mb/s of a lane, samples of a line, bits, us on two lanes. None: not published for it.
MODES = [
    ("477 12 Mpixel", "imx477", {**PLAIN, **ON_LINK, **lines(24000, 3500)},
     840, 28.571, 10, 86.86, 900, 4056, 12, 27.04, "K477"),
    ("477 binned", "imx477", {**BINNED, **ON_LINK, **lines(12740, 1648)},
     840, 15.167, 40, 23.05, 900, 2028, 12, 13.52, "K477"),
    ("477 binned, 1080 lines", "imx477",
     {**BINNED, **ON_LINK, **lines(12740, 1318), "y_addr_start": 440, "y_addr_end": 2599},
     840, 15.167, 50, 16.38, 900, 2028, 12, 13.52, "K477"),
    ("477 binned, fast", "imx477",
     {**BINNED, **ON_LINK, **lines(6664, 1050), "csi_data_format": 0x0a0a, "op_pix_clk_div": 10,
      "digital_crop_x_offset": 348, "digital_crop_y_offset": 264, "x_output_size": 1332, "y_output_size": 990},
     840, 7.933, 120, 7.85, 900, 1332, 10, 7.40, "K477"),
    ("500 12 Mpixel", None, {**PLAIN, **ON_LINK, **lines(17900, 4157)},
     744, 24.059, 9.999, 73.14, 888, 4056, 10, 22.84, "KDRV"),
    ("500 binned", None, {**BINNED, **ON_LINK, **lines(9398, 2637)},
     744, 12.632, 30.02, 19.20, 888, 2028, 10, 11.42, "KDRV"),
    ("500 12 Mpixel, link idle", None, {**PLAIN, **lines(0, 3068)},
     744, None, None, 16.52, None, None, None, None, "ISSCC"),
    ("500 binned, link idle", None, {**BINNED, **lines(0, 1560)},
     744, None, None, 5.52, None, None, None, None, "ISSCC"),
]


def mode_rows(fovea):
    for name, chip, registers, mhz, row_us, fps, skew_ms, mbps, width, bits, link_us, source in MODES:
        run = fovea.mode(f"logic/chips/{chip}.json" if chip else fovea.chip, registers)
        (a, b), pll = run["frames"][:2], {k: run["sensor"]["cci"][f"pll.{k}"]["value"] for k in ("pixel_hz", "lane_bit_hz")}
        yield f"{name}: pixels", "exact", mhz, "MHz", pll["pixel_hz"] / 1e6, 0, source
        yield f"{name}: readout", "exact", skew_ms, "ms", (a["readout_end_ps"] - a["readout_start_ps"]) * 1e-9, 0.1, source
        if fps:
            yield (f"{name}: row", "exact", row_us, "us",
                   run["sensor"]["pixel"]["row_pck"]["value"] / pll["pixel_hz"] * 1e6, 0.01, source)
            yield f"{name}: frames/s", "exact", fps, "", 1e12 / (b["readout_start_ps"] - a["readout_start_ps"]), 0.06, source
            yield f"{name}: a lane", "exact", mbps, "Mb/s", pll["lane_bit_hz"] / 1e6, 0, source
            yield f"{name}: payload", "exact", link_us, "us", width * bits / 2 / pll["lane_bit_hz"] * 1e6, 0.05, source


# Power. What ran, and how often, when the published figures were taken is not published; assumed here:
# 12 Mpixel: 60 frames/s in the published fast readout, MobileNetV1 on every frame that it can take (each second one);
# 3 Mpixel: the binned mode of the Linux driver, 30 frames/s, and the NPU at its peak all the time, as 1.21 TOPS at
# 379.1 mW says (LIST-A). Metadata leaves, pixels do not. The CNN processor is the NPU with its L2.
CNN_BLOCKS = ("npu", "l2")
METADATA_ONLY = {"mipi_output": 1, "mipi_pixels": 0, "mipi_metadata": 1, "dnn_mode": 4}
RUNNING = {"firmware": "../build/firmware/imx500.elf", "networks": ["../npu/networks/mobilenet_v1.topo"]}
DENSE = ["input x 64 64 64"] + [f"{name} conv k=1 c=512" for name in "abcd"]


def mode_mw(fovea, registers):
    """Power of each block over four frames, the first two left out."""
    run = fovea.mode(fovea.chip, {**METADATA_ONLY, **registers}, 8, **RUNNING)
    frames = run["energy"]["frames"][2:6]
    ps = frames[-1]["end_ps"] - frames[0]["start_ps"]
    return {block: sum(frame["blocks"][block] for frame in frames) / ps for block in frames[0]["blocks"]}


def peak_rest(fovea, chip):
    """A dense network: (time in ps, energy but for the array's in fJ, places of the array) of the NPU and L2."""
    run = fovea.infer(DENSE)
    rows = {(row["component"], row["stat"]): row for row in run["energy"]["activity"]}
    array = sum(rows["npu", stat]["fj"] for stat in ("conv_macs", "depthwise_macs", "idle_macs"))
    energy = sum(run["energy"]["blocks"][block] for block in CNN_BLOCKS)
    places = run["cycles"] * 32 * chip["npu"]["mac"]["taps"] * chip["npu"]["mac"]["channels"]
    return run["time_us"] * 1e6, energy - array, places, rows["npu", "conv_macs"]["aj"]


def power_rows(fovea, chip):
    ps, rest_fj, places, mac_aj = peak_rest(fovea, chip)
    peak = (rest_fj + places * mac_aj / 1000) / ps
    full = sum(mode_mw(fovea, {**PLAIN, **lines(0, 3068)}).values())
    binned = mode_mw(fovea, {**BINNED, **lines(9398, 2637)})
    others = sum(mw for block, mw in binned.items() if block not in CNN_BLOCKS)
    yield "power, 12 Mpixel mode", "calibration", 278.8, "mW", full, 0.5, "ISSCC"
    yield "power, 3 Mpixel mode, NPU at peak", "calibration", 379.1, "mW", others + peak, 0.5, "ISSCC"
    yield "NPU at peak", "calibration", 4.97, "TOPS/W", 2 * places / ps / peak * 1e3, 0.5, "ISSCC"


def rows(fovea, chip):
    """(what, kind, published, unit, simulated, bound in %, source)"""
    def network(name):
        return fovea.network(name)

    def conv(channels, more, kernel=3):
        return fovea.layer_bytes([f"input x 16 16 {channels}", "a conv k=1 c=%d" % channels,
                                  f"b conv k={kernel} c={more}"])

    npu = chip["npu"]
    mac = 32 * npu["mac"]["taps"] * npu["mac"]["channels"]
    nets = [("MobileNetV1 1.0/224, run", "mobilenet_v1", 3.1, "SONY"),
            ("CIFAR baseline, run", "cifar_baseline", 0.080, "MLMCU"),
            ("CIFAR baseline 5x5, run", "cifar_baseline_5x5", 0.210, "MLMCU"),
            ("CIFAR mininet, run", "cifar_mininet", 0.220, "MLMCU")]
    for what, name, ms, source in nets:
        yield what, "calibration", ms, "ms", network(name)["time_us"] / 1e3, 1, source
    yield "multipliers", "exact", 2304, "", mac, 0, "ISSCC"
    yield "peak, 2 x MACs x clock", "exact", 1.2096, "TOPS", 2 * mac * npu["clk_hz"] / 1e12, 0.01, "ISSCC"
    yield "memory for networks", "exact", 8388480, "B", chip["logic"]["l2"]["bytes"], 0, "MLMCU"
    yield from mode_rows(fovea)
    yield from power_rows(fovea, chip)
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
