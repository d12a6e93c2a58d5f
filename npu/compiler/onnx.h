/*
 * onnx.h - reads a quantized ONNX model (.onnx) into a graph.
 *
 *   bytes --onnx_file.c--> ModelProto --onnx.c, onnx_*.c--> npu_graph_t --> npu_graph_check
 *
 * The form is QDQ: QuantizeLinear and DequantizeLinear stand around operators on floats, and each
 * group DequantizeLinear -> operator (-> Relu, Clip) -> QuantizeLinear becomes one node on codes.
 * QLinearConv and its family are read as the same groups. Functions of one value (Sigmoid,
 * HardSwish, a change of scale, ...) become tables of the 256 results that the ONNX definition
 * gives: float, rounded half to even. All else is requantized in fixed point by the machine.
 *
 * ONNX orders maps N C H W, a graph N H W C: Transposes between the two vanish, weights and axes
 * are reordered here, tensors say so (npu_tensor_t.channels_first).
 *
 * Modeled:      opset 13 and later; int8 and uint8 codes, weights per tensor and per channel, of 8
 *               and 4 bits; operators of the table in onnx_ops.c; shapes computed by the model.
 *               Grouped convolutions other than depthwise run dense, with zeros between groups.
 * Not modeled:  several batches, data outside the file, subgraphs, functions, sparse tensors.
 * The reader trusts nothing: the wire format is walked before it is unpacked (depth, lengths), host
 * memory is bounded, every size is checked, and the finished graph is checked as a whole.
 *
 * Sources: onnx.proto and docs/Operators.md of github.com/onnx/onnx, opset 13 to 21.
 */
#ifndef NPU_COMPILER_ONNX_H
#define NPU_COMPILER_ONNX_H

#include "npu/compiler/graph.h"

/* Whether the bytes may be an ONNX model, as far as their beginning and the file's name tell. */
bool npu_onnx_looks_like(const uint8_t *image, size_t bytes, const char *file_name);

/*
 * Reads the model in image[0..bytes-1], which may be freed afterwards. file_name is for messages
 * and becomes graph->name. On failure graph is empty and error says
 * "file: byte N: found, expected" or "file: node \"name\" Op: found, expected".
 */
sim_err_t npu_onnx_read(const uint8_t *image, size_t bytes, const char *file_name,
                        npu_graph_t *graph, char *error, size_t error_bytes);

#endif
