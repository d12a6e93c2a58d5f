/*
 * golden_ref_move.h - the oracle's operators that move codes (golden_ref.h).
 */
#ifndef TESTS_NPU_GOLDEN_REF_MOVE_H
#define TESTS_NPU_GOLDEN_REF_MOVE_H

#include "tests/npu/golden_ref.h"

void golden_run_concatenation(const golden_ref_t *r, const npu_node_t *n);
void golden_run_depth_to_space(const golden_ref_t *r, const npu_node_t *n);
void golden_run_pack(const golden_ref_t *r, const npu_node_t *n);
void golden_run_pad(const golden_ref_t *r, const npu_node_t *n); /* PADV2 too */
void golden_run_reshape(const golden_ref_t *r, const npu_node_t *n);
void golden_run_resize_bilinear(const golden_ref_t *r, const npu_node_t *n);
void golden_run_resize_nearest(const golden_ref_t *r, const npu_node_t *n);
void golden_run_slice(const golden_ref_t *r, const npu_node_t *n); /* STRIDED_SLICE too */
void golden_run_space_to_depth(const golden_ref_t *r, const npu_node_t *n);
void golden_run_split(const golden_ref_t *r, const npu_node_t *n); /* SPLIT_V too */
void golden_run_transpose(const golden_ref_t *r, const npu_node_t *n);
void golden_run_unpack(const golden_ref_t *r, const npu_node_t *n);

#endif
