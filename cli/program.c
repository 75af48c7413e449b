/* program.c: see program.h. */
#include "cli/program.h"

#include "bytecode/layout.h"
#include "cli/render_diag.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SHOWN = 50, IMAGE_LARGEST = 1 << 30 };

text path_folder(arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? text_copy(a, (text){path, (size_t)(slash - path) + 1}) : (text){0};
}

static void begin(cli *c, program *p, const char *path)
{
    *p = (program){.path = path, .folder = path_folder(&c->memory, path)};
    source_map_init(&p->sources, &c->memory);
    diag_init(&p->diagnostics, &c->memory);
}

bool program_check(cli *c, program *p, const char *path)
{
    begin(c, p, path);
    /* The image is made as well where it may be too large: some limits show only there. */
    compile_options o = {.path = path, .diagnose = true};
    buffer bytes = {0};
    bool ok = compile(&o, &c->memory, &p->sources, &p->diagnostics, &bytes, &p->facts);
    buffer_release(&bytes);
    return ok;
}

bool program_compile(cli *c, program *p, const char *path)
{
    begin(c, p, path);
    compile_options o = {.path = path};
    return compile(&o, &c->memory, &p->sources, &p->diagnostics, &p->bytes, &p->facts);
}

/* What the last line says: "2 errors, 1 warning". */
static void summary(cli *c, const diagnostics *d)
{
    buffer b = {0};
    if (d->errors)
        term_printf(&b, &c->err, STYLE_ERROR, "%u error%s", d->errors, d->errors == 1 ? "" : "s");
    if (d->errors && d->warnings)
        buffer_cstr(&b, ", ");
    if (d->warnings)
        term_printf(&b, &c->err, STYLE_WARNING, "%u warning%s", d->warnings,
                    d->warnings == 1 ? "" : "s");
    if (b.n)
        buffer_cstr(&b, "; `ferry explain CODE` tells more\n");
    cli_show(c, &b);
    buffer_release(&b);
}

exit_code program_report(cli *c, const program *p)
{
    const char *most = option_value(&c->options, OPT_most);
    const diagnostics *d = &p->diagnostics;
    diag_view view = {&p->sources, &c->err, p->folder};
    buffer b = {0};
    render_diagnostics(&b, &view, d, most ? strtoul(most, NULL, 10) : MOST_SHOWN);
    cli_show(c, &b);
    buffer_release(&b);
    summary(c, d);
    bool strict = option_is(&c->options, OPT_strict);
    return d->errors || (strict && d->warnings) ? CODE_ERRORS : CODE_DONE;
}

static exit_code verify(cli *c, program *p)
{
    image_fault fault;
    if (image_verify_held(&p->image, p->bytes.p, p->bytes.n, &fault))
        return CODE_DONE;
    if (!p->from_image) {
        cli_error(c, "this is a bug in Ferry: please report it with the playbook",
                  "the compiled image is not accepted: %s (at byte %llu)", fault.message,
                  (unsigned long long)fault.offset);
        return CODE_BUG;
    }
    cli_error(c, "compile it again from its source with this version of Ferry",
              "%s is no valid image: %s (at byte %llu)", p->path, fault.message,
              (unsigned long long)fault.offset);
    return CODE_ERRORS;
}

static bool is_image(const char *path, arena *memory, text *bytes)
{
    return file_starts(path, TEXT(IMAGE_MAGIC)) &&
           file_load(memory, path, IMAGE_LARGEST, bytes) == LOAD_OK;
}

static exit_code open_any(cli *c, program *p, const char *path, bool plan)
{
    text bytes;
    begin(c, p, path);
    if (is_image(path, &c->memory, &bytes)) {
        p->from_image = true;
        buffer_text(&p->bytes, bytes);
        return verify(c, p);
    }
    compile_options o = {
        .path = path, .strip_debug = option_is(&c->options, OPT_strip), .plan = plan};
    compile(&o, &c->memory, &p->sources, &p->diagnostics, &p->bytes, &p->facts);
    diag_sort(&p->diagnostics);
    exit_code code = program_report(c, p);
    return code == CODE_DONE ? verify(c, p) : code;
}

exit_code program_open(cli *c, program *p, const char *path)
{
    return open_any(c, p, path, false);
}

exit_code program_open_planned(cli *c, program *p, const char *path)
{
    return open_any(c, p, path, true);
}

void program_release(program *p)
{
    image_free(p->image);
    buffer_release(&p->bytes);
    diag_release(&p->diagnostics);
    source_map_release(&p->sources);
    *p = (program){0};
}

static void list_entries(const image *i, buffer *out)
{
    for (uint32_t k = 0; k < i->entry_count; k++) {
        buffer_cstr(out, k ? ", " : "");
        buffer_text(out, image_text(i, i->entries[k].name));
    }
}

static exit_code no_entry(cli *c, const program *p, const char *name)
{
    buffer all = {0};
    list_entries(p->image, &all);
    if (!p->image->entry_count)
        cli_error(c, NULL, "%s declares no migration", p->path);
    else if (!name)
        cli_error(c, "name one behind the file", "%s declares several migrations: %s", p->path,
                  buffer_string(&all));
    else
        cli_error(c, NULL, "%s declares no migration `%s`; there is %s", p->path, name,
                  buffer_string(&all));
    buffer_release(&all);
    return CODE_ERRORS;
}

exit_code program_entry(cli *c, const program *p, const char *name, uint32_t *entry)
{
    if (name)
        *entry = image_find_entry(p->image, text_of(name));
    else
        *entry = p->image->entry_count == 1 ? 0 : NO_INDEX;
    return *entry == NO_INDEX ? no_entry(c, p, name) : CODE_DONE;
}

void program_hash(const image *i, buffer *out)
{
    char hex[65];
    sha256_hex(&i->hash, hex);
    buffer_printf(out, "sha256:%s", hex);
}
