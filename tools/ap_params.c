#include "tools/ap_params.h"

#include <stdio.h>
#include <string.h>

#include "npu/compiler/flatbuffer.h"

enum { MAX_WIDTH = 1280, MAX_HEIGHT = 960 };

/* Fields by their place in a table. */
enum { ROOT_NETWORKS };
enum { NETWORK_ID, NETWORK_NAME, NETWORK_TYPE, NETWORK_INPUTS, NETWORK_OUTPUTS };
enum { TENSOR_ID, TENSOR_NAME, TENSOR_DIMS, TENSOR_DIM, TENSOR_BITS };
enum { DIM_ID, DIM_SIZE, DIM_SERIALIZATION, DIM_PADDING };

static void set_name(char to[AP_NAME_BYTES], const char *from)
{
    size_t n = 0;
    for (; from[n] != '\0' && n + 1 < AP_NAME_BYTES; n++)
        to[n] = from[n] >= 0x20 && from[n] <= 0x7e ? from[n] : '_';
    to[n] = '\0';
}

/* ---- tensors ---- */

static void read_dims(fb_t *fb, fb_table_t table, ap_tensor_t *t)
{
    fb_vector_t dims = fb_vector(fb, table, TENSOR_DIM, 4);
    t->dims = fb_u8(fb, table, TENSOR_DIMS, 0);
    if (t->dims == 0 || t->dims > AP_MAX_DIMS || dims.count < t->dims)
        fb_fail(fb, "tensor \"%s\": %u dimensions, %u told, expected 1..%u", t->name, dims.count,
                t->dims, AP_MAX_DIMS);
    for (uint32_t i = 0; i < t->dims && !fb_failed(fb); i++) {
        fb_table_t dim = fb_table_at(fb, dims, i);
        t->dim[i] = (ap_dim_t){.id = fb_u8(fb, dim, DIM_ID, 0),
                               .size = fb_u16(fb, dim, DIM_SIZE, 0),
                               .serialization = fb_u8(fb, dim, DIM_SERIALIZATION, 0),
                               .padding = fb_u8(fb, dim, DIM_PADDING, 0)};
    }
}

/* Each place from 0 on once: the order in which elements were sent. */
static void check_order(fb_t *fb, const ap_tensor_t *t)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < t->dims && !fb_failed(fb); i++) {
        uint32_t place = t->dim[i].serialization;
        if (place >= t->dims || (seen >> place & 1) != 0)
            fb_fail(fb, "tensor \"%s\": dimension %u at place %u of %u", t->name, i, place,
                    t->dims);
        else
            seen |= 1u << place;
    }
}

static void check_bytes(fb_t *fb, const ap_tensor_t *t)
{
    if (!fb_failed(fb) && ap_tensor_bytes(t) == 0)
        fb_fail(fb, "tensor \"%s\": found a size of 0 or above 4 GiB", t->name);
}

static void check_input(fb_t *fb, const ap_tensor_t *t)
{
    static const uint32_t most[] = {MAX_WIDTH, MAX_HEIGHT, 4};
    if (!fb_failed(fb) && t->dims != 3)
        fb_fail(fb, "input \"%s\": found %u dimensions, expected 3", t->name, t->dims);
    for (uint32_t i = 0; i < t->dims && !fb_failed(fb); i++) {
        uint32_t place = t->dim[i].serialization, size = t->dim[i].size;
        if (size > most[place] || (place == 2 && size == 2))
            fb_fail(fb, "input \"%s\": found size %u, expected at most 1280 x 960 of 1, 3, 4",
                    t->name, size);
    }
}

static void check_output(fb_t *fb, const ap_tensor_t *t)
{
    for (uint32_t i = 0; i < t->dims && !fb_failed(fb); i++)
        if (t->dim[i].padding != 0)
            fb_fail(fb, "output \"%s\": found padding %u, expected 0", t->name, t->dim[i].padding);
    if (!fb_failed(fb) && t->bits != 8 && t->bits != 16 && t->bits != 32)
        fb_fail(fb, "output \"%s\": found %u bits, expected 8, 16, 32", t->name, t->bits);
}

/* Outputs have one field more. */
static void read_tensor(fb_t *fb, fb_table_t table, bool output, ap_tensor_t *t)
{
    uint32_t shift = TENSOR_BITS + output;
    *t = (ap_tensor_t){.id = fb_u8(fb, table, TENSOR_ID, 0), .bits = 8};
    set_name(t->name, fb_string(fb, table, TENSOR_NAME));
    if (output)
        t->bits = fb_u8(fb, table, TENSOR_BITS, 0);
    t->shift = fb_u16(fb, table, shift, 0);
    t->scale = fb_f32(fb, table, shift + 1, 0);
    t->format = fb_u8(fb, table, shift + 2, 0);
    read_dims(fb, table, t);
    check_order(fb, t);
    (output ? check_output : check_input)(fb, t);
    check_bytes(fb, t);
    if (!fb_failed(fb) && t->format > AP_UNSIGNED)
        fb_fail(fb, "tensor \"%s\": found format %u, expected 0 or 1", t->name, t->format);
}

static uint32_t read_tensors(fb_t *fb, fb_table_t network, bool output, ap_tensor_t *t)
{
    fb_vector_t v = fb_vector(fb, network, output ? NETWORK_OUTPUTS : NETWORK_INPUTS, 4);
    if (v.count > AP_MAX_TENSORS)
        fb_fail(fb, "found %u %s, expected at most %u", v.count, output ? "outputs" : "inputs",
                AP_MAX_TENSORS);
    for (uint32_t i = 0; i < v.count && !fb_failed(fb); i++)
        read_tensor(fb, fb_table_at(fb, v, i), output, &t[i]);
    return v.count;
}

/* ---- networks ---- */

static void read_network(fb_t *fb, fb_table_t table, ap_network_t *n)
{
    set_name(n->name, fb_string(fb, table, NETWORK_NAME));
    set_name(n->type, fb_string(fb, table, NETWORK_TYPE));
    n->inputs = read_tensors(fb, table, false, n->input);
    n->outputs = read_tensors(fb, table, true, n->output);
    if (!fb_failed(fb) && n->inputs != 1)
        fb_fail(fb, "network \"%s\": found %u inputs, expected 1", n->type, n->inputs);
}

bool ap_read(const uint8_t *data, size_t bytes, uint16_t id, ap_network_t *network, char *error,
             size_t error_bytes)
{
    fb_t fb = {.data = data,
               .bytes = bytes > AP_MAX_BYTES ? AP_MAX_BYTES : (uint32_t)bytes,
               .file = "apParams",
               .error = error,
               .error_bytes = error_bytes};
    memset(network, 0, sizeof(*network));
    network->id = id;
    fb_vector_t networks = fb_vector(&fb, fb_root(&fb, NULL), ROOT_NETWORKS, 4);
    for (uint32_t i = 0; i < networks.count && !fb_failed(&fb); i++) {
        fb_table_t table = fb_table_at(&fb, networks, i);
        if (fb_u16(&fb, table, NETWORK_ID, 0) != id)
            continue;
        read_network(&fb, table, network);
        return !fb_failed(&fb);
    }
    fb_fail(&fb, "found no network %u among %u", id, networks.count);
    return false;
}
