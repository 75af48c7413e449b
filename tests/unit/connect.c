/* Connectors through the live host: folders that cannot be left, files that are not replaced
 * unseen, commands that fail, hang, flood and die; windows; simulations. */
#include "tests/unit/program.h"

#include "stdlib/connect/child.h"
#include "stdlib/connect/connect.h"
#include "vm/host_rehearsal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIR_ROW, EXEC_ROW };

typedef struct {
    char folder[64];
    arena memory;
    image *program;
    host_live *live;
    uint32_t n;
    sha256 key;
    host_answer answer;
    json_document body;
} fixture;

static void add_connector(build *b, const char *name, int kind, const char *settings,
                          const char *rehearsal)
{
    uint32_t row = build_row(b, TABLE_CONNECTOR, NO_INDEX);
    build_set(b, TABLE_CONNECTOR, row, COLUMN_CONNECTOR_NAME, build_text(b, text_of(name)));
    build_set(b, TABLE_CONNECTOR, row, COLUMN_CONNECTOR_KIND, kind);
    build_set(b, TABLE_CONNECTOR, row, COLUMN_CONNECTOR_BASE, build_text(b, TEXT("base")));
    if (rehearsal != NULL)
        build_set(b, TABLE_CONNECTOR, row, COLUMN_CONNECTOR_REHEARSAL,
                  build_text(b, text_of(rehearsal)));
    if (settings != NULL)
        build_set(b, TABLE_CONNECTOR, row, COLUMN_CONNECTOR_SETTINGS,
                  build_text(b, text_of(settings)));
}

static image *make_program(void)
{
    build *b = build_new(NULL);
    add_connector(b, "a_files", 0, NULL, "trial");
    add_connector(b, "b_tools", 1,
                  "{\"env\":{\"TOKEN\":{\"secret\":\"FERRY_TEST_SECRET\"}},\"refused\":[3]}", NULL);
    return program_finish(b);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/ferry-connect-XXXXXX");
    if (mkdtemp(f->folder) == NULL)
        return 1;
    setenv("FERRY_TEST_SECRET", "hunter22", 1);
    mkdir(text_format(&f->memory, "%s/base", f->folder).p, 0755);
    mkdir(text_format(&f->memory, "%s/base/in", f->folder).p, 0755);
    mkdir(text_format(&f->memory, "%s/jobs", f->folder).p, 0700);
    f->program = make_program();
    f->live = host_live_new(connect_operations, connect_operation_count, false);
    host_run run = {f->program, TEXT("acme-1"), f->folder,
                    text_format(&f->memory, "%s/jobs", f->folder).p, {0}};
    host_live_serve(f->live, 0, &run);
    f->key = sha256_of("key", 3);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    int rc = system(text_format(&f->memory, "rm -rf %s", f->folder).p);
    host_live_free(f->live);
    image_free(f->program);
    arena_release(&f->memory);
    free(f);
    return rc;
}

static void submit(fixture *f, vm_submit how, const char *operation, int connector,
                   const char *arguments, const char *shape, duration timeout)
{
    static const sha256 none;
    bool write = strstr(operation, "write") || strstr(operation, "run") ||
                 strstr(operation, "move") || strstr(operation, "remove");
    vm_output o = {.submit = how, .fiber = 1, .n = ++f->n, .key = write ? f->key : none};
    o.request = text_format(&f->memory,
                            "{\"arguments\":%s,\"connector\":%d,\"operation\":\"%s\",\"shape\":%s,"
                            "\"timeout\":%lld}",
                            arguments, connector, operation, shape, (long long)timeout);
    host_live_submit(f->live, 0, &o);
}

/* Waits for the one answer and gives its values. */
static const char *answer(fixture *f)
{
    host_answer a[4];
    size_t n = 0;
    while (n == 0)
        n = host_live_wait(f->live, 10 * SECOND, -1, a, 4);
    assert_int_equal(n, 1);
    assert_int_equal(a[0].n, f->n);
    f->answer = a[0];
    f->answer.body = text_copy(&f->memory, a[0].body);
    assert_true(json_read(&f->memory, f->answer.body, &f->body, NULL));
    uint32_t values = json_member(&f->body, 0, TEXT("values"));
    return text_copy(&f->memory, json_raw(&f->body, values)).p;
}

