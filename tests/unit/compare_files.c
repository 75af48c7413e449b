/* compare_files.c: files on the disk that are let go of and read again say what files in memory
 * say; and a file that is another by then is unreadable. */
#include "unit.h"

#include "stdlib/compare/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define X12(n, po, price)                                                                          \
    "ISA*00*          *00*          *ZZ*ACME           *01*004321987      "                        \
    "*260301*2210*U*00401*00000010" n "*0*P*>~GS*PO*ACME*004321987*20260301*2210*" n               \
    "*X*004010~ST*850*0001~BEG*00*SA*" po "**20260301~PO1*1*12*EA*" price                          \
    "*PE*VP*A-100~CTT*1~SE*5*0001~GE*1*" n "~IEA*1*00000010" n "~"
#define EDIFACT(n, amount)                                                                         \
    "UNB+UNOC:3+ACME:ZZ+BIRCH:ZZ+260301:2210+" n "'UNH+1+ORDERS:D:96A:UN'BGM+220+47" n             \
    "+9'MOA+79:" amount "'UNT+4+1'UNZ+1+" n "'"

static const char *const names[] = {"a.x12", "b.x12",    "c.edi",   "d.json", "e.xml",
                                    "f.csv", "g.txt",    "h.bin",   "i.json", "j.x12",
                                    "k.txt", "only.txt", "z/a.json"};
enum { FILES = sizeof names / sizeof *names, ORDERS = 100, LINES = 120 };

static const char *const legacy_bytes[FILES] = {X12("1", "4711", "1.50"),
                                                X12("2", "4712", "20"),
                                                EDIFACT("7", "10"),
                                                "{\"id\": 1, \"price\": 1.5}",
                                                "<Order id='1'><Price>2</Price></Order>",
                                                "id,price\n1,2.50\n2,3\n",
                                                "one\ntwo\n",
                                                "\001\002\003",
                                                "{\"broken\"",
                                                X12("3", "4713", "1"),
                                                "alpha\nbeta\ngamma\n",
                                                "legacy alone\n",
                                                "[1, 2, 3]"};
static const char *const modern_bytes[FILES] = {X12("4", "4711", "1.5"),
                                                X12("5", "4713", "21"),
                                                EDIFACT("8", "11"),
                                                "{\"price\": 1.50, \"id\": 1}",
                                                "<Order id=\"1\"><Price>3</Price></Order>",
                                                "id,price\n1,2.5\n2,4\n",
                                                "one\r\ntwo\r\n",
                                                "\001\002\004",
                                                "{\"broken\"",
                                                X12("4", "4712", "1"),
                                                "alpha\nbeta\ndelta\n",
                                                NULL,
                                                "[1, 3, 2]"};

typedef struct {
    char folder[32];
    arena memory;
    compare_path path[2][FILES];
    compare_file file[2][FILES];
    size_t files[2];
} fixture;

static void write_file(const char *path, text bytes)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
}

static void add(fixture *f, int side, size_t i, const char *bytes)
{
    text name = text_of(names[i]), all = text_of(bytes);
    text path = text_format(&f->memory, "%s/%d-%zu", f->folder, side, i);
    size_t at = f->files[side]++;
    write_file(path.p, all);
    f->path[side][at] = (compare_path){name, path, all.n};
    f->file[side][at] = (compare_file){name, all};
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    strcpy(f->folder, "/tmp/ferry-compare-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    for (size_t i = FILES; i-- > 0;) { /* the last first: order does not count */
        add(f, 0, i, legacy_bytes[i]);
        if (modern_bytes[i])
            add(f, 1, i, modern_bytes[i]);
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < f->files[side]; i++)
            unlink(f->path[side][i].path.p);
    rmdir(f->folder);
    arena_release(&f->memory);
    free(f);
    return 0;
}

typedef struct {
    buffer out;
    json_writer json;
    const char *change; /* a file that is written anew after the first pair */
    uint64_t unreadable;
} listener;

