/*
 * fnp.c - a program in memory: growing, comparing, checking, loading.
 */
#include "npu/fnp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/npu_int.h"
#include "npu/pack.h"

void npu_prog_free(npu_prog_t *prog)
{
    for (uint32_t i = 0; i < prog->blob_count; i++)
        free(prog->blobs[i].data);
    free(prog->blobs);
    free(prog->insns);
    free(prog->layers);
    free(prog->kept);
    free(prog->ends);
    npu_post_free(&prog->post);
    memset(prog, 0, sizeof(*prog));
}

static bool name_char(char c)
{
    return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
}

void npu_name_set(char name[NPU_NAME_BYTES], const char *src)
{
    memset(name, 0, NPU_NAME_BYTES);
    for (size_t i = 0; i + 1 < NPU_NAME_BYTES && src[i] != '\0'; i++)
        name[i] = name_char(src[i]) ? src[i] : '_';
}

/* Room for one more element: arrays double whenever their count is a power of two. */
static bool grow(void **array, uint32_t count, size_t element_bytes)
{
    if ((count & (count - 1)) != 0)
        return true;
    size_t places = count == 0 ? 1 : 2 * (size_t)count;
    void *bigger = realloc(*array, places * element_bytes);
    if (bigger == NULL)
        return false;
    *array = bigger;
    return true;
}

uint32_t npu_prog_add_insn(npu_prog_t *prog, const npu_insn_t *insn, char *error,
                           size_t error_bytes)
{
    uint32_t words[NPU_INSN_WORDS];
    void *array = prog->insns;
    if (!npu_insn_encode(insn, words, error, error_bytes))
        return UINT32_MAX;
    if (prog->insn_count >= NPU_MAX_INSNS || !grow(&array, prog->insn_count, NPU_INSN_BYTES)) {
        if (error != NULL)
            snprintf(error, error_bytes, "no room for another instruction");
        return UINT32_MAX;
    }
    prog->insns = array;
    memcpy(prog->insns[prog->insn_count], words, NPU_INSN_BYTES);
    return prog->insn_count++;
}

uint32_t npu_prog_add_blob(npu_prog_t *prog, uint32_t l2, const void *data, uint32_t bytes)
{
    void *array = prog->blobs;
    uint8_t *copy = malloc(bytes == 0 ? 1 : bytes);
    if (copy == NULL || prog->blob_count >= NPU_MAX_BLOBS ||
        !grow(&array, prog->blob_count, sizeof(npu_blob_t))) {
        free(copy);
        return UINT32_MAX;
    }
    if (bytes != 0) /* data may then be NULL */
        memcpy(copy, data, bytes);
    prog->blobs = array;
    prog->blobs[prog->blob_count] = (npu_blob_t){l2, bytes, copy};
    return prog->blob_count++;
}

uint32_t npu_prog_add_layer(npu_prog_t *prog, const npu_layer_t *layer)
{
    void *array = prog->layers;
    if (prog->layer_count >= NPU_MAX_LAYERS || !grow(&array, prog->layer_count, sizeof(*layer)))
        return UINT32_MAX;
    prog->layers = array;
    prog->layers[prog->layer_count] = *layer;
    return prog->layer_count++;
}

uint32_t npu_prog_add_kept(npu_prog_t *prog, const npu_kept_t *kept)
{
    void *array = prog->kept;
    if (prog->kept_count >= NPU_MAX_KEPT || !grow(&array, prog->kept_count, sizeof(*kept)))
        return UINT32_MAX;
    prog->kept = array;
    prog->kept[prog->kept_count] = *kept;
    return prog->kept_count++;
}

uint32_t npu_prog_add_end(npu_prog_t *prog, const npu_end_t *end)
{
    void *array = prog->ends;
    if (prog->end_count >= 2 * NPU_NET_ENDS || !grow(&array, prog->end_count, sizeof(*end)))
        return UINT32_MAX;
    prog->ends = array;
    prog->ends[prog->end_count] = *end;
    return prog->end_count++;
}

npu_net_tensor_t npu_prog_input(const npu_prog_t *prog, uint32_t n)
{
    return npu_net_tensor(prog->net + NPU_NET_INPUT_W(n));
}

