/* identifier_check.c: positions and check digits of each kind of identifier. See
 * identifier_check.h.
 *
 * A test number that an authority has given out to be printed (078-05-1120) is none.
 */
#include "stdlib/identifier/identifier_check.h"
#include "stdlib/identifier/identifier_digits.h"

#include <string.h>

/* ---- payment ---- */

typedef struct {
    unsigned from, to, shortest, longest;
} issuer_range;

static const issuer_range issuers[] = {
#define ISSUER(network, from, to, shortest, longest) {from, to, shortest, longest},
#include "stdlib/identifier/identifier_cards.def"
#undef ISSUER
};

/* A GTIN-13, GTIN-14, GSIN or SSCC by its length and check digit (GS1 General Specifications, 7.9).
 */
static bool identifier_is_gs1(text digits)
{
    unsigned sum = 0;
    bool length = digits.n == 13 || digits.n == 14 || digits.n == 17 || digits.n == 18;
    for (size_t i = 0; length && i < digits.n; i++)
        sum += at(digits, digits.n - 1 - i) * (i % 2 ? 3 : 1);
    return length && sum % 10 == 0;
}

bool identifier_is_card(text t)
{
    if (!digits_only(t) || t.n < 13)
        return false;
    unsigned head = (unsigned)number(t, 0, 4);
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        const issuer_range *r = &issuers[i];
        if (head >= r->from && head <= r->to && t.n >= r->shortest && t.n <= r->longest)
            return luhn(t) && !identifier_is_gs1(t) && !all_alike(t);
    }
    return false;
}

/* ISO/IEC 7813: track 1 is %B, number, ^, name, ^; track 2 is ;, number, =. It is told where a card
 * number was found (identifier.c). */
bool identifier_is_track(text t)
{
    size_t n = 0, from = text_starts(t, TEXT("%B")) ? 2 : text_starts(t, TEXT(";"));
    while (from + n < t.n && is_digit(t.p[from + n]))
        n++;
    text card = text_slice(t, from, from + n);
    return from + n < t.n && is_one_of(t.p[from + n], "=^") && card.n <= 19 &&
           identifier_is_card(card);
}

bool identifier_is_cvv(text t)
{
    return digits_only(t);
}

/* ---- America ---- */

/* Social Security Administration, since 2011: no area 000, 666 or above 899, no group 00, no serial
 * 0000; two that were advertised. */
bool identifier_is_us_ssn(text t)
{
    if (!digits_only(t))
        return false;
    uint64_t area = number(t, 0, 3);
    return area != 0 && area != 666 && area < 900 && number(t, 3, 5) != 0 && number(t, 5, 9) != 0 &&
           !all_alike(t) && !text_is(t, "078051120") && !text_is(t, "219099999");
}

/* IRS, Internal Revenue Manual 3.21.263: 9, and the groups that were given out. */
bool identifier_is_us_itin(text t)
{
    if (!digits_only(t) || t.p[0] != '9' || all_alike(t))
        return false;
    uint64_t group = number(t, 3, 5);
    return group >= 50 && group != 89 && group != 93 && (group <= 65 || group >= 70);
}

/* CMS, Understanding the MBI: C A AN N A AN N A A N N, without S L O I B Z. */
bool identifier_is_us_mbi(text t)
{
    static const char form[] = "CAXNAXNAANN", letters[] = "ACDEFGHJKMNPQRTUVWXY";
    for (size_t i = 0; i < t.n; i++) {
        bool digit = is_digit(t.p[i]), letter = is_one_of(t.p[i], letters);
        bool fits = form[i] == 'C'   ? digit && t.p[i] != '0'
                    : form[i] == 'N' ? digit
                    : form[i] == 'A' ? letter
                                     : digit || letter;
        if (!fits)
            return false;
    }
    return true;
}

/* Service Canada: Luhn; 0 is not given out, 8 is the first digit of business numbers. */
bool identifier_is_ca_sin(text t)
{
    return digits_only(t) && t.p[0] != '0' && t.p[0] != '8' && luhn(t) && !all_alike(t);
}

/* Receita Federal: two check digits, modulo 11. */
bool identifier_is_br_cpf(text t)
{
    if (!digits_only(t) || all_alike(t))
        return false;
    unsigned first = 0, second = 0;
    for (size_t i = 0; i < 9; i++)
        first += at(t, i) * (unsigned)(10 - i);
    for (size_t i = 0; i < 10; i++)
        second += at(t, i) * (unsigned)(11 - i);
    return first * 10 % 11 % 10 == at(t, 9) && second * 10 % 11 % 10 == at(t, 10);
}

/* ---- British Isles ---- */