static void hear(void *context, const compare_pair *p, size_t done, size_t all)
{
    listener *l = context;
    (void)all;
    compare_write_pair(&l->json, p);
    if (done == 1 && l->change)
        write_file(l->change, TEXT("{\"id\": 1, \"price\": 1.6}"));
    l->unreadable += p->verdict == VERDICT_UNREADABLE;
}

static void begin(listener *l)
{
    json_begin(&l->json, &l->out, 1);
    json_object(&l->json);
    json_put_key(&l->json, "pairs");
    json_array(&l->json);
}

static text end(listener *l, const compare_result *r)
{
    json_array_end(&l->json);
    compare_write_sums(&l->json, r);
    json_object_end(&l->json);
    return buffer_view(&l->out);
}

static text from_memory(fixture *f, const compare_options *o, listener *l)
{
    compare_input legacy = {f->file[0], f->files[0]}, modern = {f->file[1], f->files[1]};
    compare_sink sink = {.pair = hear, .context = l};
    compare_result r;
    begin(l);
    compare_each(&f->memory, o, &legacy, &modern, &sink, &r);
    return end(l, &r);
}

static text from_disk(fixture *f, const compare_options *o, listener *l)
{
    compare_paths legacy = {f->path[0], f->files[0]}, modern = {f->path[1], f->files[1]};
    compare_sink sink = {.pair = hear, .context = l};
    compare_result r;
    begin(l);
    compare_each_file(&f->memory, o, &legacy, &modern, &sink, &r);
    return end(l, &r);
}

static void same_as_in_memory(fixture *f, const compare_options *options)
{
    listener memory = {0};
    text wanted = from_memory(f, options, &memory);
    assert_true(wanted.n > 1000);
    for (size_t held = 0; held < 2; held++) { /* all at once; one at a time */
        compare_options o = *options;
        listener disk = {0};
        o.held = held;
        assert_text(from_disk(f, &o, &disk), buffer_string(&memory.out));
        buffer_release(&disk.out);
    }
    buffer_release(&memory.out);
}

static void files_that_were_let_go_of_say_the_same(void **state)
{
    compare_options o = {0};
    same_as_in_memory(*state, &o);
}

static void and_under_rules_over_all_documents(void **state)
{
    static const compare_constraint k[] = {
        {.ref = TEXT("ISA13"), .bound = BOUND_UNIQUE},
        {.ref = TEXT("BEG03"), .bound = BOUND_INCREASING},
        {.ref = TEXT("GS06"), .bound = BOUND_CONSECUTIVE},
    };
    compare_options o = {.constrain = k, .constraints = 3};
    same_as_in_memory(*state, &o);
}

static void and_taken_apart_by_a_key(void **state)
{
    static const text key[] = {TEXT("id"), TEXT("$[*]"), TEXT("BEG03")};
    compare_options o = {.key = key, .keys = 3};
    same_as_in_memory(*state, &o);
}

/* A file of orders of some kilobytes. Those of modern have other numbers of sets, and a price of
 * another form in each; every `each`-th has other units, one in each of its lines. */
