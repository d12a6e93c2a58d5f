#!/usr/bin/env python3
"""tools/train: drawn views; what cells are to learn; int8 files read back. Needs torch but for the first."""
import dataclasses
import json
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
os.chdir(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, "tools/train")
import tasks  # noqa: E402
import views  # noqa: E402

try:
    import data
    import nets
    import tflite
    import torch
except ImportError:
    torch = None

GRID = tasks.Task("grid", (32, 24), [(4, 8, 1)], ["open", "fist"], "", "", key="pose")  # 4 x 3 cells
CELL_W, CELL_H = 4056 / 4, 3040 / 3


def box(pose, x, y, w, h, visible=1.0):
    """In cells."""
    return dict(pose=pose, x=x * CELL_W, y=y * CELL_H, w=w * CELL_W, h=h * CELL_H, visible=visible)


class Views(unittest.TestCase):
    def test_a_seed_draws_the_same_again_and_another_one_something_else(self):
        view = {"name": "a", "scene": {"lux": {"log_between": [5, 2000]}, "n": {"whole": [1, 1000000]}}}
        first, again = (views.draw(views.stream(view, 7), view) for _ in range(2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, views.draw(views.stream(view, 8), view))

    def test_draws_stay_in_their_ranges_and_the_rest_stays_as_it_is(self):
        view = {"name": "a", "lux": [250, 900], "k": {"between": [2, 3]}, "w": {"whole": [1, 3]},
                "o": {"one_of": [0, {"between": [5, 6]}]}, "two": {"between": [1, 2], "note": "kept"}}
        drawn = [views.draw(views.stream(view, seed), view) for seed in range(200)]
        self.assertTrue(all(2 <= d["k"] <= 3 and d["lux"] == [250, 900] and d["two"] == view["two"] for d in drawn))
        self.assertEqual({d["w"] for d in drawn}, {1, 2, 3})
        self.assertTrue(any(d["o"] == 0 for d in drawn) and any(5 <= d["o"] <= 6 for d in drawn))
        self.assertTrue(all(d["o"] == 0 or 5 <= d["o"] <= 6 for d in drawn))

    def test_a_part_is_drawn_anew_at_each_place(self):
        parts = {"n": {"whole": [1, 1000000]}, "two": [{"part": "n"}, {"one_of": [{"part": "n"}]}]}
        view = views.put_in({"name": "a", "list": {"part": "two"}, "other": {"part": "n", "note": "kept"}}, parts)
        drawn = views.draw(views.stream(view, 7), view)
        self.assertEqual((len(drawn["list"]), len(set(drawn["list"]))), (2, 2))
        self.assertEqual(drawn["other"], {"part": "n", "note": "kept"})

    def test_a_part_that_is_not_there_or_in_itself_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "part b: there is none"):
            views.put_in([{"part": "b"}], {"a": 1})
        with self.assertRaisesRegex(ValueError, "part a: has itself in it"):
            views.put_in({"part": "a"}, {"a": [{"part": "b"}], "b": {"c": {"part": "a"}}})

    def test_parts_of_a_file_are_put_in_and_are_no_key_of_its_views(self):
        view = json.loads(views.make(["scenes/train/hand.json"], [1234], 5)[0])
        self.assertNotIn("parts", view)
        self.assertNotIn('"part"', json.dumps(view))

    def test_training_keeps_away_from_the_worlds_of_tests(self):
        for name, task in tasks.TASKS.items():
            self.assertGreaterEqual(task.seeds[0], 100, name)

    def test_every_file_is_drawn_for_every_seed_with_its_name(self):
        lines = [json.loads(v) for v in views.make(["scenes/train/road.json", "scenes/train/cell.json"], [3, 4], 5)]
        self.assertEqual([(v["name"], v["seed"], v["frames"]) for v in lines],
                         [("road", 3, 5), ("cell", 3, 5), ("road", 4, 5), ("cell", 4, 5)])


