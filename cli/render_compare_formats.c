/* render_compare_formats.c: what a comparison found, for machines: JSON, and JUnit's XML, where
 * each pair is a test case. */
#include "cli/markup.h"
#include "cli/render_compare.h"

/* --- JSON --- */

static void json_start(compare_view *v)
{
    json_begin(&v->json, v->out, 2);
    json_object(&v->json);
    json_add_int(&v->json, "format_version", 1);
    json_add_array(&v->json, "pairs");
}

static void json_pair(compare_view *v, const compare_pair *p)
{
    compare_write_pair(&v->json, p);
}

static void json_finish(compare_view *v, const compare_result *r, const prove_result *proof)
{
    json_array_end(&v->json);
    compare_write_sums(&v->json, r);
    if (proof) {
        json_add_object(&v->json, "proof");
        prove_write_json(&v->json, proof);
        json_object_end(&v->json);
    }
    json_object_end(&v->json);
    buffer_char(v->out, '\n');
}

const compare_form compare_form_json = {json_start, json_pair, json_finish};

/* --- JUnit --- */

static void junit_begin(compare_view *v)
{
    buffer_init(&v->cases);
}

/* "ST[1].PO1[1].04: value: 1.50 / 1.51" */
static void junit_failure(buffer *b, const compare_difference *d)
{
    buffer line = {0};
    buffer_printf(&line, "%.*s: %.*s", TEXT_ARG(d->path), TEXT_ARG(d->rule));
    if (d->legacy.p)
        buffer_printf(&line, "; legacy %.*s", TEXT_ARG(d->legacy));
    if (d->modern.p)
        buffer_printf(&line, "; modern %.*s", TEXT_ARG(d->modern));
    buffer_cstr(b, "      <failure");
    markup_attribute(b, "message", buffer_view(&line));
    buffer_cstr(b, "/>\n");
    buffer_release(&line);
}

static void junit_pair(compare_view *v, const compare_pair *p)
{
    buffer *b = &v->cases;
    buffer_cstr(b, "    <testcase");
    markup_attribute(b, "classname", p->legacy_file.p ? p->legacy_file : p->modern_file);
    markup_attribute(b, "name", p->key);
    if (p->verdict == VERDICT_MATCHED) {
        buffer_cstr(b, "/>\n");
        return;
    }
    buffer_cstr(b, ">\n");
    for (size_t i = 0; i < p->differences; i++)
        if (p->difference[i].class == CLASS_DEFECT)
            junit_failure(b, &p->difference[i]);
    if (p->defects == 0) {
        buffer_cstr(b, "      <failure");
        markup_attribute(b, "message", text_of(compare_verdict_word(p->verdict)));
        buffer_cstr(b, "/>\n");
    }
    buffer_cstr(b, "    </testcase>\n");
}

/* The proof is a case for each kind of defect that could be put in. */
static uint64_t junit_proof(buffer *b, const prove_result *proof, uint64_t *cases)
{
    uint64_t failed = 0;
    for (int d = 0; d < PROVE_COUNT; d++) {
        const prove_row *r = &proof->row[d];
        if (r->tried == 0)
            continue;
        ++*cases;
        buffer_cstr(b, "    <testcase classname=\"rules\"");
        markup_attribute(b, "name", text_of(prove_defect_name((prove_defect)d)));
        if (r->found == r->tried) {
            buffer_cstr(b, "/>\n");
            continue;
        }
        failed++;
        buffer_printf(b, "><failure message=\"%u of %u are found\"/></testcase>\n", r->found,
                      r->tried);
    }
    return failed;
}

static void junit_end(compare_view *v, const compare_result *r, const prove_result *proof)
{
    uint64_t cases = r->compared, failed = r->compared - r->matched;
    if (proof)
        failed += junit_proof(&v->cases, proof, &cases);
    buffer_cstr(v->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite");
    markup_attribute(v->out, "name", text_of(v->modern));
    buffer_printf(v->out, " tests=\"%llu\" failures=\"%llu\" errors=\"0\">\n",
                  (unsigned long long)cases, (unsigned long long)failed);
    buffer_text(v->out, buffer_view(&v->cases));
    buffer_cstr(v->out, "  </testsuite>\n</testsuites>\n");
    buffer_release(&v->cases);
}

const compare_form compare_form_junit = {junit_begin, junit_pair, junit_end};
