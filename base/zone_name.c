/* zone_name.c: the zone that a mistyped name probably means, from the list that comes with the zones. */
#include "base/calendar.h"
#include "base/source.h"

#include <ctype.h>
#include <stdlib.h>

enum { LIST_LARGEST = 1 << 20, ZONES_MOST = 2000 };

/* Letters and digits only, in small letters: `new york` is `New_York`. */
static text folded(arena *a, text t)
{
    char *p = arena_copy(a, t.p, t.n);
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        if (isalnum((unsigned char)t.p[i]))
            p[n++] = (char)tolower((unsigned char)t.p[i]);
    return (text){p, n};
}

static text last_part(text zone_text)
{
    size_t from = zone_text.n;
    while (from && zone_text.p[from - 1] != '/')
        from--;
    return text_slice(zone_text, from, zone_text.n);
}

/* The names in the third column of zone.tab. */
static size_t zones_list(arena *a, text *out, size_t most)
{
    const char *folder = getenv("TZDIR");
    text path = text_format(a, "%s/zone.tab", folder && *folder ? folder : "/usr/share/zoneinfo");
    text bytes;
    size_t n = 0;
    if (file_load(a, path.p, LIST_LARGEST, &bytes) != LOAD_OK)
        return 0;
    while (bytes.n && n < most) {
        ptrdiff_t end = text_find(bytes, '\n');
        text line = text_slice(bytes, 0, end < 0 ? bytes.n : (size_t)end);
        bytes = text_slice(bytes, line.n + 1, bytes.n);
        for (int tabs = 0; tabs < 2 && line.n; tabs++) {
            ptrdiff_t tab = text_find(line, '\t');
            line = tab < 0 ? TEXT("") : text_slice(line, (size_t)tab + 1, line.n);
        }
        ptrdiff_t tab = text_find(line, '\t');
        line = tab < 0 ? line : text_slice(line, 0, (size_t)tab);
        if (line.n)
            out[n++] = line;
    }
    return n;
}

text zone_nearest(arena *a, text wrong)
{
    text *zones = arena_array(a, text, ZONES_MOST);
    size_t n = zones_list(a, zones, ZONES_MOST);
    text plain = folded(a, wrong), city = folded(a, last_part(wrong));
    for (size_t i = 0; i < n && city.n; i++)
        if (text_equal(folded(a, zones[i]), plain) ||
            text_equal(folded(a, last_part(zones[i])), city))
            return zones[i];
    ptrdiff_t at = text_nearest(wrong, zones, n);
    return at < 0 ? TEXT("") : zones[at];
}
