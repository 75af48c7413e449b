/* x12_sums.c: one walk over each set gathers its sums, its end judges them. Amounts are in 10⁻⁸,
 * so that a quantity times a price is exact. */
#include "stdlib/x12/x12_sums.h"
#include "base/decimal.h"
#include "stdlib/x12/x12_check.h"

#include <string.h>

enum { SCALE = 8, FACTOR_SCALE = 4, CENTS = 1000000 /* one cent in 10^-8 */ };

/* What states a value that is held against a sum. */
static const char stating[][4] = {"BPR", "CLP", "CTT", "SVC", "TDS"};
enum { STATING = sizeof stating / sizeof *stating };

/* Such a value, until the set ends. */
typedef struct {
    text segment;
    uint32_t nth; /* of its tag in the set */
    int128 said;
    bool there;
} stated;

typedef struct {
    arena *a;
    const x12_file *f;
    uint32_t set;
    const x12_separators *by;
    document_faults *out;
    unsigned at;                       /* in `stating`: the segment at hand */
    uint32_t nth[STATING + 1];         /* how many of each there were; the last one: of others */
    bool unknown;                      /* something of the money cannot be counted */
    bool fractions;                    /* a quantity that is not whole */
    int128 lines, quantities, charges; /* of orders and invoices */
    size_t line_count;
    stated total, count, hash; /* TDS01; CTT01, CTT02 */
    stated payment;            /* BPR02 */
    int128 paid, provider;     /* ΣCLP04, ΣPLB */
    size_t claims, payments;
    stated claim, service; /* CLP04 and SVC03 of those that are open */
    int128 claim_charge, claim_cas, service_charge, service_cas;
} sums;

static text element(const sums *s, text segment, uint32_t n)
{
    return text_trim(x12_element(segment, s->by->element, n));
}

static bool amount(text t, int scale, int128 *out)
{
    int64_t v;
    if (!decimal_read(t, scale, false, &v, NULL))
        return false;
    *out = v;
    for (int i = scale; i < SCALE; i++)
        *out *= 10;
    return true;
}

/* An element of decimals; 0 where it is empty. */
static int128 value(sums *s, text segment, uint32_t n)
{
    int128 v = 0;
    text t = element(s, segment, n);
    if (t.n && !amount(t, FACTOR_SCALE, &v))
        s->unknown = true;
    return v;
}

/* An element of type N2: 12345 is 123.45. */
static int128 cents(sums *s, text segment, uint32_t n)
{
    int128 v = value(s, segment, n);
    if (text_find(element(s, segment, n), '.') >= 0)
        s->unknown = true;
    return v / 100;
}

static stated state(sums *s, text segment, int128 said)
{
    return (stated){segment, s->nth[s->at], said, !s->unknown};
}

static void write_amount(buffer *b, int128 v)
{
    int64_t fit = decimal_fit(v);
    decimal_write(b, fit, SCALE);
}

static void count_tag(sums *s, text tag)
{
    for (s->at = 0; s->at < STATING && !text_is(tag, stating[s->at]);)
        s->at++;
    s->nth[s->at]++;
}

static void disagree(sums *s, const stated *by, uint32_t n, const char *code, int128 is,
                     const char *of)
{
    x12_note note = {.set = s->set,
                     .nth = by->nth,
                     .tag = x12_element(by->segment, s->by->element, 0),
                     .element = (uint16_t)n,
                     .code = "",
                     .offset = x12_offset(s->f, by->segment)};
    document_fault fault = x12_note_fault(s->a, s->f, &note);
    buffer b = {0};
    buffer_printf(&b, "%s says ", code + 4);
    write_amount(&b, by->said);
    buffer_printf(&b, ", %s ", of);
    write_amount(&b, is);
    fault.code = text_of(code);
    fault.message = text_copy(s->a, buffer_view(&b));
    buffer_release(&b);
    vec_push(s->out, fault);
}

/* --- orders and invoices --- */

/* What a price is of (element 639), as its divisor; 0: not known. */
static int basis(text code)
{
    if (code.n == 0 || text_is(code, "PE") || text_is(code, "UM"))
        return 1;
    return text_is(code, "HP") ? 100 : text_is(code, "TP") ? 1000 : 0;
}