static const char *call(fixture *f, const char *operation, int connector, const char *arguments,
                        const char *shape)
{
    submit(f, SUBMIT_REQUEST, operation, connector, arguments, shape, 5 * SECOND);
    return answer(f);
}

static void assert_detail(const fixture *f, const char *part)
{
    if (memmem(f->answer.body.p, f->answer.body.n, part, strlen(part)) == NULL)
        fail_msg("no `%s` in %.*s", part, TEXT_ARG(f->answer.body));
}

static void put(fixture *f, const char *name, const char *content)
{
    FILE *out = fopen(text_format(&f->memory, "%s/%s", f->folder, name).p, "w");
    assert_non_null(out);
    fputs(content, out);
    fclose(out);
}

static const char *get(fixture *f, const char *name)
{
    char bytes[256] = "";
    FILE *in = fopen(text_format(&f->memory, "%s/%s", f->folder, name).p, "r");
    if (in == NULL)
        return "(none)";
    size_t n = fread(bytes, 1, sizeof bytes - 1, in);
    fclose(in);
    return arena_copy(&f->memory, bytes, n);
}

#define SIZE_SHAPE "[[\"size\",\"number\"]]"

static void files_are_read_listed_and_described(void **state)
{
    fixture *f = *state;
    put(f, "base/in/a.json", "{\"target\":\"legacy\",\"n\":12345678901234567890}");
    put(f, "base/in/b.txt", "plain");
    assert_string_equal(call(f, "dir.read", DIR_ROW, "{\"path\":\"in/a.json\"}",
                             "[[\"json.target\",\"text\"],[\"json.n\",\"number\"],[\"size\","
                             "\"number\"],[\"json.none\",\"text\"],[\"json.target\",\"bool\"]]"),
                        "[\"legacy\",12345678901234567890,44,null,null]");
    assert_string_equal(call(f, "dir.list", DIR_ROW, "{\"glob\":\"*/*\"}",
                             "[[\"count\",\"number\"],[\"json\",\"json\"]]"),
                        "[2,[\"in/a.json\",\"in/b.txt\"]]");
    assert_string_equal(call(f, "dir.stat", DIR_ROW, "{\"path\":\"in/none\"}",
                             "[[\"exists\",\"bool\"],[\"size\",\"number\"]]"),
                        "[false,null]");
    assert_string_equal(
        call(f, "dir.stat", DIR_ROW, "{\"path\":\"in/b.txt\"}", "[[\"exists\",\"bool\"]]"),
        "[true]");
    call(f, "dir.read", DIR_ROW, "{\"path\":\"in/none\"}", SIZE_SHAPE);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
}

static void the_base_cannot_be_left(void **state)
{
    fixture *f = *state;
    put(f, "secret", "outside");
    assert_int_equal(symlink("../..", text_format(&f->memory, "%s/base/up", f->folder).p), 0);
    assert_int_equal(symlink("../secret", text_format(&f->memory, "%s/base/link", f->folder).p), 0);
    static const char *const paths[] = {
        "../secret", "in/../../secret", "/etc/passwd", "up/secret", "link", "", "in/",
        "in",        "a\\u0000b",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        text args = text_format(&f->memory, "{\"path\":\"%s\",\"text\":\"x\"}", paths[i]);
        call(f, "dir.read", DIR_ROW, args.p, SIZE_SHAPE);
        assert_int_equal(f->answer.status, OUTCOME_REFUSED);
        call(f, "dir.write", DIR_ROW, args.p, SIZE_SHAPE);
        assert_int_equal(f->answer.status, OUTCOME_REFUSED);
        call(f, "dir.remove", DIR_ROW, args.p, SIZE_SHAPE);
        assert_true(f->answer.status == OUTCOME_REFUSED || strcmp(paths[i], "link") == 0);
    }
    call(f, "dir.list", DIR_ROW, "{\"glob\":\"../*\"}", SIZE_SHAPE);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    assert_string_equal(get(f, "secret"), "outside");
}

