"""Views for train_frames: scenes drawn from the files in scenes/train.

A file is a view as tools/train/frames.c reads it, in which an object with one of these keys stands
for a value that the seed draws:

    {"between": [2.2, 3.5]}       a number, evenly
    {"log_between": [5, 2000]}    a number, evenly by its logarithm
    {"whole": [500, 1700]}        a whole number
    {"one_of": [5, {...}, ...]}   one of them, which may be drawn in turn
    {"part": "gesture"}           what the file's `parts` have by this name, drawn anew at each place

Ranges that a scene draws itself ("lux": [250, 900]) stay as they are.
"""
import json
import math
import os
import random

DRAWS = {
    'between': lambda rng, v: round(rng.uniform(*v), 4),
    'log_between': lambda rng, v: round(math.exp(rng.uniform(math.log(v[0]), math.log(v[1]))), 4),
    'whole': lambda rng, v: rng.randint(*v),
}


def only_key(value):
    """Of an object with one key: what it stands for."""
    return next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None


def draw(rng, value):
    key = only_key(value)
    if key in DRAWS:
        return DRAWS[key](rng, value[key])
    if key == 'one_of':
        return draw(rng, rng.choice(value[key]))
    if isinstance(value, dict):
        return {name: draw(rng, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [draw(rng, inner) for inner in value]
    return value


def put_in(value, parts, inside=()):
    """Parts in the places where they are named; inside: those that this one is in."""
    if only_key(value) == 'part':
        name = value['part']
        if name not in parts or name in inside:
            raise ValueError('part %s: %s' % (name, 'has itself in it' if name in inside else 'there is none'))
        return put_in(parts[name], parts, inside + (name,))
    if isinstance(value, dict):
        return {key: put_in(inner, parts, inside) for key, inner in value.items()}
    if isinstance(value, list):
        return [put_in(inner, parts, inside) for inner in value]
    return value


def read(path):
    """One view file; also a scenario or a bare scene, drawn anew for each seed."""
    with open(path) as f:
        view = json.load(f)
    if 'networks' in view or 'scene' not in view:
        view = {'scene': view.get('scene', view)}
    parts = view.pop('parts', {})
    view = put_in(view, parts)
    view.setdefault('name', os.path.splitext(os.path.basename(path))[0])
    return view


def stream(view, seed):
    """What decides the draws of a view."""
    return random.Random('%s %d' % (view['name'], seed))


def make(paths, seeds, frames, changes=(), crowd=True):
    """Lines for train_frames: every file for every seed. changes: keys of views, set in all."""
    views, lines = [read(path) for path in paths], []
    for seed in seeds:
        for view in views:
            drawn = dict(draw(stream(view, seed), view), seed=seed, frames=frames, **dict(changes))
            if not crowd:
                drawn['scene'].get('crowd', {})['rate_per_s'] = 0
            lines.append(json.dumps(drawn))
    return lines
