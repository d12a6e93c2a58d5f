#include "tools/call_stack.h"

#include <stdlib.h>
#include <string.h>

enum { NO_RETURN = 1, FIRST_ROOM = 1024, MAX_NODES = 1 << 20, SP = 2, MRET = 0x30200073 };

/* ---- functions ---- */

/* The function at pc, and how far it reaches; of unknown code, to the functions around it. */
static void find_func(calls_t *c, uint32_t pc)
{
    const source_lines_t *lines = c->lines;
    const source_func_t *f = source_func_at(lines, pc);
    if (f != NULL) {
        c->func = (uint32_t)(f - lines->func);
        c->func_first = f->first;
        c->func_bytes = f->bytes;
        return;
    }
    uint64_t first = 0, end = UINT32_MAX;
    for (uint32_t low = 0, high = lines->funcs; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        const source_func_t *g = &lines->func[middle];
        if (g->first > pc) {
            end = g->first;
            high = middle;
        } else {
            first = (uint64_t)g->first + g->bytes;
            low = middle + 1;
        }
    }
    c->func = CALL_UNKNOWN;
    c->func_first = (uint32_t)first;
    c->func_bytes = (uint32_t)(end - first);
}

static bool is_here(const calls_t *c, uint32_t pc)
{
    return pc - c->func_first < c->func_bytes;
}

/* ---- tables that grow: edges by (from, callee), nodes by (parent, func) ---- */

static uint32_t hash_of(uint32_t a, uint32_t b)
{
    uint64_t h = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h >> 32);
}

/* The place of (a, b), or where it belongs: slots hold index + 1. */
static uint32_t *edge_slot(const calls_t *c, uint32_t from, uint32_t callee)
{
    uint32_t mask = 2 * c->edge_room - 1, at = hash_of(from, callee) & mask;
    while (c->edge_hash[at] != 0 && (c->edge[c->edge_hash[at] - 1].from != from ||
                                     c->edge[c->edge_hash[at] - 1].callee != callee))
        at = (at + 1) & mask;
    return &c->edge_hash[at];
}

static uint32_t *node_slot(const calls_t *c, uint32_t parent, uint32_t func)
{
    uint32_t mask = 2 * c->node_room - 1, at = hash_of(parent, func) & mask;
    while (c->node_hash[at] != 0 && (c->node[c->node_hash[at] - 1].parent != parent ||
                                     c->node[c->node_hash[at] - 1].func != func))
        at = (at + 1) & mask;
    return &c->node_hash[at];
}

static bool grow_edges(calls_t *c)
{
    uint32_t room = c->edge_room != 0 ? 2 * c->edge_room : FIRST_ROOM;
    call_edge_t *edge = realloc(c->edge, room * sizeof(*edge));
    uint32_t *hash = calloc(2 * (size_t)room, sizeof(*hash));
    if (edge != NULL)
        c->edge = edge;
    if (edge == NULL || hash == NULL) {
        free(hash);
        c->no_memory = true;
        return false;
    }
    free(c->edge_hash);
    c->edge_hash = hash;
    c->edge_room = room;
    for (uint32_t i = 0; i < c->edges; i++)
        *edge_slot(c, edge[i].from, edge[i].callee) = i + 1;
    return true;
}

static bool grow_nodes(calls_t *c)
{
    uint32_t room = c->node_room != 0 ? 2 * c->node_room : FIRST_ROOM;
    call_node_t *node = realloc(c->node, room * sizeof(*node));
    uint32_t *hash = calloc(2 * (size_t)room, sizeof(*hash));
    if (node != NULL)
        c->node = node;
    if (node == NULL || hash == NULL) {
        free(hash);
        c->no_memory = true;
        return false;
    }
    free(c->node_hash);
    c->node_hash = hash;
    c->node_room = room;
    for (uint32_t i = 1; i < c->nodes; i++)
        *node_slot(c, node[i].parent, node[i].func) = i + 1;
    return true;
}

/* Index; the last edge there is without memory. */
static uint32_t edge_of(calls_t *c, uint32_t from, uint32_t callee)
{
    uint32_t *slot = edge_slot(c, from, callee);
    if (*slot != 0)
        return *slot - 1;
    if (c->edges == c->edge_room) {
        if (!grow_edges(c))
            return c->edges - 1;
        slot = edge_slot(c, from, callee);
    }
    c->edge[c->edges] = (call_edge_t){.from = from, .callee = callee};
    *slot = ++c->edges;
    return c->edges - 1;
}