static void add_line(sums *s, text segment, uint32_t quantity_at)
{
    text q = element(s, segment, quantity_at);
    int128 quantity = value(s, segment, quantity_at);
    s->line_count++;
    s->quantities += quantity;
    s->fractions |= q.n == 0 || text_find(q, '.') >= 0;
}

static void add_invoice_line(sums *s, text segment)
{
    int64_t quantity, price;
    int per = basis(element(s, segment, 5));
    add_line(s, segment, 2);
    if (!per || !decimal_read(element(s, segment, 2), FACTOR_SCALE, false, &quantity, NULL) ||
        !decimal_read(element(s, segment, 4), FACTOR_SCALE, false, &price, NULL)) {
        s->unknown = true;
        return;
    }
    s->lines += decimal_divide((int128)quantity * price, per);
}

static void add_charge(sums *s, text segment)
{
    text kind = element(s, segment, 1);
    int128 v = cents(s, segment, 5);
    if (element(s, segment, 5).n == 0 && (text_is(kind, "A") || text_is(kind, "C")))
        s->unknown = true;
    if (text_is(kind, "C"))
        s->charges += v;
    else if (text_is(kind, "A"))
        s->charges -= v;
    else if (!text_is(kind, "N"))
        s->unknown = true;
}

static void add_tax(sums *s, text segment)
{
    text relation = element(s, segment, 7);
    if (relation.n && !text_is(relation, "A"))
        s->unknown = true;
    s->charges += value(s, segment, 2);
}

static bool is_cents_apart(int128 x, int128 y)
{
    return decimal_divide(x, CENTS) != decimal_divide(y, CENTS);
}

static void judge_invoice(sums *s)
{
    int128 is = s->lines + s->charges;
    if (s->total.there && !s->unknown && s->line_count && is_cents_apart(s->total.said, is))
        disagree(s, &s->total, 1, "sum TDS01", is, "its lines, charges and taxes make");
}

static void judge_counts(sums *s)
{
    int128 count = (int128)s->line_count * decimal_power(SCALE);
    if (s->count.there && s->line_count && s->count.said != count)
        disagree(s, &s->count, 1, "sum CTT01", count, "there are");
    if (s->hash.there && s->line_count && !s->fractions && s->hash.said != s->quantities)
        disagree(s, &s->hash, 2, "sum CTT02", s->quantities, "the quantities make");
}

/* --- payments --- */

static int128 adjustments(sums *s, text segment)
{
    int128 sum = 0;
    for (uint32_t n = 3; n <= 18; n += 3)
        sum += value(s, segment, n);
    return sum;
}

static void close_service(sums *s)
{
    int128 is = s->service_charge - s->service_cas;
    if (s->service.there && s->service.said != is)
        disagree(s, &s->service, 3, "sum SVC03", is, "the charge without its adjustments is");
    s->service.there = false;
}

static void close_claim(sums *s)
{
    int128 is = s->claim_charge - s->claim_cas;
    close_service(s);
    if (s->claim.there && s->claim.said != is)
        disagree(s, &s->claim, 4, "sum CLP04", is, "the charge without its adjustments is");
    s->claim.there = false;
}

static void open_claim(sums *s, text segment)
{
    close_claim(s);
    s->claim_charge = value(s, segment, 3);
    s->claim_cas = 0;
    s->claim = state(s, segment, value(s, segment, 4));
    s->paid += value(s, segment, 4);
    s->claims++;
}

static void open_service(sums *s, text segment)
{
    close_service(s);
    s->service_charge = value(s, segment, 2);
    s->service_cas = 0;
    s->service = state(s, segment, value(s, segment, 3));
}

static void add_adjustment(sums *s, text segment)
{
    int128 sum = adjustments(s, segment);
    s->claim_cas += sum;
    s->service_cas += sum;
}

static void add_provider(sums *s, text segment)
{
    for (uint32_t n = 4; n <= 14; n += 2)
        s->provider += value(s, segment, n);
}