npu_net_tensor_t npu_prog_output(const npu_prog_t *prog, uint32_t n)
{
    return npu_net_tensor(prog->net + NPU_NET_OUTPUT_W(n));
}

/* ---- comparing ----------------------------------------------------------------------------------
 */

static bool same_bytes(const void *a, const void *b, size_t bytes)
{
    return bytes == 0 || memcmp(a, b, bytes) == 0;
}

static bool same_meta(const npu_meta_t *a, const npu_meta_t *b)
{
    return strcmp(a->name, b->name) == 0 && a->rounding == b->rounding &&
           a->by_name == b->by_name && a->insn_l2 == b->insn_l2 &&
           a->l2_peak_bytes == b->l2_peak_bytes &&
           a->l2_lower_bound_bytes == b->l2_lower_bound_bytes && a->macs == b->macs &&
           memcmp(a->mem_bytes, b->mem_bytes, sizeof(a->mem_bytes)) == 0;
}

static bool same_layer(const npu_layer_t *a, const npu_layer_t *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->op, b->op) == 0 && a->first == b->first &&
           a->last == b->last && a->macs == b->macs;
}

static bool same_kept(const npu_kept_t *a, const npu_kept_t *b)
{
    return strcmp(a->name, b->name) == 0 && a->tensor == b->tensor && a->l2 == b->l2 &&
           a->dtype == b->dtype && a->row == b->row && a->pix == b->pix && a->chan == b->chan &&
           a->order == b->order && a->dims == b->dims &&
           memcmp(a->shape, b->shape, sizeof(a->shape)) == 0 && a->zero_point == b->zero_point &&
           a->scale_bits == b->scale_bits && a->valid_after == b->valid_after;
}

static bool same_end(const npu_end_t *a, const npu_end_t *b)
{
    return strcmp(a->name, b->name) == 0 && a->tensor == b->tensor && a->dtype == b->dtype &&
           a->order == b->order;
}

bool npu_prog_equal(const npu_prog_t *a, const npu_prog_t *b)
{
    if (!same_meta(&a->meta, &b->meta) || memcmp(a->net, b->net, sizeof(a->net)) != 0 ||
        a->insn_count != b->insn_count || a->blob_count != b->blob_count ||
        a->layer_count != b->layer_count || a->kept_count != b->kept_count ||
        a->end_count != b->end_count)
        return false;
    if (!same_bytes(a->insns, b->insns, (size_t)a->insn_count * NPU_INSN_BYTES))
        return false;
    for (uint32_t i = 0; i < a->blob_count; i++)
        if (a->blobs[i].l2 != b->blobs[i].l2 || a->blobs[i].bytes != b->blobs[i].bytes ||
            !same_bytes(a->blobs[i].data, b->blobs[i].data, a->blobs[i].bytes))
            return false;
    for (uint32_t i = 0; i < a->layer_count; i++)
        if (!same_layer(&a->layers[i], &b->layers[i]))
            return false;
    for (uint32_t i = 0; i < a->kept_count; i++)
        if (!same_kept(&a->kept[i], &b->kept[i]))
            return false;
    for (uint32_t i = 0; i < a->end_count; i++)
        if (!same_end(&a->ends[i], &b->ends[i]))
            return false;
    if (a->made_for.given != b->made_for.given ||
        memcmp(a->made_for.word, b->made_for.word, sizeof(a->made_for.word)) != 0)
        return false;
    return npu_post_equal(&a->post, &b->post);
}

/* ---- checking -----------------------------------------------------------------------------------
 */

bool npu_name_good(const char name[NPU_NAME_BYTES])
{
    for (size_t i = 0; i < NPU_NAME_BYTES; i++) {
        if (name[i] == '\0')
            return true;
        if (!name_char(name[i]))
            return false;
    }
    return false;
}

