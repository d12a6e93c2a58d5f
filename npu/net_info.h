/*
 * net_info.h - the network table: what firmware and ISP must know of the loaded network.
 *
 * 32-bit little-endian words at the base of L2 (its first 1,024 bytes are reserved, as published).
 * The compiler fills it, the program file carries it, the loader writes it, firmware reads it;
 * `fovea regs --c` prints the offsets. Addresses are bus addresses (L2 base included).
 */
#ifndef NPU_NET_INFO_H
#define NPU_NET_INFO_H

#include <stdint.h>

#define NPU_NET_MAGIC UINT32_C(0x54454e46) /* "FNET" as bytes */
#define NPU_NET_VERSION 1u
#define NPU_NET_BYTES 1024u /* reserved at the base of L2 */
#define NPU_NET_OUTPUTS 4

/*
 * X(name, help): one word each, in order. The input tensor is planar: channel plane c, row y,
 * column x is at INPUT_ADDR + c * INPUT_PLANE_BYTES + y * INPUT_ROW_BYTES + x, int8. Outputs are
 * dense, in TFLite's order (N H W C). Where a network is uint8 (the unsigned flag), the bytes in
 * L2 are still int8 = code - 128, and zero points are given for int8.
 */
#define NPU_NET_OUTPUT_WORDS(X, n)                                                                 \
    X(OUT##n##_ADDR, "output " #n ": bus address")                                                 \
    X(OUT##n##_BYTES, "output " #n ": bytes")                                                      \
    X(OUT##n##_DIMS, "output " #n ": number of dimensions, 1..4")                                  \
    X(OUT##n##_DIM0, "output " #n ": outermost dimension")                                         \
    X(OUT##n##_DIM1, "output " #n ": second dimension, 1 when absent")                             \
    X(OUT##n##_DIM2, "output " #n ": third dimension, 1 when absent")                              \
    X(OUT##n##_DIM3, "output " #n ": fourth dimension, 1 when absent")                             \
    X(OUT##n##_ZERO_POINT, "output " #n ": zero point of the int8 codes, signed")                  \
    X(OUT##n##_SCALE, "output " #n ": scale, float32 bits")                                        \
    X(OUT##n##_UNSIGNED, "output " #n ": 1 when the network's own type is uint8")

#define NPU_NET_WORDS_TABLE(X)                                                                     \
    X(MAGIC, "NPU_NET_MAGIC")                                                                      \
    X(VERSION, "NPU_NET_VERSION")                                                                  \
    X(NETWORK_ID, "chosen by whoever packs the network")                                           \
    X(PROG_ADDR, "bus address of the first instruction: into NPU_PROG_ADDR")                       \
    X(PROG_COUNT, "instructions: into NPU_PROG_COUNT")                                             \
    X(L2_BASE, "bus address that L2 offsets of the program count from: into NPU_L2_BASE")          \
    X(INPUT_ADDR, "bus address of the input tensor")                                               \
    X(INPUT_WIDTH, "columns, without padding")                                                     \
    X(INPUT_HEIGHT, "rows, without padding")                                                       \
    X(INPUT_CHANNELS, "channels: 1, 3 or 4")                                                       \
    X(INPUT_ROW_BYTES, "bytes from a row to the next: width rounded up to 32")                     \
    X(INPUT_PLANE_BYTES, "bytes from a plane to the next: rows rounded up to 2")                   \
    X(INPUT_ZERO_POINT, "zero point of the int8 codes, signed")                                    \
    X(INPUT_SCALE, "scale, float32 bits")                                                          \
    X(INPUT_UNSIGNED, "1 when the network's own type is uint8")                                    \
    X(OUTPUTS, "number of outputs, 1..4")                                                          \
    NPU_NET_OUTPUT_WORDS(X, 0)                                                                     \
    NPU_NET_OUTPUT_WORDS(X, 1)                                                                     \
    NPU_NET_OUTPUT_WORDS(X, 2)                                                                     \
    NPU_NET_OUTPUT_WORDS(X, 3)

/* NPU_NET_MAGIC_W, NPU_NET_VERSION_W, ...: word indices. */
enum {
#define X(name, help) NPU_NET_##name##_W,
    NPU_NET_WORDS_TABLE(X)
#undef X
        NPU_NET_WORDS
};

/* Words of one output; output n starts at NPU_NET_OUT0_ADDR_W + n * NPU_NET_OUT_STRIDE_W. */
#define NPU_NET_OUT_STRIDE_W (NPU_NET_OUT1_ADDR_W - NPU_NET_OUT0_ADDR_W)

#endif
