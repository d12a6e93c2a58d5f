/*
 * svd.c - elements in the order of CMSIS-SVD.xsd, version 1.3.
 */
#include "tools/svd.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/reg_help.h"
#include "tools/version.h"

static const char *const access_name[] = {"read-only", "read-write", "write-only"};

static void print_text(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '<')
            fputs("&lt;", stdout);
        else if (text[i] == '>')
            fputs("&gt;", stdout);
        else if (text[i] == '&')
            fputs("&amp;", stdout);
        else
            putchar(text[i]);
    }
}

static void print_description(const char *text, size_t bytes)
{
    fputs("<description>", stdout);
    print_text(text, bytes);
    fputs("</description>", stdout);
}

static void print_field(const sim_reg_field_t *field)
{
    printf("            <field><name>%s</name>", field->name);
    print_description(field->text, field->text_bytes);
    printf("<bitOffset>%u</bitOffset><bitWidth>%u</bitWidth><access>%s</access>%s</field>\n",
           field->low, field->bits, access_name[field->access],
           field->w1c ? "<modifiedWriteValues>oneToClear</modifiedWriteValues>" : "");
}

static bool print_register(const sim_reg_t *reg)
{
    sim_reg_field_t field[SIM_REG_MAX_FIELDS];
    char error[256];
    uint32_t fields = sim_reg_fields(reg, field, error, sizeof(error));
    if (fields == 0) {
        fprintf(stderr, "regs: %s\n", error);
        return false;
    }
    printf("        <register>\n          <name>%s</name>\n          ", reg->name);
    print_description(reg->help, strlen(reg->help));
    printf("\n          <addressOffset>0x%03x</addressOffset>\n          <size>32</size>\n"
           "          <access>%s</access>\n          <resetValue>0x%08x</resetValue>\n",
           reg->addr, access_name[sim_reg_access(field, fields)], reg->reset);
    if (sim_reg_read_acts(reg))
        puts("          <readAction>modify</readAction>");
    puts("          <fields>");
    for (uint32_t i = 0; i < fields; i++)
        print_field(&field[i]);
    puts("          </fields>\n        </register>");
    return true;
}

static void print_interrupt(const char *name, uint32_t number)
{
    printf("      <interrupt><name>%s</name><value>%u</value></interrupt>\n", name, number);
}

static void print_interrupts(uint32_t page)
{
#define X(name, number, member)                                                                    \
    if (page == SENSOR_PAGE_##member)                                                              \
        print_interrupt(#name, number);
    SENSOR_IRQS(X)
#undef X
}

/* "sensor.uart" is UART. */
static void print_page_name(const sim_comp_t *comp)
{
    const char *dot = strrchr(comp->name, '.');
    for (const char *at = dot != NULL ? dot + 1 : comp->name; *at != '\0'; at++)
        putchar(toupper((unsigned char)*at));
}

static bool print_page(const sim_comp_t *comp, uint32_t page)
{
    bool fine = true;
    fputs("    <peripheral>\n      <name>", stdout);
    print_page_name(comp);
    printf("</name>\n      <baseAddress>0x%08x</baseAddress>\n      <addressBlock>"
           "<offset>0</offset><size>0x%x</size><usage>registers</usage></addressBlock>\n",
           BUS_PAGE_BASE + page * BUS_PAGE_BYTES, BUS_PAGE_BYTES);
    print_interrupts(page);
    puts("      <registers>");
    for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++)
        fine = print_register(reg) && fine;
    puts("      </registers>\n    </peripheral>");
    return fine;
}

bool svd_print(const sensor_t *sensor)
{
    bool fine = true;
    puts("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
         "<device schemaVersion=\"1.3\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema-instance\" "
         "xs:noNamespaceSchemaLocation=\"CMSIS-SVD.xsd\">\n"
         "  <name>FOVEA</name>\n  <version>" FOVEA_VERSION "</version>\n"
         "  <description>Image sensor with a logic die</description>\n"
         "  <addressUnitBits>8</addressUnitBits>\n  <width>32</width>\n  <peripherals>");
    for (uint32_t n = 0; n < BUS_PAGES; n++)
        if (sensor->bus.page[n] != NULL)
            fine = print_page(sensor->bus.page[n], n) && fine;
    puts("  </peripherals>\n</device>");
    return fine;
}