static bool valid_meta(const npu_prog_t *prog, char *error, size_t n)
{
    const npu_meta_t *meta = &prog->meta;
    if (!npu_name_good(meta->name))
        return npu_wrong(error, n, "network name: not printable");
    if (meta->rounding > NPU_ROUND_SINGLE)
        return npu_wrong(error, n, "rounding: %u not in 0..1", meta->rounding);
    if (meta->by_name > 1)
        return npu_wrong(error, n, "by_name: %u not in 0..1", meta->by_name);
    if (meta->insn_l2 % NPU_INSN_BYTES != 0)
        return npu_wrong(error, n, "insn_l2: 0x%x is not a multiple of 64", meta->insn_l2);
    if (meta->insn_l2 + (uint64_t)prog->insn_count * NPU_INSN_BYTES > UINT32_MAX)
        return npu_wrong(error, n, "insn_l2: 0x%x leaves no room for the program", meta->insn_l2);
    if (prog->insn_count == 0 || prog->insn_count > NPU_MAX_INSNS)
        return npu_wrong(error, n, "%u instructions, not 1..%u", prog->insn_count, NPU_MAX_INSNS);
    if (meta->macs > INT64_MAX)
        return npu_wrong(error, n, "macs: too large");
    return true;
}

/* The image is one of the inputs: 1 H W C. */
static bool valid_image(const npu_prog_t *prog, char *error, size_t n)
{
    const uint32_t *net = prog->net;
    uint32_t w = net[NPU_NET_INPUT_WIDTH_W], h = net[NPU_NET_INPUT_HEIGHT_W];
    uint32_t c = net[NPU_NET_INPUT_CHANNELS_W], row = net[NPU_NET_INPUT_ROW_BYTES_W];
    if (c == 0)
        return true;
    for (uint32_t i = 0; i < net[NPU_NET_INPUTS_W]; i++) {
        npu_net_tensor_t t = npu_prog_input(prog, i);
        if (t.addr == net[NPU_NET_INPUT_ADDR_W] && t.dims == 4 && t.shape[0] == 1 &&
            t.shape[1] == h && t.shape[2] == w && t.shape[3] == c && row >= w && row <= 1u << 24 &&
            net[NPU_NET_INPUT_PLANE_BYTES_W] >= (uint64_t)row * h && npu_dtype_bytes(t.dtype) == 1)
            return true;
    }
    return npu_wrong(error, n, "network table: the image (%u x %u x %u) is none of the inputs", h,
                     w, c);
}

static bool valid_net(const npu_prog_t *prog, char *error, size_t n)
{
    const uint32_t *net = prog->net;
    uint32_t inputs = net[NPU_NET_INPUTS_W], outputs = net[NPU_NET_OUTPUTS_W];
    if (net[NPU_NET_MAGIC_W] == 0 && prog->end_count == 0)
        return true;
    if (net[NPU_NET_MAGIC_W] != NPU_NET_MAGIC || net[NPU_NET_VERSION_W] != NPU_NET_VERSION)
        return npu_wrong(error, n, "network table: magic 0x%08x, version %u, not 0x%08x, %u",
                         net[NPU_NET_MAGIC_W], net[NPU_NET_VERSION_W], NPU_NET_MAGIC,
                         NPU_NET_VERSION);
    if (net[NPU_NET_PLACES_W] > NPU_NET_PLACES ||
        (net[NPU_NET_PLACE_W] != 0 && net[NPU_NET_PLACE_W] >= net[NPU_NET_PLACES_W]))
        return npu_wrong(error, n, "network table: place %u of %u, at most %u", net[NPU_NET_PLACE_W],
                         net[NPU_NET_PLACES_W], NPU_NET_PLACES);
    if (inputs > NPU_NET_ENDS || outputs > NPU_NET_ENDS)
        return npu_wrong(error, n, "network table: %u inputs, %u outputs, at most %u each", inputs,
                         outputs, NPU_NET_ENDS);
    for (uint32_t i = 0; i < inputs + outputs; i++) {
        npu_net_tensor_t t =
            i < inputs ? npu_prog_input(prog, i) : npu_prog_output(prog, i - inputs);
        bool batch = i < inputs && t.dims == 4 && t.shape[0] != 1;
        if (t.dtype >= NPU_DTYPES || !npu_shape_valid(t.dims, t.shape) || batch)
            return npu_wrong(error, n, "network table: %s %u: type %u, %u dimensions",
                             i < inputs ? "input" : "output", i < inputs ? i : i - inputs, t.dtype,
                             t.dims);
    }
    return valid_image(prog, error, n);
}

