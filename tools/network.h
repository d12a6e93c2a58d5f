/*
 * network.h - a network file, whatever its kind, as a program for the NPU.
 */
#ifndef TOOLS_NETWORK_H
#define TOOLS_NETWORK_H

#include "npu/compiler/compile.h"
#include "npu/place.h"
#include "tools/cli.h"

typedef struct {
    const char *rounding; /* "double", "single"; NULL: double for .tflite, single for .onnx */
    bool keep_all;
    bool topology; /* the file is a layer list, whatever its name */
    uint32_t fuse; /* this and cascade as in npu_compile_options_t */
    npu_cascade_t cascade;
    uint32_t id;                  /* into the network table of what is compiled, 0..65535 */
    npu_compile_report_t *report; /* filled for a model when not NULL */
} network_options_t;

/* Reads .fnp (which takes no options), or reads and compiles .tflite or .onnx (told apart by
 * content and name) or a layer list (.topo). False with one line in error. A .fnp made for a chip
 * of other rates says so in a line on stderr; one of other geometry fails. */
bool network_load(const char *file, const npu_desc_t *desc, const network_options_t *options,
                  npu_prog_t *prog, char *error, size_t error_bytes);

/* A model that is to be compiled again and again, and the rounding that suits it. False with one line
 * in error, also for a program; else the caller frees the graph. */
bool network_graph(const char *file, npu_graph_t *graph, npu_round_t *rounding, char *error,
                   size_t error_bytes);

/* Networks that stand in L2 at once (npu/place.h). */
typedef struct {
    npu_prog_t prog[NPU_NET_PLACES];
    npu_compile_report_t report[NPU_NET_PLACES]; /* places in L2 are those of prog; layers 0: it came compiled */
    uint32_t count;
} networks_t;

/* Files of any kind into their places; the id of what is compiled is its number here. On failure
 * one line in error, and nothing to free. */
bool networks_load(const char *const *file, uint32_t count, const npu_desc_t *desc,
                   networks_t *networks, char *error, size_t error_bytes);
void networks_free(networks_t *networks);

/* --rounding and --keep (NULL: not given) into options; false with a line on stderr. */
bool network_flags(const cli_t *cli, const char *rounding, const char *keep,
                   network_options_t *options);

/* --fuse: "none", "all", or names with commas between them (NULL: not given) into options. */
bool network_fuse(const cli_t *cli, const char *fuse, network_options_t *options);
/* --cascade: "off", "auto", "always" (NULL: not given) into options. */
bool network_cascade(const cli_t *cli, const char *cascade, network_options_t *options);
/* --id: 0..65535 (NULL: not given) into options. */
bool network_id(const cli_t *cli, const char *id, network_options_t *options);

#endif
