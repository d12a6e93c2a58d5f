"""Frames of train_frames as tensors and what a network is to say about them."""
import glob
import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F

ARRAY_W, ARRAY_H = 4056, 3040
BESIDE = 0.25 # weight of boxes where no score is learned
LISTED = 0.35  # a thing at least this visible is to be found; a less visible one may be
HIDDEN = 0.15  # one less visible than this is as good as not there
BORDER = 1.0   # cells around the middle of a thing where it may or may not be found


def load(folder, task):
    """All parts in folder: int8 tensors, and the lines of truth."""
    width, height = task.frame
    tensors, truth = [], []
    for part in sorted(glob.glob(os.path.join(folder, '*', 'truth.jsonl'))):
        with open(part) as f:
            truth += [json.loads(line) for line in f]
        codes = np.fromfile(os.path.join(os.path.dirname(part), 'tensors.bin'), dtype=np.int8)
        codes = codes.reshape(-1, 3, height, width)
        tensors.append(codes if task.crop else shrink(codes, task.size))
    tensors = np.concatenate(tensors)
    assert len(truth) == len(tensors), (len(truth), len(tensors))
    if task.crop:
        tensors, truth = crops(tensors, truth, task)
    return torch.from_numpy(tensors), truth


def crop(tensor, box, task):
    """Bilinear, as firmware/crop.c does it: around the box's middle; outside is the nearest edge."""
    _, rows, columns = tensor.shape
    high = box['h'] * task.crop / ARRAY_H * rows
    wide = high * task.size[0] / task.size[1]
    axes = []
    for middle, extent, count, most in (
            ((box['y'] + box['h'] / 2) / ARRAY_H * rows, high, task.size[1], rows),
            ((box['x'] + box['w'] / 2) / ARRAY_W * columns, wide, task.size[0], columns)):
        at = np.clip(middle + extent * ((np.arange(count) + 0.5) / count - 0.5) - 0.5, 0, most - 1)
        low = np.minimum(at.astype(int), most - 2)
        axes.append((low, at - low))
    (y, fy), (x, fx) = axes
    upper, lower = tensor[:, y], tensor[:, y + 1]
    tall = upper + (lower - upper) * fy[:, None]
    return np.round(tall[:, :, x] + (tall[:, :, x + 1] - tall[:, :, x]) * fx).astype(np.int8)


def crops(tensors, truth, task):
    """Each person of a class several times, boxes as a detector may tell them."""
    rng, pictures, lines = np.random.default_rng(1), [], []
    for tensor, line in zip(tensors, truth):
        whole = tensor.astype(np.float32)
        for box in line['boxes']:
            if task.class_of(box) is None or box['visible'] < LISTED:
                continue
            for _ in range(task.jitter):
                dx, dy, dh = np.clip(rng.normal(0, (0.03, 0.02, 0.05)), -0.12, 0.12) * box['h']
                moved = dict(box, x=box['x'] + dx, y=box['y'] + dy - dh / 2, h=box['h'] + dh)
                pictures.append(crop(whole, moved, task))
                lines.append({'boxes': [moved]})
    return np.stack(pictures), lines


