"""What networks there are: a table. One task is made from nothing by `tools/train/train.py NAME`."""
from dataclasses import dataclass, field

SCENES = ['entrance', 'room', 'aisle', 'door', 'shelf_wall', 'road', 'car_park', 'cell', 'ages', 'paths', 'outside',
          'traffic', 'things', 'stock']


@dataclass
class Task:
    kind: str      # grid, cells, classifier, finder: nets.py
    size: tuple    # of the network's input: width, height
    trunk: list    # (channels, stride, dilation) of each 3 x 3 convolution
    classes: list  # values of `key` of the truth's boxes, in the order of the scores; of a classifier,
                   # finder the first is what the picture shows without any of the others
    out: str       # the file
    title: str
    key: str = 'class'
    unsure: tuple = ()  # values of `key` that may be told as any class
    threshold: float = 0.0  # a logit (of a classifier or finder the last class's) that is written as 0.5
    scenes: list = field(default_factory=lambda: SCENES)  # files of scenes/train, or paths
    seeds: tuple = (1000, 1078)  # worlds; never 1..99: tests and demos use them
    frames: int = 8              # of each world
    empty: tuple = (2000, 2060)  # worlds without a crowd, two frames of each
    view: dict = field(default_factory=dict)  # keys of views (tools/train/frames.c), set in all
    crop: float = 0.0  # the pictures are not the frames but what `frame` shows of each box: so many
                       # times as high as it, as wide as the network's input makes that
    jitter: int = 2    # crops of each
    move: float = 0.0  # half of a grid's pictures are moved and enlarged by up to this share, anew each time
    frames_of: str = ''  # another task's frames, `frame` in size
    frame: tuple = ()    # size of the frames; of its own: `size`
    epochs: int = 12
    rate: float = 4e-3  # highest learning rate

    def __post_init__(self):
        self.frame = self.frame or self.size
        cell = 1
        for _, stride, _ in self.trunk:
            cell *= stride
        self.grid = (-(-self.size[0] // cell), -(-self.size[1] // cell))

    def class_of(self, box):
        """Index of its class; None: not this network's affair."""
        value = box.get(self.key)
        return self.classes.index(value) if value in self.classes else None


TASKS = {
    'person': Task(
        'grid', (160, 120), [(16, 2, 1), (24, 2, 1), (32, 1, 1), (64, 2, 1), (64, 1, 1), (64, 1, 1),
                             (64, 1, 2), (64, 1, 1), (64, 1, 2), (64, 1, 1)],
        ['person'], 'scenes/models/person.tflite', 'Fovea person detector, 160x120 RGB', threshold=1.0),
    # The file is older than this table: 4,900 frames of the entrance's worlds at full size.
    'person_160': Task(
        'grid', (160, 120), [(16, 2, 1), (24, 2, 1), (32, 1, 1), (48, 2, 1), (48, 1, 1), (48, 1, 1),
                             (48, 1, 1), (48, 1, 1), (48, 1, 1)],
        ['person'], 'scenes/person_160.tflite', 'Fovea person detector of the entrance, 160x120 RGB',
        threshold=2.7, scenes=['entrance'], seeds=(1000, 1700), frames=7, empty=(), epochs=14),
    'presence': Task(
        'finder', (80, 60), [(12, 2, 1), (24, 2, 1), (32, 1, 1), (32, 1, 1), (48, 2, 1), (48, 1, 1)],
        ['nobody', 'person'], 'scenes/models/presence.tflite', 'Fovea presence classifier, 80x60 RGB',
        frames_of='person', frame=(160, 120), epochs=16, threshold=1.0),
    # Started from an earlier `person` (--start), whose people were adults.
    'person_ages': Task(
        'grid', (160, 120), [(16, 2, 1), (24, 2, 1), (32, 1, 1), (64, 2, 1), (64, 1, 1), (64, 1, 1),
                             (64, 1, 2), (64, 1, 1), (64, 1, 2), (64, 1, 1)],
        ['person'], 'scenes/models/person_ages.tflite', 'Fovea detector of persons of all ages, 160x120 RGB',
        threshold=2.7, frames_of='attribute', epochs=4, rate=1.5e-3),
    'attribute': Task(
        'classifier', (32, 64), [(16, 2, 1), (32, 2, 1), (32, 1, 1), (64, 2, 1), (64, 1, 1)],
        ['child', 'adult', 'senior'], 'scenes/models/attribute.tflite', 'Fovea attributes of persons, 32x64 RGB',
        key='age', scenes=['ages'], seeds=(1000, 1500), frames=4, empty=(), crop=1.125, frame=(160, 120), epochs=12),
    'shelf': Task(
        'cells', (160, 120), [(16, 2, 1), (32, 2, 1), (32, 1, 1), (32, 1, 2), (32, 1, 4), (32, 1, 8)],
        ['empty', 'product', 'person'],
        'scenes/models/shelf.tflite', 'Fovea shelf cells, 160x120 RGB',
        scenes=['shelf'], seeds=(1000, 1260), frames=6, empty=(), epochs=14, rate=6e-3),
    'hand': Task(
        'grid', (160, 120), [(16, 2, 1), (32, 2, 1), (48, 1, 1), (64, 2, 1), (64, 1, 1), (64, 1, 1), (64, 1, 2), (64, 1, 1)],
        ['open', 'fist', 'pinch', 'point', 'other'], 'scenes/models/hand.tflite', 'Fovea hand detector, 160x120 RGB',
        key='pose', unsure=('between',), scenes=['hand'], seeds=(1000, 2300), frames=5, empty=(), move=0.2, epochs=12),
    'cobot': Task(
        'grid', (160, 120), [(16, 2, 1), (24, 2, 1), (32, 1, 1), (64, 2, 1), (64, 1, 1), (64, 1, 1),
                             (64, 1, 2), (64, 1, 1), (64, 1, 2), (64, 1, 1)],
        ['person'], 'scenes/models/cobot.tflite', 'Fovea person detector for a robot cell, 160x120 RGB',
        threshold=2.0, scenes=['cobot'], seeds=(1000, 1182), empty=(2000, 2060), epochs=6, rate=1.5e-3),
    # Started from `cobot` (--start): its people are alike.
    'cobot_hand': Task(
        'grid', (160, 120), [(16, 2, 1), (24, 2, 1), (32, 1, 1), (64, 2, 1), (64, 1, 1), (64, 1, 1),
                             (64, 1, 2), (64, 1, 1), (64, 1, 2), (64, 1, 1)],
        ['person', 'hand'], 'scenes/models/cobot_hand.tflite', 'Fovea detector of persons and hands for a robot cell, 160x120 RGB',
        threshold=2.0, scenes=['cobot_hand'], seeds=(1000, 1182), empty=(2000, 2040), epochs=8, rate=1.5e-3),
}
