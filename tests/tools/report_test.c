/*
 * report_test.c - `compile --report`: every figure of a small network, worked out by hand.
 *
 *   image 16x16x32 -> a: 1x1, 64 channels -> b: 3x3, 32 channels -> layout node of the result
 *
 * Rates of the chip (logic/chips/imx500.json): 64 bytes of activations a cycle, 14 of weights and
 * parameters; 2304 multipliers. Layers are cut into 4 tiles of 4 rows, so b loads 5 + 6 + 6 + 5
 * rows.
 */
#include "sim/file.h"
#include "sim/json.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/report"
#define COMPILE "compile --topology " DIR "/r.topo -o " DIR "/r.fnp"

enum { LAYERS = 3, PLACES = 4 };

static char text[1 << 18], error[256];

/* clang-format off */
static const struct {
    const char *name, *op;
    double macs, load, store; /* load and store: cycles that their bytes need */
    uint64_t l2_bytes;
    const char *by;
} want[LAYERS] = {
    /* name op            MACs                       load                            store          bytes of L2 */
    {"a", "CONV_2D",   16 * 16 * 32 * 64.0,       8192 / 64.0 + (2048 + 768) / 14.0, 16384 / 64.0,  8192 + 2048 + 768 + 16384, "load"},
    {"b", "CONV_2D",   16 * 16 * 9 * 64 * 32.0,   22528 / 64.0 + (18432 + 384) / 14.0, 8192 / 64.0, 22528 + 18432 + 384 + 8192, "mac"},
    {"b", "TRANSFORM", 0,                         8192 / 64.0,                       8192 / 64.0,   8192 + 8192, "load"},
};
/* The image stays ("persistent input"); the result of b stands in channels of 32, then as asked for. */
static const struct {
    const char *name;
    uint64_t bytes, first, last;
} places[PLACES] = {
    {"image", 16 * 16 * 32, 0, 2}, {"a", 16 * 16 * 64, 0, 1}, {"b", 16 * 16 * 32, 2, 2}, {"b", 16 * 16 * 32, 1, 2},
};
/* clang-format on */

static void save_list(void)
{
    static const char list[] = "input image 16 16 32\na conv k=1 c=64\nb conv k=3 c=32\noutput b\n";
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/r.topo", list, sizeof(list) - 1, error, sizeof(error)),
                     SIM_OK);
}

static sim_doc_t *report(void)
{
    save_list();
    ck_assert_int_eq(fovea(text, sizeof(text), COMPILE " --json"), 0);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "report");
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    return doc;
}

static double number(const sim_cfg_t *at, const char *key)
{
    ck_assert_msg(sim_cfg_has(at, key), "no %s", key);
    return sim_cfg_num(at, key, 0, 1e18, 0);
}

static void near(double is, double wanted)
{
    ck_assert_msg(is >= wanted * (1 - 1e-9) && is <= wanted * (1 + 1e-9), "%.12g, not %.12g", is,
                  wanted);
}

START_TEST(bytes_work_and_roofline_of_each_layer)
{
    sim_doc_t *doc = report();
    sim_cfg_t root = sim_doc_root(doc);
    ck_assert_uint_eq(sim_cfg_count(&root, "layers"), LAYERS);
    for (uint32_t i = 0; i < LAYERS; i++) {
        sim_cfg_t layer = sim_cfg_at(&root, "layers", i), roof = sim_cfg_obj(&layer, "roofline");
        double cycles = number(&layer, "cycles"), mac = want[i].macs / 2304, least = want[i].load;
        least = want[i].store > least ? want[i].store : least;
        least = mac > least ? mac : least;
        ck_assert_str_eq(sim_cfg_str(&layer, "name", ""), want[i].name);
        ck_assert_str_eq(sim_cfg_str(&layer, "op", ""), want[i].op);
        near(number(&layer, "macs"), want[i].macs);
        near(number(&layer, "l2_bytes"), (double)want[i].l2_bytes);
        near(number(&layer, "utilization"), mac / cycles);
        near(number(&roof, "macs_per_cycle"), want[i].macs / cycles);
        near(number(&roof, "macs_per_byte"), want[i].macs / (double)want[i].l2_bytes);
        near(number(&roof, "roof_macs_per_cycle"), want[i].macs / least);
        ck_assert_str_eq(sim_cfg_str(&roof, "by", ""), want[i].by);
        ck_assert(cycles >= least);
    }
    sim_doc_free(doc);
}
END_TEST