@unittest.skipIf(torch is None, "no torch")
class Targets(unittest.TestCase):
    def test_the_cell_under_a_boxs_middle_has_its_class_and_distances(self):
        t = data.grid_targets({"boxes": [box("fist", 2, 1, 1, 1.5)]}, GRID)
        self.assertEqual(t["score"].nonzero().tolist(), [[1, 1, 2]])
        self.assertEqual(t["positive"][1, 2], 1)
        for have, want in zip(t["sides"][:, 1, 2], (0.5, 0.5, 0.5, 1.0)):  # center (2.5, 1.5)
            self.assertAlmostEqual(float(have), want, places=5)

    def test_what_is_hardly_visible_is_neither_wanted_nor_held_against(self):
        t = data.grid_targets({"boxes": [box("open", 0, 0, 1, 1, 0.2)]}, GRID)
        self.assertEqual(float(t["score"].sum()), 0)
        self.assertEqual((t["weight"] == 0).nonzero().tolist(), [[0, 0, 0], [1, 0, 0]])

    def test_the_nearer_of_two_boxes_has_the_cell(self):
        t = data.grid_targets({"boxes": [box("open", 1, 1, 1, 1), box("fist", 1.2, 1.1, 1, 1)]}, GRID)
        self.assertEqual((float(t["score"][0, 1, 1]), float(t["score"][1, 1, 1])), (1, 0))

    def test_the_rest_of_a_thing_has_its_box_and_is_not_one_more(self):
        grid = tasks.Task("grid", (160, 120), [(4, 8, 1)], ["open", "fist"], "", "", key="pose")  # 20 x 15 cells
        whole = dict(pose="open", visible=1.0, x=8 * CELL_W / 5, y=2 * CELL_H / 5, w=3 * CELL_W / 5, h=9 * CELL_H / 5)
        t = data.grid_targets({"boxes": [whole]}, grid)
        self.assertEqual(t["score"].nonzero().tolist(), [[0, 5, 9], [0, 6, 9], [0, 7, 9]])
        for row, weight in ((3, 1), (4, 0), (8, 0), (9, 1)):  # middle of the rest; border of the middle
            self.assertEqual((float(t["weight"][0, row, 9]), float(t["boxed"][row, 9])), (weight, data.BESIDE))
        self.assertEqual(t["sides"][:, 3, 9].tolist(), [1.5, 1.5, 1.5, 7.5])

    def test_what_is_as_good_as_hidden_is_background(self):
        t = data.grid_targets({"boxes": [box("open", 0, 0, 1, 1, 0.1)]}, GRID)
        self.assertEqual((float(t["score"].sum()), float(t["weight"].min())), (0, 1))

    def test_boxes_of_other_kinds_are_background(self):
        t = data.grid_targets({"boxes": [box("wave", 1, 1, 1, 1)]}, GRID)
        self.assertEqual((float(t["score"].sum()), float(t["weight"].min())), (0, 1))

    def test_a_thing_of_an_unsure_kind_has_its_box_and_any_score(self):
        task = dataclasses.replace(GRID, unsure=("between",))
        t = data.grid_targets({"boxes": [box("between", 1, 1, 1, 1)]}, task)
        self.assertEqual((float(t["score"].sum()), float(t["positive"].sum())), (0, 0))
        self.assertEqual((t["weight"] == 0).nonzero().tolist(), [[0, 1, 1], [1, 1, 1]])
        self.assertEqual((float(t["boxed"][1, 1]), t["sides"][:, 1, 1].tolist()), (data.BESIDE, [0.5] * 4))

    def test_a_moved_picture_has_moved_targets(self):
        """A white square on black: wherever it comes to be, there is the box."""
        torch.manual_seed(3)
        task = dataclasses.replace(GRID, size=(160, 120), trunk=[(4, 8, 1)], move=0.2)
        task.grid = (20, 15)
        x = torch.full((64, 3, 120, 160), -1.0)
        x[:, :, 40:72, 64:96] = 1
        line = {"boxes": [dict(box("open", 0, 0, 0, 0), x=64 / 160 * 4056, w=32 / 160 * 4056, y=40 / 120 * 3040, h=32 / 120 * 3040)]}
        x, t = data.move(x, [line] * 64, task)
        self.assertGreater(len(set(t["score"].nonzero()[:, 0].tolist())), 63)
        widths = set()
        for i, c, row, column in t["score"].nonzero().tolist():
            left, top, right, bottom = (8 * float(v) for v in t["sides"][i, :, row, column])
            lit = (x[i, 0] > 0).nonzero()
            for have, want in ((lit[:, 1].min(), 8 * column + 4 - left), (lit[:, 1].max() + 1, 8 * column + 4 + right),
                               (lit[:, 0].min(), 8 * row + 4 - top), (lit[:, 0].max() + 1, 8 * row + 4 + bottom)):
                self.assertLess(abs(float(have) - want), 1.01)
            widths.add(round(left + right))
        self.assertTrue(min(widths) <= 29 and max(widths) >= 36 and 32 in widths, widths)

    def test_what_is_moved_out_of_view_is_cut_or_gone(self):
        half = dict(box("open", 0, 0, 0, 0), x=0, y=1000, w=400, h=500)
        cut = data.moved_box(half, 1, 0.5 - 200 / 4056, 0.5)
        for key, want in (("x", 0), ("y", 1000), ("w", 200), ("h", 500), ("visible", 0.5)):
            self.assertAlmostEqual(cut[key], want, places=6)
        self.assertIsNone(data.moved_box(half, 1, 0.39, 0.5))

    def test_a_mirror_image_has_mirrored_targets(self):
        torch.manual_seed(0)
        sides = torch.tensor([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1).expand(1, 4, 3, 4).contiguous()
        score = torch.arange(12.0).reshape(1, 1, 3, 4)
        flip = torch.tensor([True])
        self.assertEqual(data.mirror("sides", sides, flip)[0, :, 0, 0].tolist(), [3, 2, 1, 4])
        self.assertEqual(data.mirror("score", score, flip)[0, 0, 0].tolist(), [3, 2, 1, 0])

    def test_frames_shrink_to_the_mean(self):
        codes = torch.tensor([[1, 2, -5, -6], [3, 5, -7, -8]], dtype=torch.int8).reshape(1, 1, 2, 4).numpy()
        self.assertEqual(data.shrink(codes, (2, 1)).ravel().tolist(), [3, -6])  # 11 / 4, -26 / 4, a half up

    def test_a_picture_is_of_the_class_that_is_seen_in_it(self):
        task = tasks.Task("classifier", (32, 24), [(4, 8, 1)], ["nobody", "open", "fist"], "", "", key="pose")
        for boxes, want in (([], 0), ([box("open", 0, 0, 1, 1)], 1), ([box("open", 0, 0, 1, 1, 0.1)], -1),
                            ([box("fist", 0, 0, 1, 1), box("open", 0, 0, 1, 1, 0.1)], 2)):
            self.assertEqual(int(data.picture_class({"boxes": boxes}, task)["class"]), want)


@unittest.skipIf(torch is None, "no torch")
class Files(unittest.TestCase):
    def test_a_network_that_begins_with_its_own_file_says_the_same(self):
        torch.manual_seed(1)
        task = tasks.Task("grid", (32, 24), [(4, 2, 1), (6, 2, 1), (6, 1, 2)], ["a", "b"], "", "", threshold=0.5)
        x = torch.rand(8, 3, 24, 32) * 2 - 1
        first, again = nets.Grid(task), nets.Grid(task)
        first(x)  # moves the running means
        with tempfile.NamedTemporaryFile() as f:
            f.write(nets.to_tflite(first, "test", task.size, [x]))
            f.flush()
            self.assertEqual(tflite.constants(f.name)["conv2/weights"].shape, (6, 3, 3, 4))
            self.assertEqual(nets.begin_with(again, f.name, x), 5)
        with torch.no_grad():
            for a, b in zip(first.eval()(x), again.eval()(x)):
                self.assertLess(float((a - b).abs().max()), 0.05 * float(a.abs().max()))


if __name__ == "__main__":
    done = unittest.main(exit=False, verbosity=0).result
    run, failed, errors = done.testsRun, len(done.failures), len(done.errors)
    print(f"{100 * (run - failed - errors) // run}%: Checks: {run}, Failures: {failed}, Errors: {errors}")
    sys.exit(0 if done.wasSuccessful() else 1)
