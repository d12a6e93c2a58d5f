"""The networks: 3 x 3 convolutions with batch normalization, then heads. All become int8 files.

    Grid        scores [1, gh, gw, C] and boxes [1, gh, gw, 4]: each cell says how sure it is that the
                middle of a thing of class c is in it, and how far the box's left, top, right and
                bottom edges are from the cell's center, in cells. firmware/detect.c reads it.
    Cells       scores [1, gh, gw, C] alone: what each cell shows.
    Classifier  [1, 1, 1, C], sums to 1: what the picture shows.
    Finder      the same from what each cell shows, and trained on that too, so that it cannot learn
                pictures by heart; the first class is none of the others.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import tflite

INPUT_SCALE = 1 / 128


def pad_same(x, stride, dilation=1):
    """TFLite's SAME padding for a 3 x 3 kernel: the smaller half comes first."""
    h, w = x.shape[2:]
    ph = max((-(-h // stride) - 1) * stride + 2 * dilation + 1 - h, 0)
    pw = max((-(-w // stride) - 1) * stride + 2 * dilation + 1 - w, 0)
    return F.pad(x, (pw // 2, pw - pw // 2, ph // 2, ph - ph // 2))


class Trunk(nn.Module):
    """plan: (channels, stride, dilation) of each convolution."""

    def __init__(self, plan):
        super().__init__()
        self.plan, layers, last = plan, [], 3
        for channels, stride, dilation in plan:
            layers.append(nn.Sequential(nn.Conv2d(last, channels, 3, stride, dilation=dilation, bias=False),
                                        nn.BatchNorm2d(channels), nn.ReLU()))
            last = channels
        self.layers, self.channels = nn.ModuleList(layers), last
        self.brief = False  # train in bfloat16

    def steps(self, x):
        for layer, (_, stride, dilation) in zip(self.layers, self.plan):
            x = layer(pad_same(x, stride, dilation))
            yield x

    def forward(self, x):
        with torch.autocast('cpu', torch.bfloat16, enabled=self.brief and self.training):
            for x in self.steps(x):
                pass
        return x.float()

    def cell(self):
        return int(np.prod([stride for _, stride, _ in self.plan]))


class Grid(nn.Module):
    def __init__(self, task):
        super().__init__()
        self.trunk, self.threshold = Trunk(task.trunk), task.threshold
        self.score = nn.Conv2d(self.trunk.channels, len(task.classes), 1)
        self.box = nn.Conv2d(self.trunk.channels, 4, 1)
        nn.init.constant_(self.score.bias, -3.0)
        nn.init.constant_(self.box.bias, 2.0)

    def forward(self, x):
        x = self.trunk(x)
        return self.score(x), self.box(x)

    def loss(self, x, t):
        """t: score, weight [n, c, h, w]; sides [n, 4, h, w] in cells; positive, boxed [n, h, w]."""
        score, box = self(x)
        p = torch.sigmoid(score)
        focal = torch.where(t['score'] > 0.5, (1 - p) ** 2, p ** 2)
        bce = F.binary_cross_entropy_with_logits(score, t['score'], reduction='none')
        count = t['positive'].sum().clamp(min=1)
        score_loss = (focal * bce * t['weight']).sum() / count
        a, b = box.clamp(min=0.01), t['sides']
        inter = (torch.minimum(a[:, 0], b[:, 0]) + torch.minimum(a[:, 2], b[:, 2])) * \
                (torch.minimum(a[:, 1], b[:, 1]) + torch.minimum(a[:, 3], b[:, 3]))
        area = (a[:, 0] + a[:, 2]) * (a[:, 1] + a[:, 3]) + (b[:, 0] + b[:, 2]) * (b[:, 1] + b[:, 3])
        iou = inter / (area - inter).clamp(min=1e-3)
        l1 = F.smooth_l1_loss(box, b, reduction='none', beta=0.5).mean(1)
        box_loss = ((1 - iou + 0.3 * l1) * t['boxed']).sum() / t['boxed'].sum().clamp(min=1)
        return 2 * score_loss + box_loss

    def heads(self, out, at, x, shape):
        boxes = add_conv(out, 'box', at, self.box, shape, span([self.box(b) for b in x], 0.0005, 0.9999))
        scores = add_scores(out, at, self.score, shape, x, self.threshold)
        return [scores, boxes]


class Cells(nn.Module):
    def __init__(self, task):
        super().__init__()
        self.trunk, self.threshold = Trunk(task.trunk), task.threshold
        self.score = nn.Conv2d(self.trunk.channels, len(task.classes), 1)

    def forward(self, x):
        return self.score(self.trunk(x))

    def loss(self, x, t):
        bce = F.binary_cross_entropy_with_logits(self(x), t['score'], reduction='none')
        return (bce * t['weight']).sum() / t['weight'].sum().clamp(min=1)

    def heads(self, out, at, x, shape):
        return [add_scores(out, at, self.score, shape, x, self.threshold)]


class Classifier(nn.Module):
    """The largest of each feature anywhere in the picture decides."""

    def __init__(self, task):
        super().__init__()
        self.trunk, self.threshold = Trunk(task.trunk), task.threshold
        self.score = nn.Conv2d(self.trunk.channels, len(task.classes), 1)

    def forward(self, x):
        return self.score(F.adaptive_max_pool2d(self.trunk(x), 1))[:, :, 0, 0]

    def loss(self, x, t):
        each = F.cross_entropy(self(x), t['class'].clamp(min=0), reduction='none')
        known = (t['class'] >= 0).float()
        return (each * known).sum() / known.sum().clamp(min=1)

    def heads(self, out, at, x, shape):
        pooled = [F.adaptive_max_pool2d(b, 1) for b in x]
        most = out.tensor('most', [1, 1, 1, shape[3]], *out.scale_of(at))
        out.max_pool(at, most, shape[1], shape[2])
        bias = self.score.bias.detach().clone()
        bias[-1] -= self.threshold
        logit = add_conv(out, 'logit', most, self.score, [1, 1, 1, shape[3]],
                         span([self.score(b) for b in pooled], 0, 1), bias)
        score = out.tensor('score', [1, 1, 1, len(bias)], 1 / 256, -128)
        out.softmax(logit, score)
        return [score]


class Finder(Classifier):
    def cells(self, x):
        """[n, c, h, w]; the first class is 0 everywhere."""
        logit = self.score(self.trunk(x))
        return torch.cat([torch.zeros_like(logit[:, :1]), logit[:, 1:]], 1)

    def forward(self, x):
        return self.cells(x).amax((2, 3))

    def loss(self, x, t):
        cells = self.cells(x)
        each = F.cross_entropy(cells.amax((2, 3)), t['class'].clamp(min=0), reduction='none')
        known = (t['class'] >= 0).float()
        dense = F.binary_cross_entropy_with_logits(cells[:, 1:], t['score'], reduction='none')
        return ((each * known).sum() / known.sum().clamp(min=1) +
                (dense * t['weight']).sum() / t['positive'].sum().clamp(min=1))

    def heads(self, out, at, x, shape):
        score = nn.Conv2d(shape[3], self.score.out_channels, 1)
        score.weight.copy_(self.score.weight)
        score.bias.copy_(self.score.bias)
        score.weight[0], score.bias[0] = 0, 0
        score.bias[-1] -= self.threshold
        scale_zero = span([score(b) for b in x], 0, 1)
        cells = add_conv(out, 'logit', at, score, shape, scale_zero)
        most = out.tensor('most', [1, 1, 1, score.out_channels], *scale_zero)
        out.max_pool(cells, most, shape[1], shape[2])
        result = out.tensor('score', [1, 1, 1, score.out_channels], 1 / 256, -128)
        out.softmax(most, result)
        return [result]


KINDS = {'grid': Grid, 'cells': Cells, 'classifier': Classifier, 'finder': Finder}

# ---- a file's weights to begin with ----


def weights_of(constants, name, conv):
    """Those of a layer of this shape, else None."""
    weight = constants.get(name + '/weights')
    if weight is None or weight.transpose(0, 3, 1, 2).shape != conv.weight.shape:
        return None
    bias = torch.from_numpy(constants[name + '/bias']).float()
    return torch.from_numpy(weight.transpose(0, 3, 1, 2)).float(), bias


def begin_layer(layer, found, x, stride, dilation):
    """Normalization becomes the identity for what x shows, so that training goes on from the file."""
    conv, norm = layer[0], layer[1]
    conv.weight.copy_(found[0])
    y = conv(pad_same(x, stride, dilation))
    norm.running_mean.copy_(y.mean((0, 2, 3)))
    norm.running_var.copy_(y.var((0, 2, 3)) + 1e-5)
    norm.weight.copy_(torch.sqrt(norm.running_var + norm.eps))
    norm.bias.copy_(found[1] + norm.running_mean)


def begin_with(model, path, x):
    """Takes over the layers of a file that have the same name and shape; x: frames. Returns how many."""
    constants, taken = tflite.constants(path), 0
    model.eval()
    with torch.no_grad():
        for i, (layer, (_, stride, dilation)) in enumerate(zip(model.trunk.layers, model.trunk.plan)):
            found = weights_of(constants, 'conv%d' % (i + 1), layer[0])
            if found is not None:
                begin_layer(layer, found, x, stride, dilation)
                taken += 1
            x = layer(pad_same(x, stride, dilation))
        for name, head in (('box', getattr(model, 'box', None)), ('logit', model.score)):
            found = head and weights_of(constants, name, head)
            if found:
                head.weight.copy_(found[0])
                head.bias.copy_(found[1])
                taken += 1
        model.score.bias[-1 if isinstance(model, Classifier) else slice(None)] += model.threshold
    return taken


# ---- int8 ----


def fold(layer):
    """Convolution and batch normalization as one weight and bias."""
    conv, norm = layer[0], layer[1]
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return ((conv.weight * factor[:, None, None, None]).detach(),
            (norm.bias - norm.running_mean * factor).detach())


def quantize_weights(weight):
    """Per output channel, symmetric; TFLite's order: out, height, width, in."""
    w = weight.contiguous().numpy().transpose(0, 2, 3, 1)
    scale = np.maximum(np.abs(w).reshape(w.shape[0], -1).max(1), 1e-6) / 127
    return np.clip(np.rint(w / scale[:, None, None, None]), -127, 127).astype(np.int8), scale.astype(np.float32)


def span(batches, low, high):
    """Least and greatest value but for outliers, and the zero; as scale and zero point."""
    least = min(0.0, min(float(np.quantile(b.numpy(), low)) for b in batches))
    most = max(0.0, max(float(np.quantile(b.numpy(), high)) for b in batches))
    return affine(least, most)


def affine(low, high):
    scale = np.float32((high - low) / 255)
    return scale, int(np.clip(np.rint(-128 - low / scale), -128, 127))


def add(out, name, source, weight, bias, shape, scale_zero, **how):
    source_scale = out.tensors[source]['scale'][0]
    codes, scales = quantize_weights(weight)
    bias_scale = (source_scale * scales).astype(np.float32)
    biases = np.rint(bias.numpy() / bias_scale).astype(np.int32)
    w = out.tensor(name + '/weights', list(codes.shape), scales, [0] * len(scales), codes)
    b = out.tensor(name + '/bias', [len(biases)], bias_scale, [0] * len(scales), biases, tflite.INT32)
    result = out.tensor(name, shape[:3] + [len(biases)], *scale_zero)
    out.conv(source, w, b, result, **how)
    return result


def add_conv(out, name, source, conv, shape, scale_zero, bias=None):
    return add(out, name, source, conv.weight.detach(), conv.bias.detach() if bias is None else bias, shape, scale_zero)


def add_scores(out, at, conv, shape, x, threshold):
    """A logit of threshold becomes a score of 0.5."""
    scores = [conv(b).clamp(-8, 8) for b in x]
    logit = add_conv(out, 'logit', at, conv, shape, span(scores, 0, 1), conv.bias.detach() - threshold)
    score = out.tensor('score', out.tensors[logit]['shape'], 1 / 256, -128)
    out.logistic(logit, score)
    return score


def to_tflite(model, name, size, batches):
    """The int8 file. size: width, height; batches: calibration inputs, float in [-1, 1)."""
    model.eval()
    out = tflite.Model(name)
    w, h = size
    at = out.tensor('image', [1, h, w, 3], INPUT_SCALE, 0)
    out.inputs = [at]
    with torch.no_grad():
        seen = [list(model.trunk.steps(x)) for x in batches]
        for i, (layer, (channels, stride, dilation)) in enumerate(zip(model.trunk.layers, model.trunk.plan)):
            h, w = -(-h // stride), -(-w // stride)
            peak = max(float(np.quantile(s[i].numpy(), 0.99995)) for s in seen)
            at = add(out, 'conv%d' % (i + 1), at, *fold(layer), [1, h, w, channels], (np.float32(peak / 255), -128),
                     stride=stride, dilation=dilation, activation=tflite.RELU)
        out.outputs = model.heads(out, at, [s[-1] for s in seen], [1, h, w, model.trunk.channels])
    return out.write()
