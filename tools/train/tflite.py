"""Writes a small int8 .tflite file with Debian's python3-flatbuffers.

Only what nets.py needs: CONV_2D, MAX_POOL_2D, LOGISTIC, SOFTMAX; int8 activations, int8 weights per
channel, int32 biases. Field numbers are those of the public TensorFlow Lite schema, version 3.
"""
import flatbuffers
import flatbuffers.table
import numpy as np

INT8, INT32 = 9, 2
CONV_2D, LOGISTIC, MAX_POOL_2D, SOFTMAX = 3, 14, 17, 25
OPTIONS = {CONV_2D: 1, MAX_POOL_2D: 5, SOFTMAX: 9}  # BuiltinOptions: Conv2D, Pool2D, Softmax
NO_ACTIVATION, RELU = 0, 1
SAME, VALID = 0, 1


class _Table(flatbuffers.table.Table):
    def field(self, number, flags=None):
        """A number's value, or with flags None where the field is; 0: absent."""
        at = self.Offset(4 + 2 * number)
        if at == 0 or flags is None:
            return at
        return self.Get(flags, self.Pos + at)

    def child(self, number):
        return _Table(self.Bytes, self.Indirect(self.Pos + self.field(number)))

    def children(self, number):
        at, count = self.Vector(self.field(number)), self.VectorLen(self.field(number))
        return [_Table(self.Bytes, self.Indirect(at + 4 * i)) for i in range(count)]

    def numbers(self, number, dtype):
        if self.field(number) == 0:
            return np.zeros(0, dtype)
        return np.frombuffer(self.Bytes, dtype, self.VectorLen(self.field(number)), self.Vector(self.field(number)))


def constants(path):
    """The constant tensors of a file that this module wrote, by name, as real numbers."""
    with open(path, 'rb') as f:
        data = bytearray(f.read())
    root = _Table(data, int.from_bytes(data[:4], 'little'))
    buffers, found = root.children(4), {}
    for t in root.children(2)[0].children(0):
        payload = buffers[t.field(2, flatbuffers.number_types.Uint32Flags)].numbers(0, np.int8)
        if len(payload):
            wide = t.field(1, flatbuffers.number_types.Int8Flags) == INT32
            shape, scale = t.numbers(0, np.int32), t.child(4).numbers(2, np.float32)
            codes = np.frombuffer(payload.tobytes(), np.int32 if wide else np.int8).reshape(shape)
            found[t.String(t.Pos + t.field(3)).decode()] = codes * scale.reshape(-1, *[1] * (len(shape) - 1))
    return found


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

    def scale_of(self, index):
        return self.tensors[index]['scale'], self.tensors[index]['zero']

    def conv(self, source, weights, bias, result, stride=1, dilation=1, activation=NO_ACTIVATION):
        slots = [(0, 'Int8', SAME, 1), (1, 'Int32', stride, 0), (2, 'Int32', stride, 0),
                 (3, 'Int8', activation, 0), (4, 'Int32', dilation, 1), (5, 'Int32', dilation, 1)]
        self.operators.append((CONV_2D, [source, weights, bias], [result], slots))

    def max_pool(self, source, result, height, width):
        slots = [(0, 'Int8', VALID, 0), (1, 'Int32', 1, 0), (2, 'Int32', 1, 0), (3, 'Int32', width, 0),
                 (4, 'Int32', height, 0), (5, 'Int8', NO_ACTIVATION, 0)]
        self.operators.append((MAX_POOL_2D, [source], [result], slots))

    def logistic(self, source, result):
        self.operators.append((LOGISTIC, [source], [result], None))

    def softmax(self, source, result):
        self.operators.append((SOFTMAX, [source], [result], [(0, 'Float32', 1.0, 0.0)]))

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
        code, inputs, outputs, slots = op
        options = None if slots is None else self.table(6, *slots)
        sources, results = self.ints(inputs), self.ints(outputs)
        return self.table(9, (0, 'Uint32', self.codes.index(code), 0), (1, 'UOffsetTRelative', sources, 0),
                          (2, 'UOffsetTRelative', results, 0),
                          (3, 'Uint8', OPTIONS.get(code), 0),
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