static void a_write_never_replaces_what_the_run_did_not_read(void **state)
{
    fixture *f = *state;
    put(f, "base/route", "legacy\n");
    const char *args = "{\"path\":\"route\",\"text\":\"modern\\n\"}";
    call(f, "dir.write", DIR_ROW, args, SIZE_SHAPE);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    assert_detail(f, "has not read it");
    assert_string_equal(get(f, "base/route"), "legacy\n");
    submit(f, SUBMIT_PROBE, "dir.write", DIR_ROW, args, SIZE_SHAPE, SECOND);
    answer(f);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);

    call(f, "dir.read", DIR_ROW, "{\"path\":\"route\"}", SIZE_SHAPE);
    /* As after a crash: another host, the same store. */
    host_live_free(f->live);
    f->live = host_live_new(connect_operations, connect_operation_count, false);
    host_run run = {f->program, TEXT("acme-1"), f->folder,
                    text_format(&f->memory, "%s/jobs", f->folder).p, {0}};
    host_live_serve(f->live, 0, &run);
    assert_string_equal(call(f, "dir.write", DIR_ROW, args, SIZE_SHAPE), "[7]");
    assert_string_equal(get(f, "base/route"), "modern\n");
    assert_string_equal(call(f, "dir.write", DIR_ROW, args, SIZE_SHAPE), "[7]");
    submit(f, SUBMIT_PROBE, "dir.write", DIR_ROW, args, SIZE_SHAPE, SECOND);
    assert_string_equal(answer(f), "[7]");
    assert_int_equal(f->answer.status, OUTCOME_OK);
    call(f, "dir.write", DIR_ROW, "{\"json\":{\"b\":1},\"path\":\"new\"}", SIZE_SHAPE);
    assert_string_equal(get(f, "base/new"), "{\"b\":1}\n");
    assert_string_equal(
        call(f, "dir.list", DIR_ROW, "{\"glob\":\".*\"}", "[[\"count\",\"number\"]]"),
        "[0]"); /* no part file is left */
}

static void files_are_moved_and_removed(void **state)
{
    fixture *f = *state;
    const char *args = "{\"from\":\"in/a\",\"to\":\"b\"}";
    put(f, "base/in/a", "four");
    put(f, "base/b", "there");
    call(f, "dir.move", DIR_ROW, args, SIZE_SHAPE);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    assert_string_equal(
        call(f, "dir.remove", DIR_ROW, "{\"path\":\"b\"}", "[[\"existed\",\"bool\"]]"), "[true]");
    assert_string_equal(
        call(f, "dir.remove", DIR_ROW, "{\"path\":\"b\"}", "[[\"existed\",\"bool\"]]"), "[false]");
    submit(f, SUBMIT_PROBE, "dir.move", DIR_ROW, args, SIZE_SHAPE, SECOND);
    answer(f);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    assert_string_equal(call(f, "dir.move", DIR_ROW, args, SIZE_SHAPE), "[4]");
    submit(f, SUBMIT_PROBE, "dir.move", DIR_ROW, args, SIZE_SHAPE, SECOND);
    assert_string_equal(answer(f), "[4]");
    assert_string_equal(get(f, "base/b"), "four");
}

#define EXEC_SHAPE "[[\"status\",\"number\"],[\"text\",\"text\"],[\"json.x\",\"number\"]]"

static const char *shell(fixture *f, const char *operation, const char *script, duration timeout)
{
    text args =
        text_format(&f->memory, "{\"argv\":[\"sh\",\"-c\",\"%s\"],\"stdin\":\"in\"}", script);
    submit(f, SUBMIT_REQUEST, operation, EXEC_ROW, args.p, EXEC_SHAPE, timeout);
    return answer(f);
}