static text orders(arena *a, unsigned file, bool modern, unsigned each)
{
    buffer b = {0};
    buffer_printf(&b,
                  "ISA*00*          *00*          *ZZ*ACME           *01*004321987      "
                  "*260301*2210*U*00401*%09u*0*P*>~GS*PO*ACME*004321987*20260301*2210*1*X*004010~",
                  file + 1 + modern * 100u);
    for (unsigned i = 1; i <= ORDERS; i++) {
        unsigned st = i + modern * 1000u;
        buffer_printf(&b, "ST*850*%04u~BEG*00*SA*PO%u-%u**20260301~", st, file, i);
        for (unsigned k = 1; k <= LINES; k++)
            buffer_printf(&b, "PO1*%u*12*%s*1.5%s*PE*VP*A-%u~", k,
                          modern && i % each == 0 ? "BX" : "EA", modern && k == 1 ? "0" : "", k);
        buffer_printf(&b, "CTT*%u~SE*%u*%04u~", LINES, LINES + 4, st);
    }
    buffer_printf(&b, "GE*%u*1~IEA*1*%09u~", ORDERS, file + 1 + modern * 100u);
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void orders_of(fixture *f, unsigned each)
{
    f->files[0] = f->files[1] = 0;
    for (unsigned i = 0; i < FILES; i++)
        for (int side = 0; side < 2; side++) {
            add(f, side, i, orders(&f->memory, i, side, each).p);
            assert_true(f->path[side][i].size * FILES > 1 << 20);
        }
}

/* From the disk, all processors compare; from memory, one does. */
static void side_by_side_as_one_after_the_other(void **state)
{
    orders_of(*state, 7);
    for (size_t held = 0; held <= 4 << 20; held += 1 << 20) {
        listener memory = {0}, disk = {0};
        compare_options o = {.held = held};
        from_memory(*state, &o, &memory);
        assert_text(from_disk(*state, &o, &disk), buffer_string(&memory.out));
        buffer_release(&memory.out);
        buffer_release(&disk.out);
    }
}

/* More differences than a batch may have, so that it is done in parts. */
static void a_flood_of_differences(void **state)
{
    listener memory = {0}, disk = {0};
    compare_options o = {0};
    orders_of(*state, 1);
    text wanted = from_memory(*state, &o, &memory);
    assert_true(wanted.n > 20 << 20);
    assert_text(from_disk(*state, &o, &disk), buffer_string(&memory.out));
    buffer_release(&memory.out);
    buffer_release(&disk.out);
}

/* Beyond 8 MiB, elements of lists are folded and opened where they differ. */
static text large_json(arena *a, const char *between, unsigned changed)
{
    buffer b = {0};
    buffer_printf(&b, "{\"orders\":%s[", between);
    for (unsigned i = 0; i < 100000; i++)
        buffer_printf(&b,
                      "%s%s{\"id\": \"PO%u\", \"lines\": [{\"sku\": \"A\", \"price\": %u.5%s}, "
                      "{\"sku\": \"B\", \"price\": %u}]}",
                      i ? "," : "", between, i, i % 90, i % 1000 == 7 && changed ? "0" : "",
                      i % 80 + (changed && i == changed));
    buffer_cstr(&b, "]}");
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void large_lists_are_folded(void **state)
{
    fixture *f = *state;
    text l = large_json(&f->memory, "\n ", 0), m = large_json(&f->memory, " ", 4711);
    text cut = text_slice(m, 0, m.n - 2); /* without the end of the list: not JSON */
    assert_true(l.n > 8 << 20);
    compare_file x = {TEXT("l"), l}, y = {TEXT("m"), m}, z = {TEXT("m"), cut};
    compare_result r;
    compare_run(&f->memory, &(compare_options){0}, &(compare_input){&x, 1}, &(compare_input){&y, 1},
                &r);
    assert_int_equal(r.different, 1);
    assert_int_equal(r.pair[0].defects, 1);
    assert_int_equal(r.pair[0].differences, 101);
    const compare_difference *d = r.pair[0].difference;
    while (d->class != CLASS_DEFECT)
        d++;
    assert_text(d->path, "$.orders[4711].lines[1].price");
    assert_text(d->legacy, "71");
    assert_text(d->modern, "72");
    text key = TEXT("$.orders[4711].lines[1].price");
    compare_run(&f->memory, &(compare_options){.key = &key, .keys = 1}, &(compare_input){&x, 1},
                &(compare_input){&y, 1}, &r);
    assert_int_equal(r.missing, 1);
    assert_text(r.pair[0].key, "71");
    compare_run(&f->memory, &(compare_options){0}, &(compare_input){&x, 1}, &(compare_input){&z, 1},
                &r);
    assert_int_equal(r.unreadable, 1);
}

static text large_xml(arena *a, bool modern, unsigned exchanged)
{
    buffer b = {0};
    buffer_printf(&b, "<%sOrders xmlns%s='u'>", modern ? "o:" : "", modern ? ":o" : "");
    for (unsigned i = 0; i < 100000; i++) {
        bool changed = modern && i == 4711;
        unsigned id = !exchanged ? i : i == exchanged ? i + 1 : i == exchanged + 1 ? i - 1 : i;
        const char *p = modern ? "o:" : "";
        buffer_printf(&b, "<%sOrder id='%u'><%sLine><%sID>A</%sID></%sLine>", p, id, p, p, p, p);
        buffer_printf(&b, "<%sLine n='1'><%sID>B</%sID><%sPrice>%u</%sPrice></%sLine></%sOrder>\n",
                      p, p, p, p, i % 80 + changed, p, p, p);
    }
    buffer_printf(&b, "</%sOrders>", modern ? "o:" : "");
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

/* So are elements, which are known by their keys all the same: where all stay in their places, and
 * where not. */
static void large_xml_is_folded(void **state)
{
    fixture *f = *state;
    for (unsigned exchanged = 0; exchanged < 1000; exchanged += 777) {
        compare_file x = {TEXT("l"), large_xml(&f->memory, false, 0)};
        compare_file y = {TEXT("m"), large_xml(&f->memory, true, exchanged)};
        assert_true(x.bytes.n > 8 << 20);
        compare_result r;
        compare_run(&f->memory, &(compare_options){0}, &(compare_input){&x, 1},
                    &(compare_input){&y, 1}, &r);
        assert_int_equal(r.different, 1);
        assert_int_equal(r.pair[0].defects, exchanged ? 4 : 1);
        const compare_difference *d = r.pair[0].difference, *last = d + r.pair[0].differences - 1;
        assert_text(last->path, "/Orders/Order[4712]/Line[2]/Price");
        assert_text(last->legacy, "71");
        assert_text(last->modern, "72");
        if (exchanged) {
            assert_text(d->path, "/Orders/Order[778]");
            assert_text(d->rule, "order");
        }
        text key = TEXT("//Line[2]/Price");
        compare_run(&f->memory, &(compare_options){.key = &key, .keys = 1}, &(compare_input){&x, 1},
                    &(compare_input){&y, 1}, &r);
        assert_text(r.pair[0].key, "0");
    }
}

static void a_file_that_changes_meanwhile_is_unreadable(void **state)
{
    fixture *f = *state;
    compare_options o = {.held = 1};
    listener before = {0}, l = {0};
    from_disk(f, &o, &before);
    for (size_t i = 0; i < f->files[1]; i++)
        if (text_is(f->path[1][i].name, "d.json"))
            l.change = f->path[1][i].path.p;
    text out = from_disk(f, &o, &l);
    assert_int_equal(l.unreadable, before.unreadable + 1);
    assert_non_null(memmem(out.p, out.n, "changed while it was compared", 29));
    buffer_release(&before.out);
    buffer_release(&l.out);
}

static void a_file_that_is_gone_is_unreadable(void **state)
{
    fixture *f = *state;
    compare_options o = {0};
    listener before = {0}, l = {0};
    from_disk(f, &o, &before);
    for (size_t i = 0; i < f->files[1]; i++)
        if (text_is(f->path[1][i].name, "d.json"))
            unlink(f->path[1][i].path.p);
    text out = from_disk(f, &o, &l);
    assert_int_equal(l.unreadable, before.unreadable + 1);
    assert_non_null(memmem(out.p, out.n, "no such file", 12));
    buffer_release(&before.out);
    buffer_release(&l.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_that_were_let_go_of_say_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(and_under_rules_over_all_documents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(side_by_side_as_one_after_the_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_of_differences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(and_taken_apart_by_a_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_lists_are_folded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_xml_is_folded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_changes_meanwhile_is_unreadable, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_gone_is_unreadable, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
