"""Writes a small int8 .tflite file with Debian's python3-flatbuffers.

Only what the detector needs: CONV_2D, LOGISTIC; int8 activations, int8 weights per channel, int32
biases. Field numbers are those of the public TensorFlow Lite schema, version 3.
"""
import flatbuffers
import numpy as np

INT8, INT32 = 9, 2
CONV_2D, LOGISTIC = 3, 14
CONV_OPTIONS = 1  # BuiltinOptions.Conv2DOptions
NO_ACTIVATION, RELU = 0, 1
SAME = 0


class Model:
    """Tensors and operators in order; write() makes the file's bytes."""

    def __init__(self, name):
        self.name = name
        self.tensors, self.operators, self.inputs, self.outputs = [], [], [], []

    def tensor(self, name, shape, scale, zero_point, data=None, dtype=INT8, axis=0):
        self.tensors.append(dict(name=name, shape=shape, scale=np.atleast_1d(scale).astype(np.float32),
                                 zero=np.atleast_1d(zero_point).astype(np.int64), data=data,
                                 dtype=dtype, axis=axis))
        return len(self.tensors) - 1

    def conv(self, source, weights, bias, result, stride, activation):
        self.operators.append((CONV_2D, [source, weights, bias], [result], dict(stride=stride, activation=activation)))

    def logistic(self, source, result):
        self.operators.append((LOGISTIC, [source], [result], None))

    def write(self):
        return _Writer(self).file()


class _Writer:
    def __init__(self, model):
        self.model = model
        self.b = flatbuffers.Builder(1 << 20)

    def ints(self, values, size=4):
        b = self.b
        b.StartVector(size, len(values), size)
        for v in reversed(list(values)):
            (b.PrependInt32 if size == 4 else b.PrependInt64)(int(v))
        return b.EndVector()

    def floats(self, values):
        self.b.StartVector(4, len(values), 4)
        for v in reversed(list(values)):
            self.b.PrependFloat32(float(v))
        return self.b.EndVector()

    def offsets(self, values):
        self.b.StartVector(4, len(values), 4)
        for v in reversed(values):
            self.b.PrependUOffsetTRelative(v)
        return self.b.EndVector()

    def table(self, fields, *slots):
        """slots: (number, adder name, value, default)."""
        self.b.StartObject(fields)
        for number, adder, value, default in slots:
            if value is not None:
                getattr(self.b, 'Prepend%sSlot' % adder)(number, value, default)
        return self.b.EndObject()

    def buffer(self, tensor):
        payload = None if tensor is None or tensor['data'] is None else self.b.CreateByteVector(tensor['data'].tobytes())
        return self.table(1, (0, 'UOffsetTRelative', payload, 0))

    def quantization(self, t):
        scale, zero = self.floats(t['scale']), self.ints(t['zero'], 8)
        return self.table(7, (2, 'UOffsetTRelative', scale, 0), (3, 'UOffsetTRelative', zero, 0),
                          (6, 'Int32', t['axis'], 0))

    def tensor(self, index, t):
        quantization, name, shape = self.quantization(t), self.b.CreateString(t['name']), self.ints(t['shape'])
        return self.table(8, (0, 'UOffsetTRelative', shape, 0), (1, 'Int8', t['dtype'], 0),
                          (2, 'Uint32', index + 1, 0), (3, 'UOffsetTRelative', name, 0),
                          (4, 'UOffsetTRelative', quantization, 0))

    def operator(self, op):
        code, inputs, outputs, attributes = op
        options = None
        if code == CONV_2D:
            stride = attributes['stride']
            options = self.table(6, (0, 'Int8', SAME, 1), (1, 'Int32', stride, 0), (2, 'Int32', stride, 0),
                                 (3, 'Int8', attributes['activation'], 0), (4, 'Int32', 1, 0), (5, 'Int32', 1, 0))
        sources, results = self.ints(inputs), self.ints(outputs)
        return self.table(9, (0, 'Uint32', self.codes.index(code), 0), (1, 'UOffsetTRelative', sources, 0),
                          (2, 'UOffsetTRelative', results, 0),
                          (3, 'Uint8', CONV_OPTIONS if options else None, 0),
                          (4, 'UOffsetTRelative', options, 0))

    def file(self):
        m, b = self.model, self.b
        self.codes = sorted({op[0] for op in m.operators})
        buffers = self.offsets([self.buffer(t) for t in [None] + m.tensors])
        tensors = self.offsets([self.tensor(i, t) for i, t in enumerate(m.tensors)])
        operators = self.offsets([self.operator(op) for op in m.operators])
        name, inputs, outputs = b.CreateString('main'), self.ints(m.inputs), self.ints(m.outputs)
        subgraph = self.table(5, (0, 'UOffsetTRelative', tensors, 0), (1, 'UOffsetTRelative', inputs, 0),
                              (2, 'UOffsetTRelative', outputs, 0), (3, 'UOffsetTRelative', operators, 0),
                              (4, 'UOffsetTRelative', name, 0))
        codes = self.offsets([self.table(4, (0, 'Int8', c, 0), (2, 'Int32', 1, 1), (3, 'Int32', c, 0))
                              for c in self.codes])
        subgraphs, description = self.offsets([subgraph]), b.CreateString(m.name)
        root = self.table(5, (0, 'Uint32', 3, 0), (1, 'UOffsetTRelative', codes, 0),
                          (2, 'UOffsetTRelative', subgraphs, 0), (3, 'UOffsetTRelative', description, 0),
                          (4, 'UOffsetTRelative', buffers, 0))
        b.Finish(root, b'TFL3')
        return bytes(b.Output())
