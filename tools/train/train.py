#!/usr/bin/python3
"""Trains one network of the table in tools/train/tasks.py on frames that the simulator makes.

    make build/release/train_frames
    tools/train/train.py person      # frames (scene, pixel die, ISP), training, the int8 file

Frames are in build/train/NAME, in parts; parts that are there are not made again (scenes that have
changed: remove the folder). Accuracy is measured afterwards by the whole simulator on unseen
seeds: tools/train/accuracy.py.
"""
import argparse
import itertools
import os
import subprocess
import time

import torch

import data
import nets
import views
from tasks import TASKS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PART = 26  # worlds


def say(text):
    print(text, flush=True)


# ---- frames ----


def scene_file(name):
    return name if name.endswith('.json') else os.path.join(ROOT, 'scenes/train', name + '.json')


def make_part(task, folder, lines):
    """One folder with tensors.bin and truth.jsonl, unless they are there."""
    if os.path.exists(os.path.join(folder, 'truth.jsonl')):
        return
    say('frames of %d views: %s' % (len(lines), folder))
    os.makedirs(folder, exist_ok=True)
    plan = os.path.join(folder, 'views.jsonl')
    with open(plan, 'w') as f:
        f.write('\n'.join(lines) + '\n')
    subprocess.run([os.path.join(ROOT, 'build/release/train_frames'), '--tensor', '%dx%dx3' % task.frame,
                    '--chip', os.path.join(ROOT, 'logic/chips/imx500.json'), '--out', folder, plan], check=True)


def make_frames(task, folder):
    files = [scene_file(s) for s in task.scenes]
    for first in range(task.seeds[0], task.seeds[1], PART):
        seeds = range(first, min(first + PART, task.seeds[1]))
        make_part(task, os.path.join(folder, str(first)), views.make(files, seeds, task.frames, task.view))
    if task.empty:
        lines = views.make(files, range(*task.empty), 2, task.view, crowd=False)
        make_part(task, os.path.join(folder, 'empty'), lines)


# ---- training ----


def prepare(x):
    return (x.float() * nets.INPUT_SCALE).contiguous(memory_format=torch.channels_last)


def batches(tensors, truth, task, size):
    """Pictures and their targets, in a new order each time."""
    wanted = None if task.move else data.targets(truth, task)
    while True:
        order = torch.randperm(len(tensors))
        for i in range(0, len(tensors) - size + 1, size):
            pick = order[i:i + size]
            x = prepare(tensors[pick])
            if task.move:
                yield data.augment(*data.move(x, [truth[p] for p in pick], task))
            else:
                yield data.augment(x, {key: v[pick] for key, v in wanted.items()})


def train(model, tensors, truth, task, args):
    optimizer = torch.optim.AdamW(model.parameters(), lr=task.rate / 2, weight_decay=1e-4)
    steps = len(tensors) // args.batch  # of an epoch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, total_steps=args.epochs * steps + 1, pct_start=0.15)
    start, feed = time.time(), batches(tensors, truth, task, args.batch)
    for epoch in range(args.epochs):
        total = 0.0
        model.train()
        for x, t in itertools.islice(feed, steps):
            value = model.loss(x, t)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
            total += float(value)
        spent = time.time() - start
        say('epoch %d loss %.4f %.1f min' % (epoch + 1, total / steps, spent / 60))
        if args.checkpoint:
            torch.save(model.state_dict(), args.checkpoint)


def start(model, path, tensors):
    """From a checkpoint, or from the weights of a .tflite file (another network's, as far as it is alike)."""
    if path.endswith('.tflite'):
        sample = prepare(tensors[torch.randperm(len(tensors))[:256]])
        say('%s: %d layers' % (path, nets.begin_with(model, path, sample)))
    else:
        model.load_state_dict(torch.load(path))


def write(model, task, tensors, path):
    sample = torch.randperm(len(tensors))[:512]
    blob = nets.to_tflite(model, task.title, task.size, [prepare(tensors[p]) for p in sample.split(64)])
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path + '.part', 'wb') as f:
        f.write(blob)
    os.replace(path + '.part', path)
    say('%s: %d bytes' % (path, len(blob)))


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('task', choices=sorted(TASKS))
    parser.add_argument('--frames', help='folder of parts (build/train/NAME)')
    parser.add_argument('--no-frames', action='store_true', help='make none: what is there is all')
    parser.add_argument('--out', help="the .tflite file to write (the task's)")
    parser.add_argument('--start', help='a checkpoint, or a .tflite file of train.py, to begin with')
    parser.add_argument('--checkpoint', help='written after every epoch')
    parser.add_argument('--epochs', type=int, help='0: only the file of what --start has')
    parser.add_argument('--rate', type=float, help='highest learning rate')
    parser.add_argument('--batch', type=int, default=32)
    parser.add_argument('--bf16', action='store_true', help='convolutions in bfloat16: half the time where the processor has it')
    parser.add_argument('--threads', type=int, default=os.cpu_count())
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    task = TASKS[args.task]
    args.frames = args.frames or os.path.join(ROOT, 'build/train', task.frames_of or args.task)
    args.out = args.out or os.path.join(ROOT, task.out)
    args.epochs = task.epochs if args.epochs is None else args.epochs
    args.rate = args.rate or task.rate
    return task, args


def main():
    task, args = options()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)  # vanishing gradients would cost ten times the time
    if not args.no_frames:
        make_frames(TASKS[task.frames_of] if task.frames_of else task, args.frames)
    tensors, truth = data.load(args.frames, task)
    say('%d frames' % len(tensors))
    model = nets.KINDS[task.kind](task).to(memory_format=torch.channels_last)
    model.trunk.brief = args.bf16
    if args.start:
        start(model, args.start, tensors)
    if args.epochs > 0:
        train(model, tensors, truth, task, args)
    write(model, task, tensors, args.out)


if __name__ == '__main__':
    main()
