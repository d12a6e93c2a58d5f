#include "tools/report/page.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report_page_files.inc"

enum { LONGEST = 2048 };

/* ---- text ---- */

void page_markup(page_t *page, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vfprintf(page->to, fmt, args);
    va_end(args);
}

/* Bytes of the UTF-8 character that begins there; 0: it is none (RFC 3629, 4). */
static uint32_t utf8_bytes(const unsigned char *at)
{
    static const struct {
        unsigned char low, high, second_low, second_high, bytes;
    } kind[] = {
        {0x20, 0x7e, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t k = 0; k < SIM_COUNT(kind); k++) {
        if (at[0] < kind[k].low || at[0] > kind[k].high)
            continue;
        if (kind[k].bytes > 1 && (at[1] < kind[k].second_low || at[1] > kind[k].second_high))
            return 0;
        for (uint32_t i = 2; i < kind[k].bytes; i++)
            if ((at[i] & 0xc0) != 0x80)
                return 0;
        return kind[k].bytes;
    }
    return 0;
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void page_text(page_t *page, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        const char *instead = entity(*at);
        uint32_t bytes = utf8_bytes((const unsigned char *)at);
        if (instead != NULL)
            fputs(instead, page->to);
        else if (bytes != 0)
            fwrite(at, 1, bytes, page->to);
        else if (*at == '\n' || *at == '\t')
            fputc(*at, page->to);
        else
            fputs("&#xfffd;", page->to); /* of a C0 or C1 control character, or a stray byte */
        at += instead == NULL && bytes > 1 ? bytes : 1;
    }
}

static void text_va(page_t *page, const char *fmt, va_list args)
{
    char text[LONGEST];
    vsnprintf(text, sizeof(text), fmt, args);
    page_text(page, text);
}

void page_textf(page_t *page, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    text_va(page, fmt, args);
    va_end(args);
}

void page_note(page_t *page, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("<p class=\"note\">", page->to);
    text_va(page, fmt, args);
    fputs("</p>\n", page->to);
    va_end(args);
}

/* ---- parts of a page ---- */

void page_begin(page_t *page, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
          page->to);
    page_text(page, title);
    fputs("</title>\n<style>\n", page->to);
    fwrite(page_style, 1, sizeof(page_style), page->to);
    fputs("</style>\n</head>\n<body>\n<main>\n", page->to);
}

void page_end(page_t *page)
{
    fputs("</main>\n<script>\n", page->to);
    fwrite(page_script, 1, sizeof(page_script), page->to);
    fputs("</script>\n</body>\n</html>\n", page->to);
}

void page_section(page_t *page, const char *id, const char *title)
{
    fprintf(page->to, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
}

void page_section_end(page_t *page)
{
    fputs("</section>\n", page->to);
}

void page_fold(page_t *page, const char *summary)
{
    fputs("<details><summary>", page->to);
    page_text(page, summary);
    fputs("</summary>\n", page->to);
}

void page_fold_end(page_t *page)
{
    fputs("</details>\n", page->to);
}

/* ---- tables ---- */

void page_table(page_t *page, const char *caption, const page_column_t *column, uint32_t columns)
{
    fputs("<div class=\"scroll\" tabindex=\"0\"><table>\n", page->to);
    if (caption != NULL) {
        fputs("<caption>", page->to);
        page_text(page, caption);
        fputs("</caption>\n", page->to);
    }
    fputs("<thead><tr>", page->to);
    for (uint32_t i = 0; i < columns; i++) {
        fputs(column[i].number ? "<th class=\"n\"" : "<th", page->to);
        if (column[i].help != NULL) {
            fputs(" title=\"", page->to);
            page_text(page, column[i].help);
            fputs("\"", page->to);
        }
        fputs("><button type=\"button\">", page->to);
        page_text(page, column[i].name);
        fputs("</button></th>", page->to);
    }
    fputs("</tr></thead>\n<tbody>\n", page->to);
}

void page_row(page_t *page)
{
    fputs("<tr>", page->to);
}

void page_cell(page_t *page, const char *text)
{
    fputs("<td>", page->to);
    page_text(page, text);
    fputs("</td>", page->to);
}

void page_number(page_t *page, double value, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (isfinite(value))
        fprintf(page->to, "<td class=\"n\" data-v=\"%.17g\">", value);
    else
        fputs("<td class=\"n\">", page->to);
    text_va(page, fmt, args);
    fputs("</td>", page->to);
    va_end(args);
}

void page_row_end(page_t *page)
{
    fputs("</tr>\n", page->to);
}

void page_table_end(page_t *page)
{
    fputs("</tbody></table></div>\n", page->to);
}

/* ---- pictures ---- */

/* RFC 4648, 4. */
static void put_base64(const uint8_t *data, size_t bytes, FILE *to)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes; i += 3) {
        uint32_t left = bytes - i < 3 ? (uint32_t)(bytes - i) : 3;
        uint32_t word = (uint32_t)data[i] << 16;
        word |= left > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        word |= left > 2 ? data[i + 2] : 0;
        for (uint32_t k = 0; k < 4; k++)
            fputc(k <= left ? digit[word >> (18 - 6 * k) & 63] : '=', to);
    }
}

bool page_image(page_t *page, const sim_image_t *image, const char *alt)
{
    uint8_t *png = NULL;
    size_t bytes = 0;
    char error[256];
    if (sim_png_encode(image, &png, &bytes, error, sizeof(error)) != SIM_OK)
        return false;
    fprintf(page->to, "<img width=\"%u\" height=\"%u\" alt=\"", image->width_px, image->height_px);
    page_text(page, alt);
    fputs("\" src=\"data:image/png;base64,", page->to);
    put_base64(png, bytes, page->to);
    fputs("\">", page->to);
    free(png);
    return true;
}

/* ---- amounts ---- */

const char *page_amount(char text[PAGE_AMOUNT], double value, const char *unit)
{
    static const char *const prefix[] = {"f", "p", "n", "\xc2\xb5", "m", "", "k", "M", "G", "T"};
    enum { ONE = 5 };
    int32_t n = ONE;
    double scaled = value;
    if (!isfinite(value)) {
        snprintf(text, PAGE_AMOUNT, "-");
        return text;
    }
    for (; fabs(scaled) >= 999.5 && n + 1 < (int32_t)SIM_COUNT(prefix); n++)
        scaled /= 1000;
    for (; scaled != 0 && fabs(scaled) < 0.9995 && n > 0; n--)
        scaled *= 1000;
    double size = fabs(scaled);
    bool whole = n == ONE && scaled == floor(scaled); /* counts and bytes have no decimals */
    int decimals = whole || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    if (size >= 1e6) /* beyond the prefixes */
        snprintf(text, PAGE_AMOUNT, "%.3g %s%s", scaled, prefix[n], unit);
    else
        snprintf(text, PAGE_AMOUNT, "%.*f %s%s", decimals, scaled, prefix[n], unit);
    return text;
}

const char *page_ps(char text[PAGE_AMOUNT], double ps)
{
    return page_amount(text, ps / 1e12, "s");
}

const char *page_fj(char text[PAGE_AMOUNT], double fj)
{
    return page_amount(text, fj / 1e15, "J");
}