START_TEST(stalls_add_up_to_layers_and_layers_to_the_run)
{
    static const char *const classes[] = {"compute", "fetch", "dma", "bank", "dependency", "drain"};
    sim_doc_t *doc = report();
    sim_cfg_t root = sim_doc_root(doc);
    double all = 0;
    for (uint32_t i = 0; i < LAYERS; i++) {
        sim_cfg_t layer = sim_cfg_at(&root, "layers", i), stalls = sim_cfg_obj(&layer, "stalls");
        double sum = 0;
        for (size_t c = 0; c < SIM_COUNT(classes); c++)
            sum += number(&stalls, classes[c]);
        ck_assert(sum == number(&layer, "cycles"));
        all += sum;
    }
    ck_assert(all == number(&root, "cycles"));
    sim_doc_free(doc);
}
END_TEST

/* The layer of each instruction as the disassembly has it; -1: a line that is none. */
static int layer_of(const char *line)
{
    const char *tag = strstr(line, " layer=");
    if (*line == '.' || *line == '\0' || *line == ';')
        return -1;
    return tag != NULL ? atoi(tag + 7) : 0; /* 0 is not printed */
}

START_TEST(rows_join_the_instructions_of_their_layer)
{
    uint32_t first[LAYERS], last[LAYERS], count[LAYERS] = {0}, insns = 0;
    sim_doc_t *doc = report();
    sim_cfg_t root = sim_doc_root(doc);
    ck_assert_int_eq(fovea(text, sizeof(text), "disasm " DIR "/r.fnp"), 0);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        int layer = layer_of(line);
        if (layer < 0)
            continue;
        ck_assert_int_lt(layer, LAYERS);
        if (strncmp(line, "end", 3) != 0) {
            if (count[layer]++ == 0)
                first[layer] = insns;
            last[layer] = insns;
        }
        insns++;
    }
    ck_assert_uint_eq(insns, (uint64_t)number(&root, "instructions"));
    for (uint32_t i = 0; i < LAYERS; i++) {
        sim_cfg_t layer = sim_cfg_at(&root, "layers", i);
        ck_assert_uint_eq((uint64_t)number(&layer, "first"), first[i]);
        ck_assert_uint_eq((uint64_t)number(&layer, "last"), last[i]);
    }
    sim_doc_free(doc);
}
END_TEST

START_TEST(places_live_as_long_as_they_are_needed_and_stand_apart)
{
    uint64_t offset[PLACES];
    sim_doc_t *doc = report();
    sim_cfg_t root = sim_doc_root(doc);
    ck_assert_uint_eq(sim_cfg_count(&root, "places"), PLACES);
    for (uint32_t i = 0; i < PLACES; i++) {
        sim_cfg_t place = sim_cfg_at(&root, "places", i);
        ck_assert_str_eq(sim_cfg_str(&place, "name", ""), places[i].name);
        ck_assert_uint_eq((uint64_t)number(&place, "bytes"), places[i].bytes);
        ck_assert_uint_eq((uint64_t)number(&place, "first_layer"), places[i].first);
        ck_assert_uint_eq((uint64_t)number(&place, "last_layer"), places[i].last);
        offset[i] = (uint64_t)number(&place, "offset");
        for (uint32_t k = 0; k < i; k++)
            ck_assert(places[k].last < places[i].first || places[i].last < places[k].first ||
                      offset[k] + places[k].bytes <= offset[i] ||
                      offset[i] + places[i].bytes <= offset[k]);
    }
    /* image, a and b while b is computed */
    sim_cfg_t l2 = sim_cfg_obj(&root, "l2");
    near(number(&l2, "activations_lower_bound_bytes"), 8192 + 16384 + 8192);
    near(number(&l2, "activations_bytes"), 8192 + 16384 + 8192);
    sim_doc_free(doc);
}
END_TEST

