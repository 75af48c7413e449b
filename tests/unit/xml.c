/* xml.c: the XML reader: what is layout and what is not, names, encodings, paths, kinds, and every
 * fault with its place. */
#include "unit.h"

#include "stdlib/xml/xml.h"

typedef struct {
    arena memory;
    xml_document d;
    xml_fault fault;
    bool ok;
} sample;

static void take(sample *s, text bytes)
{
    *s = (sample){0};
    s->ok = xml_read(&s->memory, bytes, &s->d, &s->fault);
}

static void drop(sample *s)
{
    arena_release(&s->memory);
}

static void expect_same(const char *l, const char *m, bool same)
{
    sample x, y;
    take(&x, text_of(l));
    take(&y, text_of(m));
    if (!x.ok || !y.ok)
        fail_msg("%s\n%s\ncannot be read: %.*s", l, m,
                 TEXT_ARG(x.ok ? y.fault.message : x.fault.message));
    if ((x.d.node[0].print == y.d.node[0].print) != same)
        fail_msg("%s\n%s\n%s", l, m, same ? "should be equal" : "should differ");
    drop(&x);
    drop(&y);
}

static void layout(void **state)
{
    static const char *const same[][2] = {
        {"<a b='1' c='2'/>", "<?xml version='1.0'?>\n<a c=\"2\"\n b=\"1\"></a>\n"},
        {"<p:a xmlns:p='u'><p:b/></p:a>", "<a xmlns='u'><q:b xmlns:q='u'/></a>"},
        {"<a><b>1</b><c/></a>", "<a>\n  <b>1</b>\r\n\t<c></c>\n</a>"},
        {"<a><b/></a>", "<a><!-- x --><b/> <!-- y --></a>"},
        {"<a>x &lt; y</a>", "<a>x <![CDATA[<]]> y</a>"},
        {"<a>x<!-- y -->z</a>", "<a>xz</a>"},
        {"<a>&#65;&#x42;</a>", "<a>AB</a>"},
        {"<a b='&quot;'/>", "<a b='\"'/>"},
        {"<a>1\r\n2</a>", "<a>1\n2</a>"},
        {"<a b='1\n2'/>", "<a b='1 2'/>"},
        {"<a>\n  </a>", "<a/>"},
        {"<a><?p d?></a>", "<a>\n<?p   d?>\n</a>"},
        {"<a t:type='p:n' xmlns:t='http://www.w3.org/2001/XMLSchema-instance' xmlns:p='u'/>",
         "<a s:type='q:n' xmlns:s='http://www.w3.org/2001/XMLSchema-instance' xmlns:q='u'/>"},
        {"<faultcode xmlns:p='u'>p:Server</faultcode>",
         "<faultcode xmlns:q='u'>q:Server</faultcode>"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect_same(same[i][0], same[i][1], true);
}

static void content(void **state)
{
    static const char *const other[][2] = {
        {"<a/>", "<b/>"},
        {"<a xmlns='u'/>", "<a xmlns='v'/>"},
        {"<a xmlns='u'/>", "<a/>"},
        {"<a b='1'/>", "<a p:b='1' xmlns:p='u'/>"},
        {"<a b='1'/>", "<a b='1 '/>"},
        {"<a b='1'/>", "<a><b>1</b></a>"},
        {"<a>1</a>", "<a> 1</a>"},
        {"<a><b/><c/></a>", "<a><c/><b/></a>"},
        {"<a><b/><b/></a>", "<a><b/></a>"},
        {"<a><b><c/></b></a>", "<a><b/><c/></a>"},
        {"<a>x<b/>y</a>", "<a>xy<b/></a>"},
        {"<a>x <b/> <c/></a>", "<a>x <b/><c/></a>"},
        {"<a><b/> <c/>x</a>", "<a><b/><c/>x</a>"},
        {"<a xml:space='preserve'> <b/></a>", "<a xml:space='preserve'><b/></a>"},
        {"<a><?p d?></a>", "<a><?p e?></a>"},
        {"<?p d?><a/>", "<a/>"},
        {"<a t:type='p:n' xmlns:t='http://www.w3.org/2001/XMLSchema-instance' xmlns:p='u'/>",
         "<a t:type='p:n' xmlns:t='http://www.w3.org/2001/XMLSchema-instance' xmlns:p='v'/>"},
    };
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        expect_same(other[i][0], other[i][1], false);
}

static void canonical_form(void **state)
{
    static const char file[] = "<?xml version='1.0'?><!DOCTYPE a><?p d?>\n<a  z='1' x:y=\"'&#10;\" "
                               "xmlns:x='u' xmlns:unused='v' b='2'><x:c/>\r\n<![CDATA[<&]]>\n</a>";
    sample s;
    buffer b = {0};
    take(&s, TEXT(file));
    assert_true(s.ok);
    xml_canonical(&s.memory, &s.d, &b);
    assert_text(
        buffer_view(&b),
        "<?p d?>\n<a xmlns:x=\"u\" b=\"2\" z=\"1\" x:y=\"'&#xA;\"><x:c></x:c>\n&lt;&amp;\n</a>");
    assert_text(s.d.doctype, "a");
    drop(&s);
    buffer_clear(&b);
    take(&s, TEXT("<a><?p <&\r\n<!?></a>")); /* nothing in an instruction has a meaning */
    xml_canonical(&s.memory, &s.d, &b);
    assert_text(buffer_view(&b), "<a><?p <&\n<!?></a>");
    buffer_release(&b);
    drop(&s);
}

static void faults(void **state)
{
    static const struct {
        const char *file;
        size_t offset, line;
        const char *path, *message;
    } list[] = {
        {"", 0, 1, "", "expected the root element"},
        {"<a>\n<b></a>", 7, 2, "/a/b", "expected </b>"},
        {"<a>\n<b>", 7, 2, "/a/b", "the file ends before </b>"},
        {"<a/><b/>", 4, 1, "", "expected the end behind the root element"},
        {"<a b='1' b='2'/>", 3, 1, "", "an attribute that is there twice"},
        {"<a x:b='1' y:b='2' xmlns:x='u' xmlns:y='u'/>", 3, 1, "",
         "an attribute that is there twice"},
        {"<a><x:b/></a>", 4, 1, "/a", "a prefix that is not declared"},
        {"<a xmlns:x=''/>", 3, 1, "", "a prefix cannot be declared away"},
        {"<a xmlns:xml='u'/>", 3, 1, "", "a namespace that is reserved"},
        {"<a>&nbsp;</a>", 3, 1, "/a",
         "an entity other than the five of XML, which is never expanded"},
        {"<a>&#0;</a>", 3, 1, "/a", "a reference to what is no character"},
        {"<a>&</a>", 3, 1, "/a", "a lone '&' must be written &amp;"},
        {"<a>]]></a>", 3, 1, "/a", "']]>' in a text must be written ]]&gt;"},
        {"<a>\1</a>", 3, 1, "/a", "a character that XML does not have"},
        {"<a>\xef\xbf\xbf</a>", 3, 1, "/a", "a character that XML does not have"},
        {"<a>\xff</a>", 3, 1, "", "bytes that are not UTF-8"},
        {"<a b='<'/>", 6, 1, "", "'<' in a value must be written &lt;"},
        {"<a b=1/>", 5, 1, "", "expected a value in quotes"},
        {"<a b/>", 4, 1, "", "expected '=' behind the name of an attribute"},
        {"<a b='1'c='2'/>", 8, 1, "", "expected a blank, '>' or '/>'"},
        {"<a/ >", 2, 1, "/a", "expected '/>'"},
        {"<1/>", 1, 1, "", "expected a name"},
        {"<a:b:c/>", 4, 1, "", "a name with two colons"},
        {"<a:1 xmlns:a='u'/>", 2, 1, "", "expected a name behind the colon"},
        {"<a\xc3\x97/>", 1, 1, "", "a character that no name may hold"},
        {"<a><!x></a>", 3, 1, "/a", "expected an element, a comment or CDATA"},
        {"<a><!-- -- --></a>", 8, 1, "/a", "a comment cannot hold '--'"},
        {"<a><!-- x</a>", 7, 1, "/a", "a comment that is not closed"},
        {"<a><![CDATA[x</a>", 12, 1, "/a", "a CDATA section that is not closed"},
        {"<a><?p x</a>", 7, 1, "/a", "an instruction that is not closed"},
        {"\n<?xml version='1.0'?><a/>", 1, 2, "",
         "an XML declaration can only stand at the very beginning"},
        {"<?xml version='2.0'?><a/>", 19, 1, "", "expected version=\"1.0\" in the XML declaration"},
        {"<?xml version='1.0' encoding='windows-1252'?><a/>", 30, 1, "",
         "the encoding windows-1252 is not read; UTF-8, UTF-16 with a byte order mark and "
         "ISO-8859-1 "
         "are"},
        {"<?xml version='1.0' encoding='UTF-16'?><a/>", 30, 1, "",
         "the declared encoding is not the one of the bytes"},
        {"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", 13, 1, "",
         "entities are not declared here: they are never expanded"},
        {"<!DOCTYPE a [%b;]><a/>", 13, 1, "",
         "an entity other than the five of XML, which is never expanded"},
        {"<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>", 13, 1, "",
         "attributes that a declaration would add are not read"},
        {"<!DOCTYPE a SYSTEM'b'><a/>", 18, 1, "", "expected a blank and an identifier in quotes"},
        {"<!DOCTYPE a", 11, 1, "", "expected '>' at the end of the document type declaration"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        sample s;
        take(&s, text_of(list[i].file));
        if (s.ok || !text_is(s.fault.message, list[i].message) ||
            s.fault.offset != list[i].offset || s.fault.line != list[i].line ||
            !text_is(s.fault.path, list[i].path))
            fail_msg("%s: %zu:%zu %.*s %.*s", list[i].file, s.fault.offset, s.fault.line,
                     TEXT_ARG(s.fault.path), TEXT_ARG(s.fault.message));
        assert_int_equal(s.d.nodes, 0);
        drop(&s);
    }
}

static void encodings(void **state)
{
    static const char le[] = "\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0",
                      be[] = "\xfe\xff\0<\0a\0>\0\xe9\0<\0/\0a\0>";
    static const char pair[] = "\xff\xfe<\0a\0>\0\x3d\xd8\x00\xde\n\0&\0<\0",
                      half[] = "\xff\xfe<\0a\0>\0\x3d\xd8<\0";
    static const char utf8[] = "\xef\xbb\xbf<a>\xc3\xa9</a>";
    static const char latin[] = "<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>";
    text list[] = {{le, sizeof le - 1}, {be, sizeof be - 1}, TEXT(utf8), TEXT(latin)};
    sample s;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        take(&s, list[i]);
        assert_true(s.ok);
        assert_text(xml_value(&s.memory, &s.d, s.d.root), "\xc3\xa9");
        drop(&s);
    }
    take(&s, (text){pair, sizeof pair - 1}); /* places are those of the file */
    assert_int_equal(s.fault.offset, 14);
    assert_int_equal(s.fault.line, 2);
    drop(&s);
    take(&s, (text){half, sizeof half - 1});
    assert_text(s.fault.message, "bytes that are not UTF-16");
    assert_int_equal(s.fault.offset, 8);
    drop(&s);
    take(&s, (text){le, 7});
    assert_false(s.ok);
    drop(&s);
    take(&s, (text){"<\0a\0", 4});
    assert_text(s.fault.message, "UTF-16 without a byte order mark");
    drop(&s);
    take(&s, TEXT("<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9\xe9&</a>"));
    assert_int_equal(s.fault.offset, 48);
    drop(&s);
}

static void paths(void **state)
{
    static const char file[] = "<o:Orders xmlns:o='u'><o:Order "
                               "id='1'><o:ID>A</o:ID></o:Order><o:Order id='2'><o:ID>B &amp; "
                               "C</o:ID><o:Line><ID>x</ID></o:Line></o:Order></o:Orders>";
    static const char *const list[][2] = {
        {"/Orders/Order/@id", "1"},
        {"/Orders/Order[2]/@id", "2"},
        {"/o:Orders/x:Order[2]/ID", "B & C"},
        {"//Line/ID", "x"},
        {"/Orders//ID", "A"},
        {"/*/*[2]/ID", "B & C"},
        {"/Orders/Order[*]/Line/ID", "x"},
    };
    static const char *const nowhere[] = {
        "/Order", "/Orders/Order[3]", "//@none", "Orders/ID", "/", "//", "", "[", "/Orders/[1]"};
    sample s;
    take(&s, TEXT(file));
    assert_true(s.ok);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        uint32_t at = xml_follow(&s.d, 0, text_of(list[i][0]));
        assert_int_not_equal(at, 0);
        assert_text(xml_value(&s.memory, &s.d, at), list[i][1]);
    }
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        if (xml_follow(&s.d, 0, text_of(nowhere[i])))
            fail_msg("%s leads somewhere", nowhere[i]);
    uint32_t order = xml_follow(&s.d, 0, TEXT("/Orders/Order[2]"));
    assert_text(xml_value(&s.memory, &s.d, xml_follow(&s.d, order, TEXT("Line/ID"))), "x");
    assert_text(xml_value(&s.memory, &s.d, xml_child(&s.d, order, TEXT("@id"))), "2");
    assert_null(xml_value(&s.memory, &s.d, order).p);
    assert_text(xml_called(&s.memory, &s.d, order), "o:Order");
    assert_text(xml_called(&s.memory, &s.d, order + 1), "@id");
    assert_text(xml_raw(&s.d, order + 1), "id='2'");
    drop(&s);
}

/* A document whose orders are folded but for the first of each name, and what it says whole. */
static const char orders[] =
    "<o:Orders xmlns:o='u' xmlns='d' xmlns:x='http://www.w3.org/2001/XMLSchema-instance' "
    "xmlns:c='v'>"
    "<o:Order id='1'><c:ID>A</c:ID><Line n='1'/><Line n='2'/></o:Order>"
    "<o:Order id='2'><q:ID xmlns:q='v'>B</q:ID><Line xmlns='' n='3'> </Line>"
    "<Line x:type='o:T'>1</Line></o:Order>"
    "<Text xml:space='preserve'><w><v> </v></w><w>\n<v> </v></w></Text>"
    "<o:Order/>x<o:Order>y &amp; <c:ID>&#67;</c:ID><?p d?></o:Order>"
    "</o:Orders>";

static void expect_inside(arena *a, const xml_document *d, uint32_t at, const xml_document *whole,
                          uint32_t as)
{
    xml_document in;
    assert_true(d->node[at].folded);
    assert_int_equal(d->node[at].print, whole->node[as].print);
    xml_unfold(a, d, at, &in);
    assert_int_equal(in.root, 0);
    assert_int_equal(in.nodes, whole->node[as].next - as);
    for (uint32_t i = 0; i < in.nodes; i++) {
        assert_false(in.node[i].folded);
        assert_int_equal(in.node[i].print, whole->node[as + i].print);
        assert_int_equal(in.node[i].start, whole->node[as + i].start);
        assert_int_equal(in.node[i].end, whole->node[as + i].end);
        assert_int_equal(in.node[i].next, whole->node[as + i].next - as);
        text name = xml_called(a, whole, as + i);
        assert_true(text_equal(xml_called(a, &in, i), name));
    }
}

static void folded_elements_are_read_again(void **state)
{
    (void)state;
    sample s;
    xml_document d;
    take(&s, text_of(orders));
    assert_true(s.ok);
    assert_true(xml_read_folded(&s.memory, text_of(orders), &d, &s.fault));
    assert_int_equal(d.node[0].print, s.d.node[0].print);
    unsigned folded = 0;
    for (uint32_t i = 0, k = 0; i < d.nodes; i++, k++) {
        while (s.d.node[k].start != d.node[i].start || s.d.node[k].kind != d.node[i].kind)
            k++;
        assert_int_equal(d.node[i].print, s.d.node[k].print);
        if (!d.node[i].folded)
            continue;
        expect_inside(&s.memory, &d, i, &s.d, k);
        folded++;
    }
    assert_int_equal(folded, 4); /* of the first order a line, two orders, a w */
    drop(&s);
}

typedef struct {
    arena *memory;
    text first;
    buffer all; /* bytes of each node, one after the other */
} finding;

static bool find_all(void *self, const xml_document *d, uint32_t node)
{
    finding *f = self;
    if (!f->all.n)
        f->first = text_copy(f->memory, xml_value(f->memory, d, node));
    buffer_text(&f->all, xml_raw(d, node));
    return true;
}

static void paths_lead_into_folded_elements(void **state)
{
    static const char *const list[][2] = {
        {"/Orders/Order[2]/ID", "B"},
        {"/Orders/Order[2]/Line[2]/@type", "{u}T"},
        {"//Line/@type", NULL},
        {"//Order[4]/ID", "C"},
        {"/Orders/Order[1]/ID", "A"},
        {"//*[2]/@n", "1"},
        {"/Orders/Order/Line[2]/@n", "2"},
        {"//v", " "},
    };
    (void)state;
    sample s;
    xml_document d;
    take(&s, text_of(orders));
    assert_true(xml_read_folded(&s.memory, text_of(orders), &d, &s.fault));
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        finding whole = {.memory = &s.memory}, folded = {.memory = &s.memory};
        xml_each(&s.d, 0, text_of(list[i][0]), find_all, &whole);
        xml_each(&d, 0, text_of(list[i][0]), find_all, &folded);
        assert_true(text_equal(buffer_view(&whole.all), buffer_view(&folded.all)));
        if (list[i][1] && !text_equal(folded.first, text_of(list[i][1])))
            fail_msg("%s leads to %.*s", list[i][0], TEXT_ARG(folded.first));
        buffer_release(&whole.all);
        buffer_release(&folded.all);
    }
    drop(&s);
}

