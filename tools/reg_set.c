#include "tools/reg_set.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 64 };

const sim_reg_t *reg_find(const sim_comp_t *comp, const char *name)
{
    const sim_reg_t *reg = comp->kind->regs;
    while (reg->name != NULL && strcmp(reg->name, name) != 0)
        reg++;
    return reg->name != NULL ? reg : NULL;
}

/* The length of what stands before '=', 0 when it is no name. */
static size_t register_name(const char *prefix, const char *setting, char name[MAX_NAME])
{
    size_t length = strcspn(setting, "="), before = strlen(prefix);
    if (setting[length] != '=' || length == 0 || length + before >= MAX_NAME)
        return 0;
    memcpy(name, prefix, before);
    for (size_t i = 0; i < length; i++)
        name[before + i] = setting[i] == '.' ? '_' : (char)toupper((unsigned char)setting[i]);
    name[before + length] = '\0';
    return length;
}

/* Negative numbers are for registers whose help says signed: half the range. */
static bool fits(const sim_reg_t *reg, long long value)
{
    long long mask = (long long)reg->rw_mask;
    bool is_signed = strstr(reg->help, "signed") != NULL;
    return value >= 0 ? (value & ~mask) == 0 : is_signed && value >= -(mask / 2) - 1;
}

bool reg_set(sim_comp_t *comp, const char *prefix, const char *setting, char *error,
             size_t error_bytes)
{
    char name[MAX_NAME], *end;
    size_t length = register_name(prefix, setting, name);
    const char *text = setting + length + 1;
    if (length == 0) {
        snprintf(error, error_bytes, "%s: expected stage.param=value", setting);
        return false;
    }
    const sim_reg_t *reg = reg_find(comp, name);
    if (reg == NULL || reg->rw_mask == 0) {
        snprintf(error, error_bytes, "%s: no register %s to write", setting, name);
        return false;
    }
    errno = 0;
    long long value = strtoll(text, &end, 0);
    if (end == text || *end != '\0' || errno != 0 || !fits(reg, value)) {
        snprintf(error, error_bytes, "%s: expected a number within %s (%s)", setting, name,
                 reg->help);
        return false;
    }
    sim_reg_write(comp, reg->addr, (uint32_t)value & reg->rw_mask);
    return true;
}
