/*
 * run_diff_print.c - what moved between two runs, as tables for people and as JSON.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/run_diff.h"

/* ---- tables ---- */

static void print_change(const run_diff_value_t *v, FILE *to)
{
    if (!v->numbers)
        fprintf(to, "%12s", "");
    else if (isfinite(v->change) && fabs(v->change) < 1e4)
        fprintf(to, "%+11.4g%%", 100 * v->change);
    else
        fprintf(to, "%12s", v->change > 0 ? "from 0" : "below 0");
}

static void print_values(const char *title, const run_diff_values_t *values, uint32_t most,
                         FILE *to)
{
    uint32_t shown = most == 0 || values->count < most ? values->count : most;
    if (values->count == 0)
        return;
    fprintf(to, "%s: %u values moved, %llu did not%s\n", title, values->count,
            (unsigned long long)values->same, values->within > 0 ? " (others by too little)" : "");
    for (uint32_t i = 0; i < shown; i++) {
        const run_diff_value_t *v = &values->value[i];
        print_change(v, to);
        fprintf(to, "  %-44s %s -> %s%s%s\n", v->path, v->a[0] != '\0' ? v->a : "nothing",
                v->b[0] != '\0' ? v->b : "nothing", v->unit[0] != '\0' ? " " : "", v->unit);
    }
    if (shown < values->count)
        fprintf(to, "%12s  .. %u more: --all\n", "", values->count - shown);
}

static void print_lines(const run_diff_t *d, FILE *to)
{
    for (uint32_t i = 0; i < d->line_files; i++) {
        const run_diff_lines_t *l = &d->lines[i];
        fprintf(to, "%s: %llu lines differ, %llu only in A, %llu only in B; first line %llu: %s\n",
                l->name, (unsigned long long)l->differ, (unsigned long long)l->only_a,
                (unsigned long long)l->only_b, (unsigned long long)l->first, l->why);
    }
}

static void print_events(const run_diff_t *d, uint32_t most, FILE *to)
{
    uint64_t kept = d->events < RUN_DIFF_EVENTS ? d->events : RUN_DIFF_EVENTS;
    uint64_t shown = most == 0 || kept < most ? kept : most;
    if (d->events > 0)
        fprintf(to, "events: %llu are told by one of them only\n", (unsigned long long)d->events);
    for (uint64_t i = 0; i < shown; i++)
        fprintf(to, "  %s %-14s %s\n", d->event[i].in_b ? "B" : "A", d->event[i].file,
                d->event[i].text);
    if (shown < d->events)
        fprintf(to, "  .. %llu more\n", (unsigned long long)(d->events - shown));
}

static void print_pictures(const run_diff_t *d, uint32_t most, FILE *to)
{
    uint32_t shown = most == 0 || d->pictures < most ? d->pictures : most;
    if (d->pictures + d->pictures_a + d->pictures_b == 0)
        return;
    fprintf(to, "pictures: %u differ, %llu are the same, %llu only in A, %llu only in B\n",
            d->pictures, (unsigned long long)d->pictures_same, (unsigned long long)d->pictures_a,
            (unsigned long long)d->pictures_b);
    for (uint32_t i = 0; i < shown; i++) {
        const run_diff_picture_t *p = &d->picture[i];
        if (p->sizes)
            fprintf(to, "  %-28s other size\n", p->name);
        else
            fprintf(to, "  %-28s mean %.4g, most %u DN at %u,%u, PSNR %.1f dB\n", p->name,
                    p->mean_dn, p->most_dn, p->x_px, p->y_px, p->psnr_db);
    }
}

static void print_files(const run_diff_t *d, FILE *to)
{
    for (uint32_t i = 0; i < d->files; i++) {
        const run_diff_file_t *f = &d->file[i];
        if (f->a_bytes < 0 || f->b_bytes < 0)
            fprintf(to, "%s differs: only in %s\n", f->name, f->a_bytes < 0 ? "B" : "A");
        else
            fprintf(to, "%s differs: %lld bytes against %lld, from byte %llu on\n", f->name,
                    (long long)f->a_bytes, (long long)f->b_bytes, (unsigned long long)f->first);
    }
}

