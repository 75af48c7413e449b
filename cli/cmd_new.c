/* cmd_new.c: `ferry new DIR`: a project that checks, plans and rehearses from its first minute;
 * `--from INVENTORY` drafts a playbook for each customer of a file.
 *
 * The files are templates below cli/template: `all/` stands in every project, `first/` in one that
 * teaches, `fleet/` beside what is made from an inventory. {{name}}, {{title}}, {{source}} and
 * {{customers}} are filled in. Sources are laid out and compiled before the folder appears: what
 * would not pass `ferry check` and `ferry fmt --check` is not handed over.
 */
#include "cli/files.h"
#include "cli/new_draft.h"
#include "cli/new_folder.h"

#include "grammar/format.h"

#include <ctype.h>
#include <string.h>

typedef struct {
    text name, title, source, customers;
} filling;

static text value_of(const filling *f, text key)
{
    return text_is(key, "name")     ? f->name
           : text_is(key, "title")  ? f->title
           : text_is(key, "source") ? f->source
                                    : f->customers;
}

static text filled(cli *c, text t, const filling *with)
{
    static const char *const keys[] = {"name", "title", "source", "customers"};
    buffer b = {0};
    for (size_t i = 0; i < t.n; i++) {
        text rest = text_slice(t, i, t.n);
        bool done = false;
        for (size_t k = 0; !done && k < sizeof keys / sizeof *keys; k++) {
            text mark = text_format(&c->memory, "{{%s}}", keys[k]);
            done = text_starts(rest, mark);
            if (done) {
                buffer_text(&b, value_of(with, text_of(keys[k])));
                i += mark.n - 1;
            }
        }
        if (!done)
            buffer_char(&b, t.p[i]);
    }
    text result = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return result;
}

/* Laid out as `ferry fmt` does; CODE_BUG where it cannot be read. */
static exit_code laid_out(cli *c, text name, text bytes, text *out)
{
    source_map sources;
    diagnostics d;
    names table;
    buffer b = {0};
    source_map_init(&sources, &c->memory);
    diag_init(&d, &c->memory);
    names_init(&table, &c->memory);
    const source *file = source_add(&sources, name, bytes);
    bool ok = file && format_source(&b, file, &table, &d) == FORMAT_DONE;
    *out = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    names_release(&table);
    diag_release(&d);
    source_map_release(&sources);
    if (ok)
        return CODE_DONE;
    cli_error(c, "please report it with the inventory",
              "a bug in Ferry: its draft %.*s is not Ferry", TEXT_ARG(name));
    return CODE_BUG;
}

static exit_code put(new_folder *f, text name, text bytes)
{
    exit_code code = CODE_DONE;
    if (text_ends(name, TEXT(".ferry")))
        code = laid_out(f->c, name, bytes, &bytes);
    return code == CODE_DONE ? new_folder_write(f, name, bytes) : code;
}

/* Compiled where it will stand: what does not pass is ours to answer for. */
static exit_code proved(new_folder *f, text name)
{
    program p;
    cli own = *f->c; /* with an arena of its own: an inventory may hold thousands */
    own.memory = (arena){0};
    text path = text_format(&own.memory, "%.*s/%.*s.ferry", TEXT_ARG(f->place), TEXT_ARG(name));
    bool ok = program_check(&own, &p, path.p);
    if (!ok)
        program_report(&own, &p);
    program_release(&p);
    arena_release(&own.memory);
    if (ok)
        return CODE_DONE;
    cli_error(f->c, "please report it", "a bug in Ferry: its draft %.*s.ferry does not check",
              TEXT_ARG(name));
    return CODE_BUG;
}

static exit_code put_templates(new_folder *f, const char *kind, const filling *with)
{
    text folder = text_format(&f->c->memory, "%s/", kind);
    for (const embedded_file *t = template_files; t->name; t++) {
        text name = text_of(t->name);
        if (!text_starts(name, folder))
            continue;
        text bytes = filled(f->c, (text){(const char *)t->bytes, t->n}, with);
        exit_code code = put(f, text_slice(name, folder.n, name.n), bytes);
        if (code != CODE_DONE)
            return code;
    }
    return CODE_DONE;
}

/* --- names from the folder -----------------------------------------------------------------------
 */

