"""The peer: what one writes with numpy for shot noise, read noise, gain and 10 bits; one thread.

Two of row_bench's terms, in the light of its lit room: ms of CPU time a million samples.
"""
import time

import numpy as np

PX = 1 << 20


def develop(random, mean_e):
    charge = np.minimum(random.poisson(mean_e), 8180)
    dn = (charge + random.normal(0, 3.0, mean_e.shape)) * 0.118 + 64
    return np.clip(np.rint(dn), 0, 1023).astype(np.uint16)


def main():
    random = np.random.default_rng(1)
    mean_e = np.full(PX, 3100.0)
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        develop(random, mean_e)
        best = min(best, (time.process_time() - start) * 1e9 / PX)
    print(f"numpy_300lux_full {best:.1f} ms/Mpx")


main()
