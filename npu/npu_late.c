/*
 * npu_late.c - what instructions do to memory, done later and in one go.
 *
 * When an instruction is complete it only goes on a list, with the places of its operands: what it
 * does to L1 and L2 has no influence on when anything happens. The list is worked off when somebody
 * may look (npu_late_do): at the end of a run, when the list is full, when the state is hashed or
 * kept, before another master of L2 reads what the list writes or writes what it touches. Then each
 * byte of L1 and L2 is what it would be if every instruction had been done when it was complete.
 *
 * That is faster on the host, since kernels and events do not take turns in its caches, and since
 * what comes next is known: array and vector unit read an operand where a LOAD read it, in L2; and
 * a LOAD of bytes that nobody reads before they are overwritten copies nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/narrow.h"
#include "npu/npu_int.h"

#define MOST 2048u /* instructions of a list: about one evaluation of a small network */
#define COPIES 48u /* LOADs whose bytes an operand is looked for in */
#define GRAIN 64u  /* bytes of L1 that are overwritten, or not, together */
#define PAGE 4096u /* bytes of L2 that the list touches, or not, together */
#define PAGES 4096 /* so many are told apart, by address modulo them */

/* Bytes begin..end-1 of a memory of L1; mem NPU_MEMS: none. */
typedef struct {
    uint32_t begin, end;
    uint16_t mem;
    bool dense; /* all of them, else some */
} span_t;

typedef struct {
    npu_insn_t insn;
    uint8_t *l2;       /* LOAD, STORE: the host's place of insn.l2 */
    uint32_t l2_bytes; /* from there on; 0: others */
    span_t read[NPU_MAX_TOUCHES], write;
    /* Of read[]: where in L2 a LOAD of the list read the operand; insn has its tile or offset from
     * there. NULL: it is in L1. */
    uint8_t *from[NPU_MAX_TOUCHES];
} late_t;

struct npu_late {
    bool watching; /* L2; else nothing is put off */
    uint32_t count;
    late_t list[MOST];
    uint32_t copy[COPIES], copies; /* LOADs, by number, of which L1 and L2 have all bytes as read */
    uint64_t *dead[NPU_MEMS];      /* bit: a GRAIN that is overwritten before anybody reads it */
    uint64_t reads[PAGES / 64], writes[PAGES / 64]; /* bit: a PAGE of L2 */
};

/* ---- bits ---------------------------------------------------------------------------------------
 */

/* Those of word w that are in begin..end-1; some are. */
static uint64_t mask_of(uint32_t w, uint32_t begin, uint32_t end)
{
    const uint32_t low = begin > w * 64 ? begin - w * 64 : 0;
    const uint32_t high = end < w * 64 + 64 ? end - w * 64 : 64;
    return (~UINT64_C(0) << low) & (~UINT64_C(0) >> (64 - high));
}

static void set_bits(uint64_t *bits, uint32_t begin, uint32_t end)
{
    for (uint32_t w = begin / 64; w * 64 < end; w++)
        bits[w] |= mask_of(w, begin, end);
}

static void clear_bits(uint64_t *bits, uint32_t begin, uint32_t end)
{
    for (uint32_t w = begin / 64; w * 64 < end; w++)
        bits[w] &= ~mask_of(w, begin, end);
}

static bool has_bits(const uint64_t *bits, uint32_t begin, uint32_t end)
{
    bool all = true;
    for (uint32_t w = begin / 64; w * 64 < end && all; w++)
        all = (~bits[w] & mask_of(w, begin, end)) == 0;
    return all;
}

static size_t dead_bytes(const npu_t *npu, uint32_t mem)
{
    return ((size_t)npu->desc.mem_bytes[mem] / GRAIN / 64 + 1) * sizeof(uint64_t);
}

/* ---- pages of L2 --------------------------------------------------------------------------------
 */

static void touch_pages(uint64_t *pages, uint32_t addr, uint32_t bytes)
{
    for (uint32_t page = addr / PAGE; page <= (addr + bytes - 1) / PAGE; page++)
        pages[page % PAGES / 64] |= UINT64_C(1) << page % 64;
}

static bool touches_pages(const uint64_t *pages, uint32_t addr, uint32_t bytes)
{
    bool some = false;
    for (uint32_t page = addr / PAGE; page <= (addr + bytes - 1) / PAGE && !some; page++)
        some = (pages[page % PAGES / 64] >> page % 64 & 1) != 0;
    return some;
}

/* Another master reads or writes, now. */
static void on_look(void *ctx, uint32_t addr, uint32_t bytes, bool write)
{
    npu_t *npu = ctx;
    const npu_late_t *late = npu->late;
    if (late != NULL && late->count > 0 && bytes > 0 &&
        (touches_pages(late->writes, addr, bytes) ||
         (write && touches_pages(late->reads, addr, bytes))))
        npu_late_do(npu);
}