static bool repeats(const calls_t *c, uint32_t parent, uint32_t func)
{
    while (parent != 0 && c->node[parent].func != func)
        parent = c->node[parent].parent;
    return parent != 0;
}

static uint32_t node_of(calls_t *c, uint32_t parent, uint32_t func)
{
    uint32_t *slot = node_slot(c, parent, func);
    if (*slot != 0)
        return *slot - 1;
    if (c->nodes >= MAX_NODES)
        return parent;
    if (c->nodes == c->node_room) {
        if (!grow_nodes(c))
            return parent;
        slot = node_slot(c, parent, func);
    }
    c->node[c->nodes] =
        (call_node_t){.parent = parent, .func = func, .repeats = repeats(c, parent, func)};
    *slot = ++c->nodes;
    return c->nodes - 1;
}

/* ---- frames ---- */

static call_stack_t *now(calls_t *c)
{
    return &c->stack[c->now];
}

static call_frame_t *top(calls_t *c)
{
    call_stack_t *s = now(c);
    return s->depth > 0 ? &s->frame[s->depth - 1] : NULL;
}

static call_frame_t *push(calls_t *c, uint32_t ret)
{
    call_stack_t *s = now(c);
    if (s->depth == s->room) {
        uint32_t room = s->room != 0 ? 2 * s->room : 32;
        call_frame_t *more = s->room < CALL_DEPTH ? realloc(s->frame, room * sizeof(*more)) : NULL;
        c->no_memory |= more == NULL && s->room < CALL_DEPTH;
        if (more == NULL)
            return NULL;
        s->frame = more;
        s->room = room;
    }
    call_frame_t *frame = &s->frame[s->depth++];
    *frame = (call_frame_t){.func = c->func, .ret = ret, .sp = c->sp, .start = c->clock};
    return frame;
}

/* The function at pc has no caller that counts. */
static void push_root(calls_t *c, uint32_t pc, bool trap)
{
    find_func(c, pc);
    call_frame_t *frame = push(c, NO_RETURN);
    if (frame == NULL)
        return;
    frame->trap = trap;
    frame->node = node_of(c, 0, c->func);
}

static void push_call(calls_t *c, uint32_t from, uint32_t pc, uint32_t ret, bool tail)
{
    const call_frame_t *caller = top(c);
    uint32_t parent = caller != NULL ? caller->node : 0;
    find_func(c, pc);
    if (now(c)->depth == 1 && !tail)
        now(c)->highest_sp = c->sp; /* the root has made its stack */
    uint32_t edge = edge_of(c, from, c->func);
    c->edge[edge].calls++;
    call_frame_t *frame = push(c, ret);
    if (frame == NULL) {
        now(c)->beyond += !tail;
        return;
    }
    frame->tail = tail;
    frame->edge = edge;
    frame->node = node_of(c, parent, c->func);
    frame->counted = !c->node[frame->node].repeats;
}

/* Frames below did not run since `start`. */
static void postpone(call_stack_t *s, const code_cost_t *away)
{
    for (uint32_t i = 0; i < s->depth; i++)
        code_cost_add(&s->frame[i].start, away);
}

static void pop(calls_t *c)
{
    call_stack_t *s = now(c);
    const call_frame_t frame = s->frame[--s->depth];
    s->beyond = 0;
    code_cost_t cost = code_cost_between(&c->clock, &frame.start);
    if (frame.trap)
        postpone(s, &cost);
    if (frame.counted)
        code_cost_add(&c->edge[frame.edge].cost, &cost);
}

static void pop_to(calls_t *c, uint32_t depth)
{
    while (now(c)->depth > depth)
        pop(c);
}

/* Execution goes on at pc, in the top frame's function or by a jump to another one. */
static void arrive(calls_t *c, uint32_t from, uint32_t pc)
{
    call_stack_t *s = now(c);
    find_func(c, pc);
    if (s->depth == 0) {
        push_root(c, pc, false);
        return;
    }
    for (uint32_t i = s->depth; i-- > 0;) {
        if (s->frame[i].func == c->func) {
            pop_to(c, i + 1);
            return;
        }
        if (!s->frame[i].tail)
            break;
    }
    const call_frame_t last = *top(c);
    push_call(c, from, pc, last.ret, true);
    if (top(c)->tail)
        top(c)->sp = last.sp;
}

