/*
 * l2_ecc.c - flipped bits of the memory: kept by word until somebody meets them.
 *
 * mem holds what a reader gets, so nobody else has to know: without ECC the flipped bits, with it
 * what the decoder leaves of them. With ECC words are met by bursts; without, bytes are where their
 * data is moved.
 */
#include "logic/l2_int.h"

#include <string.h>

static void note(const l2_t *l2, uint32_t word, l2_flip_end_t end, uint32_t who)
{
    if (l2->noted != NULL)
        l2->noted(l2->noted_ctx, l2->desc.base + word * ECC_WORD_BYTES, end, who);
}

static bool coded(const l2_t *l2)
{
    return l2->desc.ecc != L2_ECC_NONE;
}

static void change(l2_t *l2, uint32_t word, uint64_t bits)
{
    uint8_t *at = l2->mem + (size_t)word * ECC_WORD_BYTES;
    l2_look(l2, word * ECC_WORD_BYTES, ECC_WORD_BYTES, true);
    for (uint32_t i = 0; i < ECC_WORD_BYTES; i++)
        at[i] ^= (uint8_t)(bits >> 8 * i);
}

static void forget(l2_t *l2, uint32_t i)
{
    l2->wounds--;
    memmove(&l2->wound[i], &l2->wound[i + 1], (l2->wounds - i) * sizeof(l2->wound[0]));
    memset(&l2->wound[l2->wounds], 0, sizeof(l2->wound[0]));
}

static l2_wound_t *wound_of(l2_t *l2, uint32_t word)
{
    for (uint32_t i = 0; i < l2->wounds; i++)
        if (l2->wound[i].word == word)
            return &l2->wound[i];
    if (l2->wounds == L2_MAX_WOUNDS)
        return NULL;
    l2_wound_t *wound = &l2->wound[l2->wounds++];
    wound->word = word;
    return wound;
}

bool l2_flip(l2_t *l2, uint32_t addr, uint32_t bit)
{
    uint32_t offset = addr - l2->desc.base, word = offset / ECC_WORD_BYTES;
    uint64_t data = bit < ECC_DATA_BITS ? UINT64_C(1) << bit : 0, before;
    if (offset >= l2->desc.bytes / ECC_WORD_BYTES * ECC_WORD_BYTES || bit >= l2_word_bits(l2))
        return false;
    l2_wound_t *wound = wound_of(l2, word);
    if (wound == NULL)
        return false;
    before = wound->wrong;
    wound->data ^= data;
    wound->check ^= data == 0 ? 1u << (bit - ECC_DATA_BITS) : 0;
    if (coded(l2))
        ecc_decode(wound->data, wound->check, &wound->wrong);
    else
        wound->wrong = wound->data;
    change(l2, word, before ^ wound->wrong);
    if (wound->data == 0 && wound->check == 0)
        forget(l2, (uint32_t)(wound - l2->wound));
    return true;
}

/* ---- who meets them ---- */

static void count(l2_t *l2, uint32_t word, uint32_t who, bool fatal)
{
    l2->status |= fatal ? L2_STATUS_FATAL : L2_STATUS_CORRECTED;
    l2->error_addr = l2->desc.base + word * ECC_WORD_BYTES;
    l2->error_master = who;
    *(fatal ? &l2->fatal : &l2->corrected) += 1;
    *(fatal ? &l2->ecc_fatal : &l2->ecc_corrected) += 1;
    sim_wire_set(&l2->irq, (l2->status & l2->irq_enable) != 0);
}

/* Somebody decodes the word; true: it is wrong, and stays so. What was corrected, rightly or not,
 * goes back into memory. */
static bool decode(l2_t *l2, uint32_t i, uint32_t who)
{
    l2_wound_t wound = l2->wound[i];
    uint64_t wrong;
    ecc_result_t result = ecc_decode(wound.data, wound.check, &wrong);
    if (result != ECC_CLEAN)
        count(l2, wound.word, who, result == ECC_FATAL);
    if (result != ECC_FATAL)
        forget(l2, i);
    note(l2, wound.word,
         result == ECC_FATAL ? L2_FLIP_FATAL
         : wrong != 0        ? L2_FLIP_MISSED
                             : L2_FLIP_CORRECTED,
         who);
    return result == ECC_FATAL;
}