/* What is wrong deep inside of an element is found although nothing of it is kept. */
static void folded_elements_are_checked(void **state)
{
    (void)state;
    sample s = {0};
    assert_false(xml_read_folded(&s.memory, TEXT("<a><b><c/></b><b><c d='1' d='2'/></b></a>"), &s.d,
                                 &s.fault));
    assert_text(s.fault.message, "an attribute that is there twice");
    assert_text(s.fault.path, "/a/b");
    assert_int_equal(s.d.nodes, 0);
    drop(&s);
}

static void kinds(void **state)
{
    static const char *const list[][4] = {
        {"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", "UBL",
         "Invoice", ""},
        {"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.03'/>", "ISO 20022",
         "pain.001.001.03", ""},
        {"<w><Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'/></w>", "ISO 20022",
         "camt.053.001.02", ""},
        {"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><o:Get "
         "xmlns:o='u'/></e:Body></e:Envelope>",
         "SOAP", "1.1", "o:Get"},
        {"<e:Envelope "
         "xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body><e:Fault/></e:Body></"
         "e:Envelope>",
         "SOAP", "1.2", "e:Fault"},
        {"<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>", "WSDL", "1.1", ""},
        {"<own/>", "", "", ""},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        sample s;
        take(&s, text_of(list[i][0]));
        assert_true(s.ok);
        xml_type t = xml_type_of(&s.memory, &s.d);
        assert_text(t.family, list[i][1]);
        assert_text(t.type, list[i][2]);
        assert_text(t.body, list[i][3]);
        assert_int_equal(t.is_fault, text_is(t.body, "e:Fault"));
        assert_int_equal(t.wrapped, list[i][0][1] == 'w');
        drop(&s);
    }
}

