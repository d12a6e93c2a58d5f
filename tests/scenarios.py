#!/usr/bin/env python3
"""Scenarios over many scene seeds against targets; ends with 1 when one is missed.

    tests/scenarios.py [--seeds 10] [--out build/scenarios] [--update] [-j N] [FILE...]

Runs `fovea test FILE... --seeds N`: a row of OUT/seeds.csv for each seed. Prints a table; --update puts
it into scenes/README.md, between the lines that say so. FILE: only these of the table.
"""
import argparse
import csv
import os
import subprocess
import sys

README = 'scenes/README.md'
BEGIN, END = '<!-- made by make scenarios: begin -->', '<!-- end -->'

# Where a visitor counter works by day.
BY_DAY = ['day', 'slow', 'fast', 'few', 'luggage', 'seniors', 'crowded', 'diagonal', 'only_in', 'only_out', 'sunlight',
          'mains_lamps', 'fog', 'rain', 'snow']

# scenario below scenes/ | column of seeds.csv | over the seeds | bound
# mean: at least; each: at least, in every seed; most: at most, in every seed; zero: at least this share of seeds has 0
# passed: at least this share of seeds meets all of the scenario's `expect`
TARGETS = [
    ('entrance.json', 'precision', 'mean', 0.9),
    ('entrance.json', 'recall', 'mean', 0.9),
    ('entrance.json', 'count_error', 'zero', 0.9),
    ('entrance.json', 'latency_ms', 'most', 45),
    ('visitor_counter/dim.json', 'precision', 'mean', 0.8),
    ('visitor_counter/dim.json', 'recall', 'mean', 0.8),
    ('visitor_counter/crossing.json', 'idf1', 'mean', 0.8),
    ('visitor_counter/crossing.json', 'count_error', 'zero', 0.9),
    ('zone_guard/intruder.json', 'passed', 'passed', 0.9),
    ('zone_guard/loiterer.json', 'passed', 'passed', 0.9),
    ('zone_guard/passers_by.json', 'passed', 'passed', 0.9),
    ('heat_map/shop.json', 'heat_map', 'mean', 0.8),
    ('shelf_stock/day.json', 'passed', 'passed', 1.0),
    ('shelf_stock/day.json', 'event facing_empty delay_ms', 'most', 5000),
    ('shelf_stock/day.json', 'event facing_filled delay_ms', 'most', 5000),
    ('shelf_stock/given.json', 'passed', 'passed', 1.0),
    ('shelf_stock/light.json', 'passed', 'passed', 1.0),
    ('shelf_stock/passers_by.json', 'passed', 'passed', 1.0),
    ('shelf_stock/standing.json', 'passed', 'passed', 0.8),
    ('cobot_stop/walk_near.json', 'event stop recall', 'each', 1.0),
    ('cobot_stop/walk_near.json', 'latency_ms', 'most', 8.6),
    ('cobot_stop/walk_far.json', 'passed', 'passed', 0.9),
    ('cobot_stop/walk_slow.json', 'event stop recall', 'each', 1.0),
    ('cobot_stop/walk_fast.json', 'event stop recall', 'each', 1.0),
    ('cobot_stop/works.json', 'passed', 'passed', 0.6),
    ('cobot_stop/hand.json', 'passed', 'passed', 0.9),
    ('roi_stream/region.json', 'image_cover', 'mean', 0.99),
    ('roi_stream/privacy.json', 'image_bare', 'most', 0.001),
    ('roi_stream/crowd.json', 'image_bare', 'most', 0.005),
    ('yes_no/visit.json', 'passed', 'passed', 0.9),
    ('yes_no/light.json', 'passed', 'passed', 0.9),
    ('network_swap/swap.json', 'passed', 'passed', 1.0),
    ('network_swap/bad.json', 'passed', 'passed', 1.0),
    ('gesture/day.json', 'event gesture recall', 'mean', 0.9),
    ('gesture/day.json', 'event gesture precision', 'mean', 0.9),
    ('gesture/dim.json', 'event gesture recall', 'mean', 0.8),
    ('gesture/dim.json', 'event gesture precision', 'mean', 0.9),
    ('gesture/two.json', 'event gesture recall', 'mean', 0.8),
    ('gesture/distractions.json', 'passed', 'passed', 0.9),
    ('cascade/ages.json', 'attributes', 'mean', 0.85),
    ('cascade/ages.json', 'recall', 'mean', 0.9),
    ('cascade/ages.json', 'precision', 'mean', 0.9),
    ('cascade/ages.json', 'latency_ms', 'most', 54),
    ('cascade/crowd.json', 'passed', 'passed', 0.9),
]
for scene in BY_DAY:
    TARGETS += [(f'visitor_counter/{scene}.json', column, 'mean', 0.9) for column in ('precision', 'recall')]
    TARGETS.append((f'visitor_counter/{scene}.json', 'count_error', 'zero', 0.9))