/* The constants that hold [addr, addr + bytes), at its first byte; NULL: none do. */
static const uint8_t *held(const npu_prog_t *prog, uint32_t addr, uint32_t bytes)
{
    uint32_t l2 = addr - prog->net[NPU_NET_L2_BASE_W];
    for (uint32_t i = 0; i < prog->blob_count; i++) {
        const npu_blob_t *b = &prog->blobs[i];
        if (l2 >= b->l2 && l2 - b->l2 <= b->bytes && bytes <= b->bytes - (l2 - b->l2))
            return b->data + (l2 - b->l2);
    }
    return NULL;
}

const uint8_t *npu_prog_ap_params(const npu_prog_t *prog, uint32_t *bytes)
{
    *bytes = prog->net[NPU_NET_AP_BYTES_W];
    return prog->net[NPU_NET_AP_ADDR_W] == 0 ? NULL
                                             : held(prog, prog->net[NPU_NET_AP_ADDR_W], *bytes);
}

static uint32_t word_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Firmware relies on what it finds there: all or nothing, in the program's own constants. */
static bool valid_sent(const npu_prog_t *prog, char *error, size_t n)
{
    const uint32_t *net = prog->net;
    uint32_t ap = net[NPU_NET_AP_ADDR_W], ap_bytes = net[NPU_NET_AP_BYTES_W];
    uint32_t at = net[NPU_NET_SENT_ADDR_W], sent = net[NPU_NET_SENT_W];
    if (net[NPU_NET_MAGIC_W] == 0 || (ap | ap_bytes | at | sent) == 0)
        return true;
    if (ap_bytes < 4 || ap_bytes > UINT16_MAX || ap % 4 != 0 || held(prog, ap, ap_bytes) == NULL)
        return npu_wrong(error, n, "network table: %u bytes of apParams at 0x%x", ap_bytes, ap);
    const uint8_t *entry = sent == 0 || sent > NPU_NET_ENDS || at % 4 != 0
                               ? NULL
                               : held(prog, at, 4 * sent * NPU_SENT_WORDS);
    if (entry == NULL)
        return npu_wrong(error, n, "network table: %u outputs to send at 0x%x", sent, at);
    for (uint32_t i = 0; i < sent; i++, entry += 4 * NPU_SENT_WORDS) {
        uint32_t addr = word_at(entry + 4 * NPU_SENT_ADDR_W);
        uint32_t bytes = word_at(entry + 4 * NPU_SENT_BYTES_W);
        if (addr % 4 != 0 || addr < net[NPU_NET_L2_BASE_W] || bytes == 0 || bytes > 1u << 28)
            return npu_wrong(error, n, "output %u to send: %u bytes at 0x%x", i, bytes, addr);
    }
    return true;
}

static bool valid_ends(const npu_prog_t *prog, char *error, size_t n)
{
    uint32_t want = prog->net[NPU_NET_INPUTS_W] + prog->net[NPU_NET_OUTPUTS_W];
    if (prog->end_count != 0 && prog->end_count != want)
        return npu_wrong(error, n, "%u names of inputs and outputs for %u of them", prog->end_count,
                         want);
    for (uint32_t i = 0; i < prog->end_count; i++)
        if (!npu_name_good(prog->ends[i].name) || prog->ends[i].dtype >= NPU_DTYPES ||
            prog->ends[i].order >= NPU_ORDERS)
            return npu_wrong(error, n, "input or output %u: name, type or order", i);
    for (uint32_t i = 0; i < prog->end_count; i++) {
        uint32_t inputs = prog->net[NPU_NET_INPUTS_W];
        npu_net_tensor_t t =
            i < inputs ? npu_prog_input(prog, i) : npu_prog_output(prog, i - inputs);
        if (prog->ends[i].order == NPU_ORDER_CHW && (t.dims != 4 || t.shape[0] != 1))
            return npu_wrong(error, n,
                             "input or output %u: channels first of %u dimensions, %u maps", i,
                             t.dims, t.shape[0]);
    }
    return true;
}

