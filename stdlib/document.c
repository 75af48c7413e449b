/* document.c: the words for kinds, prints, and telling a kind from bytes by trying the formats from
 * the one that is hardest to mistake to the one that takes anything. */
#include "stdlib/document.h"

#include <ctype.h>
#include <string.h>

enum { LOOK_AT = 4096, TABLE_LINES = 8 };

static const char *const words[KIND_COUNT] = {
#define X(name, word) [KIND_##name] = word,
    DOCUMENT_KINDS(X)
#undef X
};

const char *document_kind_word(document_kind k)
{
    return words[k];
}

bool document_kind_read(text word, document_kind *out)
{
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (text_is(word, words[k])) {
            *out = (document_kind)k;
            return true;
        }
    return false;
}

uint64_t print_add(uint64_t print, text t)
{
    uint64_t h = (print ^ text_hash(t)) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 29);
}

static bool separates(char c)
{
    return !isalnum((unsigned char)c) && c != ' ' && c != 0;
}

static bool is_x12(text t)
{
    if (t.n > 3 && memcmp(t.p, "ISA", 3) == 0 && separates(t.p[3])) {
        size_t n = 0;
        for (size_t i = 3; i < t.n && i < 1024; i++)
            n += t.p[i] == t.p[3];
        return n >= 16 || t.n < 106;
    }
    bool fragment = t.n > 8 && (memcmp(t.p, "GS", 2) == 0 || memcmp(t.p, "ST", 2) == 0);
    if (!fragment || !separates(t.p[2]) || t.p[2] == '=' || t.p[2] == '\n' || t.p[2] == '\r')
        return false;
    /* ST*850*…, GS*PO*… */
    size_t n = t.p[0] == 'S' ? 3 : 2;
    for (size_t i = 3; i < 3 + n; i++)
        if (!isalnum((unsigned char)t.p[i]))
            return false;
    return t.p[3 + n] == t.p[2];
}

static bool is_edifact(text t)
{
    return t.n > 8 && (memcmp(t.p, "UNA", 3) == 0 || memcmp(t.p, "UNB", 3) == 0) &&
           separates(t.p[3]);
}

static bool is_json(text t)
{
    if (t.n == 0 || (t.p[0] != '{' && t.p[0] != '['))
        return false;
    text rest = text_trim(text_slice(t, 1, t.n));
    if (rest.n == 0)
        return true;
    return t.p[0] == '{' ? rest.p[0] == '"' || rest.p[0] == '}'
                         : strchr("{[\"]-0123456789tfn", rest.p[0]) != NULL;
}

static unsigned columns(text line, char separator)
{
    unsigned n = 1;
    bool quoted = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '"')
            quoted = !quoted;
        n += line.p[i] == separator && !quoted;
    }
    return n;
}

/* The end of the row at `at`: a line break outside of quotes, or the first one where quotes do not
 * close; SIZE_MAX when the text ends before. */
static size_t row_end(text t, size_t at)
{
    bool quoted = false;
    size_t line = SIZE_MAX;
    for (size_t i = at; i < t.n; i++) {
        quoted ^= t.p[i] == '"';
        if (t.p[i] != '\n')
            continue;
        if (!quoted)
            return i;
        line = line == SIZE_MAX ? i : line;
    }
    return line;
}

/* Tables as csv.c reads them: a separator splits the first line, and two of three of those behind
 * it alike. A ragged row is a fault of a table, not a reason to call it prose. */
static bool is_table(text t, bool whole)
{
    static const char separators[] = ",;\t|";
    for (const char *s = separators; *s; s++) {
        unsigned want = 0, lines = 0, alike = 0;
        for (size_t at = 0; at < t.n && lines < TABLE_LINES; lines++) {
            size_t end = row_end(t, at);
            text line = text_slice(t, at, end);
            if ((end == SIZE_MAX && !whole) || text_trim(line).n == 0)
                break;
            unsigned n = columns(line, *s);
            want = lines ? want : n;
            alike += n == want;
            at += line.n + 1;
        }
        if (lines > 1 && want > 1 && alike * 3 >= lines * 2)
            return true;
    }
    return false;
}

static bool is_text(text t)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c < 0x20 && !strchr("\t\r\n\f\x1a", c))
            return false;
        if (c == 0 || c == 0x7f)
            return false;
    }
    return true;
}

document_kind document_kind_of(text bytes)
{
    text head = text_slice(bytes, 0, LOOK_AT);
    bool whole = head.n == bytes.n;
    if (head.n >= 3 && memcmp(head.p, "\xef\xbb\xbf", 3) == 0)
        head = text_slice(head, 3, head.n);
    text t = text_trim(head);
    if (is_x12(t))
        return KIND_X12;
    if (is_edifact(t))
        return KIND_EDIFACT;
    if (text_starts(t, TEXT("STX=")))
        return KIND_TRADACOMS;
    if (is_json(t))
        return KIND_JSON;
    if (t.n > 1 && t.p[0] == '<' && (isalpha((unsigned char)t.p[1]) || strchr("?!_", t.p[1])))
        return KIND_XML;
    if (!is_text(head))
        return KIND_BYTES;
    return is_table(head, whole) ? KIND_CSV : KIND_TEXT;
}