def shrink(tensors, size):
    """Area average by a whole factor, as the ISP's scaler."""
    n, c, h, w = tensors.shape
    by = w // size[0]
    assert (size[0] * by, size[1] * by) == (w, h), (size, w, h)
    if by == 1:
        return tensors
    sums = tensors.reshape(n, c, size[1], by, size[0], by).astype(np.int16).sum((3, 5))
    return ((sums + by * by // 2) // (by * by)).astype(np.int8)


def cell_centers(grid):
    y, x = torch.meshgrid(torch.arange(grid[1]) + 0.5, torch.arange(grid[0]) + 0.5, indexing='ij')
    return x, y


def in_cells(box, grid):
    return (box['x'] / ARRAY_W * grid[0], box['y'] / ARRAY_H * grid[1],
            box['w'] / ARRAY_W * grid[0], box['h'] / ARRAY_H * grid[1])


def grid_targets(line, task, classes=None):
    """Scores and their weights; distances of the box's edges and how much these count: all over a
    thing, so that what else is found on it has its box, and goes when boxes that overlap are one.
    Farther from its middle nothing is to be found: head and shoulders alone are not one more thing."""
    cx, cy = cell_centers(task.grid)
    classes = task.classes if classes is None else classes
    score, weight = torch.zeros(len(classes), *cx.shape), torch.ones(len(classes), *cx.shape)
    sides, nearest, positive = torch.ones(4, *cx.shape), torch.full_like(cx, 1e9), torch.zeros_like(cx)
    boxed, nearby = torch.zeros_like(cx), torch.full_like(cx, 1e9)
    for box in line['boxes']:
        value = box.get(task.key)
        if value not in classes and value not in task.unsure or box['visible'] < HIDDEN:
            continue
        x0, y0, w, h = in_cells(box, task.grid)
        dx, dy = (cx - x0 - w / 2) / w, (cy - y0 - h / 2) / h
        around = (dx.abs() < 0.5) & (dy.abs() < 0.4)
        if box['visible'] < LISTED:
            weight[:, around & (positive == 0)] = 0
            continue
        off_x, off_y = dx.abs() * w - max(0.75, 0.2 * w), dy.abs() * h - max(0.75, 0.12 * h)
        middle = (off_x < 0) & (off_y < 0)
        weight[:, around & (off_x < BORDER) & (off_y < BORDER) & (positive == 0)] = 0
        edges = torch.stack([cx - x0, cy - y0, x0 + w - cx, y0 + h - cy]).clamp(min=0)
        distance = (dx * w) ** 2 + (dy * h) ** 2
        beside = around & (positive == 0) & (distance < nearby)
        nearby[beside], boxed[beside] = distance[beside], BESIDE
        sides[:, beside] = edges[:, beside]
        if value in task.unsure:
            continue
        mine = middle & (distance < nearest)
        nearest[mine], boxed[mine] = distance[mine], 1
        score[:, mine], weight[:, mine], positive[mine] = 0, 1, 1
        score[classes.index(value), mine] = 1
        sides[:, mine] = edges[:, mine]
    return dict(score=score, weight=weight, sides=sides, positive=positive, boxed=boxed)


def things(line, task):
    """What has a class, those of later classes last. A facing is empty where nothing else is."""
    boxes = [dict(f, **{'class': 'empty'}) for f in line.get('facings', [])] + line['boxes']
    known = [(task.class_of(box), box) for box in boxes]
    return sorted((k for k in known if k[0] is not None), key=lambda k: k[0])


def is_whole(box):
    return box['x'] > 0 and box['x'] + box['w'] < ARRAY_W


def cell_targets(line, task):
    """A cell is of the class whose box its center is in, the last one's; without a box it is not learned.
    Nor is it beside the middle of somebody, where arms may be, or when a part of him is seen."""
    cx, cy = cell_centers(task.grid)
    score, weight = torch.zeros(len(task.classes), *cx.shape), torch.zeros(1, *cx.shape)
    for c, box in things(line, task):
        x0, y0, w, h = in_cells(box, task.grid)
        mine = (cx > x0) & (cx < x0 + w) & (cy > y0) & (cy < y0 + h)
        score[:, mine], weight[:, mine] = 0, 1
        if task.classes[c] == 'person':
            weight[:, mine] = 0
            mine &= ((cx - x0 - w / 2).abs() < w / 4) & is_whole(box)
            weight[:, mine] = 1
        score[c, mine] = 1
    return dict(score=score, weight=weight)


def picture_class(line, task):
    """The last class that is in the picture; 0: none of them. -1, not learned: hardly visible."""
    found = 0
    for box in line['boxes']:
        c = task.class_of(box)
        if c is None:
            continue
        found = max(found, c) if box['visible'] >= LISTED else found or -1
    return {'class': torch.tensor(found)}


def finder_targets(line, task):
    """Of the picture and of its cells, in which the first class is what is left."""
    return dict(grid_targets(line, task, task.classes[1:]), **picture_class(line, task))


TARGETS = {'grid': grid_targets, 'cells': cell_targets, 'classifier': picture_class, 'finder': finder_targets}


def targets(truth, task):
    made = [TARGETS[task.kind](line, task) for line in truth]
    return {key: torch.stack([m[key] for m in made]) for key in made[0]}


def moved_box(box, by, to_x, to_y):
    """Of a picture enlarged by `by` whose middle then is at (to_x, to_y), shares of the array. None: out of view."""
    x0 = (box['x'] / ARRAY_W - 0.5) * by + to_x
    y0 = (box['y'] / ARRAY_H - 0.5) * by + to_y
    w, h = box['w'] / ARRAY_W * by, box['h'] / ARRAY_H * by
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x0 + w, 1), min(y0 + h, 1)
    if right <= left or bottom <= top:
        return None
    seen = (right - left) * (bottom - top) / (w * h)
    return dict(box, x=left * ARRAY_W, y=top * ARRAY_H, w=(right - left) * ARRAY_W, h=(bottom - top) * ARRAY_H,
                visible=box['visible'] * seen)


def move(x, truth, task):
    """Pictures, half of them moved and enlarged by up to the task's `move` (outside is the nearest edge),
    and their targets."""
    n = x.shape[0]
    on = (torch.rand(n) < 0.5).float()
    by = torch.exp((2 * torch.rand(n) - 1) * on * math.log(1 + task.move))
    to = 0.5 + (torch.rand(n, 2) - 0.5) * task.move * on[:, None]
    # grid_sample asks where an output comes from, -1..1
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 / by
    theta[:, :, 2] = -(2 * to - 1) / by[:, None]
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode='border', align_corners=False)
    lines = []
    for line, b, (tx, ty) in zip(truth, by.tolist(), to.tolist()):
        boxes = [moved_box(box, b, tx, ty) for box in line['boxes']]
        lines.append({'boxes': [box for box in boxes if box]})
    return x, targets(lines, task)


def mirror(key, value, flip):
    if value.dim() == 1:
        return value
    mirrored = value.flip(value.dim() - 1)
    if key == 'sides':
        mirrored = mirrored[:, [2, 1, 0, 3]]
    return torch.where(flip.reshape(-1, *[1] * (value.dim() - 1)), mirrored, value)


def augment(x, t):
    """Mirror images and changes of brightness, contrast and tint."""
    n = x.shape[0]
    flip = torch.rand(n) < 0.5
    x = mirror('', x, flip)
    gain = 1 + 0.4 * (torch.rand(n, 1, 1, 1) - 0.5) + 0.2 * (torch.rand(n, 3, 1, 1) - 0.5)
    x = ((x + 1) * gain - 1 + 0.15 * (torch.rand(n, 1, 1, 1) - 0.5)).clamp(-1, 127 / 128)
    return x, {key: mirror(key, value, flip) for key, value in t.items()}
