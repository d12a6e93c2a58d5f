#!/usr/bin/env python3
"""Measures the detector through the whole simulator, on worlds that it was not trained on.

    tools/train/accuracy.py --seeds 5001:5013

Each seed is one run of scenes/entrance.json: pixels, ISP, NPU, firmware, link. Prints a row a seed and
the sums; exit 1 when precision or recall is below --least.
"""
import argparse
import json
import subprocess
import sys
import tempfile


def run(fovea, scenario, seed, frames):
    with tempfile.TemporaryDirectory() as out:
        command = [fovea, 'run', scenario, '--scene-seed', str(seed), '--frames', str(frames), '--json', '--out', out]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--fovea', default='build/fovea')
    parser.add_argument('--scenario', default='scenes/entrance.json')
    parser.add_argument('--seeds', default='5001:5013', help='A:B, worlds A to B - 1')
    parser.add_argument('--frames', type=int, default=90)
    parser.add_argument('--least', type=float, default=0.85)
    args = parser.parse_args()
    first, end = (int(n) for n in args.seeds.split(':'))
    boxes = truth = right = counted = 0
    print('| seed | boxes | true | precision | recall | in, out | true in, out |\n|---|---|---|---|---|---|---|')
    for seed in range(first, end):
        result = run(args.fovea, args.scenario, seed, args.frames)
        p, c = result['people'], result['counts']
        boxes, truth, right = boxes + p['boxes'], truth + p['truth'], right + p['right']
        counted += (c['in'], c['out']) == (c['truth_in'], c['truth_out'])
        print('| %d | %d | %d | %.3f | %.3f | %d, %d | %d, %d |' % (
            seed, p['boxes'], p['truth'], p['precision'], p['recall'], c['in'], c['out'], c['truth_in'], c['truth_out']), flush=True)
    precision, recall = right / max(boxes, 1), right / max(truth, 1)
    print('| all | %d | %d | %.3f | %.3f | exact in %d of %d | |' % (boxes, truth, precision, recall, counted, end - first))
    sys.exit(precision < args.least or recall < args.least)


if __name__ == '__main__':
    main()
