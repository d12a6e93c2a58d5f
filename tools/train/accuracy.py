#!/usr/bin/env python3
"""Measures a detector through the whole simulator, on worlds that it was not trained on.

    tools/train/accuracy.py                                       # scenes/entrance.json, its network
    tools/train/accuracy.py --network M.tflite --lux 5 scenes/train/*.json

Each seed is one run of a scenario, or of a view of scenes/train (drawn by that seed, auto exposure
on): pixels, ISP, NPU, firmware, link. Prints a row a seed, or with --sums a row a file; exit 1
when precision or recall of all is below --least. With --presence a frame with boxes is one box and
a frame with somebody in it one true one: what a classifier has to tell; every other world is empty.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import views

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def light(text):
    low, _, high = text.partition(':')
    return float(low) if not high else {'log_between': [float(low), float(high)]}


def settings(lux, score):
    """Auto exposure, from about the right one on; the least score of a box."""
    total = 400000 / lux
    gain = min(max(total / 2615, 1), 22)
    digital = min(max(total / 2615 / 22, 1), 4)
    steps = [('app_auto', 1), ('coarse_integration_time', min(int(total), 2615)),
             ('analog_gain_code_global', int(1024 - 1024 / gain))]
    steps += [('digital_gain_' + c, int(256 * digital)) for c in ('greenr', 'red', 'blue', 'greenb')]
    if score is not None:
        steps.append(('app_score_min', score))
    return [{'at': '0ms', 'write': name, 'value': value} for name, value in steps]


def scenario(view, seed, args):
    """A view's scenario."""
    scene = dict(view['scene'], seed=seed)
    if args.lux:
        scene['lux'] = light(args.lux)
    scene = views.draw(views.stream(view, seed), scene)
    if args.presence and seed % 2 == 0:
        scene['crowd']['rate_per_s'] = 0
    elif scene['crowd']['rate_per_s'] == 0:
        scene['crowd']['rate_per_s'] = 1.5
    lux = scene['lux'] if isinstance(scene['lux'], (int, float)) else sum(scene['lux']) / 2
    return {'chip': os.path.join(ROOT, 'logic/chips/imx500.json'),
            'firmware': os.path.join(ROOT, 'build/firmware/visitor_counter.elf'),
            'networks': [os.path.abspath(args.network)], 'scene': scene, 'seed': seed,
            'frames': args.frames, 'host': settings(lux, args.score)}


def lines(folder, name):
    with open(os.path.join(folder, name)) as f:
        return {line['frame']: line for line in map(json.loads, f)}


def presence(folder):
    said, truth = lines(folder, 'metadata.jsonl'), lines(folder, 'truth.jsonl')
    pairs = [(bool(said[n]['boxes']), bool(truth[n]['boxes'])) for n in said]
    return [sum(a for a, _ in pairs), sum(b for _, b in pairs), sum(a and b for a, b in pairs), all(a == b for a, b in pairs)]


def run(path, view, seed, args):
    with tempfile.TemporaryDirectory() as out:
        command = [os.path.join(ROOT, 'build/fovea'), 'run', path, '--frames', str(args.frames), '--json', '--out', out]
        if 'networks' in view:
            command += ['--scene-seed', str(seed)] + (['--network', args.network] if args.network else [])
        else:
            command[2] = os.path.join(out, 'scenario.json')
            with open(command[2], 'w') as f:
                json.dump(scenario(view, seed, args), f)
        result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        if args.presence:
            return presence(out)
    p, c = result['people'], result['counts']
    return [p['boxes'], p['truth'], p['right'], (c['in'], c['out']) == (c['truth_in'], c['truth_out'])]


def row(name, seeds, sums):
    boxes, truth, right, exact = sums
    print('| %s | %s | %d | %d | %.3f | %.3f | %d |' % (
        name, seeds, boxes, truth, right / max(boxes, 1), right / max(truth, 1), exact), flush=True)


def add(a, b):
    return [x + y for x, y in zip(a, b)]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('files', nargs='*', default=[os.path.join(ROOT, 'scenes/entrance.json')])
    parser.add_argument('--network', help="a .tflite file (the scenario's)")
    parser.add_argument('--lux', help='of views: a number, or A:B')
    parser.add_argument('--score', type=int, help="of views: app_score_min, in 1/256 (the firmware's)")
    parser.add_argument('--seeds', default='5001:5013', help='A:B, worlds A to B - 1')
    parser.add_argument('--frames', type=int, default=90)
    parser.add_argument('--presence', action='store_true', help='frames with somebody in them, not boxes')
    parser.add_argument('--sums', action='store_true', help='no rows of seeds')
    parser.add_argument('--least', type=float, default=0.85)
    return parser.parse_args()


def main():
    args = options()
    first, end = (int(n) for n in args.seeds.split(':'))
    everything = [0] * 4
    print('| scene | seeds | boxes | true | precision | recall | exact |\n|---|---|---|---|---|---|---|')
    for path in args.files:
        with open(path) as f:
            view = json.load(f)
        view = view if 'networks' in view else views.read(path)
        name, sums = os.path.splitext(os.path.basename(path))[0], [0] * 4
        for seed in range(first, end):
            result = run(path, view, seed, args)
            sums = add(sums, result)
            if not args.sums:
                row(name, seed, result)
        row(name, end - first, sums)
        everything = add(everything, sums)
    row('all', (end - first) * len(args.files), everything)
    boxes, truth, right, _ = everything
    sys.exit(min(right / max(boxes, 1), right / max(truth, 1)) < args.least)


if __name__ == '__main__':
    main()