static bool valid_insns(const npu_prog_t *prog, char *error, size_t n)
{
    for (uint32_t i = 0; i < prog->insn_count; i++) {
        npu_insn_t insn;
        char what[160];
        if (!npu_insn_decode(prog->insns[i], &insn, what, sizeof(what)))
            return npu_wrong(error, n, "instruction %u: %s", i, what);
        if (prog->layer_count > 0 && insn.layer >= prog->layer_count)
            return npu_wrong(error, n, "instruction %u: layer %u of %u", i, insn.layer,
                             prog->layer_count);
    }
    return true;
}

static bool valid_layer(const npu_prog_t *prog, uint32_t i, char *error, size_t n)
{
    const npu_layer_t *layer = &prog->layers[i];
    if (!npu_name_good(layer->name) || !npu_name_good(layer->op))
        return npu_wrong(error, n, "layer %u: name or operator not printable", i);
    if (layer->macs > INT64_MAX)
        return npu_wrong(error, n, "layer %u: macs too large", i);
    if (layer->first > layer->last || layer->last >= prog->insn_count)
        return npu_wrong(error, n, "layer %u: instructions %u..%u of %u", i, layer->first,
                         layer->last, prog->insn_count);
    return true;
}

/* Offset behind the last byte. */
static uint64_t kept_end(const npu_kept_t *kept)
{
    uint64_t end = (uint64_t)kept->l2 + npu_dtype_bytes(kept->dtype);
    uint32_t hwc[3] = {1, 1, 1}, step[3] = {kept->row, kept->pix, kept->chan};
    for (uint32_t i = 0; i < 3 && i < kept->dims; i++)
        hwc[2 - i] = kept->shape[kept->dims - 1 - i];
    if (kept->order == NPU_ORDER_CHW) {
        uint32_t c = hwc[0];
        hwc[0] = hwc[1];
        hwc[1] = hwc[2];
        hwc[2] = c;
    }
    for (uint32_t i = 0; i < 3; i++)
        end += (uint64_t)(hwc[i] - 1) * step[i];
    return end;
}

static bool valid_kept(const npu_prog_t *prog, uint32_t i, char *error, size_t n)
{
    const npu_kept_t *kept = &prog->kept[i];
    if (!npu_name_good(kept->name))
        return npu_wrong(error, n, "kept tensor %u: name not printable", i);
    if (kept->dtype >= NPU_DTYPES)
        return npu_wrong(error, n, "kept tensor %u: type %u", i, kept->dtype);
    if (kept->order >= NPU_ORDERS || (kept->order == NPU_ORDER_CHW && kept->dims != 4))
        return npu_wrong(error, n, "kept tensor %u: order %u of %u dimensions", i, kept->order,
                         kept->dims);
    if (!npu_shape_valid(kept->dims, kept->shape) || (kept->dims == 4 && kept->shape[0] != 1))
        return npu_wrong(error, n, "kept tensor %u: %u dimensions of %u, %u, %u, %u", i, kept->dims,
                         kept->shape[0], kept->shape[1], kept->shape[2], kept->shape[3]);
    if (kept_end(kept) > UINT32_MAX)
        return npu_wrong(error, n, "kept tensor %u: row %u, pixel %u, channel %u bytes", i,
                         kept->row, kept->pix, kept->chan);
    if (kept->valid_after < NPU_VALID_AT_END && kept->valid_after >= prog->insn_count)
        return npu_wrong(error, n, "kept tensor %u: after instruction %u of %u", i,
                         kept->valid_after, prog->insn_count);
    return true;
}

/* The network table knows of the list, and nothing else stands there. */
static bool valid_post(const npu_prog_t *prog, char *error, size_t n)
{
    const npu_post_t *post = &prog->post;
    uint32_t addr = prog->net[NPU_NET_POST_ADDR_W];
    uint32_t want = post->ops == 0 ? 0 : prog->net[NPU_NET_L2_BASE_W] + post->l2;
    if (prog->net[NPU_NET_MAGIC_W] != 0 && addr != want)
        return npu_wrong(error, n, "network table: operators for the core at 0x%x, not at 0x%x",
                         addr, want);
    return npu_post_valid(post, error, n);
}