/* HMRC, NIM39110. */
bool identifier_is_uk_nino(text t)
{
    static const char *const unused[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
        if (text_starts(t, text_of(unused[i])))
            return false;
    return is_capital(t.p[0]) && is_capital(t.p[1]) && !is_one_of(t.p[0], "DFIQUV") &&
           !is_one_of(t.p[1], "DFIOQUV") && digits_only(text_slice(t, 2, 8)) &&
           is_one_of(t.p[8], "ABCD");
}

/* NHS Data Dictionary, NHS NUMBER: modulo 11, weights 10 to 2. */
bool identifier_is_uk_nhs(text t)
{
    unsigned sum = 0;
    if (!digits_only(t) || all_alike(t))
        return false;
    for (size_t i = 0; i < 9; i++)
        sum += at(t, i) * (unsigned)(10 - i);
    return (11 - sum % 11) % 11 == at(t, 9);
}

/* ---- Germany, Austria, Switzerland ---- */

/* ISO/IEC 7064, MOD 11,10; of the first ten digits one is there twice or three times, and no other
 * more than once (Abgabenordnung, section 139b; BZSt). */
bool identifier_is_de_tax(text t)
{
    unsigned seen[10] = {0}, again = 0, product = 10;
    if (!digits_only(t) || t.p[0] == '0')
        return false;
    for (size_t i = 0; i < 10; i++) {
        seen[at(t, i)]++;
        unsigned sum = (at(t, i) + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    for (size_t i = 0; i < 10; i++) {
        if (seen[i] > 3)
            return false;
        again += seen[i] > 1;
    }
    return again == 1 && (11 - product) % 10 == at(t, 10);
}

/* VKVV, section 2: area, birth date, letter, serial, check digit. */
bool identifier_is_de_pension(text t)
{
    if (!is_capital(t.p[8]) || !digits_only(text_slice(t, 0, 8)) ||
        !digits_only(text_slice(t, 9, 12)) || !is_day(number(t, 2, 4), number(t, 4, 6)) ||
        number(t, 0, 2) < 2)
        return false;
    unsigned letter = (unsigned)(t.p[8] - 'A') + 1;
    char whole[] = {t.p[0],
                    t.p[1],
                    t.p[2],
                    t.p[3],
                    t.p[4],
                    t.p[5],
                    t.p[6],
                    t.p[7],
                    (char)('0' + letter / 10),
                    (char)('0' + letter % 10),
                    t.p[9],
                    t.p[10]};
    return crosswise((text){whole, sizeof whole}, "212571212121") % 10 == at(t, 11);
}

/* SGB V, section 290: a letter, eight digits, a check digit. */
bool identifier_is_de_kvnr(text t)
{
    if (!is_capital(t.p[0]) || !digits_only(text_slice(t, 1, 10)))
        return false;
    unsigned letter = (unsigned)(t.p[0] - 'A') + 1;
    char whole[10] = {(char)('0' + letter / 10), (char)('0' + letter % 10)};
    memcpy(whole + 2, t.p + 1, 8);
    return crosswise((text){whole, sizeof whole}, "1212121212") % 10 == at(t, 9);
}

/* ASVG, section 31: serial of three, check digit, birth date (a month above 12 where those of a day
 * were used up). */
bool identifier_is_at_svnr(text t)
{
    if (!digits_only(t) || t.p[0] == '0')
        return false;
    uint64_t month = number(t, 6, 8);
    return weighted(t, "3790584216") % 11 == at(t, 3) && number(t, 4, 6) >= 1 &&
           number(t, 4, 6) <= 31 && month >= 1 && month <= 15;
}

/* A GTIN-13 under the country 756, which GS1 has not given out. */
bool identifier_is_ch_ahv(text t)
{
    return digits_only(t) && text_starts(t, TEXT("756")) && identifier_is_gs1(t);
}

/* ---- France, Spain, Italy ---- */

/* INSEE, NIR: sex, year, month, department (2A and 2B in Corsica), commune, serial, key modulo 97.
 */
bool identifier_is_fr_nir(text t)
{
    char plain[15];
    memcpy(plain, t.p, sizeof plain);
    bool corsica = plain[5] == '2' && (plain[6] == 'A' || plain[6] == 'B');
    if (corsica) {
        plain[6] = plain[6] == 'A' ? '9' : '8';
        plain[5] = '1';
    }
    text digits = {plain, sizeof plain};
    if (!digits_only(digits) || !is_one_of(t.p[0], "123478"))
        return false;
    uint64_t month = number(digits, 3, 5);
    if (month == 0 || (month > 12 && month < 20) || (month > 42 && month < 50))
        return false;
    return 97 - number(digits, 0, 13) % 97 == number(digits, 13, 15);
}

/* Real Decreto 1553/2005: eight digits and a letter, modulo 23; X, Y, Z for foreigners. */
bool identifier_is_es_dni(text t)
{
    char plain[8];
    memcpy(plain, t.p, sizeof plain);
    if (plain[0] >= 'X' && plain[0] <= 'Z')
        plain[0] = (char)(plain[0] - 'X' + '0');
    text digits = {plain, sizeof plain};
    return digits_only(digits) && !all_alike(digits) &&
           t.p[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[number(digits, 0, 8) % 23];
}

/* Decreto ministeriale 23.12.1976. Where two people would share one, digits become letters
 * (omocodia). */
bool identifier_is_it_cf(text t)
{
    static const char form[] = "LLLLLLDDMDDLDDDL", omocodia[] = "LMNPQRSTUV";
    static const unsigned char odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    unsigned sum = 0;
    for (size_t i = 0; i < 16; i++) {
        char c = t.p[i];
        bool fits = form[i] == 'D'   ? is_digit(c) || is_one_of(c, omocodia)
                    : form[i] == 'M' ? is_one_of(c, "ABCDEHLMPRST")
                                     : is_capital(c);
        if (!fits)
            return false;
        unsigned value = (unsigned)(is_digit(c) ? c - '0' : c - 'A');
        sum += i == 15 ? 0 : i % 2 ? value : odd[value];
    }
    return t.p[15] == (char)('A' + sum % 26);
}

/* ---- Low Countries, North, Poland ---- */

/* The eleven test: weights 9 to 2, and -1. */
bool identifier_is_nl_bsn(text t)
{
    if (!digits_only(t) || all_alike(t))
        return false;
    return (weighted(t, "98765432") + 11 - at(t, 8)) % 11 == 0;
}

/* Birth date, serial, 97 less the rest by 97; of those born from 2000 on with a 2 in front. A month
 * is 20 or 40 more in a number that is only provisional. */
bool identifier_is_be_nrn(text t)
{
    if (!digits_only(t))
        return false;
    uint64_t month = number(t, 2, 4) % 20, n = number(t, 0, 9), check = number(t, 9, 11);
    bool dated = number(t, 2, 4) < 53 && month <= 12 && number(t, 4, 6) <= 31;
    return dated && n && (97 - n % 97 == check || 97 - (2000000000 + n) % 97 == check);
}

/* Skatteverket: date, serial, Luhn over the last ten; a day above 60 is a coordination number. */
bool identifier_is_se_pnr(text t)
{
    if (!digits_only(t) || t.n == 11)
        return false;
    text ten = text_slice(t, t.n - 10, t.n);
    uint64_t day = number(ten, 4, 6), century = t.n == 12 ? number(t, 0, 2) : 19;
    return is_day(day > 60 ? day - 60 : day, number(ten, 2, 4)) && century >= 18 && century <= 21 &&
           luhn(ten);
}

/* DVV: date, the sign of the century (which is taken off where it is a hyphen), serial, modulo 31.
 */
bool identifier_is_fi_hetu(text t)
{
    bool sign = t.n == 11;
    if (!digits_only(text_slice(t, 0, 6)) || (sign && !is_one_of(t.p[6], "ABCDEFUVWXY")) ||
        !digits_only(text_slice(t, 6 + sign, 9 + sign)) ||
        !is_day(number(t, 0, 2), number(t, 2, 4)))
        return false;
    uint64_t n = number(t, 0, 6) * 1000 + number(t, 6 + sign, 9 + sign);
    return t.p[9 + sign] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[n % 31];
}

/* Skatteetaten: two check digits, modulo 11; D numbers have a day above 40. */
bool identifier_is_no_fnr(text t)
{
    if (!digits_only(t) || all_alike(t))
        return false;
    uint64_t day = number(t, 0, 2);
    return is_day(day > 40 ? day - 40 : day, number(t, 2, 4)) &&
           (weighted(t, "376189452") + at(t, 9)) % 11 == 0 &&
           (weighted(t, "5432765432") + at(t, 10)) % 11 == 0;
}

/* CPR-kontoret; the check digit is not kept to since 2007. */
bool identifier_is_dk_cpr(text t)
{
    return digits_only(t) && is_day(number(t, 0, 2), number(t, 2, 4)) && number(t, 6, 10) != 0;
}

/* Ustawa o ewidencji ludności, article 15: weights 1 3 7 9; the month bears the century. */
bool identifier_is_pl_pesel(text t)
{
    if (!digits_only(t))
        return false;
    return is_day(number(t, 4, 6), number(t, 2, 4) % 20) &&
           (weighted(t, "1379137913") + at(t, 10)) % 10 == 0;
}

/* ---- India ---- */

/* UIDAI: twelve digits, the first not 0 or 1, Verhoeff (the dihedral group of the pentagon). */
bool identifier_is_in_aadhaar(text t)
{
    static const unsigned char shuffled[] = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    if (!digits_only(t) || t.p[0] < '2' || all_alike(t))
        return false;
    unsigned c = 0;
    for (size_t i = 0; i < t.n; i++) {
        unsigned d = at(t, t.n - 1 - i);
        for (size_t k = 0; k < i % 8; k++)
            d = shuffled[d];
        unsigned turned = c < 5 ? (c + d) % 5 : (c - d % 5 + 5) % 5;
        c = (c < 5) == (d < 5) ? turned : turned + 5;
    }
    return c == 0;
}
