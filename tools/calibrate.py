#!/usr/bin/env python3
"""Fits the free rates of the NPU to the four published run times, and tells what they leave open.

    tools/calibrate.py [--write] [--fovea build/fovea]

Published:
    MobileNetV1 1.0/224   3.1 ms                       Sony's announcement; printed to 0.1 ms
    CIFAR baseline        0.080 ms, 5 x 5 0.210 ms     DSP times of the MLonMCU project's logs,
    CIFAR mininet         0.220 ms                     printed in steps of 10 us
at 262.5 MHz. Nothing else is looked at: other published times are for validation.

Four rates are fitted: weight bytes a cycle, cycles between nodes, and the share of cycles in which
the array steps, for k x k and for 1 x 1 convolutions. For each weight rate the other three follow from
the four times by Gauss-Newton on relative errors; the rate with the smallest worst error, in units
of what the printing leaves open, wins. The depthwise rate shares its only witness with 1 x 1, so it is
assumed, and the table at the end shows what another assumption does.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

CLOCK_HZ = 262.5e6
CHIP = "logic/chips/imx500.json"
# list, milliseconds, half a step of the printed figure relative to it
TIMES = [
    ("cifar_baseline", 0.080, 0.005 / 0.080),
    ("cifar_baseline_5x5", 0.210, 0.005 / 0.210),
    ("cifar_mininet", 0.220, 0.005 / 0.220),
    ("mobilenet_v1", 3.1, 0.05 / 3.1),
]
# name: section and key in the chip file, member of npu_desc_t
RATES = {
    "weights": ("dma", "weight_bytes_per_cycle", "dma_weight_bytes"),
    "node": ("sequencer", "barrier_cycles", "barrier_cycles"),
    "kxk": ("mac", "conv_permille", "conv_permille"),
    "1x1": ("mac", "pointwise_permille", "point_permille"),
    "dw": ("mac", "depthwise_permille", "dw_permille"),
}
FITTED = ("node", "kxk", "1x1")


class Simulator:
    def __init__(self, fovea):
        self.fovea = fovea
        with open(CHIP) as f:
            self.chip = json.load(f)
        self.known = {}

    def cycles(self, rates):
        """Cycles of the four networks with these rates."""
        key = tuple(sorted(rates.items()))
        if key not in self.known:
            for name, value in rates.items():
                section, member, _ = RATES[name]
                self.chip["npu"][section][member] = value
            with tempfile.TemporaryDirectory() as folder:
                chip = os.path.join(folder, "chip.json")
                with open(chip, "w") as f:
                    json.dump(self.chip, f)
                self.known[key] = [self.run(chip, name, folder) for name, _, _ in TIMES]
        return self.known[key]

    def run(self, chip, name, folder):
        done = subprocess.run(
            [self.fovea, "compile", "--topology", f"npu/networks/{name}.topo", "--chip", chip,
             "-o", os.path.join(folder, "x.fnp"), "--json"],
            capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr.strip())
        return json.loads(done.stdout)["cycles"]


def errors(cycles):
    """Relative errors, and the same in units of what the printing leaves open."""
    relative = [c / (ms * 1e-3 * CLOCK_HZ) - 1 for c, (_, ms, _) in zip(cycles, TIMES)]
    return relative, [e / step for e, (_, _, step) in zip(relative, TIMES)]


def solve(matrix, vector):
    """Gaussian elimination."""
    n = len(vector)
    rows = [row[:] + [v] for row, v in zip(matrix, vector)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(n):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def inside(name, value):
    low, high = (0, 2000) if name == "node" else (300, 1000)
    return min(max(int(round(value)), low), high)


def fit(sim, fixed):
    """Gauss-Newton: the fitted rates, given the others."""
    rates = dict(fixed, node=400, kxk=520, **{"1x1": 750})
    for _ in range(4):
        base = errors(sim.cycles(rates))[1]
        slopes = []
        for name in FITTED:
            step = 50 if name == "node" else 40 if rates[name] <= 900 else -40
            moved = errors(sim.cycles({**rates, name: rates[name] + step}))[1]
            slopes.append([(m - b) / step for m, b in zip(moved, base)])
        normal = [[sum(a * b for a, b in zip(p, q)) for q in slopes] for p in slopes]
        right = [-sum(a * b for a, b in zip(p, base)) for p in slopes]
        change = solve(normal, right)
        new = {**rates, **{n: inside(n, rates[n] + c) for n, c in zip(FITTED, change)}}
        if new == rates:
            break
        rates = new
    return rates


def show(rates, cycles):
    relative, units = errors(cycles)
    cells = "  ".join(f"{100 * e:+5.1f} %" for e in relative)
    worst = max(abs(u) for u in units)
    print(f"{rates['weights']:7d} {rates['node']:5d} {rates['kxk']:5d} {rates['1x1']:5d} {rates['dw']:5d}   "
          f"{cells}   {worst:5.2f}{'' if worst <= 1 else '  outside the printed steps'}")
    return worst


def head():
    print("weights  node   kxk   1x1    dw   " + "  ".join(f"{n[-7:]:>7s}" for n, _, _ in TIMES) +
          "   worst error in printed half steps")


def write(rates):
    with open(CHIP) as f:
        chip = f.read()
    with open("npu/desc.c") as f:
        desc = f.read()
    for name, (_, key, member) in RATES.items():
        chip = re.sub(rf'("{key}": )\d+', rf"\g<1>{rates[name]}", chip)
        desc = re.sub(rf"(\.{member} = )\d+", rf"\g<1>{rates[name]}", desc, count=1)
    with open(CHIP, "w") as f:
        f.write(chip)
    with open("npu/desc.c", "w") as f:
        f.write(desc)
    print(f"written to {CHIP} and npu/desc.c")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fovea", default="build/fovea")
    parser.add_argument("--write", action="store_true", help="put the best rates into the chip file")
    args = parser.parse_args()
    sim = Simulator(args.fovea)
    dw = sim.chip["npu"]["mac"]["depthwise_permille"]
    best, worst_of_best = None, 1e9
    feasible = []
    head()
    for weights in range(10, 25):
        rates = fit(sim, {"weights": weights, "dw": dw})
        worst = show(rates, sim.cycles(rates))
        if worst <= 1:
            feasible.append(rates)
        if worst < worst_of_best:
            best, worst_of_best = rates, worst
    print("\nbest:")
    show(best, sim.cycles(best))
    print("\nwhat the four times leave open (every error within the printed half step):")
    for name in RATES:
        values = [r[name] for r in feasible]
        if name != "dw" and values:
            print(f"  {RATES[name][0]}.{RATES[name][1]}: {min(values)}..{max(values)}")
    print("\nother assumptions about depthwise, everything else as best:")
    for other in (400, 500, 600, 800, 1000):
        rates = fit(sim, {"weights": best["weights"], "dw": other})
        show(rates, sim.cycles(rates))
    if args.write:
        write(best)
    return 0 if worst_of_best <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
