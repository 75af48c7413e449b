/* contract_files.c: see contract_files.h. */
#include "stdlib/contract/contract_files.h"
#include "stdlib/document/below.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void contract_files_init(contract_files *f, arena *memory, const char *path)
{
    *f = (contract_files){.memory = memory};
    source_map_init(&f->map, memory);
    if (!path)
        return;
    text whole = text_of(path);
    const char *slash = memrchr(whole.p, '/', whole.n);
    size_t folder = slash ? (size_t)(slash - whole.p) + 1 : 0;
    f->own = text_slice(whole, folder, whole.n);
    f->folder = folder ? arena_copy(memory, whole.p, folder) : ".";
}

void contract_files_keep(contract_files *f)
{
    if (f->map.files.p)
        arena_adopt(f->memory, f->map.files.p);
}

static contract_file *add(contract_files *f, text name, text bytes, uint32_t referrer)
{
    source *s = source_take(&f->map, name, bytes.n ? bytes : TEXT(""));
    if (!s)
        return NULL;
    contract_file *one = arena_new(f->memory, contract_file);
    *one = (contract_file){.source = s, .referrer = referrer};
    f->file[f->files++] = one;
    f->bytes += bytes.n;
    return one;
}

contract_file *contract_files_first(contract_files *f, text bytes)
{
    return add(f, f->own, bytes, 0);
}

contract_file *contract_files_at(const contract_files *f, uint32_t at)
{
    const source *s = source_of(&f->map, at);
    for (uint32_t i = 0; i < f->files; i++)
        if (f->file[i]->source == s)
            return f->file[i];
    return NULL;
}

/* --- from a reference to a name below the folder --- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static text decode_percent(arena *a, text t)
{
    char *p = arena_alloc(a, t.n + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++) {
        bool coded = t.p[i] == '%' && i + 2 < t.n && hex_digit(t.p[i + 1]) >= 0 &&
                     hex_digit(t.p[i + 2]) >= 0;
        p[n++] = coded ? (char)(hex_digit(t.p[i + 1]) * 16 + hex_digit(t.p[i + 2])) : t.p[i];
        i += coded ? 2 : 0;
    }
    return (text){p, n};
}

/* "http:", "urn:", and "//host": a scheme (RFC 3986, 3.1) or an authority. */
static bool is_remote(text t)
{
    size_t i = 0;
    while (i < t.n && (strchr("+-.", t.p[i]) || (t.p[i] | 0x20) >= 'a' || hex_digit(t.p[i]) >= 0) &&
           t.p[i] != ':' && t.p[i] != '/')
        i++;
    return text_starts(t, TEXT("//")) || (i > 1 && i < t.n && t.p[i] == ':');
}

/* Takes off the last part of a path; false where there is none. */
static bool up(buffer *b)
{
    if (b->n == 0)
        return false;
    while (b->n && b->p[b->n - 1] != '/')
        b->n--;
    b->n -= b->n > 0;
    return true;
}

/* Adds a relative path part by part (RFC 3986, 5.2.4); false where it climbs above the folder. */
static bool walk(buffer *b, text path)
{
    while (path.n) {
        ptrdiff_t slash = text_find(path, '/');
        text part = text_slice(path, 0, slash < 0 ? path.n : (size_t)slash);
        path = text_slice(path, slash < 0 ? path.n : (size_t)slash + 1, path.n);
        if (text_is(part, "..") && !up(b))
            return false;
        if (part.n == 0 || text_is(part, ".") || text_is(part, ".."))
            continue;
        if (b->n)
            buffer_char(b, '/');
        buffer_text(b, part);
    }
    return true;
}

static text name_of(contract_files *f, text from, text reference, text *why)
{
    buffer b = {0};
    text name = {0};
    if (is_remote(reference)) {
        *why = text_format(f->memory,
                           "`%.*s` is not fetched: put a copy beside the contract and refer to it "
                           "by its path",
                           TEXT_ARG(reference));
        return name;
    }
    buffer_text(&b, from);
    up(&b);
    text path = decode_percent(f->memory, reference);
    if (text_starts(path, TEXT("/")) || !walk(&b, path))
        *why = text_format(f->memory,
                           "`%.*s` is not below the folder of the contract, which is not left: put "
                           "it there",
                           TEXT_ARG(reference));
    else
        name = text_copy(f->memory, buffer_view(&b));
    buffer_release(&b);
    return name;
}

/* --- reading --- */

static bool load(contract_files *f, text name, text *bytes, text *why)
{
    const char *last;
    text reason = {0};
    int at = open(f->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) {
        *why = text_format(f->memory, "%s: %s", f->folder, strerror(errno));
        return false;
    }
    int folder = below_open(at, f->memory, name, &last, &reason);
    bool ok =
        folder >= 0 && below_read(folder, last, SOURCE_LARGEST, f->memory, bytes, NULL, &reason);
    if (folder >= 0)
        close(folder);
    text about = folder < 0 ? text_format(f->memory, "%.*s: ", TEXT_ARG(name))
                            : text_format(f->memory, "%s: ", last);
    if (text_starts(reason, about))
        reason = text_slice(reason, about.n, reason.n);
    if (!ok)
        *why = text_format(f->memory, "cannot read `%.*s`: %.*s", TEXT_ARG(name), TEXT_ARG(reason));
    return ok;
}

contract_file *contract_files_open(contract_files *f, text reference, uint32_t referrer, text *why)
{
    text bytes;
    if (!f->folder) {
        *why = text_format(f->memory, "`%.*s` is in another document, which is not read here",
                           TEXT_ARG(reference));
        return NULL;
    }
    text name = name_of(f, contract_files_at(f, referrer)->source->name, reference, why);
    for (uint32_t i = 0; i < f->files; i++)
        if (name.n && text_equal(f->file[i]->source->name, name))
            return f->file[i];
    if (!name.n || !load(f, name, &bytes, why))
        return NULL;
    contract_file *one = NULL;
    if (f->files < CONTRACT_FILES && f->bytes + bytes.n <= CONTRACT_BYTES)
        one = add(f, name, bytes, referrer);
    if (!one)
        *why = text_format(f->memory, "the contract has more than %d files or %d MiB",
                           CONTRACT_FILES, CONTRACT_BYTES >> 20);
    return one;
}

document_fault contract_files_fault(const contract_files *f, const char *code, uint32_t at,
                                    text message, text path)
{
    const contract_file *c = contract_files_at(f, at);
    if (c && c->referrer) {
        place p = source_place(&f->map, (span){at, at});
        message = text_format(f->memory, "%.*s:%u: %.*s", TEXT_ARG(c->source->name), p.line,
                              TEXT_ARG(message));
    }
    while (c && c->referrer) {
        at = c->referrer;
        c = contract_files_at(f, at);
    }
    return (document_fault){text_of(code), message, c ? at - c->source->base : 0, path};
}
