/*
 * library.c - guest of exec_test: picolibc's and GCC's own routines (soft float, 64-bit division,
 * sorting, formatting), printed, to be compared with what another simulator prints.
 */
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void sorted_numbers(void)
{
    int v[200];
    unsigned seed = 1;
    for (int i = 0; i < 200; i++) {
        seed = seed * 1103515245u + 12345;
        v[i] = (int)(seed >> 8) % 1000;
    }
    qsort(v, 200, sizeof(v[0]), by_value);
    for (int i = 0; i < 200; i += 17)
        printf("%d ", v[i]);
    puts("");
}

int main(void)
{
    static jmp_buf again;
    char *text = malloc(1000);
    sorted_numbers();
    for (int i = 1; i < 8; i++)
        printf("%.10g %.6f %e\n", sin(i), sqrt(i), pow(1.7, i * 10));
    for (int i = 3; i < 9; i++)
        printf("%llu %lld\n", 0x123456789abcdefULL / (unsigned)i, 0x123456789abcdefLL % (-i * 7));
    memset(text, 'x', 999);
    text[999] = '\0';
    printf("%u %s|%5d|%-6x|%+.3f\n", (unsigned)strlen(text), "text", -42, 255u, 3.14159);
    free(text);
    if (setjmp(again) == 0)
        longjmp(again, 3);
    return 17;
}
