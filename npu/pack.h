/*
 * pack.h - lossless packing of weights, for chips whose load DMA decodes (dma.weight_compression):
 * a LOAD with `packed` reads row_bytes of a stream and writes l1_row bytes.
 *
 * The stream is one byte of parameters, then bits, each byte's lowest first, zeros to its end:
 *
 *   byte    2:0 k; 5:3 r; 6 runs; 7 zero
 *   code v  z = 2v, or -2v - 1 when v < 0; z >> k ones and a zero, then the k low bits of z;
 *           when z >> k is 15 or more: 15 ones, then the 8 bits of v
 *   run     with `runs`, after each v of 0: n more zeros follow, n as a Rice code with r in place
 *           of k, n >> r at most 14; longer runs go on with the next 0
 *
 * Rice codes fit weights, which are small and centered; runs fit what pruning and padding leave.
 * Nobody has said that the IMX500 does this: its chip data has none.
 */
#ifndef NPU_PACK_H
#define NPU_PACK_H

#include "sim/types.h"

/* Ways in which weights may stand in L2: npu_desc_t.dma_compression. */
typedef enum { NPU_COMPRESSION_NONE, NPU_COMPRESSION_RICE, NPU_COMPRESSIONS } npu_compression_t;

/* Packs with the best parameters into to[0..room-1]; 0 when that needs more than room bytes. */
uint32_t npu_pack(const uint8_t *data, uint32_t bytes, uint8_t *to, uint32_t room);

/* What npu_pack needs for it. */
uint64_t npu_packed_bytes(const uint8_t *data, uint32_t bytes);

/* Fills to[0..bytes-1] of a stream with stream bytes at..at+bytes-1, which are inside it; false
 * when they cannot be read. */
typedef bool (*npu_unpack_read_t)(void *ctx, uint32_t at, uint8_t *to, uint32_t bytes);

/* Decodes a stream of stream_bytes into exactly `bytes`. False when it cannot be read, ends early,
 * or is of another length than it says; `to` then holds anything. */
bool npu_unpack(npu_unpack_read_t read, void *ctx, uint32_t stream_bytes, uint8_t *to,
                uint32_t bytes);

#endif
