/*
 * place.c - programs moved to where they do not meet.
 */
#include "npu/place.h"

#include <assert.h>
#include <stdio.h>

/* Of a program: its offsets from the base of L2. */
typedef struct {
    uint32_t low_end;        /* behind its working memory */
    uint32_t own, own_bytes; /* constants and program */
} extent_t;

static extent_t extent(const npu_prog_t *prog)
{
    const uint32_t *net = prog->net;
    uint32_t base = net[NPU_NET_L2_BASE_W];
    return (extent_t){net[NPU_NET_FREE_ADDR_W] - base, net[NPU_NET_OWN_ADDR_W] - base,
                      net[NPU_NET_OWN_BYTES_W]};
}

static uint32_t round_up(uint32_t bytes)
{
    return (bytes + NPU_NET_BYTES - 1) / NPU_NET_BYTES * NPU_NET_BYTES;
}

/* ---- whether it can be ---- */

static bool complain(char *error, size_t n, const npu_prog_t *prog, const char *what)
{
    snprintf(error, n, "%s: %s", prog->meta.name, what);
    return false;
}

static bool within(uint64_t from, uint64_t bytes, uint64_t low, uint64_t high)
{
    return from >= low && from + bytes <= high;
}

/* What it brings lies in what it calls its own. */
static bool is_laid_out(const npu_prog_t *prog, const npu_desc_t *desc)
{
    const uint32_t *net = prog->net;
    extent_t e = extent(prog);
    uint64_t end = (uint64_t)e.own + e.own_bytes;
    bool fine = net[NPU_NET_PLACES_W] == 1 && net[NPU_NET_PLACE_W] == 0 &&
                e.low_end >= NPU_NET_BYTES && e.low_end <= e.own && end <= desc->l2_bytes &&
                within(prog->meta.insn_l2, (uint64_t)prog->insn_count * NPU_INSN_BYTES, e.own, end);
    for (uint32_t i = 0; i < prog->blob_count; i++)
        fine = fine && within(prog->blobs[i].l2, prog->blobs[i].bytes, e.own, end);
    if (prog->post.ops > 0)
        fine = fine && within(prog->post.l2, UINT64_C(4) * npu_post_words(&prog->post), e.own, end);
    return fine;
}

static bool can_move(const npu_prog_t *prog, uint32_t n, const npu_desc_t *desc, char *error,
                     size_t error_bytes)
{
    const npu_prog_t *p = &prog[n];
    if (p->net[NPU_NET_MAGIC_W] == 0)
        return complain(error, error_bytes, p, "no network table, it can only be alone in L2");
    if (p->net[NPU_NET_L2_BASE_W] != desc->l2_base || !is_laid_out(p, desc))
        return complain(error, error_bytes, p,
                        "not laid out as the compiler does, it can only be alone in L2");
    for (uint32_t i = 0; i < n; i++)
        if (prog[i].net[NPU_NET_NETWORK_ID_W] == p->net[NPU_NET_NETWORK_ID_W]) {
            snprintf(error, error_bytes,
                     "%s: its id %u is that of %s, too (fovea compile --id sets it)", p->meta.name,
                     p->net[NPU_NET_NETWORK_ID_W], prog[i].meta.name);
            return false;
        }
    return true;
}

/* ---- moving ---- */

typedef struct {
    uint32_t base, own; /* where the upper part begins, before */
    uint32_t up, down;  /* by how much the lower part moves up, the upper one down */
} move_t;

static uint32_t moved(const move_t *m, uint32_t l2)
{
    return l2 < m->own ? l2 + m->up : l2 - m->down;
}

/* A bus address; 0 says that there is none. */
static void move_addr(const move_t *m, uint32_t *addr)
{
    if (*addr != 0)
        *addr = m->base + moved(m, *addr - m->base);
}

static void move_insns(npu_prog_t *prog, const move_t *m)
{
    for (uint32_t i = 0; i < prog->insn_count; i++) {
        npu_insn_t insn;
        bool fine = npu_insn_decode(prog->insns[i], &insn, NULL, 0);
        if (insn.op != NPU_OP_LOAD && insn.op != NPU_OP_STORE)
            continue;
        insn.l2 = moved(m, insn.l2);
        fine = fine && npu_insn_encode(&insn, prog->insns[i], NULL, 0);
        assert(fine); /* it was valid */
        (void)fine;
    }
}

static void move_word(const move_t *m, uint8_t *at)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++)
        word |= (uint32_t)at[i] << 8 * i;
    move_addr(m, &word);
    for (uint32_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(word >> 8 * i);
}

