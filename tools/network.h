/*
 * network.h - a network file, whatever its kind, as a program for the NPU.
 */
#ifndef TOOLS_NETWORK_H
#define TOOLS_NETWORK_H

#include "npu/compiler/compile.h"
#include "tools/cli.h"

typedef struct {
    const char *rounding; /* "double", "single"; NULL: double for .tflite, single for .onnx */
    bool keep_all;
    bool topology; /* the file is a layer list, whatever its name */
    uint32_t fuse; /* this and cascade as in npu_compile_options_t */
    npu_cascade_t cascade;
    npu_compile_report_t *report; /* filled for a model when not NULL */
} network_options_t;

/* Reads .fnp (which takes no options), or reads and compiles .tflite or .onnx (told apart by
 * content and name) or a layer list (.topo). False with one line in error. A .fnp made for a chip
 * of other rates says so in a line on stderr; one of other geometry fails. */
bool network_load(const char *file, const npu_desc_t *desc, const network_options_t *options,
                  npu_prog_t *prog, char *error, size_t error_bytes);

/* --rounding and --keep (NULL: not given) into options; false with a line on stderr. */
bool network_flags(const cli_t *cli, const char *rounding, const char *keep,
                   network_options_t *options);

/* --fuse: "none", "all", or names with commas between them (NULL: not given) into options. */
bool network_fuse(const cli_t *cli, const char *fuse, network_options_t *options);
/* --cascade: "off", "auto", "always" (NULL: not given) into options. */
bool network_cascade(const cli_t *cli, const char *cascade, network_options_t *options);

#endif
