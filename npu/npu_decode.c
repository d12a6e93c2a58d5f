/*
 * npu_decode.c - from the words of an instruction to all that the machine has to know of it.
 *
 * That costs the host about as much as the cycles in which the instruction runs, and a program runs
 * once a frame. So the result is kept, by place in the program, beside the words that it came from,
 * and serves again while fetch brings the same words. It follows from these and the chip data
 * alone: whoever writes to the program has nobody to tell, and it is no state of the simulation.
 */
#include <string.h>

#include "npu/npu_int.h"
#include "npu/pack.h"

/* Bytes of L1 that an instruction touches, each operand once. */
static uint64_t l1_bytes(const npu_insn_t *insn)
{
    uint64_t out = (uint64_t)insn->h * insn->w * insn->c;
    uint64_t in = (uint64_t)insn->in_h * insn->in_w;
    uint64_t lanes = (uint64_t)npu_round_lanes(insn->c) * insn->k_h * insn->k_w;
    bool twice = (insn->flags & NPU_FLAG_ACCUMULATE) != 0;
    switch (insn->op) {
    case NPU_OP_NOP:
    case NPU_OP_BARRIER:
    case NPU_OP_IRQ:
    case NPU_OP_END:
        return 0;
    case NPU_OP_LOAD:
    case NPU_OP_STORE:
        return insn->packed != 0 ? insn->l1_row : npu_dma_bytes(insn);
    case NPU_OP_CONV:
        lanes *= npu_round_lanes(insn->in_c);
        return in * insn->in_c + (lanes >> insn->narrow) + out * (twice ? 8 : 4);
    case NPU_OP_DWCONV:
        return in * insn->in_c + (lanes >> insn->narrow) + out * (twice ? 8 : 4);
    case NPU_OP_REQUANT:
        return out * 5 + npu_requant_par_bytes(insn->c);
    case NPU_OP_ADD:
    case NPU_OP_SUB:
    case NPU_OP_MUL:
    case NPU_OP_PRELU:
    case NPU_OP_MAX:
    case NPU_OP_MIN:
        return out * 3;
    case NPU_OP_AVGPOOL:
    case NPU_OP_MAXPOOL:
    case NPU_OP_RESIZE:
        return in * insn->c + out;
    case NPU_OP_MEAN:
        return (in + 1) * insn->c;
    case NPU_OP_FILL:
        return out;
    default:
        return out * 2;
    }
}

/* Bytes in memory are little-endian. */
static bool decode_words(npu_t *npu, const uint8_t *bytes, npu_slot_t *slot)
{
    uint32_t words[NPU_INSN_WORDS];
    for (uint32_t w = 0; w < NPU_INSN_WORDS; w++, bytes += 4)
        words[w] = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                   (uint32_t)bytes[3] << 24;
    char what[160];
    if (npu_insn_decode(words, &slot->insn, what, sizeof(what)))
        return true;
    sim_log(&npu->comp, SIM_LOG_ERROR, "instruction %u: %s", slot->index, what);
    npu_stop(npu, NPU_ERROR_ILLEGAL, slot->index);
    return false;
}

/* Notes where the operands are; false when one of them leaves L1. */
static bool find_operands(npu_t *npu, npu_slot_t *slot)
{
    uint32_t mem;
    uint64_t end;
    uint32_t count = npu_touches(&slot->insn, slot->touch);
    memset(slot->touch + count, 0, (NPU_MAX_TOUCHES - count) * sizeof(slot->touch[0]));
    slot->reads = slot->writes = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t *memories = slot->touch[i].write != 0 ? &slot->writes : &slot->reads;
        *memories = (uint16_t)(*memories | 1u << slot->touch[i].mem);
    }
    if (npu_touches_inside(slot->touch, count, npu->desc.mem_bytes, &mem, &end))
        return true;
    char me[NPU_SLOT_TEXT];
    sim_log(&npu->comp, SIM_LOG_ERROR, "%s touches bytes up to 0x%llx of %s, which has 0x%x",
            npu_slot_text(npu, slot, me), (unsigned long long)end, npu_mem_name((npu_mem_t)mem),
            npu->desc.mem_bytes[mem]);
    npu_stop(npu, NPU_ERROR_L1, slot->index);
    return false;
}

/* Packed data needs a decoder. */
static bool can_decode(npu_t *npu, const npu_slot_t *slot)
{
    if (slot->insn.packed == 0 || npu->desc.dma_compression != NPU_COMPRESSION_NONE)
        return true;
    char me[NPU_SLOT_TEXT];
    sim_log(&npu->comp, SIM_LOG_ERROR, "%s is packed; this chip has no decoder",
            npu_slot_text(npu, slot, me));
    npu_stop(npu, NPU_ERROR_PACKED, slot->index);
    return false;
}

static bool decode(npu_t *npu, const uint8_t *bytes, npu_slot_t *slot)
{
    if (!decode_words(npu, bytes, slot) || !find_operands(npu, slot) || !can_decode(npu, slot))
        return false;
    slot->ready_cycle = 0;
    slot->banks = npu_bank_claims(npu, slot);
    slot->cycles = npu_insn_cycles(&npu->desc, &slot->insn);
    slot->macs = npu_insn_macs(&slot->insn);
    slot->l1_bytes = l1_bytes(&slot->insn);
    slot->work = npu_work(&npu->desc, slot);
    return true;
}

bool npu_decode(npu_t *npu, const uint8_t *bytes, uint32_t index, npu_slot_t *slot)
{
    npu_known_t *known = &npu->known[index % NPU_KNOWN];
    bool hit = known->slot.insn.op != NPU_OP_INVALID &&
               memcmp(known->bytes, bytes, sizeof(known->bytes)) == 0;
    if (hit)
        *slot = known->slot;
    slot->index = index;
    if (hit)
        return true;
    if (!decode(npu, bytes, slot))
        return false;
    memcpy(known->bytes, bytes, sizeof(known->bytes));
    known->slot = *slot;
    return true;
}
