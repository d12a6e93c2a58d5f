#include "tools/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/onnx.h"
#include "npu/compiler/tflite.h"
#include "npu/compiler/topology.h"
#include "sim/file.h"
#include "tools/l2_map.h"

enum { MAX_MODEL_BYTES = 256 << 20 };

static bool is_topology(const char *file, const network_options_t *options)
{
    return options->topology || sim_file_ends(file, ".topo");
}

static bool is_program(const char *file, const uint8_t *image, size_t bytes,
                       const network_options_t *options)
{
    bool begins = bytes >= 4 && memcmp(image, "FNP1", 4) == 0;
    return begins || (sim_file_ends(file, ".fnp") && !options->topology);
}

/* single: the rounding that suits the file. */
static bool read_graph(const char *file, const uint8_t *image, size_t bytes, bool topology,
                       npu_graph_t *graph, bool *single, char *error, size_t error_bytes)
{
    bool onnx = !topology && npu_onnx_looks_like(image, bytes, file);
    sim_err_t err =
        topology ? npu_topology_read((const char *)image, bytes, file, graph, error, error_bytes)
        : onnx   ? npu_onnx_read(image, bytes, file, graph, error, error_bytes)
                 : npu_tflite_read(image, bytes, file, graph, error, error_bytes);
    *single = onnx; /* ONNX requantizes in float: one rounding is nearer to that than two */
    return err == SIM_OK;
}

static bool compile(const char *file, const uint8_t *image, size_t bytes, const npu_desc_t *desc,
                    const network_options_t *options, npu_prog_t *prog, char *error,
                    size_t error_bytes)
{
    npu_graph_t graph;
    bool single;
    if (!read_graph(file, image, bytes, is_topology(file, options), &graph, &single, error,
                    error_bytes))
        return false;
    if (options->rounding != NULL)
        single = strcmp(options->rounding, "single") == 0;
    npu_compile_options_t how = {
        .rounding = single ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
        .keep_all = options->keep_all,
        .fuse = options->fuse,
        .cascade = options->cascade,
        .network_id = options->id,
    };
    sim_err_t err = npu_compile(&graph, desc, &how, prog, options->report, error, error_bytes);
    npu_graph_free(&graph);
    return err == SIM_OK;
}

bool network_graph(const char *file, npu_graph_t *graph, npu_round_t *rounding, char *error,
                   size_t error_bytes)
{
    const network_options_t none = {0};
    size_t bytes;
    bool single = false, fine = false;
    uint8_t *image = sim_file_read(file, MAX_MODEL_BYTES, &bytes, error, error_bytes);
    if (image != NULL && is_program(file, image, bytes, &none))
        snprintf(error, error_bytes, "%s: a program, compiled already", file);
    else if (image != NULL)
        fine = read_graph(file, image, bytes, is_topology(file, &none), graph, &single, error,
                          error_bytes);
    *rounding = single ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE;
    free(image);
    return fine;
}

static bool is_default(const network_options_t *options)
{
    return options->rounding == NULL && !options->keep_all && options->fuse == NPU_FUSE_AS_CHIP &&
           options->cascade == (npu_cascade_t)0;
}

/* A program made for another chip: refused where it cannot run there, else with a warning. */
static bool read_program(const char *file, const uint8_t *image, size_t bytes,
                         const npu_desc_t *desc, npu_prog_t *prog, char *error, size_t error_bytes)
{
    char what[256];
    if (npu_fnp_parse(image, bytes, file, prog, error, error_bytes) != SIM_OK)
        return false;
    if (!npu_prog_fits(prog, desc, what, sizeof(what))) {
        snprintf(error, error_bytes, "%s: %s", file, what);
        npu_prog_free(prog);
        return false;
    }
    if (!npu_prog_native(prog, desc, what, sizeof(what)))
        cli_fail(EXIT_FINE, "warning: %s: %s: the schedule is not made for it", file, what);
    return true;
}

bool network_load(const char *file, const npu_desc_t *desc, const network_options_t *options,
                  npu_prog_t *prog, char *error, size_t error_bytes)
{
    size_t bytes;
    uint8_t *image = sim_file_read(file, MAX_MODEL_BYTES, &bytes, error, error_bytes);
    if (image == NULL)
        return false;
    bool fine, program = is_program(file, image, bytes, options);
    if (program && !is_default(options)) {
        snprintf(
            error, error_bytes,
            "%s: a program is compiled already: not with --rounding, --keep, --fuse or --cascade",
            file);
        fine = false;
    } else if (program)
        fine = read_program(file, image, bytes, desc, prog, error, error_bytes);
    else
        fine = compile(file, image, bytes, desc, options, prog, error, error_bytes);
    free(image);
    return fine;
}

