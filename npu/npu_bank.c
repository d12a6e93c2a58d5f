/*
 * npu_bank.c - banks of L1: who gets its ports in which cycle. npu.h has the definition.
 *
 * Between two events claims do not change, so what is granted in a cycle depends on nothing but
 * whether its number in the run is even or odd.
 */
#include "npu/npu_int.h"

/* Bank b of memory m is bit NPU_MAX_BANKS * m + b. */
static uint64_t bank_bits(uint32_t mem, uint64_t first, uint64_t last)
{
    uint64_t up_to = (UINT64_C(2) << last) - 1, below = (UINT64_C(1) << first) - 1;
    return (up_to & ~below) << NPU_MAX_BANKS * mem;
}

_Static_assert(NPU_MAX_BANKS *NPU_MEMS <= 64, "a bit for each bank");

void npu_bank_init(npu_t *npu)
{
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        uint64_t banks = bank_bits(m, 0, npu->desc.mem_banks[m] - 1);
        npu->one_port |= npu->desc.mem_ports[m] == 1 ? banks : 0;
        npu->two_ports |= npu->desc.mem_ports[m] == 2 ? banks : 0;
    }
}

uint64_t npu_bank_claims(const npu_t *npu, const npu_slot_t *slot)
{
    uint64_t claims = 0;
    for (uint32_t i = 0; i < NPU_MAX_TOUCHES && slot->touch[i].end != 0; i++) {
        const npu_touch_t *t = &slot->touch[i];
        if (t->mem == NPU_MEM_L2)
            continue;
        uint32_t banks = npu->desc.mem_banks[t->mem];
        uint32_t bytes = (npu->desc.mem_bytes[t->mem] + banks - 1) / banks;
        claims |= bank_bits(t->mem, t->begin / bytes, (t->end - 1) / bytes);
    }
    return claims;
}

/* Of even or odd cycles of the run, as things stand. */
static uint32_t grants(const npu_t *npu, uint32_t odd)
{
    const npu_engine_state_t *e = npu->engine;
    const npu_engine_state_t *mac = &e[NPU_ENGINE_MAC], *vec = &e[NPU_ENGINE_VEC];
    uint64_t dma = (e[NPU_ENGINE_LOAD].busy ? e[NPU_ENGINE_LOAD].banks : 0) |
                   (e[NPU_ENGINE_STORE].busy ? e[NPU_ENGINE_STORE].banks : 0);
    uint64_t none_left = npu->one_port & dma;
    uint64_t one_left = (npu->one_port & ~dma) | (npu->two_ports & dma);
    bool mac_can = mac->busy && (mac->banks & none_left) == 0;
    bool vec_can = vec->busy && (vec->banks & none_left) == 0;
    if (mac_can && vec_can && (mac->banks & vec->banks & one_left) != 0)
        return 1u << (odd != 0 ? NPU_ENGINE_VEC : NPU_ENGINE_MAC);
    return (uint32_t)mac_can << NPU_ENGINE_MAC | (uint32_t)vec_can << NPU_ENGINE_VEC;
}

void npu_bank_arbitrate(npu_t *npu)
{
    npu->granted[0] = grants(npu, 0);
    npu->granted[1] = grants(npu, 1);
}

/* Even, or odd, numbers below n. */
static uint64_t numbers(uint64_t n, uint32_t odd)
{
    return (n + 1 - odd) / 2;
}

uint64_t npu_bank_cycles(const npu_t *npu, uint64_t cycle, uint32_t odd)
{
    return numbers(cycle - npu->start_cycle, odd) -
           numbers(npu->account_cycle - npu->start_cycle, odd);
}

void npu_bank_progress(npu_t *npu, uint64_t cycle)
{
    for (uint32_t odd = 0; odd < 2; odd++) {
        uint64_t cycles = npu_bank_cycles(npu, cycle, odd);
        uint32_t granted = npu->granted[odd];
        for (npu_engine_t e = NPU_ENGINE_MAC; e <= NPU_ENGINE_VEC; e++)
            npu->engine[e].left_cycles -= (granted >> e & 1) != 0 ? cycles : 0;
    }
}

uint64_t npu_bank_end(const npu_t *npu, npu_engine_t engine, uint64_t cycle)
{
    uint64_t left = npu->engine[engine].left_cycles;
    uint32_t odd = (uint32_t)(cycle - npu->start_cycle) & 1; /* of the cycle that begins now */
    bool now = (npu->granted[odd] >> engine & 1) != 0;
    bool next = (npu->granted[1 - odd] >> engine & 1) != 0;
    if (now && next)
        return cycle + left;
    if (!now && !next)
        return UINT64_MAX;
    return cycle + 2 * left - (now ? 1 : 0); /* every other cycle */
}