static void commands_answer(void **state)
{
    fixture *f = *state;
    assert_string_equal(shell(f, "exec.run", "cat; pwd | sed s,.*/,,", 5 * SECOND),
                        "[0,\"inbase\\n\",null]");
    assert_int_equal(f->answer.status, OUTCOME_OK);
    assert_string_equal(shell(f, "exec.ask", "echo '{\\\"x\\\":1.50}'; exit 4", 5 * SECOND),
                        "[4,\"{\\\"x\\\":1.50}\\n\",1.50]");
    assert_int_equal(f->answer.status, OUTCOME_OK);
    shell(f, "exec.run", "echo route locked >&2; exit 3", 5 * SECOND);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    assert_detail(f, "exit code 3: route locked");
    shell(f, "exec.run", "exit 4", 5 * SECOND);
    assert_int_equal(f->answer.status, OUTCOME_UNKNOWN);
    shell(f, "exec.run", "kill -9 $$", 5 * SECOND);
    assert_int_equal(f->answer.status, OUTCOME_UNKNOWN);
    assert_detail(f, "signal 9");
    call(f, "exec.run", EXEC_ROW, "{\"argv\":[\"no/such/command\"]}", EXEC_SHAPE);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    assert_detail(f, "could not start");
    call(f, "exec.run", EXEC_ROW, "{\"argv\":[]}", EXEC_SHAPE);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
}

static void commands_see_only_what_they_should(void **state)
{
    fixture *f = *state;
    setenv("UNRELATED", "yes", 1);
    const char *env = shell(f, "exec.run", "env | cut -d= -f1 | sort | tr '\\\\n' ' '", 5 * SECOND);
    assert_null(strstr(env, "UNRELATED"));
    assert_non_null(strstr(env, "FERRY_IDEMPOTENCY_KEY FERRY_MODE"));
    assert_non_null(strstr(env, "TOKEN"));
    const char *secret = shell(f, "exec.run", "echo $TOKEN; echo $TOKEN >&2; exit 4", 5 * SECOND);
    assert_non_null(strstr(secret, "***"));
    assert_null(memmem(f->answer.body.p, f->answer.body.n, "hunter22", 8));
    int fd = open("/dev/null", O_RDONLY); /* one of ours that is not close-on-exec */
    /* 0 to 2, the directory ls reads, and the locked file */
    assert_non_null(
        strstr(shell(f, "exec.run", "ls /proc/self/fd | wc -l", 5 * SECOND), "\"5\\n\""));
    close(fd);
    unsetenv("FERRY_TEST_SECRET");
    shell(f, "exec.run", "true", 5 * SECOND);
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    assert_detail(f, "FERRY_TEST_SECRET");
    text why;
    assert_false(connect_secrets_check(f->program, &f->memory, &why));
}

static void commands_that_hang_or_flood_are_ended(void **state)
{
    fixture *f = *state;
    instant began = child_clock();
    shell(f, "exec.run", "sleep 30 & sleep 30", SECOND / 5);
    assert_int_equal(f->answer.status, OUTCOME_UNKNOWN);
    assert_detail(f, "no end within its time");
    assert_true(child_clock() - began < 3 * SECOND);
    shell(f, "exec.ask", "cat /dev/zero", 5 * SECOND);
    assert_int_equal(f->answer.status, OUTCOME_UNKNOWN);
    assert_detail(f, "beyond the limit");
}

static void the_lock_lives_as_long_as_any_child(void **state)
{
    fixture *f = *state;
    char hex[65];
    sha256_hex(&f->key, hex);
    const char *path = text_format(&f->memory, "%s/jobs/%s.lock", f->folder, hex).p;
    submit(f, SUBMIT_REQUEST, "exec.run", EXEC_ROW, "{\"argv\":[\"sh\",\"-c\",\"sleep 1\"]}",
           EXEC_SHAPE, 5 * SECOND);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
    char group[16] = "";
    assert_true(pread(fd, group, sizeof group - 1, 0) > 0);
    assert_int_equal(kill(-atoi(group), 0), 0);
    close(fd);
    answer(f);
    assert_int_equal(access(path, F_OK), -1);
}

static const char *window(fixture *f, const char *after, const char *freezes)
{
    text args = text_format(
        &f->memory,
        "{\"after\":\"%s\",\"freezes\":[%s],\"window\":{\"from\":[5,1320],\"kind\":\"weekly\","
        "\"to\":[6,360],\"zone\":\"Europe/Berlin\"}}",
        after, freezes);
    const char *v =
        call(f, "window", -1, args.p, "[[\"start\",\"instant\"],[\"end\",\"instant\"]]");
    long long start = 0, end = 0;
    if (sscanf(v, "[%lld,%lld]", &start, &end) != 2)
        return v;
    buffer b;
    buffer_init(&b);
    instant_write_iso(&b, start);
    buffer_char(&b, ' ');
    instant_write_iso(&b, end);
    v = text_copy(&f->memory, buffer_view(&b)).p;
    buffer_release(&b);
    return v;
}

