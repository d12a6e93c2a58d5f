/*
 * sent.c - what of a network leaves the chip as tensor lines: apParams for the host, and where in
 * L2 the firmware finds each output.
 *
 * Outputs are what the NPU's part delivers: those of the network, or, where the core makes those,
 * what it makes them of. Both tables go below the core's operators, if working memory leaves room
 * there: a network without them runs, but its tensors cannot be sent.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/apparams.h"
#include "npu/compiler/compile_int.h"

typedef struct {
    ap_network_t network;
    uint32_t word[AP_MAX_TENSORS * NPU_SENT_WORDS];
} sent_t;

/* ---- the description ---- */

static void set_name(const cc_t *cc, char to[AP_NAME_BYTES], const char *from)
{
    char name[NPU_NAME_BYTES];
    cc_short_name(cc, name, from);
    memcpy(to, name, AP_NAME_BYTES - 1);
    to[AP_NAME_BYTES - 1] = '\0';
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Width, height and channels of the image, in the order of the file. */
static void describe_input(const cc_t *cc, ap_tensor_t *to)
{
    const npu_tensor_t *image = cc_tensor(cc, cc->image);
    npu_net_tensor_t codes = cc_net_tensor(cc, cc_code_tensor(cc, cc->image));
    cc_value_t v = cc_value(cc, cc->image);
    ap_dim_t w = {.size = (uint16_t)v.size.w, .padding = (uint8_t)(v.row - v.size.w)};
    ap_dim_t h = {.size = (uint16_t)v.size.h, .padding = (uint8_t)(v.plane / v.row - v.size.h)};
    ap_dim_t c = {.size = (uint16_t)v.size.c};
    h.serialization = 1;
    c.serialization = 2;
    set_name(cc, to->name, image->name);
    to->dims = 3;
    to->dim[0] = image->channels_first ? c : h;
    to->dim[1] = image->channels_first ? h : w;
    to->dim[2] = image->channels_first ? w : c;
    for (uint32_t i = 0; i < to->dims; i++)
        to->dim[i].id = (uint8_t)i;
    to->bits = 8;
    to->shift = (uint16_t)codes.zero_point;
    to->scale = float_of(codes.scale_bits);
    to->format = AP_SIGNED;
}

/* Dense in L2 as N H W C, whatever the file's order; a batch of one is not told. False: a size
 * does not fit. */
static bool describe_dims(const npu_tensor_t *t, ap_tensor_t *to)
{
    uint32_t dims = t->dims == 0 ? 1 : t->dims, first = dims > 1 && t->shape[0] == 1;
    to->dims = dims - first;
    for (uint32_t i = 0; i < to->dims; i++) {
        uint32_t in_l2 = !t->channels_first ? i : i == 0 ? to->dims - 1 : i - 1;
        uint32_t size = t->dims == 0 ? 1 : t->shape[first + in_l2];
        if (size > UINT16_MAX)
            return false;
        to->dim[i] = (ap_dim_t){.id = (uint8_t)i,
                                .size = (uint16_t)size,
                                .serialization = (uint8_t)(to->dims - 1 - in_l2)};
    }
    return !t->channels_first || first == 1;
}

/* Codes leave unsigned where their zero point would be negative: hosts know no such shift. */
static bool describe_output(const cc_t *cc, int32_t tensor, ap_tensor_t *to, uint32_t *word)
{
    const npu_tensor_t *t = cc_tensor(cc, tensor);
    npu_net_tensor_t in_l2 = cc_net_tensor(cc, tensor);
    bool code = in_l2.dtype == NPU_DTYPE_INT8 || in_l2.dtype == NPU_DTYPE_UINT8;
    bool flip = code && (in_l2.dtype == NPU_DTYPE_UINT8 || in_l2.zero_point < 0);
    if (!code && in_l2.dtype != NPU_DTYPE_INT32)
        return false;
    set_name(cc, to->name, t->name);
    to->bits = code ? 8 : 32;
    to->shift = (uint16_t)(in_l2.zero_point + (flip ? 128 : 0));
    to->scale = t->scales == 0 ? 1.0f : float_of(in_l2.scale_bits);
    to->format = flip ? AP_UNSIGNED : AP_SIGNED;
    word[NPU_SENT_ADDR_W] = cc->desc->l2_base + cc_value(cc, tensor).l2;
    word[NPU_SENT_BYTES_W] = (uint32_t)t->bytes;
    word[NPU_SENT_XOR_W] = flip ? 0x80808080u : 0;
    return describe_dims(t, to);
}

static bool has(const cc_t *cc, uint32_t count, int32_t tensor)
{
    for (uint32_t i = 0; i < count; i++)
        if (cc->leaving[i] == tensor)
            return true;
    return false;
}

/* False: something that apParams cannot tell. */
static bool describe(const cc_t *cc, const npu_prog_t *prog, sent_t *sent)
{
    ap_network_t *n = &sent->network;
    if (cc->image == NPU_NO_TENSOR)
        return false;
    n->id = (uint16_t)cc->options.network_id;
    set_name(cc, n->name, prog->meta.name);
    memcpy(n->type, n->name, sizeof(n->type));
    n->inputs = 1;
    describe_input(cc, &n->input[0]);
    for (uint32_t i = 0; i < cc->leavings; i++) {
        if (has(cc, i, cc->leaving[i]))
            continue;
        uint32_t o = n->outputs++;
        if (o == AP_MAX_TENSORS ||
            !describe_output(cc, cc->leaving[i], &n->output[o], sent->word + o * NPU_SENT_WORDS))
            return false;
        n->output[o].id = (uint8_t)o;
    }
    return true;
}

/* ---- into the program ---- */

static void put_words(uint8_t *to, const uint32_t *word, uint32_t count)
{
    for (uint32_t i = 0; i < 4 * count; i++)
        to[i] = (uint8_t)(word[i / 4] >> 8 * (i % 4));
}

static bool put_blob(cc_t *cc, const sent_t *sent, uint8_t *room, size_t room_bytes,
                     npu_prog_t *prog)
{
    uint32_t *net = prog->net, words = sent->network.outputs * NPU_SENT_WORDS;
    uint32_t ap_bytes =
        (uint32_t)ap_write(&sent->network, room + 4 * words, room_bytes - 4 * words);
    uint32_t bytes = 4 * words + ap_bytes, end = cc->program_l2 - cc->table_bytes;
    if (ap_bytes == 0 || ap_bytes > AP_MAX_BYTES || cc_align(bytes) > net[NPU_NET_FREE_BYTES_W])
        return true;
    uint32_t l2 = end - cc_align(bytes);
    put_words(room, sent->word, words);
    cc->sent_bytes = cc_align(bytes);
    net[NPU_NET_FREE_BYTES_W] -= cc->sent_bytes;
    net[NPU_NET_SENT_W] = sent->network.outputs;
    net[NPU_NET_SENT_ADDR_W] = cc->desc->l2_base + l2;
    net[NPU_NET_AP_ADDR_W] = cc->desc->l2_base + l2 + 4 * words;
    net[NPU_NET_AP_BYTES_W] = ap_bytes;
    return npu_prog_add_blob(prog, l2, room, bytes) != UINT32_MAX;
}

bool cc_add_sent(cc_t *cc, npu_prog_t *prog)
{
    enum { ROOM = AP_MAX_BYTES + 1 + 4 * AP_MAX_TENSORS * NPU_SENT_WORDS };
    sent_t *sent = calloc(1, sizeof(*sent));
    uint8_t *room = malloc(ROOM);
    bool fine = sent != NULL && room != NULL;
    if (fine && describe(cc, prog, sent))
        fine = put_blob(cc, sent, room, ROOM, prog);
    free(sent);
    free(room);
    return fine || cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
}