/* ---- what ends frames ---- */

/* The frame that returns to pc: the top one and its tail calls, or one further down whose stack is
 * the one that is left. */
static bool find_return(calls_t *c, uint32_t pc, uint32_t *depth)
{
    const call_stack_t *s = now(c);
    bool at_top = true;
    for (uint32_t i = s->depth; i-- > 0;) {
        const call_frame_t *f = &s->frame[i];
        if (!f->tail && f->ret == pc && (at_top || f->sp == c->sp)) {
            *depth = i;
            return true;
        }
        at_top = at_top && f->tail;
    }
    return false;
}

/* To a place that no frame returns to. */
static void jump_out(calls_t *c, uint32_t from, uint32_t pc)
{
    call_stack_t *s = now(c);
    find_func(c, pc);
    while (s->depth > 1 && (top(c)->sp < c->sp || (top(c)->sp == c->sp && top(c)->func != c->func)))
        pop(c);
    if (s->depth == 1 && top(c)->func != c->func && !top(c)->trap) {
        pop(c);
        push_root(c, pc, false);
    } else {
        arrive(c, from, pc);
    }
}

static void on_return(calls_t *c, uint32_t from, uint32_t pc)
{
    uint32_t depth;
    if (now(c)->beyond > 0) {
        now(c)->beyond--;
        find_func(c, pc);
        return;
    }
    if (!find_return(c, pc, &depth)) {
        jump_out(c, from, pc);
        return;
    }
    pop_to(c, depth);
    arrive(c, from, pc);
}

static void on_mret(calls_t *c, uint32_t from, uint32_t pc)
{
    call_stack_t *s = now(c);
    uint32_t i = s->depth;
    while (i > 0 && !s->frame[i - 1].trap)
        i--;
    pop_to(c, i > 0 ? i - 1 : 0); /* of a task that never trapped nothing is left */
    arrive(c, from, pc);
}

/* ---- stacks ---- */

static bool adds_to_sp(uint32_t word)
{
    bool half = (word & 3) != 3;
    uint32_t quadrant = word & 3, funct3 = word >> 13 & 7;
    if (!half)
        return ((word & 0x7f) == 0x13 || (word & 0x7f) == 0x33) && (word >> 15 & 31) == SP;
    return (quadrant == 1 && (funct3 == 0 || funct3 == 3)) ||      /* c.addi, c.addi16sp */
           (quadrant == 2 && funct3 == 4 && (word & 0x1000) != 0); /* c.add */
}

static void resume(calls_t *c, uint32_t which)
{
    c->now = which;
    code_cost_t away = code_cost_between(&c->clock, &now(c)->left);
    postpone(now(c), &away);
}

/* A place for a stack: a free one, or that of the one left longest ago, whose frames end. */
static uint32_t free_stack(calls_t *c)
{
    uint32_t oldest = c->now == 0 ? 1 : 0, here = c->now;
    if (c->stacks < CALL_STACKS)
        return c->stacks++;
    for (uint32_t i = 0; i < CALL_STACKS; i++)
        if (i != here && c->stack[i].left_order < c->stack[oldest].left_order)
            oldest = i;
    return oldest;
}

static void empty(calls_t *c, uint32_t which)
{
    uint32_t here = c->now;
    resume(c, which);
    pop_to(c, 0);
    c->now = here;
}

/* sp was loaded with another value by the instruction at `from`; pc is the next one. */
static void on_stack(calls_t *c, uint32_t from, uint32_t pc, uint32_t sp)
{
    call_stack_t *s = now(c);
    uint32_t found = CALL_STACKS;
    if (sp >= c->sp && sp <= s->highest_sp)
        return;
    if (s->depth <= 1 && !(s->depth == 1 && s->frame[0].trap)) {
        s->first_sp = s->highest_sp = sp; /* start-up: there was no stack */
        return;
    }
    s->left_sp = c->sp;
    s->left = c->clock;
    s->left_order = ++c->order;
    for (uint32_t i = 0; i < c->stacks; i++)
        if (i != c->now && c->stack[i].depth != 0 &&
            (c->stack[i].left_sp == sp || (found == CALL_STACKS && c->stack[i].first_sp == sp)))
            found = i;
    if (found < CALL_STACKS && c->stack[found].left_sp == sp) {
        resume(c, found);
        c->sp = sp;
        arrive(c, from, pc);
        return;
    }
    if (found == CALL_STACKS)
        found = free_stack(c);
    empty(c, found);
    c->now = found;
    c->sp = sp;
    s = now(c);
    s->first_sp = s->highest_sp = sp;
    push_root(c, pc, false);
}