static void windows_keep_clear_of_freezes(void **state)
{
    fixture *f = *state;
    assert_string_equal(window(f, "2027-03-03T00:00:00Z", ""),
                        "2027-03-06T21:00:00.000000Z 2027-03-07T05:00:00.000000Z");
    /* 28 March: clocks go forward, seven hours */
    assert_string_equal(window(f, "2027-03-27T22:00:00Z", ""),
                        "2027-03-27T21:00:00.000000Z 2027-03-28T04:00:00.000000Z");
    assert_string_equal(
        window(f, "2026-12-16T00:00:00Z",
               "{\"from\":\"2026-12-15\",\"to\":\"2027-01-06\",\"zone\":\"Europe/Berlin\"}"),
        "2027-01-09T21:00:00.000000Z 2027-01-10T05:00:00.000000Z");
    assert_string_equal(
        window(f, "2027-03-03T00:00:00Z",
               "{\"from\":\"2027-03-07\",\"to\":\"2027-03-07\",\"zone\":\"Europe/Berlin\"}"),
        "2027-03-06T21:00:00.000000Z 2027-03-06T23:00:00.000000Z");
    window(f, "2027-03-03T00:00:00Z", "{\"from\":\"x\"}");
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
}

static void both_endpoints_answer_each_sample(void **state)
{
    fixture *f = *state;
    put(f, "one.json", "{\"id\":1,\"v\":\"a\"}");
    put(f, "two.json", "{\"id\":2,\"v\":\"b\"}");
    const char *args =
        "{\"channel\":{\"kind\":\"rest\",\"legacy\":{\"argv\":[\"cat\"],\"kind\":\"exec\"},"
        "\"modern\":{\"argv\":[\"sed\",\"s/b/c/\"],\"kind\":\"exec\"},\"name\":\"x\"},"
        "\"rules\":{\"constrain\":{},\"ignore\":[],\"key\":[]},\"samples\":\"*.json\"}";
    const char *v = call(f, "simulate", -1, args,
                         "[[\"match\",\"percent\"],[\"mismatches\",\"number\"],[\"compared\","
                         "\"number\"],[\"legacy.p95\",\"duration\"]]");
    assert_int_equal(f->answer.status, OUTCOME_OK);
    assert_true(strncmp(v, "[0.5,1,2,0.", 11) == 0);
    text found = f->answer.evidence, pair = TEXT("\"legacy\":\"b\",\"modern\":\"c\"");
    assert_non_null(memmem(found.p, found.n, pair.p, pair.n));
    sha256 digest = sha256_of(found.p, found.n);
    char hex[65];
    sha256_hex(&digest, hex);
    assert_non_null(memmem(f->answer.body.p, f->answer.body.n, hex, 64));
    args = "{\"channel\":{\"legacy\":{\"argv\":[\"none/there\"],\"kind\":\"exec\"},\"modern\":{"
           "\"argv\":[\"cat\"],\"kind\":\"exec\"}},\"rules\":{},\"samples\":\"*.json\"}";
    call(f, "simulate", -1, args, "[]");
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
    args = "{\"channel\":{\"legacy\":null,\"modern\":null},\"rules\":{},\"samples\":\"*\"}";
    call(f, "simulate", -1, args, "[]");
    assert_int_equal(f->answer.status, OUTCOME_REFUSED);
}

/* Each endpoint waits until eight of its kind stand: four samples, both sides. One after the other
 * they would wait for ever. Who is done first changes nothing: the first sample is the last. */
