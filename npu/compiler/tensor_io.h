/*
 * tensor_io.h - tensors of a program in L2, as a tool or a test wants them: dense, in the order and
 * the type of the model file.
 *
 *   dense H W C codes  --npu_input_write-->  planar, padded, int8   --program-->  NHWC32, int8
 *   dense codes        <--npu_kept_read--------------------------------------------'
 *   (order of the file: H W C, or C H W)
 *
 * All access is timeless (peek, poke). Whoever lets the ISP fill the input does not need this.
 */
#ifndef NPU_COMPILER_TENSOR_IO_H
#define NPU_COMPILER_TENSOR_IO_H

#include "npu/fnp.h"
#include "sim/port.h"

/* Bytes of the input, and of kept tensor i, dense. */
uint64_t npu_input_bytes(const npu_prog_t *prog);
uint64_t npu_kept_bytes(const npu_kept_t *kept);

/*
 * Writes the input: rows of pixels of channels, one byte each, in the type of the model (uint8
 * codes, or int8). Padding becomes 0, as the chip does. False when L2 has no such place.
 */
bool npu_input_write(const npu_prog_t *prog, const sim_mem_port_t *port, const uint8_t *codes);

/* An 8-bit image as codes of the model's own input type: uint8 as it is, int8 minus 128. */
void npu_input_from_pixels(const npu_prog_t *prog, const uint8_t *pixels, uint8_t *codes);

/* The same for a model that takes floats, x / 127.5 - 1, quantized as its QUANTIZE would. */
void npu_input_from_pixels_float(const npu_prog_t *prog, const uint8_t *pixels, uint8_t *codes);

/* Codes in the file's order to H W C, as npu_input_write takes them. */
void npu_kept_to_hwc(const npu_kept_t *kept, const uint8_t *codes, uint8_t *hwc);

/* Reads a kept tensor, in the order of the file, which must be complete (npu_kept_t.valid_after)
 * and not yet overwritten. */
bool npu_kept_read(const npu_prog_t *prog, const npu_kept_t *kept, const sim_mem_port_t *port,
                   uint8_t *codes);

/* Reads output n of the network table: out of the place where firmware finds it. */
bool npu_output_read(const npu_prog_t *prog, uint32_t n, const sim_mem_port_t *port,
                     uint8_t *codes);

#endif