/* npu_place, and by how much it moved what the compiler had placed: npu/place.h. */
static bool place(networks_t *to, const npu_desc_t *desc, char *error, size_t error_bytes)
{
    uint32_t own[NPU_NET_PLACES];
    for (uint32_t n = 0; n < to->count; n++)
        own[n] = to->prog[n].net[NPU_NET_OWN_ADDR_W];
    if (to->count == 0)
        return true;
    if (npu_place(to->prog, to->count, desc, error, error_bytes) != SIM_OK)
        return false;
    for (uint32_t n = 0; n < to->count; n++) {
        uint32_t up = (to->count - 1) * NPU_NET_BYTES;
        l2_map_move(&to->report[n], up, own[n] - to->prog[n].net[NPU_NET_OWN_ADDR_W]);
    }
    return true;
}

bool networks_load(const char *const *file, uint32_t count, const npu_desc_t *desc,
                   networks_t *networks, char *error, size_t error_bytes)
{
    *networks = (networks_t){.count = 0};
    for (uint32_t n = 0; n < count; n++) {
        network_options_t options = {.id = n, .report = &networks->report[n]};
        if (!network_load(file[n], desc, &options, &networks->prog[n], error, error_bytes)) {
            networks_free(networks);
            return false;
        }
        networks->count++;
    }
    if (place(networks, desc, error, error_bytes))
        return true;
    networks_free(networks);
    return false;
}

void networks_free(networks_t *networks)
{
    for (uint32_t n = 0; n < networks->count; n++) {
        npu_prog_free(&networks->prog[n]);
        npu_compile_report_free(&networks->report[n]);
    }
    networks->count = 0;
}

bool network_flags(const cli_t *cli, const char *rounding, const char *keep,
                   network_options_t *options)
{
    if (rounding != NULL && strcmp(rounding, "double") != 0 && strcmp(rounding, "single") != 0) {
        fprintf(stderr, "fovea %s: --rounding: '%s' is neither double nor single\n", cli->name,
                rounding);
        return false;
    }
    if (keep != NULL && strcmp(keep, "all") != 0) {
        fprintf(stderr, "fovea %s: --keep: '%s' is not 'all'\n", cli->name, keep);
        return false;
    }
    options->rounding = rounding;
    options->keep_all = keep != NULL;
    return true;
}

static uint32_t fuse_bit(const char *name, size_t length)
{
    for (uint32_t bit = 0; npu_fuse_name(bit) != NULL; bit++)
        if (strlen(npu_fuse_name(bit)) == length && strncmp(npu_fuse_name(bit), name, length) == 0)
            return 1u << bit;
    return 0;
}

bool network_fuse(const cli_t *cli, const char *fuse, network_options_t *options)
{
    if (fuse == NULL)
        return true;
    options->fuse = NPU_FUSE_NONE;
    if (strcmp(fuse, "all") == 0)
        options->fuse |= NPU_FUSE_ALL;
    if (strcmp(fuse, "all") == 0 || strcmp(fuse, "none") == 0)
        return true;
    for (const char *at = fuse;; at++) {
        size_t length = strcspn(at, ",");
        uint32_t bit = fuse_bit(at, length);
        if (bit == 0) {
            fprintf(stderr,
                    "fovea %s: --fuse: '%.*s' is none of activation, pad, add, requantize, all, "
                    "none\n",
                    cli->name, (int)length, at);
            return false;
        }
        options->fuse |= bit;
        at += length;
        if (*at == '\0')
            return true;
    }
}

bool network_cascade(const cli_t *cli, const char *cascade, network_options_t *options)
{
    if (cascade == NULL)
        return true;
    for (uint32_t c = NPU_CASCADE_OFF; npu_cascade_name(c) != NULL; c++)
        if (strcmp(npu_cascade_name(c), cascade) == 0) {
            options->cascade = (npu_cascade_t)c;
            return true;
        }
    fprintf(stderr, "fovea %s: --cascade: '%s' is none of off, auto, always\n", cli->name, cascade);
    return false;
}

bool network_id(const cli_t *cli, const char *id, network_options_t *options)
{
    if (id == NULL)
        return true;
    char *end;
    unsigned long number = strtoul(id, &end, 10);
    if (id[0] < '0' || id[0] > '9' || *end != '\0' || number > UINT16_MAX) {
        fprintf(stderr, "fovea %s: --id: '%s' is not a number in 0..65535\n", cli->name, id);
        return false;
    }
    options->id = (uint32_t)number;
    return true;
}
