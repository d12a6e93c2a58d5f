#!/usr/bin/env python3
"""Energy a pixel of nine published sensors against the laws that the technology files are drawn from.

    tools/validate_energy.py [--fit] [--chips tools/energy/chips.json]

A chip is a list of components, each a list of rows: an activity, how often a pixel has it, and what
its formula needs. One set of parameters serves all chips. The fitted ones minimize the squared
logarithms of ours / reported, a chip's components together weighing as much as its total; --fit
writes them. The leave-one-out error is a chip's when it took no part in the fit.
Ends with 1 when the stored parameters are not those that the fit gives, or a bound is broken.
"""
import argparse
import json
import math
import re
import sys

CHIPS = "tools/energy/chips.json"
# Mean absolute errors that the model must keep, in percent: totals, components, totals left out.
BOUNDS = {"totals": 7.5, "components": 16, "left out": 10}


# ---- formulas: picojoule of one activity. Capacitances in fF, times in us, currents in uA ---------

def column_ff(row, p):
    """Wire of a column; none where the circuit does not drive one."""
    if "rows" not in row:
        return 0.0
    return p["column"] * row["node_nm"] / 130 * row["pitch_um"] / 5 * row["rows"]


def charge(row, p):
    """A capacitor charged and emptied: C V^2."""
    return p["periphery"] * row["ff"] * row["volts"] ** 2 * 1e-3


def follower(row, p):
    """A source follower charges its load: C V Vswing, or C Vswing^2 when it has no static current."""
    volts = row["swing"] if row.get("dynamic") else row["volts"]
    return p["periphery"] * (row["load_ff"] + column_ff(row, p)) * volts * row["swing"] * 1e-3


def bias(row, p):
    """A current that flows for a time."""
    return p["periphery"] * row["volts"] * row["ua"] * row["us"]


def amplifier(row, p):
    """Bias that gives gm = 2 pi C A BW at the inversion's gm/Id, BW = 1 / settling time; and C V^2."""
    gm_id = p["gm_id_fast"] if row["settle_us"] < 1 else p["gm_id_slow"]
    ua = 2 * math.pi * row["ff"] * 1e-3 * row["gain"] / row["settle_us"] / gm_id * row["branches"]
    return p["periphery"] * (row["volts"] * ua * row["on_us"] + row["ff"] * row["volts"] ** 2 * 1e-3)


def convert(row, p):
    """A ramp converter: its step 2^bits times."""
    return p["adc_step"] * row["volts"] ** 2 * 2 ** row["bits"] * 1e-3


def digital(row):
    """Switched capacitance goes as the node: energy against 65 nm and 1 V."""
    return row["node_nm"] / 65 * row["volts"] ** 2


def mac(row, p):
    return p["mac"] * digital(row) * (row["bits"] / 8) ** 2


def sram(row, p):
    return p["sram"] * digital(row) * math.sqrt(row["kib"])


KINDS = {f.__name__: f for f in (charge, follower, bias, amplifier, convert, mac, sram)}


def component_pj(component, p):
    return sum(row["per_px"] * KINDS[row["kind"]](row, p) for row in component["rows"])


def chip_pj(chip, p):
    return sum(component_pj(c, p) for c in chip["components"])


# ---- fit -----------------------------------------------------------------------------------------

def misfit(chips, p):
    total = 0.0
    for chip in chips:
        parts = chip["components"]
        total += math.log(chip_pj(chip, p) / chip["reported"]) ** 2
        total += sum(math.log(component_pj(c, p) / c["reported"]) ** 2 for c in parts) / len(parts)
    return total


def fit(chips, p, names):
    """Pattern search on the parameters' logarithms: steps halve when no neighbor is better."""
    p, step = dict(p), 0.5
    best = misfit(chips, p)
    while step > 1e-7:
        better = False
        for name in names:
            for factor in (math.exp(step), math.exp(-step)):
                trial = {**p, name: p[name] * factor}
                value = misfit(chips, trial)
                if value < best:
                    p, best, better = trial, value, True
        if not better:
            step /= 2
    return p


# ---- report --------------------------------------------------------------------------------------

def error(ours, reported):
    return 100 * (ours / reported - 1)


def totals(chips, p):
    return mean(error(chip_pj(chip, p), chip["reported"]) for chip in chips)


def mean(values):
    values = [abs(v) for v in values]
    return sum(values) / len(values)


def assumed(chip):
    return sum(len(row.get("assumed", {})) for c in chip["components"] for row in c["rows"])


def given(chip):
    skip = {"kind", "source", "assumed", "dynamic"}
    return sum(len(row.keys() - skip) for c in chip["components"] for row in c["rows"]) - assumed(chip)


def line(name, part, reported, camj, ours, more=""):
    print(f"{name:17s} {part:23s} {reported:9.4g} {camj:9.4g} {error(camj, reported):+7.1f}% "
          f"{ours:9.4g} {error(ours, reported):+7.1f}%{more}")