static void judge_payment(sums *s, bool remittance)
{
    int128 is = s->paid - s->provider;
    if (!s->payment.there || s->unknown || (remittance ? !s->payments : !s->claims))
        return;
    if (s->payment.said != is)
        disagree(s, &s->payment, 2, "sum BPR02", is,
                 remittance ? "its payments make" : "claims without provider adjustments make");
}

/* --- a set --- */

static void take_total(sums *s, text tag, text segment)
{
    if (text_is(tag, "TDS"))
        s->total = state(s, segment, cents(s, segment, 1));
    /* NON: information only; a debt of the payee is carried over and not paid. */
    if (text_is(tag, "BPR") && !text_is(element(s, segment, 4), "NON"))
        s->payment = state(s, segment, value(s, segment, 2));
    if (!text_is(tag, "CTT"))
        return;
    s->count = state(s, segment, value(s, segment, 1));
    if (element(s, segment, 2).n)
        s->hash = state(s, segment, value(s, segment, 2));
}

static void take_invoice(sums *s, text tag, text segment)
{
    if (text_is(tag, "IT1"))
        add_invoice_line(s, segment);
    else if (text_is(tag, "SAC"))
        add_charge(s, segment);
    else if (text_is(tag, "TXI"))
        add_tax(s, segment);
    else if (text_is(tag, "CTP") || text_is(tag, "ISS") || text_is(tag, "SLN"))
        s->unknown |= !text_is(tag, "ISS");
}

static void take_claims(sums *s, text tag, text segment)
{
    if (text_is(tag, "CLP"))
        open_claim(s, segment);
    else if (text_is(tag, "SVC"))
        open_service(s, segment);
    else if (text_is(tag, "CAS"))
        add_adjustment(s, segment);
    else if (text_is(tag, "PLB"))
        close_claim(s), add_provider(s, segment);
    else if (text_is(tag, "LX"))
        close_claim(s);
}

static void take_remittance(sums *s, text tag, text segment)
{
    if (text_is(tag, "ADX"))
        s->unknown = true;
    if (!text_is(tag, "RMR"))
        return;
    s->payments++;
    s->unknown |= element(s, segment, 4).n == 0;
    s->paid += value(s, segment, 4);
}

/* The segment that is a line, and where the quantity stands that CTT02 adds up; 0: partners add up
 * other ones, as those of ACK in an 855. Of a ship notice a line is a level. */
static const struct {
    char set[4], tag[4];
    uint32_t quantity;
} lines[] = {{"850", "PO1", 2}, {"855", "PO1", 0}, {"860", "POC", 3}, {"856", "HL", 0}};

static void take_line(sums *s, text type, text tag, text segment)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (!text_is(type, lines[i].set) || !text_is(tag, lines[i].tag))
            continue;
        if (lines[i].quantity)
            add_line(s, segment, lines[i].quantity);
        else
            s->line_count++, s->fractions = true;
    }
}

static void sum_set(sums *s)
{
    const x12_set *set = &s->f->set[s->set];
    text type = x12_set_type(s->f, set), segment;
    bool invoice = text_is(type, "810"), claims = text_is(type, "835"),
         remittance = text_is(type, "820");
    x12_walk w;
    x12_walk_set(&w, s->f, set);
    while (x12_next(&w, &segment)) {
        text tag = x12_element(segment, s->by->element, 0);
        count_tag(s, tag);
        take_total(s, tag, segment);
        take_line(s, type, tag, segment);
        if (invoice)
            take_invoice(s, tag, segment);
        if (claims)
            take_claims(s, tag, segment);
        if (remittance)
            take_remittance(s, tag, segment);
    }
    close_claim(s);
    if (invoice)
        judge_invoice(s);
    if (claims || remittance)
        judge_payment(s, remittance);
    judge_counts(s);
}

void x12_sums(arena *a, const x12_file *f, document_faults *out)
{
    for (uint32_t i = 0; i < f->sets; i++) {
        sums s = {.a = a, .f = f, .set = i, .by = x12_separators_of(f, &f->set[i]), .out = out};
        sum_set(&s);
    }
}