/* Weights and parameters lie one layer's behind the other's; the program file knows the peaks. */
START_TEST(l1_memories_hold_what_a_layer_touches)
{
    static const uint64_t wgt[2] = {32 * 64, 9 * 64 * 32}, par[2] = {64 * 12, 32 * 12};
    sim_doc_t *doc = report();
    sim_cfg_t root = sim_doc_root(doc);
    double range[2], act_end = 0, acc_end = 0, before = 0, par_before = 0;
    for (uint32_t i = 0; i < LAYERS; i++) {
        sim_cfg_t layer = sim_cfg_at(&root, "layers", i), l1 = sim_cfg_obj(&layer, "l1");
        sim_cfg_nums(&l1, "wgt", range, 2, 0, 1e9);
        ck_assert(range[0] == (i < 2 ? before : 0));
        ck_assert(range[1] - range[0] == (i < 2 ? (double)wgt[i] : 0));
        before = range[1];
        sim_cfg_nums(&l1, "par", range, 2, 0, 1e9);
        ck_assert(range[0] == (i < 2 ? par_before : 0));
        ck_assert(range[1] - range[0] == (i < 2 ? (double)par[i] : 0));
        par_before = range[1];
        sim_cfg_nums(&l1, "act", range, 2, 0, 1e9);
        act_end = range[1] > act_end ? range[1] : act_end;
        sim_cfg_nums(&l1, "acc", range, 2, 0, 1e9);
        acc_end = range[1] > acc_end ? range[1] : acc_end;
    }
    sim_doc_free(doc);
    char peak[64];
    ck_assert_int_eq(fovea(text, sizeof(text), "disasm " DIR "/r.fnp"), 0);
    snprintf(peak, sizeof(peak), "\n.l1 act %.0f\n", act_end);
    ck_assert_ptr_nonnull(strstr(text, peak));
    snprintf(peak, sizeof(peak), "\n.l1 acc %.0f\n", acc_end);
    ck_assert_ptr_nonnull(strstr(text, peak));
}
END_TEST

/* Rows of the map in whose column `layer` stands this letter; from "L2 over time" on. */
static uint32_t rows_with(const char *map, uint32_t layer, char letter)
{
    uint32_t rows = 0;
    for (const char *bar = strchr(map, '|'); bar != NULL; bar = strchr(bar + 1, '|'))
        rows += strcspn(bar, "\n") > layer + 1 && bar[1 + layer] == letter;
    return rows;
}

START_TEST(the_text_has_the_same_figures_and_a_picture)
{
    save_list();
    ck_assert_int_eq(fovea(text, sizeof(text), COMPILE " --report"), 0);
    const char *map = strstr(text, "L2 over time"), *list = strstr(text, "    L2 place");
    ck_assert_ptr_nonnull(map);
    ck_assert_ptr_nonnull(list);
    ck_assert_ptr_nonnull(strstr(text, "   1592.9 load       27392 "));
    ck_assert_ptr_nonnull(strstr(text, "   2304.0 mac        49536 "));
    /* letters in the order of places: who lives in which layer, how high it stands of 32 kB */
    map = strchr(strchr(strstr(map, "|program"), '\n'), '\n');
    for (uint32_t layer = 0; layer < LAYERS; layer++)
        for (uint32_t i = 0; i < PLACES; i++) {
            bool lives = places[i].first <= layer && layer <= places[i].last;
            uint32_t rows = rows_with(map, layer, (char)('a' + i));
            ck_assert_uint_ge(rows, lives ? 24 * places[i].bytes / 32768 : 0);
            ck_assert_uint_le(rows, lives ? 24 * places[i].bytes / 32768 + 1 : 0);
        }
}
END_TEST

TEST_MAIN("fovea compile --report", bytes_work_and_roofline_of_each_layer,
          stalls_add_up_to_layers_and_layers_to_the_run, rows_join_the_instructions_of_their_layer,
          l1_memories_hold_what_a_layer_touches,
          places_live_as_long_as_they_are_needed_and_stand_apart,
          the_text_has_the_same_figures_and_a_picture)
