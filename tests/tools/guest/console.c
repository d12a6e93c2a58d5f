/*
 * console.c - guest of exec_test: arguments, a line of standard input, both outputs, an exit code.
 * picolibc's own start-up, library and semihosting.
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    char line[80] = "";
    for (int i = 1; i < argc; i++)
        printf("argument %d is %s\n", i, argv[i]);
    if (argc > 3 && fgets(line, sizeof(line), stdin) != NULL)
        printf("read: %s", line);
    fprintf(stderr, "to stderr\n");
    printf("pi is about %.4f\n", 355.0 / 113.0);
    return argc > 2 ? atoi(argv[2]) : 0;
}
