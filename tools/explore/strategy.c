#include "tools/explore/strategy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/hash.h"
#include "sim/rng.h"
#include "tools/explore/pareto.h"
#include "tools/explore/sobol.h"

enum {
    PURPOSE_RANDOM = 0x65787031,
    PURPOSE_SHIFT,
    PURPOSE_BREED,
    LEAD = 2,        /* generations between a result and what is bred from it */
    MAX_TRIES = 200, /* for a combination that was not there */
};

struct strategy {
    strategy_kind_t kind;
    const space_t *space;
    uint32_t column_param[SPACE_FREE]; /* which parameter a number of the gene is */
    uint64_t seed, budget, points;     /* points: of the grid, 0: uncountable */
    uint64_t made;                     /* points given out */
    uint64_t drawn;                    /* of random and sobol, repetitions included */
    uint64_t *seen;                    /* hashes of genes, open addressing; 0: free */
    uint64_t seen_room;
    /* evolve: of every point made */
    double *gene, *figure;
    bool *told;
    uint64_t room;
    uint32_t *parent; /* points that the generation under way is bred from */
    uint32_t parents;
    uint64_t bred_for; /* generation that parents are for; 0: none */
    sim_stream_t stream;
};

/* ---- combinations that were there ---- */

/* Genes are the same when all levels are; real numbers: when equal. */
static uint64_t gene_hash(const strategy_t *s, const double *gene)
{
    uint64_t key[SPACE_FREE] = {0};
    for (uint32_t c = 0; c < s->space->free; c++) {
        const space_param_t *p = &s->space->param[s->column_param[c]];
        if (p->kind == PARAM_REAL)
            memcpy(&key[c], &gene[c], sizeof(key[c]));
        else
            key[c] = space_level(p, gene[c]);
    }
    uint64_t hash = sim_hash(SIM_HASH_SEED, key, s->space->free * sizeof(key[0]));
    return hash != 0 ? hash : 1;
}

static bool put_seen(uint64_t *table, uint64_t room, uint64_t hash)
{
    uint64_t at = hash % room;
    while (table[at] != 0 && table[at] != hash)
        at = (at + 1) % room;
    bool is_new = table[at] == 0;
    table[at] = hash;
    return is_new;
}

static bool grow_seen(strategy_t *s)
{
    uint64_t room = s->seen_room == 0 ? 1024 : 2 * s->seen_room;
    uint64_t *table = calloc(room, sizeof(*table));
    if (table == NULL)
        return false;
    for (uint64_t i = 0; i < s->seen_room; i++)
        if (s->seen[i] != 0)
            put_seen(table, room, s->seen[i]);
    free(s->seen);
    s->seen = table;
    s->seen_room = room;
    return true;
}

static bool is_new(strategy_t *s, const double *gene)
{
    return put_seen(s->seen, s->seen_room, gene_hash(s, gene));
}

/* ---- grid, random, sobol ---- */

static void make_grid(const strategy_t *s, uint64_t n, double *gene)
{
    for (uint32_t c = s->space->free; c-- > 0;) {
        const space_param_t *p = &s->space->param[s->column_param[c]];
        gene[c] = space_number(p, n % p->levels);
        n /= p->levels;
    }
}

static double unit(uint32_t bits)
{
    return (double)bits / 4294967296.0;
}

/* The middle of its level, so that a gene says the same wherever it is kept. */
static void set_middle(const strategy_t *s, double *gene)
{
    for (uint32_t c = 0; c < s->space->free; c++) {
        const space_param_t *p = &s->space->param[s->column_param[c]];
        if (p->kind != PARAM_REAL)
            gene[c] = space_number(p, space_level(p, gene[c]));
    }
}

static void draw(strategy_t *s, double *gene)
{
    uint64_t n = s->drawn++;
    for (uint32_t c = 0; c < s->space->free; c++) {
        const sim_rng_t random = {s->seed, PURPOSE_RANDOM, (uint32_t)(n >> 32), (uint32_t)n};
        const sim_rng_t shift = {s->seed, PURPOSE_SHIFT, 0, 0};
        if (s->kind == STRATEGY_SOBOL)
            gene[c] = unit(sobol_u32(c, (uint32_t)n) ^ sim_rng_u32(&shift, c));
        else
            gene[c] = unit(sim_rng_u32(&random, c));
    }
    set_middle(s, gene);
}

/* False: there seems to be no combination left. */
static bool draw_new(strategy_t *s, double *gene)
{
    if (s->points != 0 && s->made >= s->points)
        return false;
    for (uint32_t i = 0; i < 1u << 20; i++) {
        draw(s, gene);
        if (is_new(s, gene))
            return true;
    }
    return false;
}

/* ---- evolve ---- */

static uint64_t generation_of(const strategy_t *s, uint64_t n)
{
    return n / s->space->population;
}