for scene in ('evening', 'sunset', 'lights_off', 'nobody', 'every_pixel'):
    TARGETS.append((f'visitor_counter/{scene}.json', 'passed', 'passed', 0.9))
for scene in ('plain_camera/yuv', 'plain_camera/raw', 'zone_guard/hours', 'imx500/tensors'):
    TARGETS.append((f'{scene}.json', 'passed', 'passed', 0.9))

WORDS = {
    'mean': 'mean at least {}',
    'each': 'each at least {}',
    'most': 'each at most {}',
    'zero': '0 in {:.0%} of the seeds',
    'passed': '`expect` holds in {:.0%} of the seeds',
}


def judge(values, how, bound):
    """What the seeds come to, and whether that is enough."""
    if not values:
        return float('nan'), False
    share = {'zero': [v == 0 for v in values], 'passed': [v == 1 for v in values]}.get(how)
    if share is not None:
        found = sum(share) / len(share)
    else:
        found = {'mean': sum(values) / len(values), 'each': min(values), 'most': max(values)}[how]
    return found, found <= bound if how == 'most' else found >= bound


def table(rows, targets):
    """Lines of Markdown, and how many targets were missed."""
    lines = ['| scenario | figure | target | found | least | most | seeds | |', '|---|---|---|---|---|---|---|---|']
    missed = 0
    for name, column, how, bound in targets:
        of = [row for row in rows if row['scenario'] == 'scenes/' + name]
        values = [float(row[column]) for row in of if row.get(column)]
        found, met = judge(values, how, bound)
        met = met and len(values) == len(of)
        missed += not met
        ends = [f'{v:.4g}' for v in (min(values), max(values))] if values else ['', '']
        figure = f'`{column}`' if column != 'passed' else ''
        lines.append(f'| `{name}` | {figure} | {WORDS[how].format(bound)} | {found:.3f} | {ends[0]} | {ends[1]} | '
                     f'{len(values)} of {len(of)} | {"met" if met else "MISSED"} |')
    return lines, missed


def update(lines):
    with open(README, encoding='utf-8') as f:
        before, rest = f.read().split(BEGIN + '\n')
    after = rest.split(END + '\n')[1]
    with open(README + '.part', 'w', encoding='utf-8') as f:
        f.write(before + BEGIN + '\n' + '\n'.join(lines) + '\n' + END + '\n' + after)
    os.replace(README + '.part', README)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('files', nargs='*', metavar='FILE')
    parser.add_argument('--fovea', default='build/fovea')
    parser.add_argument('--out', default='build/scenarios')
    parser.add_argument('--seeds', type=int, default=10)
    parser.add_argument('-j', '--jobs', default=str(os.cpu_count()))
    parser.add_argument('--update', action='store_true')
    args = parser.parse_args()
    if args.update and args.files:
        parser.error('--update is of all scenarios')
    wanted = [os.path.relpath(f, 'scenes') for f in args.files]
    for name in wanted:
        if all(name != t[0] for t in TARGETS):
            parser.error(f'no target is of scenes/{name}')
    targets = [t for t in TARGETS if not wanted or t[0] in wanted]
    files = list(dict.fromkeys('scenes/' + t[0] for t in targets))
    seeds_csv = os.path.join(args.out, 'seeds.csv')
    if os.path.exists(seeds_csv):  # of an earlier run: one that is interrupted writes none
        os.remove(seeds_csv)
    test = [args.fovea, 'test', *files, '--seeds', str(args.seeds), '-o', args.out, '-j', args.jobs]
    code = subprocess.call(test, stdout=sys.stderr)
    if code not in (0, 1) or not os.path.exists(seeds_csv):
        return code
    with open(seeds_csv, encoding='utf-8', newline='') as f:
        lines, missed = table(list(csv.DictReader(f)), targets)
    print('\n'.join(lines))
    print(f'{len(targets) - missed} targets met, {missed} missed')
    if args.update:
        update(lines)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
