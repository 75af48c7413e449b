/* render_compare.c: what a comparison found as text: a path, then both values like diff's lines. */
#include "cli/render_compare.h"

#include "base/decimal.h"

enum { DIFFERENCES_SHOWN = 12, VERDICT_COLUMNS = 12, RULE_COLUMNS = 28 };

static style verdict_style(compare_verdict v)
{
    return v == VERDICT_MATCHED ? STYLE_GOOD : STYLE_ERROR;
}

static void side(buffer *out, const terminal *t, char sign, text value)
{
    if (!value.p)
        return;
    term_style(out, t, sign == '-' ? STYLE_ERROR : STYLE_GOOD);
    buffer_printf(out, "      %c ", sign);
    term_put(out, t, value);
    term_style(out, t, STYLE_PLAIN);
    buffer_char(out, '\n');
}

static void difference(buffer *out, const terminal *t, const compare_difference *d)
{
    buffer_cstr(out, "    ");
    term_styled(out, t, STYLE_BOLD, d->path);
    buffer_printf(out, "  %s", compare_class_word(d->class));
    if (d->rule.n) {
        buffer_cstr(out, ": ");
        term_put(out, t, d->rule);
    }
    buffer_char(out, '\n');
    side(out, t, '-', d->legacy);
    side(out, t, '+', d->modern);
}

static void files(buffer *out, const terminal *t, const compare_pair *p)
{
    text one = p->legacy_file.p ? p->legacy_file : p->modern_file;
    bool two = p->legacy_file.p && p->modern_file.p && !text_equal(p->legacy_file, p->modern_file);
    if (!one.n || text_equal(one, p->key))
        return;
    buffer_cstr(out, "  (");
    term_put(out, t, one);
    if (two) {
        buffer_printf(out, " %s ", term_glyph(t, GLYPH_ARROW));
        term_put(out, t, p->modern_file);
    }
    buffer_char(out, ')');
}

bool compare_shown(const compare_view *v, const compare_difference *d)
{
    return v->all || d->class == CLASS_DEFECT;
}

bool compare_pair_shown(const compare_view *v, const compare_pair *p)
{
    return v->all || p->verdict != VERDICT_MATCHED;
}

void compare_pairing(buffer *out, const compare_pair *p)
{
    if (p->evidence == EVIDENCE_CONTENT)
        buffer_printf(out, "  paired by content, %u%% alike", p->alike);
    else if (p->evidence == EVIDENCE_PLACE)
        buffer_cstr(out, "  paired by place in the file");
}

static void head(compare_view *v, const compare_pair *p)
{
    term_style(v->out, v->t, verdict_style(p->verdict));
    term_pad(v->out, v->t, text_of(compare_verdict_word(p->verdict)), VERDICT_COLUMNS);
    term_style(v->out, v->t, STYLE_PLAIN);
    term_put(v->out, v->t, p->key);
    files(v->out, v->t, p);
    compare_pairing(v->out, p);
    buffer_char(v->out, '\n');
}

static void pair(compare_view *v, const compare_pair *p)
{
    size_t shown = 0, hidden = 0;
    if (!compare_pair_shown(v, p))
        return;
    v->any = true;
    head(v, p);
    for (size_t i = 0; i < p->differences; i++) {
        if (!compare_shown(v, &p->difference[i]))
            continue;
        if (v->all || shown < DIFFERENCES_SHOWN) {
            difference(v->out, v->t, &p->difference[i]);
            shown++;
        } else {
            hidden++;
        }
    }
    hidden += p->omitted;
    if (hidden)
        buffer_printf(v->out, "    and %zu more%s\n", hidden,
                      p->omitted ? "" : "; --all shows them");
}

static void count(buffer *out, const char *word, uint64_t n)
{
    if (n)
        buffer_printf(out, ", %llu %s", (unsigned long long)n, word);
}

void compare_sums(buffer *out, const compare_result *r)
{
    buffer_printf(out, "%llu compared: %llu matched", (unsigned long long)r->compared,
                  (unsigned long long)r->matched);
    count(out, "different", r->different);
    count(out, "missing", r->missing);
    count(out, "extra", r->extra);
    count(out, "duplicate", r->duplicate);
    count(out, "unreadable", r->unreadable);
    if (r->match != QUANTITY_NA) {
        buffer_cstr(out, "; match ");
        decimal_write(out, r->match, SCALE_PERCENT - 2);
        buffer_char(out, '%');
    }
    if (r->by_content)
        buffer_printf(out, "; %llu paired by content", (unsigned long long)r->by_content);
    if (r->by_place)
        buffer_printf(out, "; %llu paired by place", (unsigned long long)r->by_place);
}

static void doubt(buffer *out, const terminal *t, text said)
{
    buffer_cstr(out, "    ");
    term_styled(out, t, STYLE_WARNING, said);
    buffer_char(out, '\n');
}

/* What a rule hid that it should not have. */
static void doubts(buffer *out, const terminal *t, const compare_use *u)
{
    if (u->blind)
        doubt(out, t,
              TEXT("it applied in every pair, so nothing was compared there: a bound would "
                   "still check something (--constrain)"));
    if (u->money) {
        buffer b = {0};
        buffer_printf(&b, "it hid %llu amount%s of money that differ%s",
                      (unsigned long long)u->money, u->money == 1 ? "" : "s",
                      u->money == 1 ? "s" : "");
        doubt(out, t, buffer_view(&b));
        buffer_release(&b);
    }
}

static void uses(buffer *out, const terminal *t, const compare_result *r)
{
    for (size_t i = 0; i < r->uses; i++) {
        const compare_use *u = &r->use[i];
        buffer_cstr(out, "  ");
        term_pad(out, t, u->rule, RULE_COLUMNS);
        if (u->count)
            buffer_printf(out, "%s %s %llu\n", compare_class_word(u->class),
                          term_glyph(t, GLYPH_TIMES), (unsigned long long)u->count);
        else
            buffer_cstr(out, "never applied\n");
        doubts(out, t, u);
    }
}

static void begin(compare_view *v)
{
    (void)v;
}

static void end(compare_view *v, const compare_result *r, const prove_result *proof)
{
    if (v->any)
        buffer_char(v->out, '\n');
    compare_sums(v->out, r);
    buffer_char(v->out, '\n');
    uses(v->out, v->t, r);
    if (proof)
        render_proof(v->out, v->t, proof);
}

const compare_form compare_form_text = {begin, pair, end};
