/*
 * reg_help.h - the fields of a register, read from its help text.
 *
 *   help   = field { "; " ( field | remark ) }
 *   field  = high [ ":" low ] ": " text        bits as decimal numbers, "4: done, W1C", "7:4: mode"
 *   remark = text that begins with no digit; belongs to the field before it
 *
 * The reader is strict: anything else, fields that overlap or have one name, and a bit that can be
 * written, cleared or is 1 after reset without a field are errors. Words that mean something:
 * a text with "reads 0" or beginning with "write " is a command, "a read " or "taken out" in the
 * help says that reading has an effect.
 */
#ifndef SIM_REG_HELP_H
#define SIM_REG_HELP_H

#include "sim/comp.h"

#define SIM_REG_MAX_FIELDS 32
#define SIM_FIELD_NAME 40

typedef enum { SIM_READ_ONLY, SIM_READ_WRITE, SIM_WRITE_ONLY } sim_access_t;

typedef struct {
    uint32_t low, bits;
    char name[SIM_FIELD_NAME]; /* upper case, from the text; "VALUE" when there is only one */
    const char *text;          /* in the help, text_bytes long, remarks included */
    size_t text_bytes;
    sim_access_t access;
    bool w1c; /* then access is SIM_READ_WRITE */
} sim_reg_field_t;

/* How many fields, in the order of the text; 0 and one line in error when the help is wrong. */
uint32_t sim_reg_fields(const sim_reg_t *reg, sim_reg_field_t field[SIM_REG_MAX_FIELDS],
                        char *error, size_t error_bytes);

/* Its bits, where they are in the register. */
uint32_t sim_reg_field_mask(const sim_reg_field_t *field);

/* What software can do with the register as a whole. */
sim_access_t sim_reg_access(const sim_reg_field_t *field, uint32_t fields);

/* Whether a read by software changes something. */
bool sim_reg_read_acts(const sim_reg_t *reg);

#endif