static bool make_room(strategy_t *s)
{
    if (s->made < s->room)
        return true;
    uint64_t room = s->room == 0 ? 256 : 2 * s->room;
    double *gene = realloc(s->gene, room * s->space->free * sizeof(*gene));
    s->gene = gene != NULL ? gene : s->gene;
    double *figure = realloc(s->figure, room * (s->space->objectives + 1) * sizeof(*figure));
    s->figure = figure != NULL ? figure : s->figure;
    bool *told = realloc(s->told, room * sizeof(*told));
    s->told = told != NULL ? told : s->told;
    if (gene == NULL || figure == NULL || told == NULL)
        return false;
    memset(s->told + s->room, 0, room - s->room);
    s->room = room;
    return true;
}

static bool all_told(const strategy_t *s, uint64_t points)
{
    for (uint64_t n = 0; n < points; n++)
        if (!s->told[n])
            return false;
    return true;
}

typedef struct {
    uint32_t rank, index;
    double crowding;
} fitness_t;

static int by_fitness(const void *a, const void *b)
{
    const fitness_t *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->crowding < y->crowding || x->crowding > y->crowding)
        return x->crowding > y->crowding ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static double *figures_of(const strategy_t *s, uint64_t n)
{
    return s->figure + n * s->space->objectives;
}

/* The best of `count` points become parents, in order. */
static bool keep_best(strategy_t *s, const uint32_t *point, uint32_t count)
{
    uint32_t objectives = s->space->objectives, most = s->space->population;
    fitness_t *all = calloc(count, sizeof(*all));
    uint32_t *rank = calloc(count, sizeof(*rank));
    double *crowding = calloc(count, sizeof(*crowding));
    double *figure = calloc((size_t)count * objectives, sizeof(*figure));
    bool fine = all != NULL && rank != NULL && crowding != NULL && figure != NULL;
    for (uint32_t i = 0; fine && i < count; i++)
        memcpy(figure + (size_t)i * objectives, figures_of(s, point[i]),
               objectives * sizeof(*figure));
    fine = fine && pareto_rank(figure, count, objectives, rank) &&
           pareto_crowding(figure, count, objectives, rank, crowding);
    for (uint32_t i = 0; fine && i < count; i++)
        all[i] = (fitness_t){rank[i], point[i], crowding[i]};
    if (fine)
        qsort(all, count, sizeof(*all), by_fitness);
    s->parents = fine ? (count < most ? count : most) : 0;
    for (uint32_t i = 0; i < s->parents; i++)
        s->parent[i] = all[i].index;
    free(all);
    free(rank);
    free(crowding);
    free(figure);
    return fine;
}

/* NSGA-II: the best of the parents so far and of a generation of children. */
static bool choose_parents(strategy_t *s, uint64_t generation)
{
    uint32_t children = s->space->population, count = s->parents;
    uint32_t *point = calloc(count + children, sizeof(*point));
    if (point == NULL)
        return false;
    if (count > 0)
        memcpy(point, s->parent, count * sizeof(*point));
    for (uint32_t i = 0; i < children; i++)
        point[count++] = (uint32_t)(generation * children + i);
    bool fine = keep_best(s, point, count);
    free(point);
    return fine;
}

/* Two at random, the fitter one: parents stand in that order. */
static const double *tournament(strategy_t *s)
{
    uint32_t a = sim_stream_below(&s->stream, s->parents);
    uint32_t b = sim_stream_below(&s->stream, s->parents);
    return s->gene + (size_t)s->parent[a < b ? a : b] * s->space->free;
}

static double stream_unit(strategy_t *s)
{
    return unit(sim_stream_u32(&s->stream));
}

/* Half of the time a near level, else any; at least another one. */
static double mutate_level(strategy_t *s, const space_param_t *p, double number)
{
    uint64_t level = space_level(p, number), levels = p->levels;
    bool near = p->kind != PARAM_LIST || sim_json_kind(p->value[0]) == SIM_JSON_NUM;
    if (levels < 2)
        return number;
    if (near && stream_unit(s) < 0.5) {
        bool up = stream_unit(s) < 0.5;
        level = level == 0 ? 1 : level == levels - 1 ? levels - 2 : up ? level + 1 : level - 1;
    } else {
        uint64_t step = 1 + (uint64_t)(stream_unit(s) * (double)(levels - 1));
        level = (level + step) % levels;
    }
    return space_number(p, level);
}

/* Of real numbers: the polynomial mutation of K. Deb and M. Goyal, "A combined genetic adaptive
 * search (GeneAS) for engineering design", 1996, with index 20. */
static double mutate_real(strategy_t *s, double number)
{
    double u = stream_unit(s), power = 1.0 / 21;
    double delta = u < 0.5 ? pow(2 * u, power) - 1 : 1 - pow(2 * (1 - u), power);
    double to = number + delta;
    return to < 0 ? 0 : to >= 1 ? 1 - 0x1p-32 : to;
}

/* Uniform crossover of nine pairs in ten; each number of the child mutates once in as many times as
 * there are numbers. */
