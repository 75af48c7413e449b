/* fixed_format.c: what a file of fixed records is to those who ask of any file. */
#include "stdlib/document/format.h"
#include "stdlib/fixed/fixed.h"

static bool is_fixed(text head, bool whole)
{
    (void)whole;
    return fixed_layout_told(head).n > 0;
}

static void without_layout(arena *a, document_file *f)
{
    document_fault *fault = arena_new(a, document_fault);
    *fault = (document_fault){TEXT("layout"),
                              TEXT("no layout is known for these records: name one with --layout"),
                              0,
                              {0}};
    f->fault = f->broken = fault;
    f->faults = 1;
}

static void read_file(arena *a, document_file *f)
{
    text told = fixed_layout_told(f->bytes);
    if (!f->layout && told.n)
        f->layout = fixed_layout_shipped(a, told);
    if (!f->layout) {
        without_layout(a, f);
        return;
    }
    fixed_file *file = arena_new(a, fixed_file);
    fixed_read(a, f->layout, f->bytes, file);
    f->content = file;
    f->fault = file->fault;
    f->faults = file->faults;
    f->faults_omitted = file->faults_omitted;
    if (!file->records)
        f->broken = f->fault;
}

/* Records that open the level. */
static uint32_t opened(const fixed_file *f, uint32_t level)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->records; i++) {
        const fixed_row *row = fixed_row_of(f, &f->record[i]);
        n += row && row->opens == level;
    }
    return n;
}

static const char *plural(text word)
{
    return text_ends(word, TEXT("y")) ? "ies" : text_ends(word, TEXT("ch")) ? "es" : "s";
}

static void summarise(const document_file *f, buffer *out)
{
    const fixed_file *file = f->content;
    if (!file)
        return;
    const fixed_layout *l = file->layout;
    buffer_printf(out, "%.*s: %u record%s", TEXT_ARG(l->name), file->records,
                  file->records == 1 ? "" : "s");
    for (uint32_t i = 0; i < l->levels; i++) {
        uint32_t n = opened(file, i);
        text word = l->level[i];
        bool y = n != 1 && text_ends(word, TEXT("y"));
        buffer_printf(out, ", %u %.*s%s", n, (int)(word.n - y), word.p, n == 1 ? "" : plural(word));
    }
}

/* A document of it is what a closing record controls: a batch, an account, a file. */
static uint32_t parts(arena *a, const document_file *f, document_part **out)
{
    const fixed_file *file = f->content;
    uint32_t n = 0;
    *out = NULL;
    if (!file)
        return 0;
    *out = arena_array(a, document_part, file->records);
    for (uint32_t i = 0; i < file->records; i++) {
        const fixed_row *row = fixed_row_of(file, &file->record[i]);
        if (!row || row->opens == FIXED_NONE)
            continue;
        text key = {0};
        for (uint32_t k = 0; k < row->fields; k++)
            if (row->field[k].key)
                key = fixed_value_of(a, file, &file->record[i], row->field[k].name);
        (*out)[n++] = (document_part){file->layout->level[row->opens], key,
                                      file->record[i].last - i + 1, "records"};
    }
    return n;
}

static void describe(arena *a, json_writer *w, const document_file *f)
{
    (void)a;
    const fixed_file *file = f->content;
    if (!file)
        return;
    json_add_text(w, "layout", file->layout->name);
    format_put_number(w, "records", file->records);
    json_add_object(w, "levels");
    for (uint32_t i = 0; i < file->layout->levels; i++) {
        json_put_key_text(w, file->layout->level[i]);
        json_put_int(w, opened(file, i));
    }
    json_object_end(w);
}

const document_format fixed_format = {.is = is_fixed,
                                      .read = read_file,
                                      .summarise = summarise,
                                      .parts = parts,
                                      .describe = describe};