void run_diff_print(const run_diff_t *d, uint32_t most, FILE *to)
{
    if (run_diff_same(d)) {
        fprintf(to, "the same: %llu values, %llu pictures\n",
                (unsigned long long)(d->stats.same + d->config.same),
                (unsigned long long)d->pictures_same);
        return;
    }
    fprintf(to, "A %s\nB %s\n", d->a, d->b);
    print_values("config.json", &d->config, most, to);
    print_values("stats.json", &d->stats, most, to);
    print_lines(d, to);
    print_events(d, most, to);
    print_pictures(d, most, to);
    print_files(d, to);
}

/* ---- JSON ---- */

/* Numbers as such, others as their JSON; nothing where there is none. */
static void add_side(sim_json_t *item, const char *key, const char *text, bool number)
{
    if (number)
        sim_json_add_num(item, key, strtod(text, NULL));
    else if (text[0] != '\0')
        sim_json_add_str(item, key, text);
}

static void add_values(sim_json_t *to, const char *key, const run_diff_values_t *values)
{
    sim_json_t *list = sim_json_add_array(to, key);
    for (uint32_t i = 0; i < values->count; i++) {
        const run_diff_value_t *v = &values->value[i];
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_str(item, "path", v->path);
        if (v->unit[0] != '\0')
            sim_json_add_str(item, "unit", v->unit);
        add_side(item, "a", v->a, v->numbers);
        add_side(item, "b", v->b, v->numbers);
        if (v->numbers && isfinite(v->change))
            sim_json_add_num(item, "change", v->change);
    }
}

static void add_lines(sim_json_t *to, const run_diff_t *d)
{
    sim_json_t *list = sim_json_add_array(to, "lines");
    for (uint32_t i = 0; i < d->line_files; i++) {
        const run_diff_lines_t *l = &d->lines[i];
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_str(item, "file", l->name);
        sim_json_add_u64(item, "a", l->a);
        sim_json_add_u64(item, "b", l->b);
        sim_json_add_u64(item, "differ", l->differ);
        sim_json_add_u64(item, "only_a", l->only_a);
        sim_json_add_u64(item, "only_b", l->only_b);
        sim_json_add_u64(item, "first", l->first);
        sim_json_add_str(item, "why", l->why);
    }
}

static void add_events(sim_json_t *to, const run_diff_t *d)
{
    sim_json_t *list = sim_json_add_array(to, "events");
    for (uint64_t i = 0; i < d->events && i < RUN_DIFF_EVENTS; i++) {
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_str(item, "in", d->event[i].in_b ? "b" : "a");
        sim_json_add_str(item, "file", d->event[i].file);
        sim_json_add_str(item, "event", d->event[i].text);
    }
}

static void add_pictures(sim_json_t *to, const run_diff_t *d)
{
    sim_json_t *list = sim_json_add_array(to, "pictures");
    for (uint32_t i = 0; i < d->pictures; i++) {
        const run_diff_picture_t *p = &d->picture[i];
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_str(item, "file", p->name);
        if (p->sizes)
            continue;
        sim_json_add_num(item, "mean_dn", p->mean_dn);
        sim_json_add_u64(item, "most_dn", p->most_dn);
        sim_json_add_u64(item, "x_px", p->x_px);
        sim_json_add_u64(item, "y_px", p->y_px);
        sim_json_add_num(item, "psnr_db", p->psnr_db);
    }
    sim_json_add_u64(to, "pictures_same", d->pictures_same);
    sim_json_add_u64(to, "pictures_only_a", d->pictures_a);
    sim_json_add_u64(to, "pictures_only_b", d->pictures_b);
}

static void add_files(sim_json_t *to, const run_diff_t *d)
{
    sim_json_t *list = sim_json_add_array(to, "files");
    for (uint32_t i = 0; i < d->files; i++) {
        const run_diff_file_t *f = &d->file[i];
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_str(item, "file", f->name);
        if (f->a_bytes >= 0)
            sim_json_add_i64(item, "a_bytes", f->a_bytes);
        if (f->b_bytes >= 0)
            sim_json_add_i64(item, "b_bytes", f->b_bytes);
        sim_json_add_u64(item, "first", f->first);
    }
}

sim_json_t *run_diff_json(const run_diff_t *d)
{
    sim_json_t *to = sim_json_object();
    sim_json_add_bool(to, "same", run_diff_same(d));
    sim_json_add_str(to, "a", d->a);
    sim_json_add_str(to, "b", d->b);
    add_values(to, "config", &d->config);
    add_values(to, "stats", &d->stats);
    add_lines(to, d);
    add_events(to, d);
    add_pictures(to, d);
    add_files(to, d);
    return to;
}
