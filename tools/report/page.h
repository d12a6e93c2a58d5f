/*
 * page.h - a page of HTML as it is written: text that comes from files is escaped, markup is ours.
 *
 * One page needs nothing beside it: style, script and pictures are in it, and its policy forbids it
 * to fetch anything. The same calls make the same bytes.
 */
#ifndef TOOLS_REPORT_PAGE_H
#define TOOLS_REPORT_PAGE_H

#include <stdio.h>

#include "sim/png.h"

typedef struct {
    FILE *to; /* the caller's */
} page_t;

/* From the doctype to <main>, and the end. */
void page_begin(page_t *page, const char *title);
void page_end(page_t *page);

/* Markup as it stands: no text of a file may come by here. */
void page_markup(page_t *page, const char *fmt, ...) SIM_PRINTF(2, 3);
/* Text, also within quotes of an attribute: markup, bytes that are no UTF-8 and control characters
 * become harmless. */
void page_text(page_t *page, const char *text);
void page_textf(page_t *page, const char *fmt, ...) SIM_PRINTF(2, 3);
/* A line that says what is missing, and how to get it. */
void page_note(page_t *page, const char *fmt, ...) SIM_PRINTF(2, 3);

/* <section>: id is ours, title, too. */
void page_section(page_t *page, const char *id, const char *title);
void page_section_end(page_t *page);
/* What is folded until it is asked for. */
void page_fold(page_t *page, const char *summary);
void page_fold_end(page_t *page);

/* A column's help is shown by its head; numbers stand on the right, and are sorted as numbers. */
typedef struct {
    const char *name, *help; /* help NULL: none */
    bool number;
} page_column_t;

/* A table that scrolls within its box, and that a click on a head sorts. caption: text, or NULL. */
void page_table(page_t *page, const char *caption, const page_column_t *column, uint32_t columns);
void page_row(page_t *page);
void page_cell(page_t *page, const char *text);
/* value: what it is sorted by. */
void page_number(page_t *page, double value, const char *fmt, ...) SIM_PRINTF(3, 4);
void page_row_end(page_t *page);
void page_table_end(page_t *page);

/* <img> with its bytes in it. false: out of memory. */
bool page_image(page_t *page, const sim_image_t *image, const char *alt);

/* Three significant digits and a unit that fits: "1.53 ms", "12.3 kB", "4.9 mJ". Returns text. */
#define PAGE_AMOUNT 48
const char *page_amount(char text[PAGE_AMOUNT], double value, const char *unit);
/* The same of picoseconds, and of femtojoules. */
const char *page_ps(char text[PAGE_AMOUNT], double ps);
const char *page_fj(char text[PAGE_AMOUNT], double fj);

#endif