/* Limits: depth, entities that would expand a billion times, many attributes. */
static void limits(void **state)
{
    buffer b = {0};
    sample s;
    for (int i = 0; i < 1000000; i++)
        buffer_cstr(&b, "<a>");
    take(&s, buffer_view(&b));
    assert_text(s.fault.message, "nested deeper than 512 levels");
    assert_int_equal(s.fault.offset, 3 * XML_DEPTH);
    drop(&s);
    take(&s, TEXT("<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><a>&b;</a>"));
    assert_false(s.ok);
    drop(&s);
    for (int more = 0; more < 2; more++) {
        buffer_clear(&b);
        buffer_cstr(&b, "<a");
        for (int i = 0; i < XML_NAMESPACES + more; i++)
            buffer_printf(&b, " xmlns:n%d='u%d'", i, i);
        buffer_cstr(&b, "/>");
        take(&s, buffer_view(&b));
        assert_int_equal(s.ok, !more);
        if (more)
            assert_text(s.fault.message, "more than 1024 namespaces at once");
        drop(&s);
    }
    buffer_clear(&b);
    buffer_cstr(&b, "<a");
    for (int i = 0; i < 100000; i++)
        buffer_printf(&b, " a%d='%d'", i, i);
    buffer_cstr(&b, "/>");
    take(&s, buffer_view(&b));
    assert_true(s.ok);
    assert_int_equal(s.d.nodes, 100002);
    drop(&s);
    buffer_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout),
        cmocka_unit_test(content),
        cmocka_unit_test(canonical_form),
        cmocka_unit_test(faults),
        cmocka_unit_test(encodings),
        cmocka_unit_test(paths),
        cmocka_unit_test(folded_elements_are_read_again),
        cmocka_unit_test(paths_lead_into_folded_elements),
        cmocka_unit_test(folded_elements_are_checked),
        cmocka_unit_test(kinds),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
