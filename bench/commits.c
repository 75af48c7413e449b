/* commits.c: durable commits of the journal against what the disk itself does, in one process.
 *
 *     commits FOLDER COMMITS ROUNDS
 *
 * A round makes COMMITS commits of one event each, then as many write+fdatasync pairs of as many
 * bytes as the journal wrote for one commit (told by the kernel's count, /proc/self/io), once over
 * a file that has its size already and once at the end of a growing one. The rounds alternate, so
 * that a disk that is busy with others slows all three. One line a round: seconds of the three, and
 * the bytes of one commit.
 */
#include "vm/journal.h"
#include "vm/owner.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WARM = 20, LARGEST = 1 << 20, REGION = 4 << 20 /* bytes of the file that is overwritten */ };

/* As long as an intent of the examples with its undo: 0.4 kB. */
static const char BODY[] =
    "{\"path\":\"move.edi_switch.orders.switch.route\",\"operation\":\"exec.run\",\"connector\":"
    "\"gateway\",\"arguments\":{\"argv\":[\"../gateways/ctl\",\"route\",\"orders\",\"modern\"]},"
    "\"captures\":{\"last\":\"104039\",\"target\":\"legacy\",\"held\":\"true\"},\"undo\":{\"path\":"
    "\"move.edi_switch.orders.switch.route.undo\",\"request\":{\"argv\":[\"../gateways/ctl\","
    "\"route\",\"orders\",\"legacy\"]}},\"attempt\":1}";

static void fail(const char *what)
{
    fprintf(stderr, "commits: ");
    perror(what);
    exit(1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Bytes this process has handed to write calls so far. */
static uint64_t bytes_written(void)
{
    uint64_t n = 0;
    FILE *f = fopen("/proc/self/io", "re");
    if (!f || fscanf(f, "rchar: %*u wchar: %" SCNu64, &n) != 1)
        fail("/proc/self/io");
    fclose(f);
    return n;
}

static double journal_commits(journal *j, uint32_t run, int count)
{
    double from = seconds();
    for (int i = 0; i < count; i++) {
        journal_event e = {
            .run = run, .at = owner_now(), .kind = EVENT_INTENT, .body = {BODY, sizeof BODY - 1}};
        if (journal_append(j, &e) != JOURNAL_OK || journal_commit(j) != JOURNAL_OK)
            fail("journal");
    }
    return seconds() - from;
}

static double disk_commits(int fd, const char *block, size_t size, int count, bool grow)
{
    double from = seconds();
    off_t at = 0;
    for (int i = 0; i < count; i++) {
        if (!grow && at + (off_t)size > REGION)
            at = 0;
        ssize_t n = grow ? write(fd, block, size) : pwrite(fd, block, size, at);
        if (n != (ssize_t)size || fdatasync(fd))
            fail("write and fdatasync");
        at += (off_t)size;
    }
    return seconds() - from;
}

static int open_file(const char *folder, const char *name, bool sized)
{
    char path[4096], zeros[4096] = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        fail(path);
    for (int i = 0; sized && i < REGION / (int)sizeof zeros; i++)
        if (write(fd, zeros, sizeof zeros) != sizeof zeros)
            fail(path);
    if (fsync(fd))
        fail(path);
    return fd;
}

static journal *open_store(const char *folder, arena *memory, uint32_t *run)
{
    journal *j;
    text why;
    char path[4096];
    snprintf(path, sizeof path, "%s/store", folder);
    if (mkdir(path, 0700))
        fail(path);
    if (journal_open(&j, path, true, true, memory, &why) != JOURNAL_OK) {
        fprintf(stderr, "commits: %.*s\n", (int)why.n, why.p);
        exit(1);
    }
    journal_run r = {.name = TEXT("bench-1"),
                     .migration = TEXT("bench"),
                     .mode = TEXT("live"),
                     .started = owner_now(),
                     .folder = TEXT(".")};
    if (journal_run_new(j, &r, TEXT("no image"), run) != JOURNAL_OK)
        fail("journal");
    return j;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return fprintf(stderr, "usage: commits FOLDER COMMITS ROUNDS\n"), 64;
    int count = atoi(argv[2]), rounds = atoi(argv[3]);
    arena memory = {0};
    uint32_t run;
    journal *j = open_store(argv[1], &memory, &run);
    int sized = open_file(argv[1], "sized", true), growing = open_file(argv[1], "growing", false);
    char *block = malloc(LARGEST);
    if (!block || count < 1)
        fail("memory");
    memset(block, 'x', LARGEST);
    journal_commits(j, run, WARM);
    for (int i = 0; i < rounds; i++) {
        uint64_t before = bytes_written();
        double durable = journal_commits(j, run, count);
        size_t size = (size_t)((bytes_written() - before) / (uint64_t)count);
        if (size > LARGEST)
            size = LARGEST;
        double over = disk_commits(sized, block, size, count, false);
        double end = disk_commits(growing, block, size, count, true);
        printf("%.6f %.6f %.6f %zu\n", durable, over, end, size);
    }
    close(sized);
    close(growing);
    free(block);
    journal_close(j);
    arena_release(&memory);
    return 0;
}