static void samples_go_side_by_side(void **state)
{
    fixture *f = *state;
    for (int i = 1; i <= 4; i++)
        put(f, text_format(&f->memory, "%d.json", i).p,
            text_format(&f->memory, "{\"id\":%d}", i).p);
    const char *wait = "cp /dev/stdin got.$$; while [ $(ls got.* | wc -l) -lt 8 ]; do sleep 0.02; "
                       "done; grep -q :1 got.$$ && sleep 0.2; cat got.$$";
    const char *args =
        text_format(&f->memory,
                    "{\"channel\":{\"kind\":\"rest\",\"legacy\":{\"argv\":[\"sh\",\"-c\",\"%s\"],"
                    "\"kind\":\"exec\"},\"modern\":{\"argv\":[\"sh\",\"-c\",\"%s | sed "
                    "s/[23]}/9}/\"],\"kind\":\"exec\"},\"name\":\"x\"},\"rules\":{\"constrain\":{},"
                    "\"ignore\":[],\"key\":[]},\"samples\":\"?.json\"}",
                    wait, wait)
            .p;
    const char *v =
        call(f, "simulate", -1, args,
             "[[\"compared\",\"number\"],[\"mismatches\",\"number\"]]");
    assert_int_equal(f->answer.status, OUTCOME_OK);
    assert_string_equal(v, "[4,2]");
    text found = f->answer.evidence, two = TEXT("\"legacy\":\"2\""),
         three = TEXT("\"legacy\":\"3\"");
    const char *first = memmem(found.p, found.n, two.p, two.n);
    assert_non_null(first);
    assert_true(first < (const char *)memmem(found.p, found.n, three.p, three.n));
}

static unsigned lines(const char *v)
{
    unsigned n = 0;
    while ((v = strstr(v, "\\n")) != NULL)
        v++, n++;
    return n;
}

static void children_inherit_their_streams_and_the_lock_alone(void **state)
{
    fixture *f = *state;
    const char *list = "{\"argv\":[\"sh\",\"-c\",\"exec readlink /proc/self/fd/*\"]}";
    int careless = open("/etc/passwd", O_RDONLY); /* without O_CLOEXEC */
    assert_true(careless >= 0);
    const char *v = call(f, "exec.ask", 1, list, "[[\"text\",\"text\"]]");
    assert_int_equal(lines(v), 3);
    v = call(f, "exec.run", 1, list, "[[\"text\",\"text\"]]");
    assert_int_equal(lines(v), 4);
    assert_non_null(strstr(v, ".lock\\n"));
    close(careless);
}

static void the_clock_of_a_rehearsal_jumps(void **state)
{
    fixture *f = *state;
    host_rehearsal *r =
        host_rehearsal_new(connect_operations, connect_operation_count, 1000 * SECOND, false);
    host h = host_rehearsal_host(r);
    host_run run = {f->program, TEXT("acme-1"), f->folder, NULL, {0}};
    h.serve(h.self, 0, &run);
    vm_output o = {.submit = SUBMIT_REQUEST, .fiber = 1, .n = 1};
    o.request = TEXT("{\"arguments\":{\"path\":\"x\"},\"connector\":0,\"operation\":\"dir.stat\","
                     "\"shape\":[[\"exists\",\"bool\"]],\"timeout\":1000000}");
    h.submit(h.self, 0, &o);
    host_answer a[4];
    assert_int_equal(h.poll(h.self, 5000 * SECOND, -1, a, 4), 1);
    assert_int_equal(a[0].status, OUTCOME_REFUSED); /* the rehearsal folder is not there */
    assert_true(h.now(h.self) < 1010 * SECOND);
    assert_int_equal(h.poll(h.self, 5000 * SECOND, -1, a, 4), 0);
    assert_true(h.now(h.self) >= 5000 * SECOND && h.now(h.self) < 5010 * SECOND);
    text why;
    assert_true(host_rehearsal_check(f->program, &f->memory, &why)); /* it writes nowhere */
    host_rehearsal_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        CASE(files_are_read_listed_and_described),
        CASE(the_base_cannot_be_left),
        CASE(a_write_never_replaces_what_the_run_did_not_read),
        CASE(files_are_moved_and_removed),
        CASE(commands_answer),
        CASE(commands_see_only_what_they_should),
        CASE(commands_that_hang_or_flood_are_ended),
        CASE(the_lock_lives_as_long_as_any_child),
        CASE(windows_keep_clear_of_freezes),
        CASE(both_endpoints_answer_each_sample),
        CASE(samples_go_side_by_side),
        CASE(children_inherit_their_streams_and_the_lock_alone),
        CASE(the_clock_of_a_rehearsal_jumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