/* ---- instructions ---- */

typedef enum { GOES_ON, CALLS, RETURNS, LEAVES } jump_t;

static bool links(uint32_t reg)
{
    return reg == 1 || reg == 5;
}

/* The hints of table 2.1 in the unprivileged specification; a swap of co-routines is taken for a
 * call, as calls through t0 have the same form. */
static jump_t jump_of(uint32_t word)
{
    uint32_t rd = word >> 7 & 31, rs1 = word >> 15 & 31, rs2 = word >> 2 & 31;
    if (word == MRET)
        return LEAVES;
    if ((word & 0x7f) == 0x6f)
        return links(rd) ? CALLS : GOES_ON;
    if ((word & 0x7f) == 0x67 && links(rd))
        return CALLS;
    if ((word & 0x7f) == 0x67)
        return links(rs1) ? RETURNS : GOES_ON;
    if ((word & 0xe003) == 0x2001) /* c.jal */
        return CALLS;
    if ((word & 0xe003) == 0x8002 && rs2 == 0 && rd != 0) /* c.jr, c.jalr: rd is rs1 */
        return (word & 0x1000) == 0 ? (links(rd) ? RETURNS : GOES_ON) : CALLS;
    return GOES_ON;
}

static void on_jump(calls_t *c, const core_note_t *n)
{
    uint32_t behind = n->pc + 2u * n->slots;
    switch (jump_of(n->word)) {
    case CALLS:
        push_call(c, n->pc, n->next_pc, behind, false);
        break;
    case RETURNS:
        on_return(c, n->pc, n->next_pc);
        break;
    case LEAVES:
        on_mret(c, n->pc, n->next_pc);
        break;
    case GOES_ON:
        if (!is_here(c, n->next_pc))
            arrive(c, n->pc, n->next_pc);
        break;
    }
}

void calls_insn(calls_t *c, const core_note_t *note, uint32_t sp)
{
    if (note->rd == SP) {
        if (!adds_to_sp(note->word))
            on_stack(c, note->pc, note->next_pc, sp);
        c->sp = sp;
        if (sp > now(c)->highest_sp)
            now(c)->highest_sp = sp;
    }
    if (note->next_pc != note->pc + 2u * note->slots || !is_here(c, note->next_pc))
        on_jump(c, note);
}

void calls_charge(calls_t *c, const code_cost_t *cost)
{
    const call_frame_t *frame = top(c);
    code_cost_add(&c->clock, cost);
    if (frame != NULL)
        c->node[frame->node].cycles += cost->cycles;
}

void calls_trap(calls_t *c, uint32_t pc)
{
    push_root(c, pc, true);
}

void calls_begin(calls_t *c, uint32_t pc, uint32_t sp)
{
    calls_end(c);
    c->stacks = 1;
    c->now = 0;
    c->sp = sp;
    c->stack[0].first_sp = c->stack[0].highest_sp = sp;
    push_root(c, pc, false);
}

void calls_end(calls_t *c)
{
    for (uint32_t i = 0; i < c->stacks; i++)
        if (i != c->now)
            empty(c, i);
    pop_to(c, 0);
}

bool calls_init(calls_t *c, const source_lines_t *lines)
{
    memset(c, 0, sizeof(*c));
    c->lines = lines;
    c->nodes = 1;
    return grow_edges(c) && grow_nodes(c);
}

void calls_free(calls_t *c)
{
    for (uint32_t i = 0; i < CALL_STACKS; i++)
        free(c->stack[i].frame);
    free(c->edge);
    free(c->node);
    free(c->edge_hash);
    free(c->node_hash);
    memset(c, 0, sizeof(*c));
}
