#include "logic/isa.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_NAME = 16 };

static bool refuse(const char *text, const char *part, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes,
             "'%s': no '%s' in this core; expected rv32i, then m, a, c, u, then zicsr, zifencei "
             "(of zicntr there are cycle and instret; time is the CLINT's mtime register)",
             text, part);
    return false;
}

/* Extensions of one letter. */
static bool take_letter(char letter, isa_t *isa)
{
    bool *const flags[] = {&isa->m, &isa->a, &isa->c, &isa->u};
    static const char letters[] = "macu";
    const char *found = strchr(letters, letter);
    if (letter == '\0' || found == NULL)
        return false;
    *flags[found - letters] = true;
    return true;
}

/* Extensions of several letters are there always. */
static bool is_known(const char *name)
{
    static const char *const names[] = {"zicsr", "zifencei"};
    for (size_t i = 0; i < SIM_COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The name at *at, up to '_' or the end, in lower case. */
static void take_name(const char **at, char name[MAX_NAME])
{
    size_t used = 0;
    for (; **at != '\0' && **at != '_'; (*at)++)
        if (used + 1 < MAX_NAME)
            name[used++] = (char)tolower((unsigned char)**at);
    name[used] = '\0';
}

bool isa_parse(const char *text, isa_t *isa, char *error, size_t error_bytes)
{
    *isa = (isa_t){0};
    if (strncasecmp(text, "rv32i", 5) != 0)
        return refuse(text, text, error, error_bytes);
    for (const char *at = text + 5; *at != '\0';) {
        char name[MAX_NAME] = {(char)tolower((unsigned char)*at), '\0'};
        if (*at == '_') {
            at++;
        } else if (name[0] == 'z' || name[0] == 's' || name[0] == 'x') {
            take_name(&at, name);
            if (!is_known(name))
                return refuse(text, name, error, error_bytes);
        } else if (take_letter(name[0], isa)) {
            at++;
        } else {
            return refuse(text, name, error, error_bytes);
        }
    }
    return true;
}

void isa_to_core(const isa_t *isa, core_desc_t *core)
{
    core->m = isa->m;
    core->a = isa->a;
    core->c = isa->c;
    core->u |= isa->u;
}