static void breed(strategy_t *s, double *gene)
{
    const double *a = tournament(s), *b = tournament(s);
    bool cross = stream_unit(s) < 0.9;
    for (uint32_t c = 0; c < s->space->free; c++) {
        const space_param_t *p = &s->space->param[s->column_param[c]];
        gene[c] = cross && stream_unit(s) < 0.5 ? b[c] : a[c];
        if (stream_unit(s) * s->space->free >= 1)
            continue;
        gene[c] = p->kind == PARAM_REAL ? mutate_real(s, gene[c]) : mutate_level(s, p, gene[c]);
    }
}

static strategy_answer_t next_evolved(strategy_t *s, double *gene)
{
    uint64_t generation = generation_of(s, s->made);
    uint64_t needed = generation < LEAD ? 0 : (generation - LEAD + 1) * s->space->population;
    if (!make_room(s))
        return STRATEGY_NO_MEMORY;
    if (generation >= LEAD && s->bred_for != generation) {
        if (!all_told(s, needed))
            return STRATEGY_WAIT;
        if (!choose_parents(s, generation - LEAD))
            return STRATEGY_NO_MEMORY;
        s->bred_for = generation;
        s->stream = sim_stream(s->seed, PURPOSE_BREED, (uint32_t)generation);
    }
    bool found = false;
    for (uint32_t i = 0; generation >= LEAD && !found && i < MAX_TRIES; i++) {
        breed(s, gene);
        found = is_new(s, gene);
    }
    if (!found && !draw_new(s, gene))
        return STRATEGY_END;
    memcpy(s->gene + s->made * s->space->free, gene, s->space->free * sizeof(*gene));
    return STRATEGY_POINT;
}

/* ---- what callers see ---- */

strategy_answer_t strategy_next(strategy_t *s, double *gene)
{
    strategy_answer_t answer = STRATEGY_POINT;
    if (s->made >= s->budget)
        return STRATEGY_END;
    if (s->kind != STRATEGY_GRID && 2 * s->made + 2 > s->seen_room && !grow_seen(s))
        return STRATEGY_NO_MEMORY;
    if (s->kind == STRATEGY_GRID && s->made >= s->points)
        answer = STRATEGY_END;
    else if (s->kind == STRATEGY_GRID)
        make_grid(s, s->made, gene);
    else if (s->kind == STRATEGY_EVOLVE)
        answer = next_evolved(s, gene);
    else if (!draw_new(s, gene))
        answer = STRATEGY_END;
    s->made += answer == STRATEGY_POINT;
    return answer;
}

void strategy_tell(strategy_t *s, uint64_t n, const double *figure)
{
    if (s->kind != STRATEGY_EVOLVE || n >= s->made || s->told[n])
        return;
    s->told[n] = true;
    for (uint32_t m = 0; m < s->space->objectives; m++) {
        double v = figure != NULL ? figure[m] : NAN;
        s->figure[n * s->space->objectives + m] = s->space->objective[m].most ? -v : v;
    }
}

static bool suits(strategy_kind_t kind, const space_t *space, uint64_t points, char *error,
                  size_t error_bytes)
{
    const char *why = NULL;
    if (kind == STRATEGY_GRID && points == 0)
        why = "a grid needs levels: a range without step or log2 has none";
    else if (kind == STRATEGY_GRID && points > SPACE_MAX_POINTS)
        why = "the grid has more than 2^24 points";
    else if (kind == STRATEGY_SOBOL && space->free > SOBOL_DIMENSIONS)
        why = "sobol takes at most 20 parameters";
    else if (kind == STRATEGY_EVOLVE && space->objectives == 0)
        why = "evolve needs objectives";
    if (why != NULL)
        snprintf(error, error_bytes, "%s: %s", space->file, why);
    return why == NULL;
}

strategy_t *strategy_new(strategy_kind_t kind, const space_t *space, uint64_t seed, uint64_t budget,
                         char *error, size_t error_bytes)
{
    uint64_t points = space_points(space);
    if (!suits(kind, space, points, error, error_bytes))
        return NULL;
    strategy_t *s = calloc(1, sizeof(*s));
    if (s != NULL)
        s->parent = calloc(space->population, sizeof(*s->parent));
    if (s == NULL || s->parent == NULL) {
        snprintf(error, error_bytes, "out of memory");
        strategy_free(s);
        return NULL;
    }
    s->kind = kind;
    s->space = space;
    s->seed = seed;
    s->budget = budget;
    s->points = points == UINT64_MAX ? 0 : points;
    for (uint32_t i = 0; i < space->params; i++)
        if (space->param[i].kind != PARAM_EXPR)
            s->column_param[space->param[i].column] = i;
    return s;
}

void strategy_free(strategy_t *s)
{
    if (s == NULL)
        return;
    free(s->seen);
    free(s->gene);
    free(s->figure);
    free(s->told);
    free(s->parent);
    free(s);
}