/* The list of outputs to send is in one of the constants; before the table is moved. */
static void move_sent(npu_prog_t *prog, const move_t *m)
{
    uint32_t l2 = prog->net[NPU_NET_SENT_ADDR_W] - m->base, count = prog->net[NPU_NET_SENT_W];
    for (uint32_t i = 0; i < prog->blob_count && count != 0; i++) {
        npu_blob_t *b = &prog->blobs[i];
        uint64_t end = (uint64_t)l2 + 4 * count * NPU_SENT_WORDS;
        if (l2 < b->l2 || end > (uint64_t)b->l2 + b->bytes)
            continue;
        for (uint32_t n = 0; n < count; n++)
            move_word(m, b->data + (l2 - b->l2) + 4 * (n * NPU_SENT_WORDS + NPU_SENT_ADDR_W));
        return;
    }
}

static void move_table(npu_prog_t *prog, const move_t *m)
{
    static const uint8_t words[] = {NPU_NET_PROG_ADDR_W, NPU_NET_INPUT_ADDR_W, NPU_NET_POST_ADDR_W,
                                    NPU_NET_AP_ADDR_W,   NPU_NET_SENT_ADDR_W,  NPU_NET_OWN_ADDR_W};
    uint32_t *net = prog->net;
    for (size_t i = 0; i < SIM_COUNT(words); i++)
        move_addr(m, &net[words[i]]);
    for (uint32_t n = 0; n < net[NPU_NET_INPUTS_W]; n++)
        move_addr(m, &net[NPU_NET_INPUT_W(n) + NPU_TENSOR_ADDR_W]);
    for (uint32_t n = 0; n < net[NPU_NET_OUTPUTS_W]; n++)
        move_addr(m, &net[NPU_NET_OUTPUT_W(n) + NPU_TENSOR_ADDR_W]);
}

static void move_post(npu_post_t *post, const move_t *m)
{
    if (post->ops == 0)
        return;
    post->l2 = moved(m, post->l2);
    if (post->scratch_bytes != 0)
        post->scratch_l2 = moved(m, post->scratch_l2);
    for (uint32_t t = 0; t < post->tensors; t++)
        move_addr(m, &post->tensor[t].addr);
}

static void move_prog(npu_prog_t *prog, const move_t *m)
{
    move_insns(prog, m);
    move_sent(prog, m);
    move_table(prog, m);
    move_post(&prog->post, m);
    prog->meta.insn_l2 = moved(m, prog->meta.insn_l2);
    for (uint32_t i = 0; i < prog->blob_count; i++)
        prog->blobs[i].l2 = moved(m, prog->blobs[i].l2);
    for (uint32_t i = 0; i < prog->kept_count; i++)
        prog->kept[i].l2 = moved(m, prog->kept[i].l2);
}

/* ---- all of them ---- */

/* Of all programs: behind the working memory, and where the lowest of what is their own begins;
 * below 0 when there is no room. */
typedef struct {
    uint32_t up, low;
    int64_t top;
} layout_t;

/* Down from where the compiler put it, so that it ends at or below `top`. */
static uint32_t way_down(const extent_t *e, int64_t top)
{
    int64_t over = (int64_t)e->own + e->own_bytes - top;
    return over > 0 ? round_up((uint32_t)over) : 0;
}

static layout_t lay_out(const npu_prog_t *prog, uint32_t count, const npu_desc_t *desc)
{
    layout_t l = {.up = (count - 1) * NPU_NET_BYTES, .top = desc->l2_bytes};
    for (uint32_t n = 0; n < count; n++) {
        extent_t e = extent(&prog[n]);
        l.low = e.low_end + l.up > l.low ? e.low_end + l.up : l.low;
        l.top = (int64_t)e.own - way_down(&e, l.top);
    }
    return l;
}

static void place_all(npu_prog_t *prog, uint32_t count, const npu_desc_t *desc, const layout_t *l)
{
    int64_t top = desc->l2_bytes;
    for (uint32_t n = 0; n < count; n++) {
        extent_t e = extent(&prog[n]);
        move_t m = {desc->l2_base, e.own, l->up, way_down(&e, top)};
        uint32_t *net = prog[n].net;
        top = e.own - m.down;
        move_prog(&prog[n], &m);
        net[NPU_NET_FREE_ADDR_W] = desc->l2_base + l->low;
        net[NPU_NET_FREE_BYTES_W] = (uint32_t)l->top - l->low;
        net[NPU_NET_PLACES_W] = count;
        net[NPU_NET_PLACE_W] = n;
    }
}

sim_err_t npu_place(npu_prog_t *prog, uint32_t count, const npu_desc_t *desc, char *error,
                    size_t error_bytes)
{
    assert(count >= 1 && count <= NPU_NET_PLACES);
    if (count == 1)
        return SIM_OK;
    for (uint32_t n = 0; n < count; n++)
        if (!can_move(prog, n, desc, error, error_bytes))
            return SIM_EDESC;
    layout_t l = lay_out(prog, count, desc);
    if (l.top < l.low) {
        snprintf(error, error_bytes,
                 "L2: %u networks need %lld bytes at once (%u of them shared), %u there", count,
                 (long long)(l.low + desc->l2_bytes - l.top), l.low, desc->l2_bytes);
        return SIM_EDESC;
    }
    place_all(prog, count, desc, &l);
    return SIM_OK;
}
