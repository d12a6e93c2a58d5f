/*
 * files.c - guest of exec_test: files inside of the folder, and tries to leave it.
 */
#include <errno.h>
#include <semihost.h>
#include <stdio.h>
#include <string.h>

static void try_to_open(const char *name, const char *mode)
{
    FILE *file = fopen(name, mode);
    printf("%s %s: %s\n", mode, name, file != NULL ? "opened" : strerror(errno));
    if (file != NULL)
        fclose(file);
}

int main(void)
{
    char text[16] = "";
    FILE *file = fopen("sub/out.txt", "w+");
    if (file == NULL)
        return 1;
    fprintf(file, "%s %d\n", "forty-two", 42);
    fseek(file, 6, SEEK_SET);
    fgets(text, sizeof(text), file);
    fclose(file);
    printf("back: %s", text);
    try_to_open("../outside.txt", "w");
    try_to_open("/tmp/outside.txt", "w");
    try_to_open("link", "r");
    try_to_open("none", "r");
    sys_semihost_rename("sub/out.txt", "kept.txt"); /* picolibc has no rename */
    return 0;
}
