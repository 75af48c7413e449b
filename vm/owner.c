/* owner.c: the lock of a store, and what its file tells people. */
#include "vm/owner.h"

#include "base/json.h"
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

instant owner_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

text owner_boot(arena *memory)
{
    char id[64];
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, id, sizeof id);
    if (fd >= 0)
        close(fd);
    return n <= 0 ? TEXT("") : text_copy(memory, text_trim((text){id, (size_t)n}));
}

text owner_host(arena *memory)
{
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return text_copy(memory, text_of(name));
}

static void tell_people(int fd, arena *memory)
{
    buffer b;
    buffer_init(&b);
    json_writer w;
    json_begin(&w, &b, 0);
    json_object(&w);
    json_add_int(&w, "pid", getpid());
    json_add_text(&w, "host", owner_host(memory));
    json_put_key(&w, "since");
    buffer since;
    buffer_init(&since);
    instant_write_iso(&since, owner_now());
    json_put_text(&w, buffer_view(&since));
    json_object_end(&w);
    buffer_char(&b, '\n');
    /* A failure leaves people uninformed and the lock held: no reason to refuse. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, b.p, b.n, 0) < 0)
        errno = 0;
    buffer_release(&since);
    buffer_release(&b);
}

static owner_status refused(int error, const char *path, arena *memory, text *why)
{
    *why = text_format(memory, "%s: %s", path, strerror(error));
    if (error == EACCES || error == EROFS || error == EPERM)
        return OWNER_DENIED;
    return error == ENOSPC || error == EDQUOT ? OWNER_FULL : OWNER_FAILED;
}

owner_status owner_take(const char *folder, int *fd, arena *memory, text *why)
{
    const char *path = text_format(memory, "%s/state.lock", folder).p;
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return refused(errno, path, memory, why);
    int locked;
    do
        locked = flock(*fd, LOCK_EX | LOCK_NB);
    while (locked != 0 && errno == EINTR);
    if (locked != 0) {
        int error = errno;
        close(*fd);
        *fd = -1;
        if (error != EWOULDBLOCK)
            return refused(error, path, memory, why);
        *why = owner_holder(folder, memory);
        return OWNER_HELD;
    }
    tell_people(*fd, memory);
    return OWNER_TAKEN;
}

/* The file stays: unlinking it would let two processes lock two files of one name. */
void owner_leave(int fd)
{
    if (fd >= 0)
        close(fd);
}

text owner_holder(const char *folder, arena *memory)
{
    text content = {0};
    json_document d;
    const char *path = text_format(memory, "%s/state.lock", folder).p;
    if (file_load(memory, path, 4096, &content) != LOAD_OK || !json_read(memory, content, &d, NULL))
        return TEXT("another process");
    text pid = json_raw(&d, json_member(&d, 0, TEXT("pid")));
    uint32_t host = json_member(&d, 0, TEXT("host")), since = json_member(&d, 0, TEXT("since"));
    if (host == 0 || since == 0 || d.node[host].kind != JSON_TEXT ||
        d.node[since].kind != JSON_TEXT)
        return TEXT("another process");
    return text_format(memory, "pid %.*s on %.*s since %.*s", TEXT_ARG(pid),
                       TEXT_ARG(json_text(memory, &d, host)),
                       TEXT_ARG(json_text(memory, &d, since)));
}

bool owner_network(const char *path, const char **name)
{
    /* f_type values of statfs(2). FUSE is here because sshfs and most cloud folders are FUSE and
     * none of them tells. */
    static const struct {
        unsigned long magic;
        const char *name;
    } foreign[] = {
        {0x6969, "NFS"},        {0x517b, "SMB"},        {0xff534d42, "CIFS"},  {0xfe534d42, "SMB2"},
        {0x65735546, "FUSE"},   {0x00c36400, "Ceph"},   {0x5346414f, "AFS"},   {0x73757245, "Coda"},
        {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"},   {0x7461636f, "OCFS2"}, {0x564c, "NCP"},
        {0x01021997, "9P"},     {0x19830326, "BeeGFS"},
    };
    struct statfs s;
    if (statfs(path, &s) != 0)
        return false;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (((unsigned long)s.f_type & 0xffffffff) != foreign[i].magic)
            continue;
        *name = foreign[i].name;
        return true;
    }
    return false;
}