/* ---- where operands are -------------------------------------------------------------------------
 */

static bool is_one_piece(const npu_insn_t *dma)
{
    return dma->rows == 1 && dma->planes == 1;
}

/* A tile w wide, of pixels of `bytes`, that the LOAD wrote all of: where it is in L2, from insn.l2
 * on. False, and nothing done: it is no tile there. */
static bool tile_in_l2(const npu_insn_t *load, uint32_t w, uint32_t bytes, npu_tile_t *tile)
{
    const uint32_t at = tile->addr - load->l1, row = load->l1_row, l2_row = load->l2_row;
    bool fine = true;
    if (is_one_piece(load)) {
        tile->addr = at;
    } else if (load->planes > 1) {
        fine = at == 0 && tile->row == load->l1_plane && tile->pix == row && w <= load->rows &&
               bytes <= load->row_bytes;
        if (fine)
            *tile = (npu_tile_t){0, load->l2_plane, l2_row};
    } else {
        fine = row != 0 && tile->row % row == 0 && tile->pix % row == 0 &&
               at % row + bytes <= load->row_bytes;
        if (fine)
            *tile = (npu_tile_t){at / row * l2_row + at % row, tile->row / row * l2_row,
                                 tile->pix / row * l2_row};
    }
    return fine;
}

/* Makes the operand in that memory one in L2; false: that is no tile. Only a source in ACT is. */
static bool put_in_l2(npu_insn_t *insn, uint32_t mem, const npu_insn_t *load)
{
    if (mem == NPU_MEM_ACT)
        return tile_in_l2(load, insn->in_w, insn->in_c, &insn->src);
    if (is_one_piece(load))
        *(mem == NPU_MEM_WGT ? &insn->wgt : &insn->par) -= load->l1;
    return is_one_piece(load);
}

/* Operands in a memory of their own: those that another may take the place of. */
static bool is_movable(const npu_insn_t *insn, uint32_t mem)
{
    if (insn->op == NPU_OP_CONV || insn->op == NPU_OP_DWCONV)
        return mem == NPU_MEM_ACT || mem == NPU_MEM_WGT;
    return insn->op == NPU_OP_REQUANT && mem == NPU_MEM_PAR;
}

static void find_places(const npu_late_t *late, late_t *it)
{
    for (uint32_t n = 0; n < NPU_MAX_TOUCHES; n++) {
        const span_t *span = &it->read[n];
        it->from[n] = NULL;
        for (uint32_t k = 0; k < late->copies && is_movable(&it->insn, span->mem); k++) {
            const late_t *load = &late->list[late->copy[k]];
            if (load->write.mem != span->mem || span->begin < load->write.begin ||
                span->end > load->write.end)
                continue;
            if (put_in_l2(&it->insn, span->mem, &load->insn))
                it->from[n] = load->l2;
            break; /* others have other bytes */
        }
    }
}

/* Whether it writes bytes that the LOAD read or wrote. */
static bool spoils(const late_t *it, const late_t *load)
{
    if (it->insn.op == NPU_OP_STORE)
        return it->l2 < load->l2 + load->l2_bytes && load->l2 < it->l2 + it->l2_bytes;
    return it->write.mem == load->write.mem && it->write.begin < load->write.end &&
           load->write.begin < it->write.end;
}

static void note_copies(npu_late_t *late, const late_t *it)
{
    uint32_t kept = 0;
    for (uint32_t k = 0; k < late->copies; k++)
        if (!spoils(it, &late->list[late->copy[k]]))
            late->copy[kept++] = late->copy[k];
    if (it->insn.op == NPU_OP_LOAD && kept < COPIES)
        late->copy[kept++] = (uint32_t)(it - late->list);
    late->copies = kept;
}

/* ---- the list -----------------------------------------------------------------------------------
 */

static void note_spans(late_t *it, const npu_touch_t touch[NPU_MAX_TOUCHES])
{
    uint32_t reads = 0;
    it->l2_bytes = 0;
    it->write.mem = NPU_MEMS;
    for (uint32_t i = 0; i < NPU_MAX_TOUCHES && touch[i].end != 0; i++) {
        const npu_touch_t *t = &touch[i];
        const span_t span = {(uint32_t)t->begin, (uint32_t)t->end, t->mem, t->dims == 0};
        if (t->mem == NPU_MEM_L2)
            it->l2_bytes = (uint32_t)(t->end - t->begin);
        else if (t->write != 0)
            it->write = span;
        else
            it->read[reads++] = span;
    }
    for (; reads < NPU_MAX_TOUCHES; reads++)
        it->read[reads].mem = NPU_MEMS;
}