static bool valid_made_for(const npu_made_for_t *made, char *error, size_t n)
{
    if (made->given >> NPU_CHIP_WORDS != 0)
        return npu_wrong(error, n, "chip data: 0x%llx of %d words", (unsigned long long)made->given,
                         NPU_CHIP_WORDS);
    for (uint32_t w = 0; w < NPU_CHIP_WORDS; w++)
        if ((made->given >> w & 1) == 0 && made->word[w] != 0)
            return npu_wrong(error, n, "chip data: word %u is %u, but not given", w, made->word[w]);
    return true;
}

bool npu_prog_valid(const npu_prog_t *prog, char *error, size_t error_bytes)
{
    if (!valid_meta(prog, error, error_bytes) || !valid_insns(prog, error, error_bytes) ||
        !valid_net(prog, error, error_bytes) || !valid_ends(prog, error, error_bytes) ||
        !valid_post(prog, error, error_bytes) || !valid_sent(prog, error, error_bytes) ||
        !valid_made_for(&prog->made_for, error, error_bytes))
        return false;
    for (uint32_t i = 0; i < prog->blob_count; i++)
        if (prog->blobs[i].bytes == 0 ||
            (uint64_t)prog->blobs[i].l2 + prog->blobs[i].bytes > UINT32_MAX)
            return npu_wrong(error, error_bytes, "constants %u: %u bytes at 0x%x", i,
                             prog->blobs[i].bytes, prog->blobs[i].l2);
    for (uint32_t i = 0; i < prog->layer_count; i++)
        if (!valid_layer(prog, i, error, error_bytes))
            return false;
    for (uint32_t i = 0; i < prog->kept_count; i++)
        if (!valid_kept(prog, i, error, error_bytes))
            return false;
    return true;
}

/* ---- the chip -----------------------------------------------------------------------------------
 */

npu_made_for_t npu_made_for(const npu_desc_t *desc)
{
    npu_made_for_t made = {.given = (UINT64_C(1) << NPU_CHIP_WORDS) - 1};
    for (uint32_t w = 0; w < NPU_CHIP_WORDS; w++)
        made.word[w] = npu_chip_word(desc, w).value;
    return made;
}

static void value_text(uint32_t value, const char *name, char text[24])
{
    if (name != NULL)
        snprintf(text, 24, "%s", name);
    else
        snprintf(text, 24, "%u", value);
}

/* Whether the chip's geometry, or all else, is what the program was compiled for. */
static bool same_chip(const npu_made_for_t *made, const npu_desc_t *desc, bool geometry, char *what,
                      size_t what_bytes)
{
    uint32_t others = 0;
    npu_chip_word_t first = {0};
    char then[24], now[24], more[32] = "";
    for (uint32_t w = NPU_CHIP_WORDS; w-- > 0;) {
        npu_chip_word_t word = npu_chip_word(desc, w);
        if ((made->given >> w & 1) == 0 || word.geometry != geometry || word.value == made->word[w])
            continue;
        others += first.key != NULL;
        first = word;
        value_text(made->word[w], npu_chip_value_name(w, made->word[w]), then);
        value_text(word.value, word.name, now);
    }
    if (others > 0)
        snprintf(more, sizeof(more), ", and %u more differ", others);
    return first.key == NULL ||
           npu_wrong(what, what_bytes, "compiled for %s.%s %s, this chip has %s%s", first.section,
                     first.key, then, now, more);
}

bool npu_prog_native(const npu_prog_t *prog, const npu_desc_t *desc, char *note, size_t note_bytes)
{
    return same_chip(&prog->made_for, desc, false, note, note_bytes);
}

/* Bytes of L2, from its base, that what the core works on needs. */
static uint64_t post_end(const npu_prog_t *prog)
{
    const npu_post_t *post = &prog->post;
    uint64_t end = (uint64_t)post->scratch_l2 + post->scratch_bytes;
    uint64_t table = post->l2 + UINT64_C(4) * npu_post_words(post);
    end = table > end ? table : end;
    for (uint32_t i = 0; i < post->tensors; i++) {
        const npu_net_tensor_t *t = &post->tensor[i];
        uint64_t at = t->addr - (uint64_t)prog->net[NPU_NET_L2_BASE_W]; /* below it: huge */
        at += npu_net_tensor_elements(t) * npu_dtype_bytes(t->dtype);
        end = at > end ? at : end;
    }
    return end;
}

