#!/usr/bin/python3
"""Trains scenes/person_160.tflite on frames that the simulator made.

    build/release/train_frames --seeds 1000:1700 --out build/train      # scene, pixel die, ISP
    tools/train/train.py build/train scenes/person_160.tflite           # this script

build/train holds tensors.bin (int8, planes R G B of 160 x 120, one frame after another) and truth.jsonl
(a line a frame: boxes in active-array pixels). Accuracy is measured afterwards by the whole
simulator on unseen seeds: tools/train/accuracy.py.
"""
import argparse
import json
import os
import time

import numpy as np
import torch

import detector as det

ARRAY_W, ARRAY_H = 4056, 3040
LISTED = 0.35  # a person at least this visible is to be found; a less visible one may be


def load(folder):
    tensors = np.fromfile(os.path.join(folder, 'tensors.bin'), dtype=np.int8)
    tensors = tensors.reshape(-1, 3, det.HEIGHT, det.WIDTH)
    with open(os.path.join(folder, 'truth.jsonl')) as f:
        truth = [json.loads(line)['boxes'] for line in f]
    assert len(truth) == len(tensors), (len(truth), len(tensors))
    return torch.from_numpy(tensors), truth


def targets(boxes):
    """Per cell: score, distances, weight of the score, whether the box is learned."""
    cx, cy = det.cell_centers()
    score, positive = torch.zeros_like(cx), torch.zeros_like(cx)
    weight = torch.ones_like(cx)
    truth, nearest = torch.ones(4, *cx.shape), torch.full_like(cx, 1e9)
    for box in boxes:
        x0, y0 = box['x'] / ARRAY_W * det.GRID_W, box['y'] / ARRAY_H * det.GRID_H
        w, h = box['w'] / ARRAY_W * det.GRID_W, box['h'] / ARRAY_H * det.GRID_H
        dx, dy = (cx - x0 - w / 2) / w, (cy - y0 - h / 2) / h
        around = (dx.abs() < 0.5) & (dy.abs() < 0.4)
        if box['visible'] < LISTED:
            weight[around & (positive == 0)] = 0
            continue
        middle = (dx.abs() * w < max(0.75, 0.2 * w)) & (dy.abs() * h < max(0.75, 0.12 * h))
        distance = (dx * w) ** 2 + (dy * h) ** 2
        weight[around & (positive == 0)] = 0
        mine = middle & (distance < nearest)
        nearest[mine] = distance[mine]
        score[mine], positive[mine], weight[mine] = 1, 1, 1
        sides = torch.stack([cx - x0, cy - y0, x0 + w - cx, y0 + h - cy]).clamp(min=0)
        truth[:, mine] = sides[:, mine]
    return score, truth, weight, positive


def augment(x, t):
    """Mirror images and small changes of brightness, contrast and tint."""
    score, truth, weight, positive = t
    n = x.shape[0]
    flip = torch.rand(n) < 0.5
    x = torch.where(flip[:, None, None, None], x.flip(3), x)
    mirrored = truth.flip(3)[:, [2, 1, 0, 3]]
    truth = torch.where(flip[:, None, None, None], mirrored, truth)
    score, weight, positive = (torch.where(flip[:, None, None], v.flip(2), v) for v in (score, weight, positive))
    gain = 1 + 0.25 * (torch.rand(n, 1, 1, 1) - 0.5) + 0.1 * (torch.rand(n, 3, 1, 1) - 0.5)
    x = ((x + 1) * gain - 1 + 0.1 * (torch.rand(n, 1, 1, 1) - 0.5)).clamp(-1, 127 / 128)
    return x, (score, truth, weight, positive)


def train(model, tensors, truth, epochs, batch, minutes):
    made = [targets(boxes) for boxes in truth]
    all_targets = [torch.stack([m[i] for m in made]) for i in range(4)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-4)
    steps = epochs * (len(tensors) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps + 1, pct_start=0.15)
    start = time.time()
    for epoch in range(epochs):
        order, total = torch.randperm(len(tensors)), 0.0
        model.train()
        for i in range(0, len(tensors) - batch + 1, batch):
            pick = order[i:i + batch]
            x, t = augment(tensors[pick].float() * det.INPUT_SCALE, [v[pick] for v in all_targets])
            value = det.loss(*model(x), t[0], t[1], t[2], t[3])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
            total += float(value)
        spent = time.time() - start
        print('epoch %d loss %.4f %.1f min' % (epoch + 1, total / (len(tensors) // batch), spent / 60), flush=True)
        if spent > 60 * minutes:
            print('time is up', flush=True)
            break


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('frames', help='folder with tensors.bin and truth.jsonl')
    parser.add_argument('model', help='the .tflite file to write')
    parser.add_argument('--epochs', type=int, default=14)
    parser.add_argument('--batch', type=int, default=32)
    parser.add_argument('--minutes', type=float, default=50)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(os.cpu_count())
    torch.set_flush_denormal(True)  # vanishing gradients would cost ten times the time
    tensors, truth = load(args.frames)
    model = det.Detector()
    train(model, tensors, truth, args.epochs, args.batch, args.minutes)
    sample = torch.randperm(len(tensors))[:512]
    batches = [tensors[p].float() * det.INPUT_SCALE for p in sample.split(64)]
    data = det.to_tflite(model, batches)
    with open(args.model + '.part', 'wb') as f:
        f.write(data)
    os.replace(args.model + '.part', args.model)
    print('%s: %d bytes' % (args.model, len(data)))


if __name__ == '__main__':
    main()