def report(chips, peaks, p, names):
    """Prints the table; returns the three mean absolute errors of ours."""
    print("energy of nine published sensors, pJ / pixel: reported, CamJ's model, ours with one set of parameters")
    print(f"{'':17s} {'':23s} {'reported':>9s} {'CamJ':>9s} {'error':>8s} {'ours':>9s} {'error':>8s} {'left out':>9s} assumed")
    errors = {"totals": [], "components": [], "left out": []}
    camj = {"totals": [], "components": []}
    for chip in chips:
        for c in chip["components"]:
            line(chip["chip"], c["name"], c["reported"], c["camj"], component_pj(c, p))
            errors["components"].append(error(component_pj(c, p), c["reported"]))
            camj["components"].append(error(c["camj"], c["reported"]))
        others = [other for other in chips if other is not chip]
        out = error(chip_pj(chip, fit(others, p, names)), chip["reported"])
        line(chip["chip"], "total", chip["reported"], chip["camj"], chip_pj(chip, p),
             f" {out:+8.1f}% {assumed(chip):3d} of {assumed(chip) + given(chip)} numbers")
        errors["totals"].append(error(chip_pj(chip, p), chip["reported"]))
        errors["left out"].append(out)
        camj["totals"].append(error(chip["camj"], chip["reported"]))
    for name in ("totals", "components"):
        print(f"mean absolute error of {len(camj[name]):2d} {name:11s} CamJ {mean(camj[name]):5.2f} % (worst "
              f"{max(map(abs, camj[name])):.1f}), ours {mean(errors[name]):5.2f} % (worst "
              f"{max(map(abs, errors[name])):.1f})")
    print(f"mean absolute error of totals, each chip left out of the fit: ours {mean(errors['left out']):.2f} % "
          f"(worst {max(map(abs, errors['left out'])):.1f})")
    for peak in peaks:
        others = [other for other in chips if other["chip"] != peak["chip"]]
        ours = 2 / mac(peak, fit(others, p, names))
        print(f"{peak['chip']}, multipliers at their peak, the chip left out: published {peak['tops_per_watt']} TOPS/W, "
              f"ours {ours:.2f} ({error(ours, peak['tops_per_watt']):+.1f} %)")
    low, high = varied(chips, p, names)
    print(f"with any one of the {sum(map(assumed, chips))} assumed numbers a quarter (bits: 1) off: "
          f"totals {low:.2f} .. {high:.2f} %")
    return {name: mean(values) for name, values in errors.items()}


def varied(chips, p, names):
    """Lowest and highest mean error of totals with one assumed number a quarter (bits: 1) off, fitted anew."""
    seen = []
    for row in (row for chip in chips for c in chip["components"] for row in c["rows"]):
        for key in row.get("assumed", {}):
            was = row[key]
            for value in (was - 1, was + 1) if key == "bits" else (was * 0.75, was * 1.25):
                row[key] = value
                seen.append(totals(chips, fit(chips, p, names)))
            row[key] = was
    return min(seen), max(seen)


def check(chips, p, path):
    """Ends the program where a row is not of a known kind or lacks a number."""
    for chip in chips:
        for c in chip["components"]:
            for row in c["rows"]:
                try:
                    row["per_px"] * KINDS[row["kind"]](row, p)
                except (KeyError, TypeError) as e:
                    sys.exit(f"{path}: {chip['chip']}, {c['name']}, {row.get('kind')}: {e!r}")


def load(path):
    with open(path) as f:
        data = json.load(f)
    p = {name: entry["value"] for name, entry in data["parameters"].items()}
    names = [name for name, entry in data["parameters"].items() if entry.get("fitted")]
    check(data["chips"], p, path)
    return data["chips"], data["peaks"], p, names


def store(path, p, names):
    with open(path) as f:
        text = f.read()
    for name in names:
        text = re.sub(rf'("{name}": {{"value": )[0-9.]+', rf"\g<1>{p[name]:.4g}", text)
    with open(path, "w") as f:
        f.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chips", default=CHIPS)
    parser.add_argument("--fit", action="store_true", help="write the fitted parameters")
    args = parser.parse_args()
    chips, peaks, p, names = load(args.chips)
    fitted = fit(chips, p, names)
    if args.fit:
        store(args.chips, fitted, names)
        chips, peaks, p, names = load(args.chips)
    broken = 0
    for name in names:
        stale = abs(p[name] / fitted[name] - 1) > 1e-3
        broken += stale
        print(f"{name:11s} {p[name]:8.4g}{'  BROKEN: the fit gives %.4g' % fitted[name] if stale else '  fitted'}")
    for name, value in report(chips, peaks, p, names).items():
        if value > BOUNDS[name]:
            broken += 1
            print(f"{name}: {value:.2f} % is over the bound of {BOUNDS[name]} %  BROKEN")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
