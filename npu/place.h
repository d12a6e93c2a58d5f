/*
 * place.h - several programs in one L2.
 *
 *     base | tables, one a network | working memory, shared | free | constants and program of
 *            the last network | ... | of the first one | top
 *
 * Each is moved as a whole: what lies below its free area by the room for the tables, what lies
 * above it (OWN_ADDR of the table) down to below the network before; both in steps of 1,024 bytes,
 * so that bursts stay what they are. Results are those of the program alone. Only one network can
 * run at a time: they share their working memory, image and outputs included.
 */
#ifndef NPU_PLACE_H
#define NPU_PLACE_H

#include "npu/fnp.h"

/*
 * Gives prog[0] .. prog[count - 1] (count 1..NPU_NET_PLACES) their places; one alone is not
 * touched. All have the same free area then. SIM_EDESC with a line in error, and nothing moved,
 * when they do not fit ("N bytes needed, M there"), two have the same id, or one has no network
 * table, another L2 base, or is laid out otherwise than by the compiler.
 */
sim_err_t npu_place(npu_prog_t *prog, uint32_t count, const npu_desc_t *desc, char *error,
                    size_t error_bytes);

#endif
