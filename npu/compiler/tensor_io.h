/*
 * tensor_io.h - tensors of a program in L2, as a tool or a test wants them: dense, in the order
 * (N H W C or N C H W) and the type of the model file.
 *
 *   dense tensor  --npu_input_write-->  planar or dense, int8   --program-->  NHWC32, dense
 *   dense tensor  <--npu_kept_read, npu_output_read-----------------------------'
 *
 * All access is timeless (peek, poke). Whoever lets the ISP fill the image does not need this.
 */
#ifndef NPU_COMPILER_TENSOR_IO_H
#define NPU_COMPILER_TENSOR_IO_H

#include "npu/fnp.h"
#include "sim/port.h"

/* The input that the ISP would write; UINT32_MAX when there is none. */
uint32_t npu_image_input(const npu_prog_t *prog);

/* Input n in the model's own type (npu_dtype_t): what the functions below take. n is less than
 * the network table's INPUTS. */
uint32_t npu_input_dtype(const npu_prog_t *prog, uint32_t n);
uint64_t npu_input_bytes(const npu_prog_t *prog, uint32_t n);

/*
 * Writes input n: dense, little-endian, in the model's own order and type. Padding becomes 0, as
 * the chip does. A float32 tensor that stands in L2 as codes is quantized on the way as its
 * QUANTIZE operator would: zero point + x / scale, rounded half away from zero, clamped. False
 * when L2 has no such place.
 */
bool npu_input_write(const npu_prog_t *prog, uint32_t n, const sim_mem_port_t *port,
                     const void *data);

/* An 8-bit image (rows of pixels of channels) as input n in the model's own order and type: uint8
 * as it is, int8 minus 128, float32 x / 127.5f - 1.0f in float arithmetic. Other types have no such
 * rule: false. */
bool npu_input_from_pixels(const npu_prog_t *prog, uint32_t n, const uint8_t *pixels, void *data);

/* Elements of input n, in the model's own type, from N H W C to the model's own order. */
void npu_input_arrange(const npu_prog_t *prog, uint32_t n, const void *nhwc, void *data);

/* Kept tensor, in the model's own order. It must be complete (npu_kept_t.valid_after) and not yet
 * overwritten. */
uint64_t npu_kept_bytes(const npu_kept_t *kept);
bool npu_kept_read(const npu_prog_t *prog, const npu_kept_t *kept, const sim_mem_port_t *port,
                   uint8_t *data);

/* Output n of the network table, in the model's own order: out of the place where firmware finds
 * it. */
uint64_t npu_output_bytes(const npu_prog_t *prog, uint32_t n);
bool npu_output_read(const npu_prog_t *prog, uint32_t n, const sim_mem_port_t *port, uint8_t *data);

#endif