static text base_of(text path)
{
    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    for (size_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/')
            return text_slice(path, i, path.n);
    return path;
}

/* "nordwind-logistics": nordwind_logistics, "Nordwind Logistics". Never a name of the template. */
static void names_from(cli *c, text base, filling *out)
{
    static const char *const ours[] = {"people", "playbooks", "routes"};
    buffer title = {0};
    bool begin = true;
    for (size_t i = 0; i < base.n; i++) {
        unsigned char x = (unsigned char)base.p[i];
        bool word = x < 128 && isalnum(x);
        buffer_char(&title, !word ? ' ' : begin ? (char)toupper(x) : (char)x);
        begin = !word;
    }
    out->name = new_name(c, base);
    for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
        if (text_is(out->name, ours[k]))
            out->name = text_format(&c->memory, "%s_customer", ours[k]);
    out->title = text_trim(text_copy(&c->memory, buffer_view(&title)));
    out->title = out->title.n ? out->title : out->name;
    buffer_release(&title);
}

/* --- from an inventory ---------------------------------------------------------------------------
 */

typedef struct {
    cli *c;
    new_folder *f;
    const image *image;
    filling with;
    new_names customers;
    buffer rows; /* of the table in the README */
} fleet;

static void table_row(fleet *t, const new_subject *s)
{
    unsigned open = 0;
    for (uint32_t k = 0; k < s->of->whole.factors; k++)
        open += !s->of->whole.factor[k].evidenced;
    buffer_printf(&t->rows, "| [%.*s](%.*s.ferry) | ", TEXT_ARG(s->name), TEXT_ARG(s->name));
    decimal_write(&t->rows, s->of->whole.score, SCALE_NUMBER);
    static const char *const levels[] = {"low", "medium", "high", "critical"};
    buffer_printf(&t->rows, " %s | %s | %u |\n", levels[s->of->whole.level & 3],
                  new_strategy(s->of), open);
}

static exit_code customer_put(fleet *t, uint32_t row)
{
    cli *c = t->c;
    assessed a;
    new_names channels;
    buffer b = {0};
    if (!assess_customer(c, t->image, row, &a)) {
        cli_error(c, NULL, "the factors of %.*s take more than the limits of the image allow",
                  TEXT_ARG(t->customers.p[row]));
        return CODE_ERRORS;
    }
    new_names_make(c, t->image, TABLE_CHANNEL, a.first_channel, a.channels, &channels);
    text title = image_field_text(t->image, TABLE_CUSTOMER, COLUMN_CUSTOMER_TITLE, row);
    new_subject s = {.name = t->customers.p[row],
                     .title = title.n ? title : t->customers.p[row],
                     .source = t->with.source,
                     .of = &a,
                     .channels = &channels};
    new_draft(c, &b, &s);
    text file = text_format(&c->memory, "%.*s.ferry", TEXT_ARG(s.name));
    exit_code code = put(t->f, file, text_copy(&c->memory, buffer_view(&b)));
    buffer_release(&b);
    table_row(t, &s);
    return code;
}

/* Files of the templates are not to be overwritten by a customer of that name. */
static void keep_free(fleet *t)
{
    static const char *const ours[] = {"people"};
    for (size_t i = 0; i < t->customers.n; i++)
        for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
            if (text_is(t->customers.p[i], ours[k]))
                t->customers.p[i] = text_format(&t->c->memory, "%s_customer", ours[k]);
}

static exit_code all_proved(fleet *t)
{
    exit_code code = CODE_DONE;
    for (size_t i = 0; code == CODE_DONE && i < t->customers.n; i++)
        code = proved(t->f, t->customers.p[i]);
    return code;
}

static exit_code fleet_put(cli *c, new_folder *f, const image *i, const filling *with)
{
    fleet t = {.c = c, .f = f, .image = i, .with = *with};
    uint32_t rows = i->tables[TABLE_CUSTOMER].rows;
    exit_code code = CODE_DONE;
    new_names_make(c, i, TABLE_CUSTOMER, 0, rows, &t.customers);
    keep_free(&t);
    buffer_cstr(&t.rows, "| customer | risk | strategy | not evidenced |\n|---|---|---|---|\n");
    for (uint32_t k = 0; code == CODE_DONE && k < rows; k++)
        code = customer_put(&t, k);
    t.with.customers = text_copy(&c->memory, buffer_view(&t.rows));
    if (code == CODE_DONE)
        code = put_templates(f, "all", &t.with);
    if (code == CODE_DONE)
        code = put_templates(f, "fleet", &t.with);
    if (code == CODE_DONE)
        code = all_proved(&t);
    buffer_release(&t.rows);
    return code;
}

/* --- reading the inventory -----------------------------------------------------------------------
 */

enum { INVENTORY_LARGEST = 64 << 20 };

/* A CSV with a column `customer` is one of channels. */
static bool holds_channels(text bytes)
{
    ptrdiff_t end = text_find(bytes, '\n');
    text head = text_slice(bytes, 0, end < 0 ? bytes.n : (size_t)end);
    while (head.n) {
        ptrdiff_t comma = text_find(head, ',');
        text one = text_trim(text_slice(head, 0, comma < 0 ? head.n : (size_t)comma));
        if (text_is(one, "customer") || text_is(one, "\"customer\""))
            return true;
        head = comma < 0 ? (text){0} : text_slice(head, (size_t)comma + 1, head.n);
    }
    return false;
}

/* Copies of the files, and a source that reads them, so that the one schema there is speaks. They
 * lie in the hidden folder only while they are read. */
static exit_code inventory_put(cli *c, new_folder *f, const text *paths, size_t n)
{
    buffer b = {0};
    exit_code code = CODE_DONE;
    buffer_cstr(&b, "language 1\n");
    for (int channels = 0; channels < 2; channels++) /* customers first: channels name them */
        for (size_t i = 0; code == CODE_DONE && i < n; i++) {
            text bytes, name = base_of(paths[i]);
            code = file_fetch(c, paths[i].p, INVENTORY_LARGEST, &bytes);
            if (code != CODE_DONE)
                break;
            bool csv = text_ends(name, TEXT(".csv"));
            if ((csv && holds_channels(bytes)) != channels)
                continue;
            buffer_printf(&b, "%s from ", channels ? "channels" : "customers");
            new_text(&b, name);
            buffer_char(&b, '\n');
            code =
                new_folder_write(f, text_format(&c->memory, ".from/%.*s", TEXT_ARG(name)), bytes);
        }
    if (code == CODE_DONE)
        code = new_folder_write(f, TEXT(".from/inventory.ferry"), buffer_view(&b));
    buffer_release(&b);
    return code;
}

static exit_code inventory_read(cli *c, new_folder *f, const char *path, program *p)
{
    text file = text_format(&c->memory, "%.*s/.from/inventory.ferry", TEXT_ARG(f->place));
    image_fault fault;
    bool ok = program_compile(c, p, file.p);
    p->folder = path_folder(&c->memory, path); /* as people know the file */
    exit_code code = program_report(c, p);
    if (!ok || code != CODE_DONE)
        return CODE_ERRORS;
    if (!image_verify(&p->image, p->bytes.p, p->bytes.n, &fault)) {
        cli_error(c, NULL, "a bug in Ferry: %s", fault.message);
        return CODE_BUG;
    }
    if (p->image->tables[TABLE_CUSTOMER].rows == 0) {
        cli_error(c, NULL, "%s holds no customer", path);
        return CODE_ERRORS;
    }
    return CODE_DONE;
}

static exit_code from_inventory(cli *c, new_folder *f, filling *with)
{
    text *paths;
    size_t n = option_all(&c->options, OPT_inventory, &c->memory, &paths);
    program p = {0};
    exit_code code = inventory_put(c, f, paths, n);
    if (code == CODE_DONE)
        code = inventory_read(c, f, paths[0].p, &p);
    new_folder_forget(f, ".from");
    for (size_t i = 0; i < n; i++)
        with->source = text_format(&c->memory, "%.*s%s%.*s", TEXT_ARG(with->source),
                                   i ? " and " : "", TEXT_ARG(base_of(paths[i])));
    if (code == CODE_DONE)
        code = fleet_put(c, f, p.image, with);
    program_release(&p);
    return code;
}

exit_code command_new(cli *c)
{
    new_folder f;
    filling with = {{0}, {0}, {0}, {0}};
    exit_code code = cli_expect_operands(c, 1, 1);
    if (code != CODE_DONE)
        return code;
    names_from(c, base_of(text_of(cli_operand(c, 0))), &with);
    bool inventory = option_is(&c->options, OPT_inventory);
    code = new_folder_begin(c, cli_operand(c, 0), &f);
    if (code != CODE_DONE)
        return code;
    if (inventory)
        code = from_inventory(c, &f, &with);
    else
        code = put_templates(&f, "all", &with);
    if (code == CODE_DONE && !inventory)
        code = put_templates(&f, "first", &with);
    if (code == CODE_DONE && !inventory)
        code = proved(&f, TEXT("migration"));
    if (code != CODE_DONE) {
        new_folder_abandon(&f);
        return code;
    }
    code = new_folder_finish(&f);
    if (code == CODE_DONE)
        cli_say(c, "made %s; go on with: %s", f.target,
                inventory ? "its README.md, then ferry check *.ferry there"
                          : "its README.md, then ferry plan migration.ferry there");
    return code;
}