void npu_late_put(npu_t *npu, const npu_insn_t *insn, const npu_touch_t touch[NPU_MAX_TOUCHES],
                  uint8_t *l2)
{
    npu_late_t *late = npu->late;
    if (late->count == MOST)
        npu_late_do(npu);
    late_t *it = &late->list[late->count++];
    it->insn = *insn;
    it->l2 = l2;
    note_spans(it, touch);
    find_places(late, it);
    note_copies(late, it);
    if (it->l2_bytes > 0)
        touch_pages(insn->op == NPU_OP_STORE ? late->writes : late->reads, npu->l2_base + insn->l2,
                    it->l2_bytes);
    if (!late->watching || npu->load.port.watch == NULL || npu->store.port.watch == NULL)
        npu_late_do(npu);
}

/* ---- working it off -----------------------------------------------------------------------------
 */

/* Goes through the list from its end: a LOAD that nobody needs gets no bytes to copy. */
static void find_dead(npu_t *npu)
{
    npu_late_t *late = npu->late;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        memset(late->dead[m], 0, dead_bytes(npu, m));
    for (uint32_t n = late->count; n-- > 0;) {
        late_t *it = &late->list[n];
        const span_t *w = &it->write;
        if (it->insn.op == NPU_OP_LOAD &&
            has_bits(late->dead[w->mem], w->begin / GRAIN, (w->end + GRAIN - 1) / GRAIN))
            it->insn.planes = 0;
        if (w->mem < NPU_MEMS && w->dense)
            set_bits(late->dead[w->mem], (w->begin + GRAIN - 1) / GRAIN, w->end / GRAIN);
        for (const span_t *r = it->read; r < it->read + NPU_MAX_TOUCHES && r->mem < NPU_MEMS; r++)
            if (it->from[r - it->read] == NULL)
                clear_bits(late->dead[r->mem], r->begin / GRAIN, (r->end + GRAIN - 1) / GRAIN);
    }
}

static void move(const npu_t *npu, const late_t *it)
{
    const npu_insn_t *i = &it->insn;
    for (uint32_t p = 0; p < i->planes; p++) {
        uint8_t *l1 = npu->l1.data[i->mem] + i->l1 + (size_t)p * i->l1_plane;
        uint8_t *l2 = it->l2 + (size_t)p * i->l2_plane;
        if (i->op == NPU_OP_LOAD)
            npu->kernels.copy(l1, i->l1_row, l2, i->l2_row, i->row_bytes, i->rows);
        else
            npu->kernels.copy(l2, i->l2_row, l1, i->l1_row, i->row_bytes, i->rows);
    }
}

static void compute(const npu_t *npu, const late_t *it)
{
    npu_l1_t l1 = npu->l1;
    for (uint32_t n = 0; n < NPU_MAX_TOUCHES; n++)
        if (it->from[n] != NULL)
            l1.data[it->read[n].mem] = it->from[n];
    npu_compute(&npu->kernels, &it->insn, &l1);
}

void npu_late_do(npu_t *npu)
{
    npu_late_t *late = npu->late;
    if (late->count > 1)
        find_dead(npu);
    for (const late_t *it = late->list; it < late->list + late->count; it++) {
        if (it->insn.op == NPU_OP_LOAD || it->insn.op == NPU_OP_STORE)
            move(npu, it);
        else
            compute(npu, it);
    }
    late->count = late->copies = 0;
    memset(late->reads, 0, sizeof(late->reads));
    memset(late->writes, 0, sizeof(late->writes));
}

/* ---- set-up -------------------------------------------------------------------------------------
 */

bool npu_late_init(npu_t *npu)
{
    bool fine = (npu->late = calloc(1, sizeof(*npu->late))) != NULL;
    for (uint32_t m = 0; m < NPU_MEMS && fine; m++)
        fine = (npu->late->dead[m] = calloc(1, dead_bytes(npu, m))) != NULL;
    return fine;
}

void npu_late_watch(npu_t *npu)
{
    const sim_mem_port_t *load = &npu->load.port, *store = &npu->store.port;
    npu->watch = (sim_mem_watch_t){on_look, npu};
    npu->late->watching = load->ctx == store->ctx && load->watch != NULL && store->watch != NULL &&
                          load->watch(load->ctx, &npu->watch);
}

void npu_late_free(npu_t *npu)
{
    for (uint32_t m = 0; m < NPU_MEMS && npu->late != NULL; m++)
        free(npu->late->dead[m]);
    free(npu->late);
    npu->late = NULL;
}