/* First and last word that lie wholly in offset .. offset + bytes - 1. */
static bool covers(uint32_t offset, uint32_t bytes, uint32_t word)
{
    uint64_t begin = (uint64_t)word * ECC_WORD_BYTES;
    return offset <= begin && begin + ECC_WORD_BYTES <= (uint64_t)offset + bytes;
}

static bool touches(uint32_t offset, uint32_t bytes, uint32_t word)
{
    uint64_t begin = (uint64_t)word * ECC_WORD_BYTES;
    return begin < (uint64_t)offset + bytes && offset < begin + ECC_WORD_BYTES;
}

static void overwrite_words(l2_t *l2, uint32_t offset, uint32_t bytes, uint32_t who)
{
    for (uint32_t i = l2->wounds; i-- > 0;) {
        uint32_t word = l2->wound[i].word;
        if (!covers(offset, bytes, word))
            continue;
        forget(l2, i);
        note(l2, word, L2_FLIP_OVERWRITTEN, who);
    }
}

static bool meet_words(l2_t *l2, uint32_t who, uint32_t offset, uint32_t bytes, bool write)
{
    bool fatal = false;
    if (write)
        overwrite_words(l2, offset, bytes, who);
    for (uint32_t i = l2->wounds; i-- > 0;)
        if (touches(offset, bytes, l2->wound[i].word))
            fatal |= decode(l2, i, who);
    return fatal;
}

/* ---- without ECC ---- */

static bool in_rows(const sim_mem_rows_t *rows, uint32_t addr)
{
    uint32_t at = addr - rows->addr,
             row = rows->rows > 1 && rows->stride != 0 ? at / rows->stride : 0;
    return row < rows->rows && at - row * rows->stride < rows->row_bytes;
}

/* The bits of a word that are in the rows. */
static uint64_t bits_in(const l2_t *l2, uint32_t word, const sim_mem_rows_t *rows)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < ECC_WORD_BYTES; i++)
        if (in_rows(rows, l2->desc.base + word * ECC_WORD_BYTES + i))
            bits |= UINT64_C(0xff) << 8 * i;
    return bits;
}

/* The first to read one of the bits has met them all; those that are written are gone. */
static void meet_bytes(l2_t *l2, uint32_t who, const sim_mem_rows_t *rows)
{
    for (uint32_t i = l2->wounds; i-- > 0;) {
        l2_wound_t *wound = &l2->wound[i];
        uint32_t word = wound->word;
        uint64_t met = wound->data & bits_in(l2, word, rows);
        if (met == 0)
            continue;
        wound->data = wound->wrong &= ~met;
        if (rows->write && wound->data != 0)
            continue;
        forget(l2, i);
        note(l2, word, rows->write ? L2_FLIP_OVERWRITTEN : L2_FLIP_MISSED, who);
    }
}

/* ---- either ---- */

void l2_overwrite(l2_t *l2, uint32_t offset, uint32_t bytes)
{
    const sim_mem_rows_t rows = {l2->desc.base + offset, bytes, 1, 0, true};
    if (coded(l2))
        overwrite_words(l2, offset, bytes, L2_MAX_MASTERS);
    else
        meet_bytes(l2, L2_MAX_MASTERS, &rows);
}

bool l2_meet(l2_t *l2, uint32_t who, const sim_mem_req_t *req)
{
    const sim_mem_rows_t rows = {req->addr, req->bytes, 1, 0, req->write};
    if (coded(l2))
        return meet_words(l2, who, req->addr - l2->desc.base, req->bytes, req->write);
    if (req->data != NULL)
        meet_bytes(l2, who, &rows);
    return false;
}

void l2_moved(l2_t *l2, uint32_t who, const sim_mem_rows_t *rows)
{
    if (!coded(l2))
        meet_bytes(l2, who, rows);
}

/* ---- registers ---- */

static l2_t *l2_of(sim_comp_t *comp)
{
    return (l2_t *)(void *)comp;
}

void l2_wrote_irq(sim_comp_t *comp, uint32_t value)
{
    l2_t *l2 = l2_of(comp);
    (void)value;
    sim_wire_set(&l2->irq, (l2->status & l2->irq_enable) != 0);
}

void l2_wrote_scrub(sim_comp_t *comp, uint32_t value)
{
    l2_t *l2 = l2_of(comp);
    for (uint32_t i = l2->wounds; (value & 1) != 0 && coded(l2) && i-- > 0;)
        decode(l2, i, L2_MAX_MASTERS);
}