/* Whether an instruction loads a packed stream. */
static bool has_packed(const npu_prog_t *prog)
{
    for (uint32_t i = 0; i < prog->insn_count; i++) {
        npu_insn_t insn;
        if (npu_insn_decode(prog->insns[i], &insn, NULL, 0) && insn.packed != 0)
            return true;
    }
    return false;
}

bool npu_prog_fits(const npu_prog_t *prog, const npu_desc_t *desc, char *error, size_t error_bytes)
{
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        if (prog->meta.mem_bytes[m] > desc->mem_bytes[m])
            return npu_wrong(error, error_bytes, "%s: %u bytes of L1 needed, %u there",
                             npu_mem_name((npu_mem_t)m), prog->meta.mem_bytes[m],
                             desc->mem_bytes[m]);
    if (desc->dma_compression == NPU_COMPRESSION_NONE && has_packed(prog))
        return npu_wrong(error, error_bytes,
                         "packed weights; this chip's dma.weight_compression is none");
    uint64_t end = prog->meta.insn_l2 + (uint64_t)prog->insn_count * NPU_INSN_BYTES;
    for (uint32_t i = 0; i < prog->blob_count; i++) {
        uint64_t blob_end = (uint64_t)prog->blobs[i].l2 + prog->blobs[i].bytes;
        end = blob_end > end ? blob_end : end;
    }
    if (prog->post.ops > 0 && post_end(prog) > end)
        end = post_end(prog);
    if (end > desc->l2_bytes || prog->meta.l2_peak_bytes > desc->l2_bytes)
        return npu_wrong(
            error, error_bytes, "L2: %llu bytes needed, %u there",
            (unsigned long long)(end > desc->l2_bytes ? end : prog->meta.l2_peak_bytes),
            desc->l2_bytes);
    return same_chip(&prog->made_for, desc, true, error, error_bytes);
}

/* ---- loading ------------------------------------------------------------------------------------
 */

static void put_words(uint8_t *bytes, const uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t b = 0; b < 4; b++)
            bytes[4 * i + b] = (uint8_t)(words[i] >> (8 * b));
}

static bool load_post(const npu_prog_t *prog, const sim_mem_port_t *port, uint32_t l2_base)
{
    uint32_t count = prog->post.ops == 0 ? 0 : npu_post_words(&prog->post);
    uint32_t *word = malloc(4 * (size_t)count + 1);
    uint8_t *bytes = malloc(4 * (size_t)count + 1);
    bool fine = word != NULL && bytes != NULL;
    if (fine && count > 0) {
        npu_post_put(&prog->post, l2_base, word);
        put_words(bytes, word, count);
        fine = sim_mem_poke(port, l2_base + prog->post.l2, bytes, 4 * count);
    }
    free(word);
    free(bytes);
    return fine;
}

bool npu_prog_load(const npu_prog_t *prog, const sim_mem_port_t *port, uint32_t l2_base)
{
    uint8_t bytes[4 * NPU_NET_WORDS > NPU_INSN_BYTES ? 4 * NPU_NET_WORDS : NPU_INSN_BYTES];
    for (uint32_t i = 0; i < prog->blob_count; i++)
        if (!sim_mem_poke(port, l2_base + prog->blobs[i].l2, prog->blobs[i].data,
                          prog->blobs[i].bytes))
            return false;
    for (uint32_t i = 0; i < prog->insn_count; i++) {
        put_words(bytes, prog->insns[i], NPU_INSN_WORDS);
        if (!sim_mem_poke(port, l2_base + prog->meta.insn_l2 + i * NPU_INSN_BYTES, bytes,
                          NPU_INSN_BYTES))
            return false;
    }
    if (prog->net[NPU_NET_MAGIC_W] == 0)
        return true;
    put_words(bytes, prog->net, NPU_NET_WORDS);
    return sim_mem_poke(port, l2_base + prog->net[NPU_NET_PLACE_W] * NPU_NET_BYTES, bytes,
                        4 * NPU_NET_WORDS) &&
           load_post(prog, port, l2_base);
}
