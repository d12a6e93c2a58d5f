"""The person detector: a fully convolutional grid detector for a 160 x 120 RGB tensor.

Each of the 20 x 15 cells says how sure it is that a person's center is in it (score) and how far the
box's left, top, right and bottom edges are from its own center, in cells (box). The firmware's
firmware/detect.c reads exactly this.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import tflite

WIDTH, HEIGHT, CELL = 160, 120, 8
GRID_W, GRID_H = WIDTH // CELL, HEIGHT // CELL
INPUT_SCALE = 1 / 128
# Written into the file's score: a trained logit of 2.7 (0.94) comes out as 0.5. Off-center cells of a
# person are left alone in training, so what is below that is mostly a second box on somebody.
OPERATING_LOGIT = 2.7
# output channels and stride of each 3 x 3 convolution
TRUNK = [(16, 2), (24, 2), (32, 1), (48, 2), (48, 1), (48, 1), (48, 1), (48, 1), (48, 1)]


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        layers, last = [], 3
        for channels, stride in TRUNK:
            layers.append(nn.Sequential(nn.Conv2d(last, channels, 3, stride, bias=False),
                                        nn.BatchNorm2d(channels), nn.ReLU()))
            last = channels
        self.trunk = nn.ModuleList(layers)
        self.score = nn.Conv2d(last, 1, 1)
        self.box = nn.Conv2d(last, 4, 1)
        nn.init.constant_(self.score.bias, -3.0)
        nn.init.constant_(self.box.bias, 2.0)

    def forward(self, x):
        for layer in self.trunk:
            x = layer(pad_same(x, layer[0].stride[0]))
        return self.score(x)[:, 0], self.box(x)


def pad_same(x, stride):
    """TFLite's SAME padding for a 3 x 3 kernel: the smaller half comes first."""
    h, w = x.shape[2:]
    ph = max((-(-h // stride) - 1) * stride + 3 - h, 0)
    pw = max((-(-w // stride) - 1) * stride + 3 - w, 0)
    return F.pad(x, (pw // 2, pw - pw // 2, ph // 2, ph - ph // 2))


def cell_centers():
    y, x = torch.meshgrid(torch.arange(GRID_H) + 0.5, torch.arange(GRID_W) + 0.5, indexing='ij')
    return x, y


def loss(score, box, target, truth, weight, positive):
    """target, weight, positive: [n, h, w]; truth: [n, 4, h, w] distances in cells."""
    p = torch.sigmoid(score)
    focal = torch.where(target > 0.5, (1 - p) ** 2, p ** 2)
    bce = F.binary_cross_entropy_with_logits(score, target, reduction='none')
    count = positive.sum().clamp(min=1)
    score_loss = (focal * bce * weight).sum() / count
    a, b = box.clamp(min=0.01), truth
    inter = (torch.minimum(a[:, 0], b[:, 0]) + torch.minimum(a[:, 2], b[:, 2])) * \
            (torch.minimum(a[:, 1], b[:, 1]) + torch.minimum(a[:, 3], b[:, 3]))
    area = (a[:, 0] + a[:, 2]) * (a[:, 1] + a[:, 3]) + (b[:, 0] + b[:, 2]) * (b[:, 1] + b[:, 3])
    iou = inter / (area - inter).clamp(min=1e-3)
    l1 = F.smooth_l1_loss(box, truth, reduction='none', beta=0.5).mean(1)
    box_loss = ((1 - iou + 0.3 * l1) * positive).sum() / count
    return 2 * score_loss + box_loss


def fold(layer):
    """Convolution and batch normalization as one weight and bias."""
    conv, norm = layer[0], layer[1]
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return ((conv.weight * factor[:, None, None, None]).detach(),
            (norm.bias - norm.running_mean * factor).detach())


def activation_ranges(model, batches):
    """Largest activation of each trunk layer, and the box head's least and largest output."""
    peaks, low, high = [0.0] * len(model.trunk), 0.0, 0.0
    score_low, score_high = 0.0, 0.0
    with torch.no_grad():
        for x in batches:
            for i, layer in enumerate(model.trunk):
                x = layer(pad_same(x, layer[0].stride[0]))
                peaks[i] = max(peaks[i], float(np.quantile(x.numpy(), 0.99995)))
            box, score = model.box(x).numpy(), model.score(x).numpy()
            low, high = min(low, float(np.quantile(box, 0.0005))), max(high, float(np.quantile(box, 0.9999)))
            score_low, score_high = min(score_low, float(score.min())), max(score_high, float(score.max()))
    return peaks, (low, high), (max(score_low, -8.0), min(score_high, 8.0))


def quantize_weights(weight):
    """Per output channel, symmetric; TFLite's order: out, height, width, in."""
    w = weight.numpy().transpose(0, 2, 3, 1)
    scale = np.maximum(np.abs(w).reshape(w.shape[0], -1).max(1), 1e-6) / 127
    return np.clip(np.rint(w / scale[:, None, None, None]), -127, 127).astype(np.int8), scale.astype(np.float32)


def affine(low, high):
    scale = np.float32((high - low) / 255)
    return scale, int(np.clip(np.rint(-128 - low / scale), -128, 127))


def add_conv(out, name, source, weight, bias, stride, activation, scale, zero, shape):
    source_scale = out.tensors[source]['scale'][0]
    codes, scales = quantize_weights(weight)
    bias_scale = (source_scale * scales).astype(np.float32)
    biases = np.rint(bias.numpy() / bias_scale).astype(np.int32)
    w = out.tensor(name + '/weights', list(codes.shape), scales, [0] * len(scales), codes)
    b = out.tensor(name + '/bias', [len(biases)], bias_scale, [0] * len(scales), biases, tflite.INT32)
    result = out.tensor(name, shape, scale, zero)
    out.conv(source, w, b, result, stride, activation)
    return result


def to_tflite(model, batches):
    """The int8 file. batches: calibration inputs, float in [-1, 1)."""
    model.eval()
    peaks, box_range, score_range = activation_ranges(model, batches)
    out = tflite.Model('Fovea person detector, 160x120 RGB')
    at = out.tensor('image', [1, HEIGHT, WIDTH, 3], INPUT_SCALE, 0)
    out.inputs = [at]
    h, w = HEIGHT, WIDTH
    for i, (layer, (channels, stride)) in enumerate(zip(model.trunk, TRUNK)):
        h, w = -(-h // stride), -(-w // stride)
        weight, bias = fold(layer)
        at = add_conv(out, 'conv%d' % (i + 1), at, weight, bias, stride, tflite.RELU,
                      np.float32(peaks[i] / 255), -128, [1, h, w, channels])
    box_scale, box_zero = affine(*box_range)
    logit_scale, logit_zero = affine(*score_range)
    box = add_conv(out, 'box', at, model.box.weight.detach(), model.box.bias.detach(), 1,
                   tflite.NO_ACTIVATION, box_scale, box_zero, [1, h, w, 4])
    logit = add_conv(out, 'logit', at, model.score.weight.detach(),
                     model.score.bias.detach() - OPERATING_LOGIT, 1, tflite.NO_ACTIVATION, logit_scale, logit_zero, [1, h, w, 1])
    score = out.tensor('score', [1, h, w, 1], 1 / 256, -128)
    out.logistic(logit, score)
    out.outputs = [score, box]
    return out.write()
